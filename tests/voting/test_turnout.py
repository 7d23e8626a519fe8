"""Turnout: who cast, and who brought a paper back; by building as far as that is known."""

import pytest

from domains.voting import service
from domains.voting.rules.paper import LineVerdict
from domains.voting.service import issuing, paper
from domains.voting.values import Secrecy
from schema import node
from tests.voting.asking import ask
from tests.voting.factories import a_draft, an_open_poll, cast
from tests.voting.test_paper import a_batch, agreed, closed, issued_to, line
from tests.voting.test_rolls_graphql import TURNOUT, a_town_of_buildings


async def shown(town, poll_id):
    answer = await ask(town.committee, TURNOUT, poll=node.encode("poll", poll_id))
    cells = [(each["entitled"], each["participated"]) for each in answer["turnoutByBuilding"]]
    return answer["poll"]["turnout"]["participated"], cells


async def a_count_with_paper(moved_clock, secrecy, *, back: int):
    """Two buildings of eight: six of each cast online, two of the first have paper."""
    town, (first, second) = await a_town_of_buildings(8, 8)
    poll_id = await an_open_poll(town, await a_draft(secrecy=secrecy))
    for voter in (*first[:6], *second[:6]):
        await cast(voter, poll_id, 1)
    numbers = await issued_to(town, poll_id, *first[6:])
    await closed(moved_clock)
    named = numbers if secrecy is Secrecy.OPEN else [None, None]
    lines = [
        line(1, voter=named[0]),
        line(voter=named[1], verdict=LineVerdict.VOID, reason="涂改"),
    ][:back]
    await agreed(town, poll_id, *lines)
    await paper.complete_paper(town.committee, poll_id)
    await service.tally_due_poll()
    return town, poll_id


@pytest.mark.parametrize(
    ("secrecy", "back", "whole", "first_building"),
    [
        (Secrecy.OPEN, 2, 14, 8),
        (Secrecy.OPEN, 1, 13, 7),
        (Secrecy.SECRET, 2, 14, 8),
        (Secrecy.SECRET, 1, 13, 6),
    ],
)
async def test_a_paper_takes_part_once_it_is_back(
    moved_clock, secrecy, back, whole, first_building
):
    """Of a SECRET poll's papers it is not known whose came back, unless all of them did."""
    town, poll_id = await a_count_with_paper(moved_clock, secrecy, back=back)

    participated, cells = await shown(town, poll_id)

    assert participated == whole
    assert sorted(cells) == sorted([(8, first_building), (8, 6)])


async def test_a_paper_that_was_given_out_takes_no_part_while_it_is_away(moved_clock):
    town, (voters,) = await a_town_of_buildings(8)
    poll_id = await an_open_poll(town)
    await cast(voters[0], poll_id, 1)
    await issued_to(town, poll_id, *voters[1:])

    before, _ = await shown(town, poll_id)
    await closed(moved_clock)
    await a_batch(town.committee, poll_id)
    after, _ = await shown(town, poll_id)

    assert (before, after) == (1, 1)


async def test_a_building_in_which_too_few_brought_their_papers_back_is_not_told(moved_clock):
    """Six papers went out and four came back: with issued papers the cell would have shown."""
    town, (first, second) = await a_town_of_buildings(6, 8)
    poll_id = await an_open_poll(town)
    for voter in second:
        await cast(voter, poll_id, 1)
    numbers = await issued_to(town, poll_id, *first)
    await closed(moved_clock)
    await agreed(town, poll_id, *(line(1, voter=number) for number in numbers[:4]))
    await paper.complete_paper(town.committee, poll_id)
    await service.tally_due_poll()

    participated, cells = await shown(town, poll_id)

    assert (participated, cells) == (12, [])


async def test_a_paper_taken_back_is_in_no_figure(moved_clock):
    town, (voters,) = await a_town_of_buildings(8)
    poll_id = await an_open_poll(town)
    for voter in voters[:6]:
        await cast(voter, poll_id, 1)
    (number,) = await issued_to(town, poll_id, voters[6])
    await issuing.take_back_paper(town.committee, poll_id, number, reason="发错了人")
    await closed(moved_clock)
    await service.tally_due_poll()

    assert (await shown(town, poll_id))[0] == 6

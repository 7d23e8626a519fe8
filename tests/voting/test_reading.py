"""What everybody may do and by when, and turnout that tells of nobody. Pure."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.voting.rules.acts import HeldProxy, Part, Timetable, open_acts
from domains.voting.rules.procedure import ProxyHolders, ProxyProcedure
from domains.voting.rules.proxies import filed_until
from domains.voting.rules.turnout import LEAST_SHOWN, BuildingTurnout, shown
from domains.voting.values import Channel, PollAct, PollState, Secrecy

OPENS = datetime(2026, 3, 20, 1, tzinfo=UTC)
CLOSES = OPENS + timedelta(days=1)
PROXIES = ProxyProcedure(
    holders=ProxyHolders.VOTERS,
    most_per_holder=3,
    filed_days=5,
    published_days=2,
    candidates_may_hold=False,
)
PRINCIPAL = HeldProxy(UUID(int=9), "委托人", None)


def acts(
    state,
    now,
    *,
    secrecy=Secrecy.OPEN,
    recast=False,
    admitted=True,
    channel=None,
    has_proxy=False,
    holds=(),
    proxies=PROXIES,
    nominations_until=None,
):
    at = Timetable(
        state=state,
        secrecy=secrecy,
        recast=recast,
        opens_at=OPENS,
        closes_at=CLOSES,
        objections_until=OPENS - timedelta(days=15),
        publicity_until=CLOSES + timedelta(days=7),
        proxies=proxies,
        nominations_until=nominations_until,
    )
    part = Part(admitted=admitted, channel=channel, has_proxy=has_proxy, holds=holds)
    return [(each.act, each.until) for each in open_acts(at, part, now=now)]


def test_a_public_roll_may_be_objected_to_and_proxies_be_filed_each_by_its_end():
    now = OPENS - timedelta(days=16)

    assert acts(PollState.ROLL_PUBLISHED, now) == [
        (PollAct.OBJECT, OPENS - timedelta(days=15)),
        (PollAct.FILE_PROXY, filed_until(PROXIES, OPENS)),
    ]


def test_an_elections_voters_nominate_until_the_day_of_the_rule():
    now, until = OPENS - timedelta(days=15), OPENS - timedelta(days=13)

    def found(state, **more):
        return acts(state, now, proxies=None, nominations_until=until, **more)

    assert found(PollState.ROLL_PUBLISHED) == [(PollAct.NOMINATE, until)]
    assert found(PollState.ROLL_PUBLISHED, admitted=False) == []
    assert found(PollState.ROLL_FROZEN) == []


def test_at_the_end_of_a_period_nothing_of_it_is_left():
    assert acts(PollState.ROLL_PUBLISHED, OPENS - timedelta(days=15), proxies=None) == []
    assert acts(PollState.ROLL_FROZEN, filed_until(PROXIES, OPENS)) == []
    assert acts(PollState.OPEN, CLOSES) == []
    assert acts(PollState.PUBLICISED, CLOSES + timedelta(days=7)) == []


def test_who_has_a_proxy_or_is_struck_files_none():
    now = OPENS - timedelta(days=10)

    assert acts(PollState.ROLL_FROZEN, now) == [(PollAct.FILE_PROXY, filed_until(PROXIES, OPENS))]
    assert acts(PollState.ROLL_FROZEN, now, has_proxy=True) == []
    assert acts(PollState.ROLL_FROZEN, now, admitted=False) == []


@pytest.mark.parametrize(
    ("secrecy", "recast", "channel", "may"),
    [
        (Secrecy.OPEN, False, None, True),
        (Secrecy.OPEN, False, Channel.ONLINE, False),
        (Secrecy.OPEN, True, Channel.ONLINE, True),
        (Secrecy.OPEN, False, Channel.PROXY, True),
        (Secrecy.OPEN, True, Channel.PAPER, False),
        (Secrecy.SECRET, True, Channel.PROXY, False),
        (Secrecy.SECRET, False, None, True),
    ],
)
def test_a_ballot_may_be_cast_as_the_box_would_take_it(secrecy, recast, channel, may):
    found = acts(PollState.OPEN, OPENS, secrecy=secrecy, recast=recast, channel=channel)

    assert found == ([(PollAct.CAST, CLOSES)] if may else [])


@pytest.mark.parametrize(
    ("secrecy", "recast", "channel", "may"),
    [
        (Secrecy.OPEN, False, None, True),
        (Secrecy.OPEN, False, Channel.PROXY, False),
        (Secrecy.OPEN, True, Channel.PROXY, True),
        (Secrecy.OPEN, True, Channel.ONLINE, False),
        (Secrecy.SECRET, True, Channel.PROXY, False),
    ],
)
def test_a_ballot_may_be_cast_for_a_principal_as_the_box_would_take_it(
    secrecy, recast, channel, may
):
    held = HeldProxy(PRINCIPAL.principal_id, PRINCIPAL.name, channel)

    found = acts(
        PollState.OPEN, OPENS, secrecy=secrecy, recast=recast, admitted=False, holds=[held]
    )

    assert found == ([(PollAct.CAST_FOR, CLOSES)] if may else [])


def test_a_public_result_may_be_challenged():
    assert acts(PollState.PUBLICISED, CLOSES + timedelta(days=1)) == [
        (PollAct.CHALLENGE, CLOSES + timedelta(days=7))
    ]


def cell(number, entitled, participated):
    return BuildingTurnout(UUID(int=number) if number else None, entitled, participated)


def buildings(cells):
    return sorted(each.building_id.int for each in shown(cells))


@pytest.mark.parametrize(
    ("case", "cells", "expected"),
    [
        ("from five up", [cell(1, 5, 5), cell(2, 9, 6)], [1, 2]),
        ("four took part: the next smallest is hidden too", [cell(1, 9, 4), cell(2, 9, 6)], []),
        (
            "two small ones hide one another once they are five together",
            [cell(1, 9, 4), cell(2, 9, 3), cell(3, 9, 6)],
            [3],
        ),
        (
            "two small ones that are four together need a third",
            [cell(1, 9, 2), cell(2, 9, 2), cell(3, 9, 6), cell(4, 9, 7)],
            [4],
        ),
        ("who lives nowhere is never shown", [cell(0, 9, 9), cell(1, 9, 9)], []),
        ("nobody came from it: that would follow", [cell(1, 9, 0), cell(2, 9, 9)], []),
    ],
)
def test_small_buildings_and_what_they_follow_from_are_left_out(case, cells, expected):
    assert buildings(cells) == expected


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=12).map(
        lambda pairs: [
            cell(number, most, min(most, some)) for number, (most, some) in enumerate(pairs, 1)
        ]
    )
)
def test_the_total_less_what_is_shown_tells_of_no_building(cells):
    """The attack: subtract all that is shown from the totals, which are public."""
    open_ones = shown(cells)

    hidden = [each for each in cells if each not in open_ones]
    rest = sum(each.participated for each in cells) - sum(each.participated for each in open_ones)
    entitled = sum(each.entitled for each in cells) - sum(each.entitled for each in open_ones)
    assert all(min(each.entitled, each.participated) >= LEAST_SHOWN for each in open_ones)
    if open_ones and hidden:
        assert len(hidden) >= 2
        assert min(rest, entitled) >= LEAST_SHOWN

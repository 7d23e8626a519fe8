"""Following a promise, talking about it, and its public history."""

from uuid import uuid4

import pytest

from domains.kernel import database
from domains.kernel.errors import Forbidden, NotFound
from domains.pledges import service
from domains.pledges.errors import CommentRemoved
from domains.pledges.queries import pledges
from domains.voting.errors import NumbersInText
from tests.pledges.factories import (
    a_committed_pledge,
    a_noticed_pledge,
    a_proposal,
    a_town,
    events,
)


async def test_followers_are_known_to_those_who_tell_them(db):
    town = await a_town()
    pledge_id = await a_proposal(town)

    for resident in (town.residents[0], town.residents[1], town.residents[0]):
        await service.follow_pledge(resident, pledge_id)
    await service.unfollow_pledge(town.residents[1], pledge_id)

    found = await pledges.followers(pledge_id, after=None, limit=10)
    assert set(found) == {town.committee.person_id, town.residents[0].person_id}
    assert found == sorted(found)


async def test_a_comment_is_removed_by_its_author_or_a_screener_with_a_reason(db):
    town = await a_town()
    pledge_id = await a_noticed_pledge(town)
    given = {"idempotency_key": uuid4()}
    comment_id, _ = await service.comment_on_pledge(
        town.residents[0], pledge_id, text="希望周末也能送。", **given
    )

    with pytest.raises(Forbidden):
        await service.remove_comment(town.residents[1], comment_id, reason="与我无关")
    await service.remove_comment(town.second, comment_id, reason="重复发布")
    with pytest.raises(CommentRemoved):
        await service.remove_comment(town.residents[0], comment_id, reason="写错了")
    with pytest.raises(NotFound):
        await service.remove_comment(town.second, uuid4(), reason="重复发布")

    row = await database.fetch_one("SELECT removed_by_id, remove_reason FROM pledges_comment")
    assert tuple(row) == (town.second.person_id, "重复发布")


async def test_comments_are_for_who_belongs_and_hold_nobodys_numbers(db):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_noticed_pledge(town)

    with pytest.raises(Forbidden):
        await service.comment_on_pledge(
            elsewhere.residents[0], pledge_id, text="路过看看。", idempotency_key=uuid4()
        )
    with pytest.raises(NumbersInText):
        await service.comment_on_pledge(
            town.residents[0], pledge_id, text="打我电话13800138000", idempotency_key=uuid4()
        )

    assert await database.fetch_value("SELECT count(*) FROM pledges_comment") == 0


async def test_a_proposal_is_out_of_sight_for_other_communities(db):
    town, elsewhere = await a_town(), await a_town()
    pledge_id = await a_proposal(town)

    with pytest.raises(NotFound):
        await service.follow_pledge(elsewhere.residents[0], pledge_id)
    with pytest.raises(NotFound):
        await service.screen_pledge(
            elsewhere.committee, pledge_id, accepted=True, reason="不相干的人"
        )

    rows = await pledges.pledges_by_id(elsewhere.residents[0], [pledge_id])
    assert rows == [None]


async def test_the_history_tells_each_step_without_gaps(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await service.default_pledge(town.keeper, pledge_id, reason="合作单位退出")

    rows = await database.fetch(
        "SELECT seq, act, state FROM pledges_history WHERE pledge_id = $1 ORDER BY seq", pledge_id
    )
    assert [tuple(row) for row in rows] == [
        (1, "proposed", "proposed"),
        (2, "accepted_for_notice", "screened"),
        (3, "noticed", "public_notice"),
        (4, "committed", "committed"),
        (5, "defaulted", "defaulted"),
    ]


async def test_every_step_is_an_event_that_carries_ids_and_no_person(moved_clock):
    town = await a_town()
    pledge_id = await a_committed_pledge(town, moved_clock)
    await service.comment_on_pledge(
        town.residents[0], pledge_id, text="支持!", idempotency_key=uuid4()
    )

    names = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE name LIKE 'pledges.%' ORDER BY id"
    )
    assert [row["name"].split(".")[1] for row in names] == [
        "ProgrammeOpened",
        "PledgeProposed",
        "PledgeScreened",
        "PledgeNoticed",
        "PledgeCommitted",
        "PledgeCommented",
    ]
    (commented,) = await events("PledgeCommented")
    assert set(commented) == {"pledge_id", "area_path", "comment_id"}

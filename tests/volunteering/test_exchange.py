"""Exchange: what was sent, what was answered, refused, or differs; twice is the same as once."""

import json
from datetime import timedelta

import pytest

from domains.kernel import database
from domains.kernel.errors import NotFound
from domains.kernel.paging import Page
from domains.volunteering.errors import TooManyLines
from domains.volunteering.queries import exchange
from domains.volunteering.service import consents, exchanging, revoking
from domains.volunteering.service.revoking import Correction
from domains.volunteering.values.exchange import ExchangeState
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from tests import factories
from tests.volunteering.factories import a_team, confirmed
from tests.volunteering.test_records import made_final, row_of


@pytest.fixture
async def team(db, moved_clock):
    """A team whose volunteer consented to exchange, with two final records."""
    team = await a_team()
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.EXCHANGE, text_version="1"
    )
    for _ in range(2):
        await made_final(await confirmed(team, moved_clock), moved_clock)
    return team


async def sent(team):
    made = await exchanging.export_records(team.committee, team.community.id)
    return [json.loads(line) for line in made.lines.splitlines()]


def answers(lines, answer="accepted", **more):
    return "\n".join(
        json.dumps({"key": each["key"], "sha256": each["sha256"], "answer": answer, **more})
        for each in lines
    )


async def answered(team, text):
    return await exchanging.import_answers(team.committee, team.community.id, text)


async def stand(team, actor=None):
    found = await exchange.counts(actor or team.committee, team.community.path)
    return {state.value: count for state, count in found.items() if count}


async def test_records_go_from_unsent_to_answered_and_the_report_adds_up(team):
    before = await stand(team)
    one, two = await sent(team)
    unanswered = await stand(team)

    await answered(team, answers([one]))
    await answered(team, answers([two], "refused", reason="身份信息不符"))
    listed = await exchange.exchanged(
        team.committee, team.community.path, state=ExchangeState.REFUSED, page=Page(20)
    )

    assert (before, unanswered) == ({"unsent": 2}, {"unanswered": 2})
    assert await stand(team) == {"accepted": 1, "refused": 1}
    assert [(row["key"], row["answer_reason"]) for row in listed.rows] == [
        (two["key"], "身份信息不符")
    ]


async def test_the_same_export_and_the_same_answers_again_change_nothing(team):
    first = await sent(team)
    again = await sent(team)

    one = await answered(team, answers(first))
    two = await answered(team, answers(first))

    kept = await database.fetch_value("SELECT count(*) FROM volunteering_exchange_sent")
    assert (first == again, one == two, kept) == (True, True, 2)
    assert await stand(team) == {"accepted": 2}


async def test_what_was_never_sent_so_differs_and_is_told(team):
    (one, two) = await sent(team)
    altered = {**one, "sha256": "0" * 64}

    made = await answered(team, answers([altered, two]))

    assert (made.accepted, made.differing) == (1, 1)
    assert await stand(team) == {"differs": 1, "accepted": 1}


async def test_an_answer_to_what_has_changed_since_is_no_answer(team):
    (one, two) = await sent(team)
    await answered(team, answers([one, two]))
    record_id = await database.fetch_value(
        "SELECT id FROM volunteering_record WHERE number::text = $1", one["recordNumber"]
    )
    row = await row_of(record_id)
    shorter = Correction(
        row["started_at"], row["started_at"] + timedelta(minutes=30), "探访。", "签退晚了。"
    )

    await revoking.correct_record(team.second, record_id, shorter, expected_version=1)
    changed = await stand(team)
    resent, _ = await sent(team)
    late = await answered(team, answers([one]))

    assert changed == {"unsent": 1, "accepted": 1}
    assert (resent["key"], resent["version"], resent["sha256"] != one["sha256"]) == (
        *(one["key"], 2),
        True,
    )
    assert (late.outdated, late.accepted) == (1, 0)
    assert await stand(team) == {"unanswered": 1, "accepted": 1}


async def test_what_was_sent_and_then_revoked_is_to_be_sent_again_as_revoked(team):
    one, _ = await sent(team)
    record_id = await database.fetch_value(
        "SELECT id FROM volunteering_record WHERE number::text = $1", one["recordNumber"]
    )

    await revoking.revoke_record(team.second, record_id, reason="查实未到场。")
    unsent = await stand(team)
    again, _ = await sent(team)

    assert (unsent["unsent"], again["revoked"]) == (1, True)
    assert await stand(team) == {"unanswered": 2}


async def test_lines_that_are_no_answers_are_told_by_number_and_leave_the_others(team):
    one, _ = await sent(team)
    text = "\n".join(
        [
            "not json",
            '{"key": 5}',
            "[" * 3000,
            answers([{"key": "GY-1-2", "sha256": "0" * 64}]),
            answers([one]),
            answers([one], "perhaps"),
        ]
    )

    made = await answered(team, text)

    assert (made.malformed_lines, made.unknown_lines, made.accepted) == ((1, 2, 3, 6), (4,), 1)
    with pytest.raises(TooManyLines):
        await answered(team, answers([one] * 501))


async def test_only_who_keeps_the_area_sends_takes_in_and_reads(team):
    one, _ = await sent(team)
    other = await a_team(name="向阳社区")
    neighbour = await factories.a_resident(team.community, name="邻居")

    with pytest.raises(NotFound):
        await exchanging.import_answers(other.committee, team.community.id, answers([one]))
    with pytest.raises(NotFound):
        await exchanging.import_answers(neighbour, team.community.id, answers([one]))
    elsewhere = await exchanging.import_answers(other.committee, other.community.id, answers([one]))

    assert (elsewhere.unknown_lines, elsewhere.accepted) == ((1,), 0)
    assert await stand(team) == {"unanswered": 2}
    assert (await stand(team, other.committee), await stand(team, neighbour)) == ({}, {})

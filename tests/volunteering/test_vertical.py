"""From registration to a confirmed record, by commands."""

from uuid import uuid4

import pytest

from domains.kernel import database
from domains.volunteering.errors import ConfirmedAlready, OwnRecord
from domains.volunteering.rules import numbers
from domains.volunteering.service import confirming
from tests.volunteering.factories import a_team, served


async def state_of(record_id):
    return await database.fetch_value(
        "SELECT state FROM volunteering_record WHERE id = $1", record_id
    )


async def test_minutes_from_check_in_to_check_out_are_confirmed_by_two_others(db, moved_clock):
    team = await a_team()

    record_id = await served(team, moved_clock, minutes=90)
    await confirming.confirm_record(team.leader, record_id)
    after_one = await state_of(record_id)
    await confirming.confirm_record(team.committee, record_id)

    row = await database.fetch_one("SELECT * FROM volunteering_record WHERE id = $1", record_id)
    assert after_one == "pending"
    assert (row["state"], row["given_minutes"], row["counted_minutes"]) == ("confirmed", 90, 90)
    assert row["entry"] == "check_in"


async def test_nobody_confirms_their_own_service_or_twice(db, moved_clock):
    team = await a_team()
    record_id = await served(team, moved_clock)

    await confirming.confirm_record(team.leader, record_id)
    with pytest.raises(ConfirmedAlready):
        await confirming.confirm_record(team.leader, record_id)
    with pytest.raises(OwnRecord):
        await confirming.confirm_record(
            type(team.volunteer)(person_id=team.volunteer.person_id, grants=team.committee.grants),
            record_id,
        )

    assert await state_of(record_id) == "pending"


def test_a_volunteer_number_shows_one_wrong_digit():
    number = numbers.written(100_000_001)

    assert numbers.read(number) == 100_000_001
    assert numbers.read(number[:-2] + "9" + number[-1]) is None
    assert numbers.read(str(uuid4())) is None

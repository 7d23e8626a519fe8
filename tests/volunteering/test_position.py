"""A position is kept, sealed, only where the volunteer consented, and only one on the globe."""

from datetime import timedelta

import pytest

from domains.kernel import crypto, database
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.volunteering.service import attendance, consents, positions
from domains.volunteering.service.attendance import TABLE, Position
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from tests.volunteering.factories import a_draft, a_team, an_activity, code_of, shift_of

HERE = Position(34_261_100, 117_184_800)


async def served_at(team, moved_clock, position):
    shift_id = await shift_of(
        await an_activity(team, await a_draft(team, ahead_h=0.1)), team.leader
    )
    await attendance.sign_up(team.volunteer, shift_id)
    code = await code_of(team, shift_id)
    await attendance.check_in(team.volunteer, shift_id, code=code, position=position)
    await moved_clock.advance(timedelta(minutes=30))
    code = await code_of(team, shift_id)
    await attendance.check_out(team.volunteer, shift_id, code=code, position=position)
    return await database.fetch_one(
        "SELECT id, in_position_sealed, out_position_sealed FROM volunteering_attendance"
    )


async def test_a_position_is_sealed_where_it_was_consented_to(db, moved_clock):
    team = await a_team()
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.POSITION, text_version="1"
    )

    row = await served_at(team, moved_clock, HERE)

    opened = [
        crypto.unseal(bytes(row[column]), table=TABLE, column=column, row=row["id"])
        for column in ("in_position_sealed", "out_position_sealed")
    ]
    assert opened == ["[34261100, 117184800]"] * 2
    assert b"34261100" not in bytes(row["in_position_sealed"])


async def test_without_consent_or_after_its_withdrawal_no_position_is_kept(db, moved_clock):
    team = await a_team()
    purpose = VolunteerConsentPurpose.POSITION
    await consents.give_consent(team.volunteer, team.volunteer_id, purpose, text_version="1")
    kept = await served_at(team, moved_clock, HERE)

    await consents.withdraw_consent(team.volunteer, team.volunteer_id, purpose)
    await served_at(team, moved_clock, HERE)

    left = await database.fetch_value(
        "SELECT count(*) FROM volunteering_attendance"
        " WHERE coalesce(in_position_sealed, out_position_sealed) IS NOT NULL"
    )
    assert (kept["in_position_sealed"] is None, left) == (False, 0)


async def test_positions_are_read_under_audit_by_whose_they_are_and_by_keepers_alone(
    db, moved_clock
):
    team, other = await a_team(), await a_team(name="向阳社区")
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.POSITION, text_version="1"
    )
    await served_at(team, moved_clock, HERE)
    record_id = await database.fetch_value("SELECT id FROM volunteering_record")

    own = await positions.open_positions(team.volunteer, record_id)
    kept = await positions.open_positions(team.committee, record_id)
    with pytest.raises(Forbidden):
        await positions.open_positions(team.leader, record_id)
    with pytest.raises(NotFound):
        await positions.open_positions(other.committee, record_id)

    reads = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE details::text LIKE '%in_position%'"
    )
    assert (own.began, own.ended, kept, reads) == (HERE, HERE, own, 2)
    assert "34261100" not in repr(own)


@pytest.mark.parametrize("position", [Position(90_000_001, 0), Position(0, -180_000_001)])
async def test_a_position_off_the_globe_is_refused(db, moved_clock, position):
    team = await a_team()
    await consents.give_consent(
        team.volunteer, team.volunteer_id, VolunteerConsentPurpose.POSITION, text_version="1"
    )

    with pytest.raises(InvalidInput):
        await served_at(team, moved_clock, position)

    assert await database.fetch_value("SELECT count(*) FROM volunteering_attendance") == 0

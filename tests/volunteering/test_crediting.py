"""Minutes credited with the confirmation itself, once, and taken back with what changes."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock, database
from domains.timebank.service import giving, schemes
from domains.timebank.service import presets as time_bank
from domains.volunteering.queries import honours
from domains.volunteering.service import confirming, contests, gathering, revoking
from domains.volunteering.service.revoking import Correction
from jobs import volunteering as jobs
from seeds import demo
from tests.volunteering.factories import a_draft, a_team, confirmed, served
from tests.volunteering.test_records import made_final, row_of


async def a_team_with_a_scheme():
    team = await a_team()
    await time_bank.sync_presets()
    draft = schemes.SchemeDraft(
        effective_from=await clock.today(),
        legal_basis="居民会议议定",
        preset="NANJING",
        changes={"classes": [{"code": "elder_care", "title": "为老", "minutesPerPoint": 60}]},
    )
    await schemes.adopt_scheme(team.committee, team.community.id, draft, idempotency_key=uuid4())
    return team


async def balance(person_id):
    return await database.fetch_value(
        "SELECT coalesce(sum(balance_minutes), 0)::int FROM timebank_account"
        " WHERE kind = 'person' AND owner_id = $1",
        person_id,
    )


async def test_the_last_confirmation_credits_the_minutes_in_its_own_transaction(db, moved_clock):
    team = await a_team_with_a_scheme()
    person_id = team.volunteer.person_id
    record_id = await served(team, moved_clock, minutes=90)

    await confirming.confirm_record(team.leader, record_id)
    after_one = await balance(person_id)
    await confirming.confirm_record(team.committee, record_id)

    assert (after_one, await balance(person_id)) == (0, 90)


async def test_a_correction_takes_back_and_credits_anew_and_a_revocation_takes_all(db, moved_clock):
    team = await a_team_with_a_scheme()
    person_id = team.volunteer.person_id
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    row = await row_of(record_id)
    ended_at = row["started_at"] + timedelta(minutes=60)
    correction = Correction(row["started_at"], ended_at, "探访。", "签退晚了。")

    await revoking.correct_record(team.second, record_id, correction, expected_version=1)
    corrected = await balance(person_id)
    await revoking.revoke_record(team.second, record_id, reason="查实未到场。")

    assert (corrected, await balance(person_id)) == (60, 0)


async def test_spent_minutes_do_not_keep_a_false_record_standing(db, moved_clock):
    team = await a_team_with_a_scheme()
    record_id = await confirmed(team, moved_clock)
    await database.execute(
        "UPDATE timebank_account SET pending_out_minutes = 60 WHERE kind = 'person'"
    )

    await revoking.revoke_record(team.second, record_id, reason="查实未到场。")

    left = await database.fetch_value(
        "SELECT payload ->> 'credit_left' FROM kernel_outbox"
        " WHERE name = 'volunteering.RecordRevoked'"
    )
    assert ((await row_of(record_id))["state"], left) == ("revoked", "true")


async def test_a_correction_of_what_is_spent_credits_nothing_twice_and_leaves_a_case(
    db, moved_clock
):
    team = await a_team_with_a_scheme()
    record_id = await made_final(await confirmed(team, moved_clock), moved_clock)
    account_id = await database.fetch_value("SELECT id FROM timebank_account WHERE kind = 'person'")
    await giving.donate_minutes(team.volunteer, account_id, minutes=80, idempotency_key=uuid4())
    row = await row_of(record_id)
    shorter = Correction(
        row["started_at"], row["started_at"] + timedelta(minutes=60), "探访。", "签退晚了。"
    )

    await revoking.correct_record(team.second, record_id, shorter, expected_version=1)

    owed = await database.fetch_value("SELECT sum(owed_minutes)::int FROM timebank_shortfall")
    assert ((await row_of(record_id))["counted_minutes"], owed) == (60, 30)
    assert await balance(team.volunteer.person_id) == 10


async def test_what_a_team_gives_together_goes_to_the_pool_where_the_scheme_says_so(
    db, moved_clock
):
    team = await a_team_with_a_scheme()
    group = await gathering.create_team(
        team.committee,
        team.community.id,
        name="夕阳红",
        organisation_id=team.organisation.id,
        leader_id=team.leader.person_id,
    )
    together = await a_draft(team, ahead_h=0.1, hours=3, team_id=group)
    record_id = await served(team, moved_clock, minutes=90, draft=together)

    await confirming.confirm_record(team.leader, record_id)
    await confirming.confirm_record(team.committee, record_id)

    row = await database.fetch_one("SELECT * FROM timebank_issuing")
    assert (row["credited_minutes"], row["donated_minutes"], row["in_group"]) == (0, 90, True)
    assert await balance(team.volunteer.person_id) == 0


async def test_a_contest_dismissed_changes_nothing(db, moved_clock):
    team = await a_team_with_a_scheme()
    record_id = await confirmed(team, moved_clock)
    await jobs.publicise_due_records()
    contest_id = await contests.contest_record(team.volunteer, record_id, reason="少算了。")

    await contests.answer_contest(team.second, contest_id, upheld=False, answer="签退为准。")

    assert (await row_of(record_id))["version"] == 1
    assert await balance(team.volunteer.person_id) == 90


async def test_the_demo_town_has_volunteers_a_call_and_confirmed_service(db):
    await demo.plant()

    states = await database.fetch("SELECT state, entry FROM volunteering_record")
    path = await database.fetch_value("SELECT path FROM membership_area WHERE code = 'milan'")
    row = await honours.activity_of(path, (await clock.today()).year)

    assert [tuple(each.values()) for each in states] == [("confirmed", "back_entry")] * 2
    assert row["registered"] == 5

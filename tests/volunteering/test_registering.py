"""Registration: who may, with whose consent; what is sealed; skills with proof."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock, database, rotation
from domains.kernel.errors import Forbidden, IdempotencyKeyReused, NotFound, VersionConflict
from domains.membership.rules import numbers as identity
from domains.volunteering.errors import (
    AlreadyVolunteer,
    ConsentMissing,
    GuardianMissing,
    SkillJudgedAlready,
    TooYoung,
)
from domains.volunteering.queries import volunteers
from domains.volunteering.rules import numbers
from domains.volunteering.service import consents, presets, qualifying, registering
from domains.volunteering.service.qualifying import SkillDraft
from domains.volunteering.service.registering import Registration
from domains.volunteering.values.volunteers import VolunteerConsentPurpose
from tests import factories
from tests.volunteering.factories import PROFILE, a_team, registered

SEALED = replace(PROFILE, care_note="对青霉素过敏", emergency_contact="林父 13800001111")


async def an_upload(actor):
    upload_id = database.new_id()
    await database.execute(
        "INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes,"
        " sha256, state, created_at, completed_at) VALUES ($1, $2, 'proof.pdf',"
        " 'application/pdf', 'application/pdf', 10, $3, 'complete', kernel_now(), kernel_now())",
        upload_id,
        actor.person_id,
        uuid4().bytes * 2,
    )
    return upload_id


async def born(years):
    today = await clock.today()
    return today.replace(year=today.year - years, day=1)


async def count():
    return await database.fetch_value("SELECT count(*) FROM volunteering_volunteer")


async def test_a_number_counts_up_and_is_no_identity_number(db):
    team = await a_team()

    row = await database.fetch_one("SELECT number FROM volunteering_volunteer")
    shown = numbers.written(row["number"])

    assert (len(shown), shown[:2]) == (12, "GY")
    with pytest.raises(Exception, match="IDENTITY_NUMBER_MALFORMED"):
        identity.identity_number(shown)
    assert (await volunteers.own(team.volunteer))[0]["id"] == team.volunteer_id


async def test_one_person_registers_once_and_a_key_answers_again(db):
    await presets.sync_presets()
    community = await factories.a_community()
    actor = await factories.a_resident(community)
    given = Registration(community.id, actor.person_id, PROFILE, "2026-1")
    key = uuid4()

    first = await registering.register_volunteer(actor, given, idempotency_key=key)
    again = await registering.register_volunteer(actor, given, idempotency_key=key)
    with pytest.raises(IdempotencyKeyReused):
        await registering.register_volunteer(
            actor, replace(given, consent_text_version="2"), idempotency_key=key
        )
    with pytest.raises(AlreadyVolunteer):
        await registered(actor, community)

    assert (first[1], again) == (False, (first[0], True))
    assert await count() == 1


async def test_a_minor_waits_for_the_guardian_and_nobody_else(db):
    await presets.sync_presets()
    community = await factories.a_community()
    parent = await factories.a_resident(community, name="林父")
    minor = await factories.a_resident(community, name="林小", born=await born(13))
    purpose = VolunteerConsentPurpose.REGISTRATION

    for guardian_id in (None, minor.person_id):
        with pytest.raises(GuardianMissing):
            await registered(minor, community, guardian_id=guardian_id)
    volunteer_id = await registered(minor, community, guardian_id=parent.person_id)
    with pytest.raises(Forbidden):
        await consents.give_consent(minor, volunteer_id, purpose, text_version="1")
    waiting = await database.fetch_value("SELECT state FROM volunteering_volunteer")
    await consents.give_consent(parent, volunteer_id, purpose, text_version="1")

    assert waiting == "awaiting_guardian"
    assert await database.fetch_value("SELECT state FROM volunteering_volunteer") == "registered"
    assert await database.fetch_value("SELECT as_guardian FROM volunteering_consent") is True


async def test_who_is_too_young_or_entered_without_paper_is_refused(db):
    await presets.sync_presets()
    community = await factories.a_community()
    committee = await factories.a_committee_member(community)
    child = await factories.a_resident(community, name="小林", born=await born(6))
    elder = await factories.a_resident(community, name="老林")
    stranger = await factories.a_resident(name="外人")

    with pytest.raises(TooYoung):
        await registered(child, community)
    with pytest.raises(ConsentMissing):
        await registered(committee, community, person_id=elder.person_id)
    with pytest.raises(NotFound):
        await registered(committee, community, person_id=stranger.person_id)
    assert await count() == 0
    paper = await an_upload(committee)
    await registered(committee, community, person_id=elder.person_id, paper_consent_id=paper)

    assert await count() == 1


async def test_what_is_sealed_is_opened_under_audit_alone(db):
    await presets.sync_presets()
    community = await factories.a_community()
    committee = await factories.a_committee_member(community)
    actor = await factories.a_resident(community)
    neighbour = await factories.a_resident(community, name="邻居")
    volunteer_id = await registered(actor, community, profile=SEALED)

    with pytest.raises(NotFound):
        await qualifying.open_details(neighbour, volunteer_id)
    details = await qualifying.open_details(committee, volunteer_id)

    row = await database.fetch_one("SELECT * FROM volunteering_volunteer")
    reads = await database.fetch("SELECT actor_id FROM kernel_audit WHERE command = 'read'")
    columns = {each.table for each in await rotation.sealed_columns()}
    assert (details.care_note, repr(details)) == ("对青霉素过敏", "VolunteerDetails(…)")
    assert "青霉素".encode() not in bytes(row["care_note_sealed"])
    assert [each["actor_id"] for each in reads] == [committee.person_id]
    assert {"volunteering_volunteer", "volunteering_attendance"} <= columns


async def test_who_withdraws_is_no_volunteer_and_what_was_sealed_is_gone(db):
    await presets.sync_presets()
    community = await factories.a_community()
    actor = await factories.a_resident(community)
    volunteer_id = await registered(actor, community, profile=SEALED)

    with pytest.raises(VersionConflict):
        await registering.update_volunteer(actor, volunteer_id, PROFILE, expected_version=9)
    await registering.withdraw_volunteer(actor, volunteer_id)

    row = await database.fetch_one("SELECT * FROM volunteering_volunteer")
    standing = "SELECT count(*) FROM volunteering_consent WHERE withdrawn_at IS NULL"
    assert (row["state"], row["care_note_sealed"]) == ("withdrawn", None)
    assert await database.fetch_value(standing) == 0


async def test_a_skill_is_proven_by_its_proof_and_judged_by_another(db):
    team = await a_team()
    proof = await an_upload(team.volunteer)
    draft = SkillDraft("急救员", "红十字会", proof, await clock.today() + timedelta(days=365))

    with pytest.raises(NotFound):
        await qualifying.add_skill(
            team.volunteer, team.volunteer_id, replace(draft, proof_id=uuid4())
        )
    for _ in range(2):
        await qualifying.add_skill(team.volunteer, team.volunteer_id, draft)
    ((skill,),) = await volunteers.skills(team.volunteer, [team.volunteer_id])
    own = replace(team.volunteer, grants=team.committee.grants)
    with pytest.raises(Forbidden):
        await qualifying.judge_skill(own, skill["id"], verified=True, reason="属实")
    await qualifying.judge_skill(team.committee, skill["id"], verified=True, reason="属实")
    with pytest.raises(SkillJudgedAlready):
        await qualifying.judge_skill(team.committee, skill["id"], verified=False, reason="反悔")

    ((skill,),) = await volunteers.skills(team.volunteer, [team.volunteer_id])
    assert (skill["state"], skill["is_expired"]) == ("verified", False)

"""What helpers do not hear, and that nobody is left out: a gone address, a second invitation."""

import dataclasses
from datetime import timedelta

from domains.kernel import clock, database, outbox
from domains.kernel.actor import Role
from domains.meetings.events import InvitationRevoked, PersonInvited
from domains.meetings.values import MeetingState
from domains.membership.service import care
from domains.notifications.events import AddressBlocked
from domains.notifications.service import batches
from domains.notifications.service.batches import Begun
from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import Channel, ReasonCode
from tests import factories
from tests.meetings import factories as meetings
from tests.notifications.deliveries import KIND, people
from tests.notifications.telling import a_poll_that_closes_soon, all_told, people_told


async def a_bond():
    """Two people, of whom the second helps the first."""
    community = await factories.a_community()
    helped = await factories.a_resident(community, name="王秀英")
    helper = await factories.a_resident(community, name="李明")
    await care.name_helper(helped, helper.person_id)
    return helped.person_id, helper.person_id


async def told_for(person_id, reason):
    """Who is told of something that reaches one person for a reason."""

    async def audience(_telling, _after, _most):
        return [Addressee(person_id, reason, {"role": Role.COMMITTEE_MEMBER})]

    kind = dataclasses.replace(KIND, audience=audience)
    telling = Telling(database.new_id(), KIND.code, database.new_id(), "", "")
    batch = await batches.next_batch(
        kind, telling, after=None, most=10, begun=Begun(values={}, template_ids={}, until=None)
    )
    return {each.person_id for each in batch.told}


async def test_what_reaches_somebody_by_their_office_reaches_no_helper(db):
    helped, helper = await a_bond()

    found = {reason: await told_for(helped, reason) for reason in ReasonCode}

    by_office = {ReasonCode.HOLDS_ROLE, ReasonCode.RESPONSIBLE}
    assert found == {
        reason: {helped} if reason in by_office else {helped, helper} for reason in ReasonCode
    }


async def test_that_somebody_has_not_voted_is_told_to_them_and_not_to_their_helper(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    voter, helper = town.residents[1], town.residents[0]
    await care.name_helper(voter, helper.person_id)

    await all_told()

    told = await people_told("POLL_CLOSING_SOON")
    assert (voter.person_id in told, helper.person_id in told) == (True, False)


async def test_whose_address_is_gone_hears_it_by_another_each_time(db, configured):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    (person,) = await people(1)
    address = database.new_id()

    for _ in range(2):
        async with database.transaction():
            await outbox.record(AddressBlocked(address, person, Channel.EMAIL))
        await all_told(("ADDRESS_BLOCKED",))

    rows = await database.fetch("SELECT person_id, channel FROM notifications_delivery")
    assert [(row["person_id"], row["channel"]) for row in rows] == [(person, "console")] * 2


async def test_who_is_invited_again_after_all_is_told_again(db):
    guest = await factories.a_resident()
    body = await meetings.a_body()
    meeting = await meetings.a_meeting(
        body,
        state=MeetingState.AGENDA_PUBLISHED,
        starts_at=await clock.now() + timedelta(days=3),
    )
    codes = ("MEETING_INVITED", "MEETING_UNINVITED")
    found = []
    invitation_id = database.new_id()

    for event in (PersonInvited, InvitationRevoked) * 2:
        if event is PersonInvited:
            invitation_id = database.new_id()
        async with database.transaction():
            await outbox.record(event(invitation_id, meeting.id, guest.person_id))
        await all_told(codes)
        found.append([len(await people_told(code)) for code in codes])

    # Not read, an invitation disappears when it is taken back.
    assert found == [[1, 0], [0, 1], [1, 1], [0, 2]]

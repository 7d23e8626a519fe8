"""Planning, convening, moving and calling off meetings."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import calendar, clock, database
from domains.kernel.actor import Actor
from domains.kernel.calendar import NaturalDays
from domains.kernel.errors import Forbidden, NotFound, VersionConflict
from domains.meetings.errors import (
    AgendaEmpty,
    FormTalksOnly,
    MeetingNotPlanned,
    MeetingPast,
    ModeUnfit,
    MonthTaken,
    NobodyDecides,
    NoticeTooBrief,
    ShiftUnexplained,
)
from domains.meetings.models import Invitation, Meeting
from domains.meetings.service import agenda, moving
from domains.meetings.service import meetings as service
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.service.meetings import MeetingDraft
from domains.meetings.service.moving import Moved
from domains.meetings.values import (
    AgendaItemKind,
    Capacity,
    MeetingForm,
    MeetingMode,
    MeetingState,
    Response,
    SeatOffice,
    Standing,
)
from domains.membership.models import Area
from tests import factories as town
from tests.meetings import factories


async def a_draft(*, days: int = 10, **more) -> MeetingDraft:
    starts_at = calendar.start_of(await clock.today() + timedelta(days=days, hours=0))
    starts_at += timedelta(hours=19)
    given = {
        "title": "广场舞噪音协商会",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "mode": MeetingMode.HYBRID,
        "place": "党群服务中心二楼",
    }
    return MeetingDraft(**(given | more))


async def a_planned_meeting(body, organiser: Actor, **more):
    meeting_id, _ = await service.plan_meeting(
        organiser, body.id, await a_draft(**more), idempotency_key=uuid4()
    )
    return meeting_id


async def an_item(organiser: Actor, meeting_id, kind=AgendaItemKind.DECIDE):
    item_id, _ = await agenda.add_item(
        organiser, meeting_id, ItemDraft("迁往九龙湖公园", kind), idempotency_key=uuid4()
    )
    return item_id


async def a_council(form: MeetingForm = MeetingForm.DELIBERATION_COUNCIL):
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    chair = await town.a_resident(community, name="刘主持")
    lin = await town.a_resident(community)
    body = await factories.a_body(community, form=form)
    await factories.a_seat(body, chair, office=SeatOffice.CHAIR)
    await factories.a_seat(body, lin)
    return body, organiser, chair, lin


async def states_of(meeting_id):
    return (await Meeting.get(id=meeting_id)).state


async def events(name: str) -> int:
    count: int = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = $1", f"meetings.{name}"
    )
    return count


async def test_whoever_sits_in_the_body_is_invited_as_what_they_are(db):
    body, organiser, chair, lin = await a_council()

    meeting_id = await a_planned_meeting(body, organiser)

    invited = await Invitation.filter(meeting_id=meeting_id)
    assert {each.person_id for each in invited} == {chair.person_id, lin.person_id}
    assert all(each.votes for each in invited)
    assert (await Meeting.get(id=meeting_id)).chair_id == chair.person_id


async def test_a_meeting_that_only_talks_invites_nobody_to_decide(db):
    body, organiser, _, _ = await a_council(MeetingForm.ROUND_TABLE)

    meeting_id = await a_planned_meeting(body, organiser)

    invited = await Invitation.filter(meeting_id=meeting_id)
    assert {(each.capacity, each.votes) for each in invited} == {(Capacity.ADVISE, False)}


async def test_a_meeting_is_planned_once_with_one_key(db):
    body, organiser, _, _ = await a_council()
    draft, key = await a_draft(), uuid4()

    first = await service.plan_meeting(organiser, body.id, draft, idempotency_key=key)
    again = await service.plan_meeting(organiser, body.id, draft, idempotency_key=key)

    assert (first[0], True) == again
    assert await Meeting.all().count() == 1


async def test_a_resident_plans_no_meeting(db):
    body, _, _, lin = await a_council()

    with pytest.raises(Forbidden):
        await a_planned_meeting(body, lin)

    assert await Meeting.all().count() == 0


async def test_a_body_of_another_community_is_out_of_sight(db):
    body, _, _, _ = await a_council()
    stranger = await town.a_committee_member(await town.a_community())

    with pytest.raises(NotFound):
        await a_planned_meeting(body, stranger)

    assert await Meeting.all().count() == 0


async def test_a_meeting_lies_ahead(db):
    body, organiser, _, _ = await a_council()

    with pytest.raises(MeetingPast):
        await a_planned_meeting(body, organiser, days=-1)

    assert await Meeting.all().count() == 0


async def test_who_meets_on_the_spot_says_where(db):
    body, organiser, _, _ = await a_council()

    with pytest.raises(ModeUnfit):
        await a_planned_meeting(body, organiser, place=None)

    assert await Meeting.all().count() == 0


async def test_an_agenda_is_published_with_the_whole_notice_and_no_day_less(db, moved_clock):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser, days=10)
    await an_item(organiser, meeting_id)
    starts_on = calendar.day_of((await Meeting.get(id=meeting_id)).starts_at)

    # Three natural days: the day of the notice is not counted, and three whole ones follow.
    await moved_clock.set(calendar.start_of(starts_on - timedelta(days=3)))
    with pytest.raises(NoticeTooBrief):
        await service.publish_agenda(organiser, meeting_id)
    before = await states_of(meeting_id)
    await moved_clock.set(calendar.start_of(starts_on - timedelta(days=3)) - timedelta(seconds=5))
    await service.publish_agenda(organiser, meeting_id)

    assert before is MeetingState.PLANNED
    assert await states_of(meeting_id) is MeetingState.AGENDA_PUBLISHED
    assert await events("MeetingConvened") == 1


async def test_a_notice_in_working_days_passes_over_days_of_rest(db, moved_clock):
    body, organiser, _, _ = await a_council(MeetingForm.COORDINATION)
    today = await clock.today()
    friday = today + timedelta(days=(4 - today.weekday()) % 7 + 7)
    await moved_clock.set(calendar.start_of(friday) + timedelta(hours=9))
    meeting_id = await a_planned_meeting(body, organiser, days=4)
    await an_item(organiser, meeting_id)

    with pytest.raises(NoticeTooBrief):
        await service.publish_agenda(organiser, meeting_id)

    assert calendar.add(friday, NaturalDays(2)) < friday + timedelta(days=4)
    assert await states_of(meeting_id) is MeetingState.PLANNED


async def test_an_empty_agenda_convenes_nobody(db):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)

    with pytest.raises(AgendaEmpty):
        await service.publish_agenda(organiser, meeting_id)

    assert await states_of(meeting_id) is MeetingState.PLANNED


async def test_nothing_is_to_be_decided_where_nobody_decides(db):
    community = await town.a_community()
    organiser = await town.a_committee_member(community)
    body = await factories.a_body(community)
    meeting_id = await a_planned_meeting(body, organiser)
    await an_item(organiser, meeting_id)

    with pytest.raises(NobodyDecides):
        await service.publish_agenda(organiser, meeting_id)

    assert await states_of(meeting_id) is MeetingState.PLANNED


async def test_a_round_table_has_nothing_to_decide(db):
    body, organiser, _, _ = await a_council(MeetingForm.ROUND_TABLE)
    meeting_id = await a_planned_meeting(body, organiser)
    await an_item(organiser, meeting_id)

    with pytest.raises(FormTalksOnly):
        await service.publish_agenda(organiser, meeting_id)

    assert await states_of(meeting_id) is MeetingState.PLANNED


async def test_rules_are_frozen_with_the_agenda(db):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)
    await an_item(organiser, meeting_id)

    await service.publish_agenda(organiser, meeting_id)

    frozen = (await Meeting.get(id=meeting_id)).frozen_rules
    assert (frozen["code"], frozen["content"]["notice"]) == (
        "MEETING_DELIBERATION_COUNCIL",
        {"naturalDays": 3},
    )


async def test_a_moved_meeting_gives_notice_and_asks_everybody_anew(db):
    body, organiser, _, lin = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)
    await an_item(organiser, meeting_id)
    await service.publish_agenda(organiser, meeting_id)
    await Invitation.filter(person_id=lin.person_id).update(
        response=Response.DECLINED, standing=Standing.EXCUSED
    )
    later = await a_draft(days=20)

    await moving.reschedule_meeting(
        organiser, meeting_id, Moved(later.starts_at, later.ends_at, "会场停电")
    )

    meeting = await Meeting.get(id=meeting_id)
    invited = await Invitation.get(meeting_id=meeting_id, person_id=lin.person_id)
    assert (meeting.starts_at, meeting.state) == (later.starts_at, MeetingState.AGENDA_PUBLISHED)
    assert (invited.response, invited.standing) == (Response.AWAITED, Standing.ABSENT)
    assert await events("MeetingRescheduled") == 1


async def test_a_meeting_is_not_moved_nearer_than_its_notice(db):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)
    await an_item(organiser, meeting_id)
    await service.publish_agenda(organiser, meeting_id)
    before = (await Meeting.get(id=meeting_id)).starts_at
    sooner = await a_draft(days=2)

    with pytest.raises(NoticeTooBrief):
        await moving.reschedule_meeting(
            organiser, meeting_id, Moved(sooner.starts_at, sooner.ends_at, "提前")
        )

    assert (await Meeting.get(id=meeting_id)).starts_at == before


async def test_a_meeting_in_session_is_neither_moved_nor_called_off(db):
    here = await factories.a_room()
    later = await a_draft(days=20)

    with pytest.raises(MeetingNotPlanned):
        await moving.cancel_meeting(here.organiser, here.meeting_id, reason="下雨")
    with pytest.raises(MeetingNotPlanned):
        await moving.reschedule_meeting(
            here.organiser, here.meeting_id, Moved(later.starts_at, later.ends_at, "下雨")
        )

    assert (await here.meeting()).state is MeetingState.IN_SESSION
    assert await here.log() == []


async def test_a_meeting_is_called_off_for_a_reason_that_all_read(db):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)

    await moving.cancel_meeting(organiser, meeting_id, reason="双方已和解")

    meeting = await Meeting.get(id=meeting_id)
    assert (meeting.state, meeting.cancel_reason) == (MeetingState.CANCELLED, "双方已和解")
    assert await events("MeetingCancelled") == 1


async def test_a_plan_is_edited_by_who_read_its_last_version(db):
    body, organiser, _, _ = await a_council()
    meeting_id = await a_planned_meeting(body, organiser)

    await service.edit_meeting(
        organiser, meeting_id, await a_draft(title="停车协商会"), expected_version=1
    )
    with pytest.raises(VersionConflict):
        await service.edit_meeting(
            organiser, meeting_id, await a_draft(title="宠物协商会"), expected_version=1
        )

    assert (await Meeting.get(id=meeting_id)).title == "停车协商会"


async def test_the_meeting_of_the_month_is_on_the_17th_or_says_why_not(db):
    body, organiser, _, _ = await a_council()
    today = await clock.today()
    days = next(n for n in range(8, 20) if (today + timedelta(days=n)).day != 17)

    with pytest.raises(ShiftUnexplained):
        await a_planned_meeting(body, organiser, days=days, is_of_the_month=True)
    meeting_id = await a_planned_meeting(
        body, organiser, days=days, is_of_the_month=True, shift_reason="与中秋活动冲突"
    )

    meeting = await Meeting.get(id=meeting_id)
    assert meeting.month == f"{today + timedelta(days=days):%Y-%m}"
    assert await Meeting.all().count() == 1


async def test_a_community_has_one_meeting_of_a_month(db):
    body, organiser, _, _ = await a_council()
    other = await factories.a_body(await Area.get(id=body.area_id), name="第二议事会")
    shifted = {"is_of_the_month": True, "shift_reason": "会场占用"}
    await a_planned_meeting(body, organiser, days=9, **shifted)

    with pytest.raises(MonthTaken):
        await a_planned_meeting(other, organiser, days=9, **shifted)

    assert await Meeting.all().count() == 1

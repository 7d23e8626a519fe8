"""What people do in the month: each act is a step of its story."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from domains.disclosure.service.placing import Placing
from domains.disclosure.service.words import Words
from domains.disclosure.values import Affair, DisclosureKind
from domains.disclosure.values.questions import QuestionKind
from domains.kernel import database
from domains.matching.rules.times import Window
from domains.matching.service import attending, confirming, needs, offering, rating
from domains.meetings.service import agenda, attendance, meetings, minutes_after, moving, sessions
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.service.meetings import MeetingDraft
from domains.meetings.service.moving import Moved
from domains.meetings.values import AgendaItemKind, AgendaItemState, MeetingMode, SeatOffice
from domains.membership.service import residencies
from domains.notifications.service import campaigns
from domains.notifications.service.campaigns import AudienceDraft, CampaignDraft
from domains.voting import service as voting
from domains.voting.values import ObjectionAsks
from tests.disclosure import factories as disclosure
from tests.disclosure import questions
from tests.matching import factories as matching
from tests.meetings import factories as rooms
from tests.notifications.month import Month, instant
from tests.voting import factories as polls

Act = Callable[[Month], Awaitable[None]]


async def a_meeting_is_planned(month: Month) -> None:
    """The council is to meet on the twelfth."""
    people = month.actors
    body = await rooms.a_body(month.ids["town"].community)
    await rooms.a_seat(body, people["刘主持"], office=SeatOffice.CHAIR)
    for name in ("林芳", "周强", "孙远"):
        await rooms.a_seat(body, people[name])
    draft = MeetingDraft(
        title="广场舞噪音协商会",
        starts_at=instant("12 19:00"),
        ends_at=instant("12 21:00"),
        mode=MeetingMode.HYBRID,
        place="党群服务中心二楼",
    )
    meeting_id, _ = await meetings.plan_meeting(
        people["王建国"], body.id, draft, idempotency_key=uuid4()
    )
    month.subject("会议", meeting_id)
    item = ItemDraft("迁往九龙湖公园", AgendaItemKind.DECIDE)
    await agenda.add_item(people["王建国"], meeting_id, item, idempotency_key=uuid4())


async def the_meeting_moves(month: Month) -> None:
    """It is put off by a day."""
    moved = Moved(instant("13 19:00"), instant("13 21:00"), "会场检修")
    await moving.reschedule_meeting(month.actors["王建国"], month.ids["会议"], moved)


async def it_is_convened(month: Month) -> None:
    """Its agenda is published."""
    await meetings.publish_agenda(month.actors["王建国"], month.ids["会议"])


async def they_come(month: Month) -> None:
    """Three of four check in."""
    for name in ("刘主持", "林芳", "周强"):
        await attendance.check_in(month.actors[name], month.ids["会议"])


async def it_is_opened(month: Month) -> None:
    """The chair opens it and calls its item."""
    chair = month.actors["刘主持"]
    await sessions.open_meeting(chair, month.ids["会议"])
    await sessions.call_item(chair, month.ids["会议"])


async def it_is_over(month: Month) -> None:
    """The item is concluded, the meeting adjourned."""
    chair = month.actors["刘主持"]
    await sessions.close_item(
        chair, month.ids["会议"], outcome=AgendaItemState.CONCLUDED, note="照办"
    )
    await sessions.adjourn(chair, month.ids["会议"])


async def minutes_are_confirmed(month: Month) -> None:
    """Whoever has to, confirms them."""
    for name in ("刘主持", "王建国"):
        version = await database.fetch_value("SELECT version FROM meetings_minutes")
        await minutes_after.confirm(month.actors[name], month.ids["会议"], expected_version=version)


async def a_roll_is_published(month: Month) -> None:
    """Owners are to decide on the twenty-fourth."""
    town = polls.Town(month.ids["town"].community, month.actors["王建国"], [])
    draft = replace(
        await polls.a_draft(title="加装电梯", rule_code="OWNERS_GENERAL"),
        opens_at=instant("24 10:00"),
        closes_at=instant("26 10:00"),
    )
    month.subject("票决", await polls.an_open_poll(town, draft))


async def somebody_objects(month: Month) -> None:
    """Qian Jing objects to a name on the roll."""
    month.ids["异议"], _ = await voting.file_objection(
        month.actors["钱静"],
        month.ids["票决"],
        about_id=month.actors["孙远"].person_id,
        asks=ObjectionAsks.STRIKE,
        text="此人不是业主。",
        idempotency_key=uuid4(),
    )


async def the_objection_is_dismissed(month: Month) -> None:
    """The committee looks it up."""
    await voting.decide_objection(
        month.actors["王建国"], month.ids["异议"], upheld=False, reason="登记在册"
    )


async def some_vote(month: Month) -> None:
    """Two of the owners vote on the first day."""
    for name in ("林芳", "周强"):
        await polls.cast(month.actors[name], month.ids["票决"], 1)


async def residents_are_asked(month: Month) -> None:
    """A consultation of four days begins."""
    town = polls.Town(month.ids["town"].community, month.actors["王建国"], [])
    draft = replace(await polls.a_draft(title="充电棚"), closes_at=instant("15 10:00"))
    month.subject("征询", await polls.an_open_poll(town, draft))


async def sun_moves_away(month: Month) -> None:
    """Today is the last day of his residency."""
    sun = month.actors["孙远"].person_id
    residency = await database.fetch_value(
        "SELECT id FROM membership_residency WHERE person_id = $1", sun
    )
    month.subject("居住", residency)
    await residencies.end_residency(month.actors["王建国"], residency)


async def everybody_is_written_to(month: Month) -> None:
    """A campaign finds whoever lives here."""
    ma, community = month.actors["马丽"], month.ids["town"].community
    draft = CampaignDraft(
        area_id=community.id,
        title="高龄津贴申领",
        body="可到社区窗口申领。",
        purpose="使居民知晓津贴",
        basis="本市高龄津贴办法",
        audience=AudienceDraft(area_ids=(community.id,), least_age=18),
    )
    campaign_id, _ = await campaigns.draft_campaign(ma, draft, idempotency_key=uuid4())
    month.subject("活动", campaign_id)
    await campaigns.preview_campaign(ma, campaign_id)
    await campaigns.send_campaign(ma, campaign_id)


async def the_duty_is_met_late(month: Month) -> None:
    """What was owed on the tenth is drafted, approved by all, and public."""
    owed = await database.fetch_value(
        "SELECT id FROM disclosure_obligation ORDER BY period_start LIMIT 1"
    )
    placing = Placing(
        kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, obligation_ids=(owed,)
    )
    words = Words(title="二月低保公开", body="<p>对象与金额。</p>")
    draft = await disclosure.a_draft(month.ids["town"], placing, words)
    month.subject("公开", draft)
    await disclosure.published(month.ids["town"], draft)


async def somebody_asks(month: Month) -> None:
    """A resident asks about it."""
    asked = await questions.asked(
        month.actors["周强"], month.ids["公开"], kind=QuestionKind.QUESTION
    )
    month.subject("提问", asked)


async def it_is_answered_late(month: Month) -> None:
    """The body answers after its deadline."""
    await questions.answered(month.actors["王建国"], month.ids["提问"])


async def a_need_is_posted(month: Month) -> None:
    """An elder needs a meal on the twentieth."""
    town = month.ids["match"]
    window = Window(instant("20 14:00"), instant("20 16:00"))
    need = await matching.posted(town, await matching.a_draft(town, windows=(window,)))
    month.subject("需求", need)


async def the_need_is_verified(month: Month) -> None:
    """The committee has asked; there is an order now."""
    town, need = month.ids["match"], month.ids["需求"]
    await needs.verify_need(town.committee, need)
    (order,) = await matching.orders_of(need)
    month.subject("服务", order)


async def asked_to_help(month: Month, volunteer: str) -> None:
    """Staff asks somebody."""
    town = month.ids["match"]
    of = {"林芳": town.lin_id, "周强": town.zhou_id}[volunteer]
    (month.ids["邀约"],) = await matching.offered(town, month.ids["服务"], of)


async def lin_accepts(month: Month) -> None:
    """She will come."""
    await offering.answer_offer(month.actors["林芳"], month.ids["邀约"], accept=True)
    month.ids["位置"] = await matching.place_in(month.ids["服务"], month.actors["林芳"])


async def lin_comes(month: Month) -> None:
    """She is there."""
    code = await matching.code_of(month.ids["服务"])
    await attending.check_in(month.actors["林芳"], month.ids["位置"], code=code)


async def lin_goes(month: Month) -> None:
    """She has done it."""
    code = await matching.code_of(month.ids["服务"])
    await attending.check_out(month.actors["林芳"], month.ids["位置"], code=code)


async def it_is_confirmed(month: Month) -> None:
    """The elder says so too."""
    await confirming.confirm_service(month.actors["陈桂英"], month.ids["位置"])
    month.subject("记录", (await matching.place_row(month.ids["位置"]))["record_id"])
    account = "SELECT id FROM timebank_account WHERE kind = 'person' AND owner_id = $1"
    lin = month.actors["林芳"].person_id
    month.subject("账户", await database.fetch_value(account, lin))


async def both_rate(month: Month) -> None:
    """Each rates the other."""
    await rating.rate_service(month.actors["陈桂英"], month.ids["位置"], stars=5)
    await rating.rate_service(month.actors["林芳"], month.ids["位置"], stars=5)

"""The demo town's deliberation: a council, a meeting that was held, one to come, and issues.

All of it is done by the commands that people use.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor, Grant
from domains.meetings.service import (
    agenda,
    attendance,
    bodies,
    comments,
    floor,
    issue_steps,
    issue_tables,
    issues,
    meetings,
    minutes,
    minutes_after,
    motions,
    presets,
    resolutions,
    sessions,
    votes,
    whistles,
)
from domains.meetings.service.agenda import ItemDraft
from domains.meetings.service.bodies import BodyDraft, SeatDraft
from domains.meetings.service.comments import CommentDraft
from domains.meetings.service.issues import IssueDraft
from domains.meetings.service.meetings import MeetingDraft
from domains.meetings.service.motions import MotionDraft
from domains.meetings.service.resolutions import Progress, ResolutionDraft
from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    MeetingForm,
    MeetingMode,
    SeatOffice,
)
from domains.meetings.values.discussion import Side, SubjectKind
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.issues import HandlerKind, IssueCategory, RiskLevel
from domains.meetings.values.motions import MotionKind, VoteCall, VoteForm
from domains.meetings.values.resolutions import ResolutionSource
from domains.membership.queries import roles as role_queries
from domains.membership.service import organisations
from domains.membership.values import OrganisationKind
from domains.voting.values import Stance

_COUNCILLORS = 6
# One of each household, the first that moved in.
_HEADS = """
SELECT DISTINCT ON (household_id) person_id FROM membership_residency
ORDER BY household_id, id LIMIT $1
"""
_STREET = """
SELECT s.id FROM membership_area c JOIN membership_area s ON starts_with(c.path, s.path)
WHERE c.id = $1 AND s.kind = 'street'
"""
# A notice takes days, and the reader has none: its meeting begins at once.
_MEET_NOW = """
UPDATE meetings_meeting SET starts_at = kernel_now() - interval '1 second',
    ends_at = kernel_now() + interval '2 hours' WHERE id = $1
"""
PARK = "广场舞队自五月一日起迁往九龙湖公园,每晚八点半结束,音量不超过60分贝。"


@dataclass(frozen=True, slots=True)
class Council:
    """The council's body, its chair, its members, and the committee that convenes it."""

    body_id: UUID
    committee: Actor
    chair: Actor
    members: tuple[Actor, ...]


async def plant(community: UUID, committee: Actor) -> None:
    """Plant it all, for a town that has its people."""
    await presets.sync_presets()
    council = await _council(community, committee)
    await _dance(community, council)
    await _coming(community, council)
    await _reported(community, council)
    await _whistled(community, council)


async def _acting(person_id: UUID) -> Actor:
    grants: frozenset[Grant] = await role_queries.grants_of(person_id)
    return Actor(person_id=person_id, grants=grants)


async def _council(community: UUID, committee: Actor) -> Council:
    rows = await database.fetch(_HEADS, _COUNCILLORS + 1)
    heads = [row["person_id"] for row in rows if row["person_id"] != committee.person_id]
    actors = [await _acting(each) for each in heads[:_COUNCILLORS]]
    draft = BodyDraft(
        "米兰社区议事会", MeetingForm.DELIBERATION_COUNCIL, purpose="商量社区里大家的事。"
    )
    body_id, _ = await bodies.create_body(committee, community, draft, idempotency_key=uuid4())
    seats = [
        SeatDraft(_person(actors[0]), office=SeatOffice.CHAIR, group_name="居民"),
        SeatDraft(_person(committee), office=SeatOffice.SECRETARY, group_name="居民委员会"),
        SeatDraft(_person(actors[1]), group_name="舞蹈队"),
        *(SeatDraft(_person(each), group_name="居民") for each in actors[2:]),
    ]
    for seat in seats:
        await bodies.seat_member(committee, body_id, seat, idempotency_key=uuid4())
    return Council(body_id, committee, actors[0], tuple(actors[1:]))


def _person(actor: Actor) -> UUID:
    assert actor.person_id is not None, "a councillor is somebody"
    return actor.person_id


async def _raised(community: UUID, by: Actor, draft: IssueDraft, *supporters: Actor) -> UUID:
    issue_id, _ = await issues.raise_issue(by, community, draft, idempotency_key=uuid4())
    for each in supporters:
        await issues.support_issue(each, issue_id)
    return issue_id


async def _assessed(council: Council, issue_id: UUID, category: IssueCategory) -> None:
    await issue_steps.triage_issue(council.committee, issue_id, category=category)
    await issue_steps.assess_issue_risk(
        council.committee, issue_id, level=RiskLevel.MEDIUM, note="双方愿意坐下来谈"
    )


async def _convened(
    council: Council, title: str, issue_id: UUID, *, days: int
) -> tuple[UUID, UUID]:
    """A meeting of the council in so many days, with the issue on its published agenda."""
    starts_at = (await clock.now() + timedelta(days=days)).replace(
        minute=0, second=0, microsecond=0
    )
    draft = MeetingDraft(
        title,
        starts_at,
        starts_at + timedelta(hours=2),
        MeetingMode.HYBRID,
        place="党群服务中心二楼",
    )
    meeting_id, _ = await meetings.plan_meeting(
        council.committee, council.body_id, draft, idempotency_key=uuid4()
    )
    item = ItemDraft(title, AgendaItemKind.DECIDE, issue_id=issue_id)
    item_id, _ = await agenda.add_item(council.committee, meeting_id, item, idempotency_key=uuid4())
    await meetings.publish_agenda(council.committee, meeting_id)
    return meeting_id, item_id


async def _dance(community: UUID, council: Council) -> None:
    """The square-dance dispute: heard, decided, minuted, ordered and half carried out."""
    lin, others = council.members[1], council.members[2:]
    draft = IssueDraft(
        title="广场舞噪音扰民",
        text="北门广场每晚跳舞到十点,孩子无法入睡。",
        category=IssueCategory.NOISE,
        place="北门广场",
    )
    issue_id = await _raised(community, lin, draft, *others)
    await _assessed(council, issue_id, IssueCategory.NOISE)
    meeting_id, item_id = await _convened(council, "广场舞噪音协商会", issue_id, days=5)
    motion_id = await _held(council, meeting_id)
    await issue_tables.record_deliberation(
        council.committee, issue_id, item_id=item_id, summary="多数赞成迁往九龙湖公园"
    )
    await _ordered(council, issue_id, motion_id)
    await _minuted(council, meeting_id)


async def _held(council: Council, meeting_id: UUID) -> UUID:
    """The meeting itself; returns the motion that it carried."""
    presiding, (dancer, lin, *others) = council.chair, council.members
    await database.execute(_MEET_NOW, meeting_id)
    await attendance.open_check_in(council.committee, meeting_id)
    for each in (presiding, council.committee, dancer, lin, *others[:-1]):
        await attendance.check_in(each, meeting_id)
    await sessions.open_meeting(presiding, meeting_id)
    await sessions.call_item(presiding, meeting_id)
    draft = MotionDraft(kind=MotionKind.MAIN, title="迁往九龙湖公园", text=PARK)
    motion_id, _ = await motions.propose(lin, meeting_id, draft, idempotency_key=uuid4())
    await motions.second(others[0], motion_id)
    await motions.state_motion(presiding, motion_id)
    await floor.raise_hand(lin, meeting_id, SpeakingSide.FOR)
    await floor.raise_hand(dancer, meeting_id, SpeakingSide.AGAINST)
    for each in (lin, dancer):
        await floor.end_speech(each, await floor.call_speaker(presiding, meeting_id))
    await motions.declare_ready(presiding, motion_id)
    vote_id = await votes.open_vote(presiding, motion_id, VoteForm.SHOW_OF_HANDS)
    for each in (lin, council.committee, *others[:-1]):
        await votes.cast_vote(each, vote_id, Stance.FOR, idempotency_key=uuid4())
    await votes.call_vote(presiding, vote_id, VoteCall.AGAINST)
    await votes.cast_vote(dancer, vote_id, Stance.AGAINST, idempotency_key=uuid4())
    await votes.end_vote(presiding, vote_id)
    await sessions.close_item(
        presiding, meeting_id, outcome=AgendaItemState.CONCLUDED, note="迁往公园,试行一个月"
    )
    await sessions.adjourn(presiding, meeting_id)
    return motion_id


async def _ordered(council: Council, issue_id: UUID, motion_id: UUID) -> None:
    """A resolution of the carried motion, and a first report of its progress."""
    draft = ResolutionDraft(
        title="协助舞蹈队迁往九龙湖公园",
        text="与公园管理处划定场地,接通电源。",
        handler_kind=HandlerKind.PERSON,
        handler_id=_person(council.committee),
        due_on=await clock.today() + timedelta(days=20),
    )
    resolution_id, _ = await resolutions.adopt_resolution(
        council.committee, (ResolutionSource.MOTION, motion_id), draft, idempotency_key=uuid4()
    )
    await issue_steps.resolve_issue(council.committee, issue_id, outcome="舞队迁往九龙湖公园")
    await issue_steps.start_issue(council.committee, issue_id)
    await resolutions.report_progress(
        council.committee,
        resolution_id,
        Progress("场地已划定,等待接电。", 60),
        idempotency_key=uuid4(),
    )


async def _minuted(council: Council, meeting_id: UUID) -> None:
    """Minutes: drafted and confirmed; in three days the worker publishes them by itself."""
    await minutes.draft(council.committee, meeting_id)
    for each in (council.chair, council.committee):
        await minutes_after.confirm(each, meeting_id, expected_version=1)


async def _coming(community: UUID, council: Council) -> None:
    """A meeting in a week, with an issue that was sorted and assessed on its agenda."""
    draft = IssueDraft(
        title="流浪猫定点喂养",
        text="有人在单元门口喂猫,引来蚊虫,建议设固定喂养点并绝育。",
        category=IssueCategory.PETS,
        place="2号楼单元门口",
    )
    issue_id = await _raised(community, council.members[2], draft, council.members[3])
    await _assessed(council, issue_id, IssueCategory.PETS)
    await _convened(council, "流浪猫定点喂养协商", issue_id, days=7)


async def _reported(community: UUID, council: Council) -> None:
    """An issue that was only just raised, and is talked about."""
    draft = IssueDraft(
        title="电动车进楼道充电",
        text="1号楼有人把电动车推进楼道充电,十分危险。",
        category=IssueCategory.PUBLIC_SAFETY,
        place="米兰花园1号楼",
    )
    issue_id = await _raised(community, council.members[3], draft, council.members[0])
    for by, side, text in (
        (council.members[0], Side.FOR, "支持清理,消防通道不能堵。"),
        (council.members[4], Side.QUESTION, "充电棚什么时候建好?"),
    ):
        await comments.write_comment(
            by,
            (SubjectKind.ISSUE, issue_id),
            CommentDraft(text=text, side=side),
            idempotency_key=uuid4(),
        )


async def _whistled(community: UUID, council: Council) -> None:
    """An issue for which the street has called a department, whose answer is awaited."""
    street = await database.fetch_value(_STREET, community)
    department = await organisations.create_organisation(
        SYSTEM,
        area_id=street,
        kind=OrganisationKind.DEPARTMENT,
        name="丰财街道综合行政执法队",
    )
    draft = IssueDraft(
        title="早市占道经营",
        text="每天早晨菜摊占住非机动车道,上学路上很挤。",
        category=IssueCategory.ENVIRONMENT,
        place="湖畔小区东门",
    )
    issue_id = await _raised(community, council.members[4], draft, council.members[1])
    await issue_steps.triage_issue(council.committee, issue_id, category=IssueCategory.ENVIRONMENT)
    await whistles.blow_whistle(
        SYSTEM, issue_id, department.id, asked="请早市时段到场,划定临时摊位。"
    )

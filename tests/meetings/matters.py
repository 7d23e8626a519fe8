"""A town with issues to raise: residents, a committee, a street, a department; by commands."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import database
from domains.kernel.actor import Actor, Grant, Role
from domains.meetings.models import Body, Issue
from domains.meetings.service import issue_rules, issue_steps, issue_tables, issues
from domains.meetings.service.issues import IssueDraft
from domains.meetings.values import AgendaItemState
from domains.meetings.values.issues import IssueCategory, RiskLevel
from domains.membership.models import Area, Organisation
from domains.membership.values import OrganisationKind
from domains.voting import service as voting
from tests import factories
from tests.meetings.factories import a_body

NOISE = IssueCategory.NOISE


@dataclass(frozen=True)
class Place:
    """A community, and who acts there."""

    street: Area
    community: Area
    committee: Actor
    street_office: Actor
    residents: list[Actor]
    department: Organisation
    department_head: Actor

    @property
    def lin(self) -> Actor:
        """The first resident, who raises what is raised."""
        return self.residents[0]


async def a_place(residents: int = 3) -> Place:
    """A community under a street, with a department that the street may call."""
    await voting.sync_presets()
    await issue_rules.sync()
    street = await factories.a_street()
    community = await factories.a_community(street)
    department = await factories.an_organisation(
        street, name="综合行政执法中队", kind=OrganisationKind.DEPARTMENT
    )
    head = await factories.a_person("郑强")
    grant = Grant(Role.DEPARTMENT_HEAD, organisation_id=department.id)
    return Place(
        street=street,
        community=community,
        committee=await factories.a_committee_member(community),
        street_office=await factories.a_street_reviewer(street),
        residents=[
            await factories.a_resident(community, name=f"居民{number}")
            for number in range(residents)
        ],
        department=department,
        department_head=factories.as_actor(head, grant),
    )


def a_draft(
    *,
    title: str = "广场舞噪音扰民",
    text: str = "小区附近广场舞每晚到十点,影响周边居民休息。",
    category: IssueCategory = NOISE,
    pictures: tuple[UUID, ...] = (),
) -> IssueDraft:
    """What a resident writes down."""
    return IssueDraft(
        title=title, text=text, category=category, place="九龙湖北门广场", picture_ids=pictures
    )


async def an_issue(
    place: Place, draft: IssueDraft | None = None, *, by: Actor | None = None
) -> UUID:
    """An issue of a resident's."""
    issue_id, _ = await issues.raise_issue(
        by or place.lin, place.community.id, draft or a_draft(), idempotency_key=uuid4()
    )
    return issue_id


async def an_assessed_issue(
    place: Place, *, level: RiskLevel = RiskLevel.LOW, category: IssueCategory = NOISE
) -> UUID:
    """An issue that was accepted, and whose risk was assessed."""
    issue_id = await an_issue(place, a_draft(category=category))
    await issue_steps.triage_issue(place.committee, issue_id, category=category)
    await issue_steps.assess_issue_risk(place.committee, issue_id, level=level, note="双方情绪稳定")
    return issue_id


async def a_revisited_issue(place: Place) -> UUID:
    """An issue that was resolved without a meeting, carried out, told of and looked at."""
    issue_id = await an_assessed_issue(place)
    await issue_steps.resolve_issue(place.committee, issue_id, outcome="舞队迁往九龙湖公园")
    await issue_steps.start_issue(place.committee, issue_id)
    await issue_steps.feed_back_issue(place.committee, issue_id, feedback="舞队已迁走")
    await issue_steps.revisit_issue(place.committee, issue_id, findings="夜间已安静")
    return issue_id


async def a_heard_issue(place: Place, *, category: IssueCategory = NOISE) -> tuple[UUID, UUID]:
    """An issue before a body whose item is dealt with; returns it and the item."""
    issue_id = await an_assessed_issue(place, level=RiskLevel.HIGH, category=category)
    body = await a_body(place.community, name=f"议事会{issue_id.hex[:8]}{issue_id.hex[-6:]}")
    return issue_id, await a_hearing(place, issue_id, body)


async def a_hearing(place: Place, issue_id: UUID, body: Body) -> UUID:
    """Bring an issue before a body, whose meeting deals with it."""
    item_id = await issue_tables.schedule_issue(place.committee, issue_id, body_id=body.id)
    await conclude(item_id)
    await issue_tables.record_deliberation(
        place.committee, issue_id, item_id=item_id, summary="各方同意继续协商"
    )
    return item_id


async def conclude(item_id: UUID) -> None:
    """Let an item have been dealt with by a meeting, as the room would leave it."""
    await database.execute(
        """
        WITH met AS (
            INSERT INTO meetings_meeting (id, body_id, area_id, area_path, community_id, form,
                mode, title, state, starts_at, ends_at, rule_code, log_seq, version, created_at)
            SELECT gen_random_uuid(), b.id, b.area_id, b.area_path, b.community_id, b.form,
                   'online', '议事会', 'planned', kernel_now(), kernel_now() + interval '1 hour',
                   'MEETING_DELIBERATION_COUNCIL', 0, 1, kernel_now()
            FROM meetings_agenda_item t JOIN meetings_body b ON b.id = t.body_id
            WHERE t.id = $1 RETURNING id)
        UPDATE meetings_agenda_item SET meeting_id = met.id, position = 1, state = $2,
               called_at = kernel_now(), closed_at = kernel_now()
        FROM met WHERE meetings_agenda_item.id = $1
        """,
        item_id,
        AgendaItemState.CONCLUDED.value,
    )


async def the(issue_id: UUID) -> Issue:
    """The issue as it is now."""
    return await Issue.get(id=issue_id)


async def history(issue_id: UUID, kind: str = "issue") -> list[str]:
    """The kinds of a matter's history, in order."""
    rows = await database.fetch(
        "SELECT kind FROM meetings_history WHERE subject_kind = $2 AND subject_id = $1"
        " ORDER BY seq",
        issue_id,
        kind,
    )
    return [row["kind"] for row in rows]


async def events(*names: str) -> list[str]:
    """The recorded events of these names, in order."""
    rows = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE name = ANY ($1) ORDER BY id",
        [f"meetings.{name}" for name in names],
    )
    return [row["name"].removeprefix("meetings.") for row in rows]


async def an_upload(owner: Actor, *, media_type: str = "image/png") -> UUID:
    """A complete upload of somebody's, as the kernel keeps it."""
    upload_id = uuid4()
    await database.execute(
        "INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes,"
        " sha256, state, created_at, completed_at)"
        " VALUES ($1, $2, '照片.png', $3, $3, 32, $4, 'complete', kernel_now(), kernel_now())",
        upload_id,
        owner.person_id,
        media_type,
        hashlib.sha256(upload_id.bytes).digest(),
    )
    return upload_id


DAY = timedelta(days=1)

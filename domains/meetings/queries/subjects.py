"""What is discussed, as somebody sees it: issues, agenda items, meetings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.meetings.policy.issues import IssuePlace, sees_issue
from domains.meetings.policy.places import BodyPlace, sees_body, sees_meeting
from domains.meetings.queries import handlers, standings
from domains.meetings.values import AgendaItemState, MeetingState, SeatOffice
from domains.meetings.values.discussion import SubjectKind
from domains.meetings.values.issues import ISSUE_ENDS, IssueState

Subject = tuple[SubjectKind, UUID]

_ISSUES = """
SELECT i.id, i.area_path, i.community_id, i.state, i.proposer_id,
       ARRAY(SELECT handler_id FROM meetings_assignment
             WHERE issue_id = i.id AND state <> 'withdrawn'
             UNION SELECT organisation_id FROM meetings_whistle
             WHERE issue_id = i.id AND state <> 'withdrawn') AS handlers
FROM meetings_issue i WHERE i.id = ANY ($1)
"""
_MEETINGS = """
SELECT m.id, m.area_path, m.community_id, m.state, m.chair_id, m.secretary_id,
       s.office, i.capacity, i.kind, i.votes, i.standing
FROM meetings_meeting m
LEFT JOIN meetings_seat s ON s.body_id = m.body_id AND s.person_id = $2 AND s.ended_at IS NULL
LEFT JOIN meetings_invitation i
  ON i.meeting_id = m.id AND i.person_id = $2 AND i.revoked_at IS NULL
WHERE m.id = ANY ($1)
"""
# An item that waits for a meeting is seen with its body, an item of a meeting with it.
_ITEMS = """
SELECT t.id, t.meeting_id, t.state AS item_state, t.body_id, b.area_path AS body_path,
       b.community_id AS body_community_id, m.area_path, m.community_id, m.state, m.chair_id,
       m.secretary_id, s.office, i.capacity, i.kind, i.votes, i.standing
FROM meetings_agenda_item t
JOIN meetings_body b ON b.id = t.body_id
LEFT JOIN meetings_meeting m ON m.id = t.meeting_id
LEFT JOIN meetings_seat s ON s.body_id = t.body_id AND s.person_id = $2 AND s.ended_at IS NULL
LEFT JOIN meetings_invitation i
  ON i.meeting_id = t.meeting_id AND i.person_id = $2 AND i.revoked_at IS NULL
WHERE t.id = ANY ($1)
"""
_OVER = frozenset({MeetingState.CANCELLED, MeetingState.MINUTES_CONFIRMED, MeetingState.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Talk:
    """A subject: where it lies, whether the actor sees it, whether its discussion is over."""

    kind: SubjectKind
    subject_id: UUID
    area_path: str
    community_id: UUID | None
    is_seen: bool
    is_over: bool


async def talk(actor: Actor, subject: Subject) -> Talk | None:
    """Return a subject, whether seen or not; None where there is none."""
    return (await talks(actor, [subject]))[0]


async def talks(actor: Actor, subjects: Sequence[Subject]) -> list[Talk | None]:
    """Batch: subjects, in one statement for each kind."""
    wanted: dict[SubjectKind, list[UUID]] = {}
    for kind, subject_id in subjects:
        wanted.setdefault(kind, []).append(subject_id)
    found: dict[Subject, Talk] = {}
    for kind, ids in wanted.items():
        for each in await _READ[kind](actor, ids):
            found[kind, each.subject_id] = each
    return [found.get(each) for each in subjects]


async def _issues(actor: Actor, ids: list[UUID]) -> list[Talk]:
    led = await handlers.bodies_led_by(actor.person_id)
    return [
        Talk(
            SubjectKind.ISSUE,
            row["id"],
            row["area_path"],
            row["community_id"],
            sees_issue(
                actor,
                IssuePlace(row["area_path"], row["proposer_id"], frozenset(row["handlers"]), led),
            ),
            IssueState(row["state"]) in ISSUE_ENDS,
        )
        for row in await database.fetch(_ISSUES, ids)
    ]


async def _meetings(actor: Actor, ids: list[UUID]) -> list[Talk]:
    return [
        _of_meeting(actor, SubjectKind.MEETING, row)
        for row in await database.fetch(_MEETINGS, ids, actor.person_id)
    ]


async def _items(actor: Actor, ids: list[UUID]) -> list[Talk]:
    return [_of_item(actor, row) for row in await database.fetch(_ITEMS, ids, actor.person_id)]


def _of_meeting(actor: Actor, kind: SubjectKind, row: Row) -> Talk:
    place = standings.place_of_row(row, actor.person_id)
    return Talk(
        kind,
        row["id"],
        row["area_path"],
        row["community_id"],
        actor.system or sees_meeting(actor, place),
        place.state in _OVER,
    )


def _of_item(actor: Actor, row: Row) -> Talk:
    if row["item_state"] != AgendaItemState.WITHDRAWN and row["meeting_id"] is not None:
        return _of_meeting(actor, SubjectKind.AGENDA_ITEM, row)
    office = SeatOffice(row["office"]) if row["office"] else None
    place = BodyPlace(row["body_path"], row["body_id"], office)
    return Talk(
        SubjectKind.AGENDA_ITEM,
        row["id"],
        row["body_path"],
        row["body_community_id"],
        actor.system or sees_body(actor, place),
        row["item_state"] == AgendaItemState.WITHDRAWN,
    )


_READ = {
    SubjectKind.ISSUE: _issues,
    SubjectKind.MEETING: _meetings,
    SubjectKind.AGENDA_ITEM: _items,
}

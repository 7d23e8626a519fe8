"""The agenda: points of a meeting, matters that wait for one, and those that go up a level."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.meetings.errors import (
    AgendaFixed,
    AgendaIncomplete,
    BodyAboveMissing,
    ItemClosed,
    ItemNotAnnounced,
    ItemNotUnresolved,
    LevelAboveUnfit,
    MatterPostponed,
    MeetingOver,
)
from domains.meetings.events import AgendaItemRaised, AgendaItemWithdrawn
from domains.meetings.models import AgendaItem, Body, Meeting
from domains.meetings.rules import levels, lines, texts
from domains.meetings.service import issue_agenda, log, room
from domains.meetings.service.bodies import hold_body, require_person
from domains.meetings.values import (
    BEFORE_SESSION,
    LEVELS,
    UNDER_WAY,
    AgendaItemKind,
    AgendaItemState,
    LogKind,
)

MOST_ITEMS = 60
_NEXT_PLACE = """
SELECT count(*) AS items, coalesce(max(position), 0) + 1 AS next
FROM meetings_agenda_item WHERE meeting_id = $1
"""
_BODIES_ABOVE = """
SELECT id FROM meetings_body
WHERE level = $1 AND dissolved_at IS NULL AND starts_with($2, area_path)
ORDER BY length(area_path) DESC, created_at, id LIMIT 2
"""
_OPEN_PLACES = """
SELECT id, position FROM meetings_agenda_item
WHERE meeting_id = $1 AND state = 'on_agenda' ORDER BY position
"""
_ISSUE_HERE = """
SELECT EXISTS (SELECT FROM meetings_issue i, meetings_body b
               WHERE i.id = $1 AND b.id = $2 AND (
                   starts_with(i.area_path, b.area_path) OR starts_with(b.area_path, i.area_path)))
"""
_PUT = "UPDATE meetings_agenda_item SET position = $2 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """A point of an agenda as it is written down."""

    title: str
    kind: AgendaItemKind
    body: str = ""
    planned_minutes: int | None = None
    presenter_id: UUID | None = None
    issue_id: UUID | None = None


async def add_item(
    actor: Actor, meeting_id: UUID, draft: ItemDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Put a point on a meeting's agenda; returns its id and whether this was a replay.

    Raises MeetingOver, and ItemNotAnnounced for a matter to decide once the room is open.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "addAgendaItem")
        given = {"meeting": meeting_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "addAgendaItem", given)
        if earlier is not None:
            return UUID(earlier["item"]), True
        item = await write_item(actor, meeting, draft)
        await idempotency.settle(actor, idempotency_key, {"item": str(item.id)})
        await room.told(actor, meeting, "addAgendaItem")
        return item.id, False


async def write_item(actor: Actor, meeting: Meeting, draft: ItemDraft) -> AgendaItem:
    """Put a point on the agenda of a meeting that is held, inside a command."""
    if meeting.state not in BEFORE_SESSION | UNDER_WAY:
        raise MeetingOver(path=("input", "meetingId"))
    if meeting.state in UNDER_WAY and draft.kind is AgendaItemKind.DECIDE:
        raise ItemNotAnnounced(path=("input", "kind"))
    item = await AgendaItem.create(
        id=database.new_id(),
        body_id=meeting.body_id,
        meeting_id=meeting.id,
        position=await _next_place(meeting.id),
        state=AgendaItemState.ON_AGENDA,
        author_id=actor.person_id,
        created_at=await clock.now(),
        **await _columns(draft, body_id=meeting.body_id),
    )
    await issue_agenda.put_on(actor, item)
    await log.append(meeting, LogKind.ITEM_ADDED, actor=actor, subject_id=item.id)
    return item


async def write_waiting(
    actor: Actor,
    body: Body,
    draft: ItemDraft,
    *,
    raised_from_id: UUID | None = None,
    not_before: date | None = None,
) -> AgendaItem:
    """Let a matter wait for a meeting of a body, from a day on, inside a command."""
    item = await AgendaItem.create(
        id=database.new_id(),
        body_id=body.id,
        state=AgendaItemState.WAITING,
        raised_from_id=raised_from_id,
        not_before=not_before,
        author_id=actor.person_id,
        created_at=await clock.now(),
        **await _columns(draft, body_id=body.id),
    )
    await issue_agenda.put_on(actor, item)
    return item


async def place_item(actor: Actor, item_id: UUID, meeting_id: UUID) -> None:
    """Put a matter that waits on the agenda of a meeting of its body.

    Raises ItemClosed, MeetingOver, ItemNotAnnounced, MatterPostponed for a day too early.
    """
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "placeAgendaItem")
        item = await AgendaItem.filter(id=item_id, body_id=meeting.body_id).first()
        if item is None:
            raise NotFound(path=("input", "itemId"))
        if item.state is not AgendaItemState.WAITING:
            raise ItemClosed(path=("input", "itemId"))
        if meeting.state not in BEFORE_SESSION | UNDER_WAY:
            raise MeetingOver(path=("input", "meetingId"))
        if meeting.state in UNDER_WAY and item.kind is AgendaItemKind.DECIDE:
            raise ItemNotAnnounced(path=("input", "itemId"))
        day = item.not_before
        if day is not None and meeting.starts_at.astimezone(clock.SHANGHAI).date() < day:
            raise MatterPostponed(path=("input", "meetingId"), day=day.isoformat())
        item.meeting_id, item.state = meeting.id, AgendaItemState.ON_AGENDA
        item.position = await _next_place(meeting.id)
        item.version += 1
        await item.save()
        await issue_agenda.placed(actor, item)
        await log.append(meeting, LogKind.ITEM_ADDED, actor=actor, subject_id=item.id)
        await room.told(actor, meeting, "placeAgendaItem")


async def edit_item(
    actor: Actor, item_id: UUID, draft: ItemDraft, *, expected_version: int
) -> None:
    """Write a point anew while it is not announced; raises AgendaFixed, VersionConflict."""
    async with transaction():
        meeting, item = await _hold_item(actor, item_id, "editAgendaItem")
        if item.announced_at is not None:
            raise AgendaFixed(path=("input", "itemId"))
        _require_open(item)
        if item.version != expected_version:
            raise VersionConflict(version=item.version)
        before = item.issue_id
        item.update_from_dict(await _columns(draft, body_id=item.body_id))
        item.version += 1
        await item.save()
        if item.issue_id != before:
            await issue_agenda.put_on(actor, item)
        await log.append(meeting, LogKind.ITEM_EDITED, actor=actor, subject_id=item.id)
        await room.told(actor, meeting, "editAgendaItem", version=item.version)


async def withdraw_item(actor: Actor, item_id: UUID, *, reason: str) -> None:
    """Take a point off, with a reason; what was announced stays to be read."""
    async with transaction():
        row = await database.fetch_one(
            "SELECT meeting_id, body_id FROM meetings_agenda_item WHERE id = $1", item_id
        )
        if row is None:
            raise NotFound(path=("input", "itemId"))
        note = lines.reason(reason)
        if row["meeting_id"] is None:
            await hold_body(actor, row["body_id"], "withdrawAgendaItem")
            await _withdraw(actor, await AgendaItem.get(id=item_id), note)
            return
        meeting, item = await _hold_item(actor, item_id, "withdrawAgendaItem")
        await _withdraw(actor, item, note)
        await log.append(
            meeting, LogKind.ITEM_WITHDRAWN, actor=actor, subject_id=item.id, reason=note
        )
        if item.announced_at is not None:
            await outbox.record(
                AgendaItemWithdrawn(
                    item_id=item.id, meeting_id=meeting.id, area_path=meeting.area_path
                )
            )
        await room.told(actor, meeting, "withdrawAgendaItem")


async def order_agenda(actor: Actor, meeting_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Put the open points of an agenda in another order; raises AgendaIncomplete."""
    async with transaction():
        meeting = await room.hold(actor, meeting_id, "orderAgenda")
        if meeting.state not in BEFORE_SESSION | UNDER_WAY:
            raise MeetingOver(path=("input", "meetingId"))
        rows = await database.fetch(_OPEN_PLACES, meeting_id)
        if len(item_ids) != len(rows) or set(item_ids) != {row["id"] for row in rows}:
            raise AgendaIncomplete(path=("input", "itemIds"))
        pairs = [(each, row["position"]) for each, row in zip(item_ids, rows, strict=True)]
        await database.execute_many(_PUT, pairs)
        await log.append(
            meeting,
            LogKind.ITEMS_REORDERED,
            actor=actor,
            items=[str(each) for each in item_ids],
        )
        await room.told(actor, meeting, "orderAgenda")


async def raise_item(
    actor: Actor,
    item_id: UUID,
    *,
    reason: str,
    to_body_id: UUID | None = None,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Take what was left unresolved up to the body of the next level, where it waits.

    Returns the new item and whether this was a replay. Without a body, the one above this
    one is meant, or the only one of the next level around it. Raises ItemNotUnresolved,
    BodyAboveMissing, LevelAboveUnfit.
    """
    async with transaction():
        meeting, item = await _hold_item(actor, item_id, "raiseAgendaItem")
        given = {"item": item_id, "to": to_body_id, "reason": reason}
        earlier = await idempotency.claim(actor, idempotency_key, "raiseAgendaItem", given)
        if earlier is not None:
            return UUID(earlier["item"]), True
        if item.state is not AgendaItemState.UNRESOLVED:
            raise ItemNotUnresolved(path=("input", "itemId"))
        above = await _body_above(await Body.get(id=item.body_id), to_body_id)
        note = lines.reason(reason)
        item.state, item.note = AgendaItemState.RAISED, note
        item.version += 1
        await item.save()
        draft = ItemDraft(
            item.title, item.kind, item.body, item.planned_minutes, None, item.issue_id
        )
        raised = await write_waiting(actor, above, draft, raised_from_id=item.id)
        await log.append(meeting, LogKind.ITEM_RAISED, actor=actor, subject_id=item.id, reason=note)
        await outbox.record(
            AgendaItemRaised(
                item_id=raised.id,
                from_item_id=item.id,
                body_id=above.id,
                area_path=above.area_path,
            )
        )
        await idempotency.settle(actor, idempotency_key, {"item": str(raised.id)})
        await room.told(actor, meeting, "raiseAgendaItem")
        return raised.id, False


async def _body_above(body: Body, to_body_id: UUID | None) -> Body:
    """Return the body of the next level that a matter goes up to."""
    chosen = to_body_id or body.above_id
    if chosen is None:
        level = levels.level_above(body.level)
        rows = await database.fetch(_BODIES_ABOVE, level, body.area_path) if level else []
        if len(rows) != 1:
            raise BodyAboveMissing(path=("input", "toBodyId"))
        chosen = rows[0]["id"]
    above = await Body.filter(id=chosen, dissolved_at__isnull=True).first()
    if above is None:
        raise NotFound(path=("input", "toBodyId"))
    if not levels.may_go_up(
        body.level, body.area_path, to_level=above.level, to_area_path=above.area_path
    ):
        raise LevelAboveUnfit(path=("input", "toBodyId"))
    assert above.level in LEVELS
    return above


async def _hold_item(actor: Actor, item_id: UUID, action: str) -> tuple[Meeting, AgendaItem]:
    meeting_id = await database.fetch_value(
        "SELECT meeting_id FROM meetings_agenda_item WHERE id = $1", item_id
    )
    if meeting_id is None:
        raise NotFound(path=("input", "itemId"))
    meeting = await room.hold(actor, meeting_id, action)
    return meeting, await AgendaItem.get(id=item_id)


async def _withdraw(actor: Actor, item: AgendaItem, note: str) -> None:
    _require_open(item)
    item.state, item.note = AgendaItemState.WITHDRAWN, note
    item.closed_at = await clock.now()
    item.version += 1
    await item.save()
    await issue_agenda.taken_off(actor, item, note)


def _require_open(item: AgendaItem) -> None:
    if item.state not in {AgendaItemState.WAITING, AgendaItemState.ON_AGENDA}:
        raise ItemClosed(path=("input", "itemId"))


async def _next_place(meeting_id: UUID) -> int:
    row = await database.fetch_one(_NEXT_PLACE, meeting_id)
    assert row is not None, "an aggregate is one row"
    if row["items"] >= MOST_ITEMS:
        raise InvalidInput(
            path=("input", "meetingId"),
            zh=f"一次会议最多 {MOST_ITEMS} 个议程项。",
            en=f"An agenda has {MOST_ITEMS} items at most.",
        )
    place: int = row["next"]
    return place


async def concerns(body_id: UUID, issue_id: UUID) -> bool:
    """Whether an issue lies where a body meets for: in its area, or around it."""
    found: bool = await database.fetch_value(_ISSUE_HERE, issue_id, body_id)
    return found


async def _columns(draft: ItemDraft, *, body_id: UUID) -> dict[str, Any]:
    minutes = draft.planned_minutes
    if minutes is not None and not 1 <= minutes <= 600:
        raise InvalidInput(
            path=("input", "plannedMinutes"),
            zh="时长须为 1 至 600 分钟。",
            en="An item takes 1 to 600 minutes.",
        )
    if draft.presenter_id is not None:
        await require_person(draft.presenter_id, path=("input", "presenterId"))
    if draft.issue_id is not None and not await concerns(body_id, draft.issue_id):
        raise NotFound(path=("input", "issueId"))
    return {
        "title": lines.line(draft.title, path=("input", "title"), longest=120, least=2),
        "body": texts.optional(draft.body, path=("input", "body"), longest=20_000),
        "kind": draft.kind,
        "planned_minutes": minutes,
        "presenter_id": draft.presenter_id,
        "issue_id": draft.issue_id,
    }

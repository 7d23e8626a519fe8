"""Minutes: drafts for who has part in the meeting, published ones for who sees the meeting."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.meetings.queries.sight import VISIBLE, WITHIN, eyes
from domains.meetings.rules.minutes_page import Line, Objection, Paper, Signature
from domains.meetings.rules.minutes_terms import MinutesTerms
from domains.meetings.values import MeetingForm, MeetingMode
from domains.meetings.values.minutes import (
    LineOrigin,
    MinutesObjectionState,
    MinutesPart,
    NamesShown,
    SignatoryRole,
)

# Who has no part in the meeting reads what is published, with the names that are public.
_SEEN = f"({WITHIN} OR n.published_at IS NOT NULL AND {VISIBLE})"
_MINUTES = f"""
SELECT n.id, n.meeting_id, n.version, n.log_seq, n.drafted_at, n.confirmed_at,
       n.objections_until, n.published_at, {WITHIN} AS within,
       m.frozen_rules #>> '{{content,minutes}}' AS terms, chair.name AS chair,
       secretary.name AS secretary
FROM meetings_minutes n JOIN meetings_meeting m ON m.id = n.meeting_id
LEFT JOIN membership_person chair ON chair.id = coalesce(m.standing_chair_id, m.chair_id)
LEFT JOIN membership_person secretary ON secretary.id = m.secretary_id
WHERE {_SEEN}
"""
_BY_MEETING = f"{_MINUTES} AND n.meeting_id = ANY ($5::uuid[])"
_BY_ID = f"{_MINUTES} AND n.id = ANY ($5::uuid[])"
_LINES = """
SELECT l.id, l.minutes_id, l.origin, l.part, l.seq, l.ordinal, l.covers, l.at, l.drafted,
       l.is_heading, l.names, l.cells::text AS cells, l.edited, l.edited_at, l.edit_reason,
       l.edited_by_id, l.author_id
FROM meetings_minutes_line l
WHERE l.minutes_id = $1 AND l.removed_at IS NULL
"""
_ORDER = "CASE l.part WHEN 'attendance' THEN 0 WHEN 'proceedings' THEN 1 ELSE 2 END"
_ALL_LINES = f"{_LINES} ORDER BY {_ORDER}, l.seq, l.ordinal"
_PAGE = f"""
SELECT * FROM ({_LINES}) l
WHERE $2::integer IS NULL OR ({_ORDER}, l.seq, l.ordinal) > ($2, $3, $4)
ORDER BY {_ORDER}, l.seq, l.ordinal LIMIT $5
"""
_SIGNATURES = """
SELECT s.minutes_id, s.person_id, s.role, s.at, p.name FROM meetings_minutes_signature s
JOIN meetings_minutes n ON n.id = s.minutes_id AND n.version = s.version
JOIN membership_person p ON p.id = s.person_id
WHERE s.minutes_id = ANY ($1::uuid[]) ORDER BY s.at, s.person_id
"""
_OBJECTIONS = """
SELECT o.id, o.minutes_id, o.version, o.person_id, o.text, o.state, o.filed_at, o.answer,
       o.decided_at, p.name
FROM meetings_minutes_objection o JOIN membership_person p ON p.id = o.person_id
WHERE o.minutes_id = ANY ($1::uuid[]) ORDER BY o.filed_at, o.id
"""
_OBJECTIONS_BY_ID = """
SELECT o.id, o.minutes_id, o.version, o.person_id, o.text, o.state, o.filed_at, o.answer,
       o.decided_at, p.name
FROM meetings_minutes_objection o JOIN membership_person p ON p.id = o.person_id
WHERE o.id = ANY ($1::uuid[])
"""
_PAPER = """
SELECT n.id, n.version, n.log_seq, n.confirmed_at, n.published_at, m.title, m.form, m.mode,
       m.place, m.opened_at, m.adjourned_at, b.name AS body_name, chair.name AS chair,
       secretary.name AS secretary, m.area_id, m.frozen_rules #>> '{content,minutes}' AS terms
FROM meetings_minutes n
JOIN meetings_meeting m ON m.id = n.meeting_id
JOIN meetings_body b ON b.id = m.body_id
LEFT JOIN membership_person chair ON chair.id = coalesce(m.standing_chair_id, m.chair_id)
LEFT JOIN membership_person secretary ON secretary.id = m.secretary_id
WHERE n.id = $1
"""
_PUBLISHED = """
SELECT id FROM meetings_minutes WHERE meeting_id = $1 AND published_at IS NOT NULL
"""
_PLACES = {MinutesPart.ATTENDANCE: 0, MinutesPart.PROCEEDINGS: 1, MinutesPart.RESOLUTIONS: 2}


@dataclass(frozen=True, slots=True)
class Kept:
    """Minutes as they are kept: the paper, where it belongs, and what its rules say."""

    minutes_id: UUID
    paper: Paper
    area_id: UUID
    terms: MinutesTerms


async def minutes_by_meeting(actor: Actor, meeting_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the minutes of meetings, None where the actor sees none."""
    rows = await database.fetch(_BY_MEETING, *eyes(actor), list(meeting_ids))
    found = {row["meeting_id"]: row for row in rows}
    return [found.get(each) for each in meeting_ids]


async def minutes_by_id(actor: Actor, minutes_ids: Sequence[UUID]) -> list[Row | None]:
    """Batch: the minutes of these ids, None where the actor sees none."""
    rows = await database.fetch(_BY_ID, *eyes(actor), list(minutes_ids))
    found = {row["id"]: row for row in rows}
    return [found.get(each) for each in minutes_ids]


async def lines(minutes_id: UUID, page: Page) -> Slice[Row]:
    """Return a page of the lines of minutes that the caller has been found to see."""
    part, seq, ordinal = page.after or (None, None, None)
    rows = await database.fetch(_PAGE, minutes_id, part, seq, ordinal, page.limit)
    return Slice.of(rows, page)


def place_of(row: Row) -> tuple[int, int, int]:
    """Return where a line stands in the minutes."""
    return _PLACES[MinutesPart(row["part"])], row["seq"], row["ordinal"]


async def signatures_by_minutes(_: Actor, minutes_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: who has confirmed minutes as they stand; for minutes that the actor sees."""
    return await _grouped(_SIGNATURES, minutes_ids)


async def objections_by_minutes(_: Actor, minutes_ids: Sequence[UUID]) -> list[list[Row]]:
    """Batch: what was objected to minutes; for minutes that the actor sees."""
    return await _grouped(_OBJECTIONS, minutes_ids)


async def objections_by_id(
    actor: Actor, objection_ids: Sequence[UUID]
) -> list[tuple[Row, bool] | None]:
    """Batch: objections with whether names are masked, None where the actor sees no minutes."""
    rows = await database.fetch(_OBJECTIONS_BY_ID, list(objection_ids))
    minutes = await minutes_by_id(actor, [row["minutes_id"] for row in rows])
    found = {
        row["id"]: (row, is_masked(of))
        for row, of in zip(rows, minutes, strict=True)
        if of is not None
    }
    return [found.get(each) for each in objection_ids]


async def _grouped(sql: str, minutes_ids: Sequence[UUID]) -> list[list[Row]]:
    found: defaultdict[UUID, list[Row]] = defaultdict(list)
    for row in await database.fetch(sql, list(minutes_ids)):
        found[row["minutes_id"]].append(row)
    return [found[each] for each in minutes_ids]


def is_masked(row: Row) -> bool:
    """Whether names stand in these minutes, for this reader, as everybody may read them."""
    terms = MinutesTerms.of({"minutes": json.loads(row["terms"])})
    return not row["within"] and terms.public_names is NamesShown.MASKED


async def published(meeting_id: UUID) -> Kept | None:
    """Return the published minutes of a meeting, which are everybody's."""
    minutes_id = await database.fetch_value(_PUBLISHED, meeting_id)
    return None if minutes_id is None else await kept(minutes_id)


async def kept(minutes_id: UUID) -> Kept | None:
    """Return minutes as they are kept; who may read them is for the caller to judge."""
    row = await database.fetch_one(_PAPER, minutes_id)
    if row is None:
        return None
    (signatures,) = await _grouped(_SIGNATURES, [minutes_id])
    (objections,) = await _grouped(_OBJECTIONS, [minutes_id])
    paper = Paper(
        title=row["title"],
        body_name=row["body_name"],
        form=MeetingForm(row["form"]),
        mode=MeetingMode(row["mode"]),
        place=row["place"],
        opened_at=row["opened_at"],
        adjourned_at=row["adjourned_at"],
        chair=row["chair"] or "",
        secretary=row["secretary"],
        version=row["version"],
        log_seq=row["log_seq"],
        confirmed_at=row["confirmed_at"],
        published_at=row["published_at"],
        lines=[line_of(each) for each in await database.fetch(_ALL_LINES, minutes_id)],
        signatures=[
            Signature(each["name"], SignatoryRole(each["role"]), each["at"]) for each in signatures
        ],
        objections=[
            Objection(
                each["name"], each["text"], MinutesObjectionState(each["state"]), each["answer"]
            )
            for each in objections
        ],
    )
    terms = MinutesTerms.of({"minutes": json.loads(row["terms"])})
    return Kept(minutes_id, paper, row["area_id"], terms)


def line_of(row: Row) -> Line:
    """Read a line."""
    cells: list[list[Any]] = json.loads(row["cells"])
    return Line(
        part=MinutesPart(row["part"]),
        origin=LineOrigin(row["origin"]),
        seq=row["seq"],
        covers=tuple(row["covers"]),
        at=row["at"],
        drafted=row["drafted"],
        edited=row["edited"],
        edit_reason=row["edit_reason"],
        is_heading=row["is_heading"],
        names=tuple(row["names"]),
        cells=tuple((label, value) for label, value in cells),
    )

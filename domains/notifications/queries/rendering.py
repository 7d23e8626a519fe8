"""Notices in words: in the reader's language, from what was known when it was told.

An occasion keeps what there was to say and by which templates; nothing is read from another
domain but the names of people, so a page of notices costs the same whatever they speak of.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row
from domains.kernel.errors import DomainError
from domains.membership.queries import addressees as membership
from domains.membership.queries import electorate
from domains.notifications.errors import VariableMissing
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.queries import templates
from domains.notifications.queries.templates import Written
from domains.notifications.queries.wishes import wishes
from domains.notifications.telling import Telling
from domains.notifications.values import Channel, Locale, VariableKind

# What a notice is written from: its own columns, and its occasion's.
SAID = """
n.id, n.person_id, n.kind, n.second_for_id, n.reason, n.reason_data::text AS reason_data,
o.variables::text AS variables, o.template_ids::text AS template_ids
"""
_NOTICES = f"""
SELECT {SAID} FROM notifications_notice n JOIN notifications_occasion o ON o.id = n.occasion_id
WHERE n.id = ANY ($1::uuid[])
"""
_PENDING = """
SELECT n.id, n.person_id, n.second_for_id, n.withdrawn_at, o.id AS occasion_id, o.kind,
       o.subject_id, o.slot, o.area_path, o.payload::text AS payload
FROM notifications_notice n JOIN notifications_occasion o ON o.id = n.occasion_id
WHERE n.id = ANY ($1::uuid[]) AND n.withdrawn_at IS NULL
"""


async def in_language(rows: Sequence[Row], locale: Locale, channel: Channel) -> list[Written]:
    """Return what rows of `SAID` say in one language; raises VariableMissing."""
    found = await _all_written(rows, [locale] * len(rows), channel)
    written: list[Written] = []
    for each in found:
        if isinstance(each, DomainError):
            raise each
        written.append(each)
    return written


async def written(
    notice_ids: Sequence[UUID], channel: Channel
) -> Mapping[UUID, Written | DomainError]:
    """Return what these notices say on a channel, each in its addressee's language.

    Where something is missing, the refusal that says so stands in its place.
    """
    rows = await database.fetch(_NOTICES, list(notice_ids))
    people = await wishes([row["person_id"] for row in rows], scopes=())
    locales = [people[row["person_id"]].locale for row in rows]
    found = await _all_written(rows, locales, channel)
    return {row["id"]: said for row, said in zip(rows, found, strict=True)}


async def concerned(notice_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these notices are still to be sent.

    Not those that were taken back, whose addressee left, or, for themselves or for whom they
    help, are concerned no more: they have voted meanwhile.
    """
    rows = await database.fetch(_PENDING, list(notice_ids))
    by_occasion: dict[UUID, list[Row]] = {}
    for row in rows:
        by_occasion.setdefault(row["occasion_id"], []).append(row)
    kept: set[UUID] = set()
    for of_one in by_occasion.values():
        kept |= await _still(of_one)
    return kept


async def _still(rows: Sequence[Row]) -> set[UUID]:
    kind = BY_CODE[rows[0]["kind"]]
    people = {row["second_for_id"] or row["person_id"] for row in rows}
    readers = {row["person_id"] for row in rows}
    here = await membership.reached(sorted(people), away_too=kind.reaches_away)
    reached = await membership.reached(sorted(readers), away_too=True)
    if kind.concerns is not None:
        here &= await kind.concerns(_telling(rows[0]), sorted(people))
    return {
        row["id"]
        for row in rows
        if row["person_id"] in reached and (row["second_for_id"] or row["person_id"]) in here
    }


def _telling(row: Row) -> Telling:
    return Telling(
        occasion_id=row["occasion_id"],
        kind=row["kind"],
        subject_id=row["subject_id"],
        slot=row["slot"],
        area_path=row["area_path"],
        payload=json.loads(row["payload"]),
    )


async def _all_written(
    rows: Sequence[Row], locales: Sequence[Locale], channel: Channel
) -> list[Written | DomainError]:
    values = [_values(row) for row in rows]
    chosen = [
        templates.template_for(json.loads(row["template_ids"]), channel, locale)
        for row, locale in zip(rows, locales, strict=True)
    ]
    said = await templates.wordings([each for each in chosen if each is not None])
    names = await _names(rows, values)
    found: list[Written | DomainError] = []
    for row, value, template_id in zip(rows, values, chosen, strict=True):
        if template_id is None:
            found.append(VariableMissing(variable="template"))
            continue
        second_for = row["second_for_id"]
        try:
            found.append(
                templates.write(
                    row["kind"],
                    said[template_id],
                    value,
                    names=names,
                    second_for=None if second_for is None else names[str(second_for)],
                )
            )
        except DomainError as refusal:
            found.append(refusal)
    return found


def _values(row: Row) -> dict[str, Any]:
    own = json.loads(row["reason_data"]) if row["reason_data"] else {}
    return {**json.loads(row["variables"]), **own}


async def _names(rows: Sequence[Row], values: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of the people whom these notices speak of, by id."""
    spoken_of = {str(row["second_for_id"]) for row in rows if row["second_for_id"] is not None}
    for row, value in zip(rows, values, strict=True):
        for name, kind in BY_CODE[row["kind"]].variables.items():
            if kind is VariableKind.PERSON and value.get(name) is not None:
                spoken_of.add(str(value[name]))
    if not spoken_of:
        return {}
    people = await electorate.named([UUID(each) for each in sorted(spoken_of)])
    return {str(row["person_id"]): row["name"] for row in people}

"""Notices in words: in the reader's language, from what was known when it was told.

An occasion keeps what there was to say and by which templates; nothing is read from another
domain but the names of people, so a page of notices costs the same whatever they speak of.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel.database import Row
from domains.membership.queries import electorate
from domains.notifications.kinds.book import BY_CODE
from domains.notifications.queries import templates
from domains.notifications.queries.templates import Written
from domains.notifications.values import Channel, Locale, VariableKind

# What a notice is written from: its own columns, and its occasion's.
SAID = """
n.id, n.person_id, n.kind, n.second_for_id, n.reason, n.reason_data::text AS reason_data,
o.variables::text AS variables, o.template_ids::text AS template_ids
"""


async def in_language(rows: Sequence[Row], locale: Locale, channel: Channel) -> list[Written]:
    """Return what rows of `SAID` say in one language; raises VariableMissing."""
    values = [_values(row) for row in rows]
    chosen = [_template(row, channel, locale) for row in rows]
    said = await templates.wordings(chosen)
    names = await _names(rows, values)
    return [
        templates.write(
            row["kind"],
            said[template_id],
            value,
            names=names,
            second_for=names[str(row["second_for_id"])] if row["second_for_id"] else None,
        )
        for row, value, template_id in zip(rows, values, chosen, strict=True)
    ]


def _template(row: Row, channel: Channel, locale: Locale) -> UUID:
    found = templates.template_for(json.loads(row["template_ids"]), channel, locale)
    assert found is not None, "nothing is told that is not written"
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

"""What every installation begins with: the catalogue of the three affairs, and who publishes."""

import json
from collections.abc import Iterator

from domains.disclosure.service.presets import (
    finance,
    party,
    publishing,
    questions,
    reminders,
    residents,
    supervision,
)
from domains.disclosure.service.presets.drafts import Preset
from domains.kernel import database

__all__ = ["Preset", "catalogue", "sync_presets"]

_COLUMNS = (
    *("id", "code", "version", "affair", "finance_class", "title_zh", "title_en", "frequency"),
    *("due_rule", "retention_months", "form", "legal_basis", "source", "effective_from"),
)
_STANDING = "SELECT code, version FROM disclosure_catalogue_item WHERE community_id IS NULL"
_INSERT = f"""
INSERT INTO disclosure_catalogue_item ({", ".join(_COLUMNS)}, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10, $11::jsonb, $12, $13, $14, kernel_now())
ON CONFLICT DO NOTHING
"""


def catalogue() -> Iterator[Preset]:
    """Yield every preset item."""
    yield from party.presets()
    yield from residents.presets()
    yield from finance.presets()


async def sync_presets() -> None:
    """Put the preset catalogue and the domain's rules in; what stands is left as it is."""
    await publishing.sync()
    await questions.sync()
    await supervision.sync()
    await reminders.sync()
    standing = {(row["code"], row["version"]) for row in await database.fetch(_STANDING)}
    missing = [each for each in catalogue() if (each.code, each.version) not in standing]
    if missing:
        await database.execute_many(_INSERT, [_values(each) for each in missing])


def _values(item: Preset) -> tuple[object, ...]:
    form = [each.as_json() for each in item.form]
    return (
        *(database.new_id(), item.code, item.version, item.affair, item.finance_class),
        *(item.title_zh, item.title_en, item.frequency, json.dumps(dict(item.due_rule))),
        *(item.retention_months, json.dumps(form, ensure_ascii=False), item.legal_basis),
        *(item.source, item.effective_from),
    )

"""What follows for the public of published minutes: they are disclosed as they stand.

Minutes say what people said; what a public text must not hold is blotted out here, so that
one number in a motion does not keep a whole meeting from the public.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.disclosure.rules import personal
from domains.disclosure.service import sourced
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import calendar
from domains.meetings.queries import minutes as queries
from domains.meetings.rules import minutes_html, minutes_page
from domains.meetings.values.minutes import NamesShown

LONGEST_BODY = 45_000
LONGEST_TITLE = 120


async def disclose_minutes(event_id: UUID, payload: Mapping[str, Any]) -> None:
    """Publish the minutes of a meeting among the community's disclosures, once."""
    kept = await queries.published(UUID(payload["meeting_id"]))
    assert kept is not None, "minutes that were published stand"
    masked = kept.terms.public_names is NamesShown.MASKED
    document = minutes_page.document(kept.paper, masked=masked)
    body = minutes_html.within(document, most=LONGEST_BODY, change=impersonal)
    await sourced.disclose(
        source=("meeting_minutes", kept.minutes_id),
        area_id=kept.area_id,
        kind=DisclosureKind.STRUCTURED,
        affair=Affair.RESIDENTS,
        item_code=kept.terms.catalogue_item,
        title=impersonal(document.title)[:LONGEST_TITLE],
        body=body,
        occurred_on=calendar.day_of(kept.paper.opened_at),
    )


def impersonal(text: str) -> str:
    """Return the text with numbers of persons blotted out."""
    for found in reversed(personal.find(text)):
        text = text[: found.start] + "****" + text[found.end :]
    return text

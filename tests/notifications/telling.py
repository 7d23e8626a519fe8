"""What tests of notices need: everything told that is due, and what then lies in inboxes."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from domains.kernel import database
from domains.kernel.events import name_of
from domains.notifications.kinds import registry
from domains.notifications.queries import rendering
from domains.notifications.service import templates
from domains.notifications.values import Channel, Locale
from domains.voting.values import Secrecy
from jobs import notifications, outbox
from jobs import voting as polls
from jobs.outbox import Reaction
from tests.voting import factories

# The kinds by which it is shown how notices come about; what else there is to tell of the same
# events is shown where its kind is.
EXAMPLES = ("POLL_CLOSING_SOON", "MEETING_CONVENED", "CAMPAIGN", "CAMPAIGN_PRIVATE")


def _reactions(codes: Sequence[str]) -> Mapping[str, tuple[Reaction, ...]]:
    """What follows from events for these kinds of notices, and for nothing else."""
    found: dict[str, tuple[Reaction, ...]] = {}
    for code in codes:
        for event, reaction in notifications.bindings_of(registry.BY_CODE[code]):
            found[name_of(event)] = (*found.get(name_of(event), ()), reaction)
    return found


async def noted(codes: Sequence[str] = EXAMPLES) -> int:
    """Let everything that happened be noted for these kinds; returns how many events there were."""
    return await outbox.relay(_reactions(codes))


async def all_told(codes: Sequence[str] = EXAMPLES) -> None:
    """Let everything that happened be noted, expanded and taken back."""
    await templates.sync_presets()
    while True:
        done = await noted(codes)
        done += await notifications.expand_due_occasions()
        done += await notifications.withdraw_due_occasions()
        if not done:
            return


async def people_told(kind: str) -> list[UUID]:
    """Whom notices of a kind reached and were not taken back from, by id."""
    rows = await database.fetch(
        "SELECT person_id FROM notifications_notice WHERE kind = $1 AND withdrawn_at IS NULL"
        " ORDER BY person_id",
        kind,
    )
    return [row["person_id"] for row in rows]


async def said_to(kind: str, locale: Locale = Locale.ZH_HANS) -> dict[UUID, str]:
    """What notices of a kind say to whom, below their line, but for those that were taken back."""
    rows = await database.fetch(
        f"SELECT {rendering.SAID} FROM notifications_notice n"
        " JOIN notifications_occasion o ON o.id = n.occasion_id"
        " WHERE n.kind = $1 AND n.withdrawn_at IS NULL ORDER BY n.id",
        kind,
    )
    said = await rendering.in_language(rows, locale, Channel.IN_APP)
    return {row["person_id"]: each.body for row, each in zip(rows, said, strict=True)}


async def occasions() -> list[tuple[str, str]]:
    """The kinds and states of all occasions, the oldest first."""
    rows = await database.fetch(
        "SELECT kind, state FROM notifications_occasion ORDER BY created_at, id"
    )
    return [(row["kind"], row["state"]) for row in rows]


async def unread(person_id: UUID) -> int:
    """How many unread notices somebody's box counts."""
    found: int | None = await database.fetch_value(
        "SELECT unread FROM notifications_box WHERE person_id = $1", person_id
    )
    return found or 0


async def a_poll_that_closes_soon(moved_clock, *, secrecy=Secrecy.OPEN, residents=3):
    """An open poll whose first voter has voted, an hour before its end."""
    town = await factories.a_town(residents)
    draft = await factories.a_draft(secrecy=secrecy, lasts=timedelta(days=2))
    poll_id = await factories.an_open_poll(town, draft)
    await polls.open_due_polls()
    await all_told()
    await factories.cast(town.residents[0], poll_id, 1)
    await moved_clock.advance(timedelta(hours=47))
    await polls.remind_closing_polls()
    return town, poll_id

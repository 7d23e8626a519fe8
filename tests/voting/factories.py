"""Polls for tests, made by the product's own commands."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock
from domains.kernel.actor import Actor
from domains.membership.models import Area
from domains.voting import queries, service
from domains.voting.service import OptionDraft, PollDraft
from domains.voting.values import PollMethod, Secrecy
from tests import factories


@dataclass(frozen=True)
class Town:
    """A community with a committee member and some residents."""

    community: Area
    committee: Actor
    residents: list[Actor]


async def a_town(residents: int = 3) -> Town:
    """A community with a committee member and so many residents."""
    await service.sync_presets()
    community = await factories.a_community()
    return Town(
        community=community,
        committee=await factories.a_committee_member(community),
        residents=[
            await factories.a_resident(community, name=f"居民{number}")
            for number in range(residents)
        ],
    )


async def a_draft(
    *,
    title: str = "广场舞队是否迁往九龙湖公园?",
    method: PollMethod = PollMethod.MOTION,
    secrecy: Secrecy = Secrecy.OPEN,
    opens_in: timedelta = timedelta(0),
    lasts: timedelta = timedelta(days=1),
    rule_code: str = "COMMUNITY_CONSULTATION",
    labels: tuple[str, ...] = (),
    least: int = 1,
    most: int = 1,
    quorum: tuple[int, int] | None = None,
) -> PollDraft:
    """What a committee member writes down, by the database's clock."""
    opens_at = await clock.now() + opens_in
    return PollDraft(
        title=title,
        body="小区附近广场舞噪音影响周边居民休息。",
        method=method,
        secrecy=secrecy,
        opens_at=opens_at,
        closes_at=opens_at + lasts,
        rule_code=rule_code,
        options=tuple(OptionDraft(label) for label in labels),
        least_choices=least,
        most_choices=most,
        quorum=quorum,
    )


async def a_drafted_poll(town: Town, draft: PollDraft | None = None) -> UUID:
    """A draft in the town's community."""
    poll_id, _ = await service.create_poll(
        town.committee, town.community.id, draft or await a_draft(), idempotency_key=uuid4()
    )
    return poll_id


async def an_open_poll(town: Town, draft: PollDraft | None = None) -> UUID:
    """A published poll whose window has begun."""
    poll_id = await a_drafted_poll(town, draft)
    await service.publish_poll(town.committee, poll_id)
    return poll_id


async def options_of(poll_id: UUID) -> list[UUID]:
    """The ids of a poll's options, in the order of the paper."""
    rows = (await queries.options_by_poll(Actor(None, system=True), [poll_id]))[0]
    return [row["id"] for row in rows]


async def cast(actor: Actor, poll_id: UUID, *positions: int, key: UUID | None = None) -> str:
    """Cast a ballot for the options at these places; returns its receipt, or nothing."""
    options = await options_of(poll_id)
    chosen = [options[position - 1] for position in positions]
    receipt = await service.cast_ballot(actor, poll_id, chosen, idempotency_key=key or uuid4())
    return receipt.receipt or ""

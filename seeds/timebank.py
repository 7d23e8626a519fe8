"""The demo town's time bank: a scheme, some accounts, a gift, offers and a reservation."""

from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.timebank.service import (
    accounts,
    figures,
    giving,
    issuing,
    offers,
    presets,
    reservations,
    schemes,
)
from domains.timebank.values import AccountKind, OfferKind

# Owners of the oldest age first: they may use what they have.
_RESIDENTS = """
SELECT DISTINCT p.id, p.birth_date FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
JOIN membership_area c ON c.id = $1 AND starts_with(a.path, c.path)
WHERE r.kind = 'owner' AND p.id <> $2 ORDER BY p.birth_date, p.id LIMIT 6
"""
_SERVED = (
    ("daily_life", 120),
    ("company", 90),
    ("outings", 150),
    ("digital", 60),
    ("culture", 180),
    ("health", 45),
)


async def plant(community_id: UUID, committee: Actor) -> None:
    """Adopt a scheme after Nanjing's, where gifts may go to anyone, and let six people earn."""
    await presets.sync_presets()
    draft = schemes.SchemeDraft(
        effective_from=await clock.today(),
        legal_basis="米兰社区居民会议议定(参照南京市养老服务时间银行实施方案)",
        preset="NANJING",
        changes={"giftsTo": ["household", "relatives", "needy", "anyone"]},
    )
    await schemes.adopt_scheme(committee, community_id, draft, idempotency_key=uuid4())
    held = await _earners(community_id, committee)
    (first, one), (second, two), *_ = held
    await giving.give_minutes(
        second, two, one, minutes=30, memo="谢谢您帮我照看孩子", idempotency_key=uuid4()
    )
    await giving.donate_minutes(second, two, minutes=15, idempotency_key=uuid4())
    offer_id = await _offer(committee, community_id)
    await reservations.reserve_offer(first, offer_id, one, idempotency_key=uuid4())
    await figures.take_due_figures()


async def _earners(community_id: UUID, committee: Actor) -> list[tuple[Actor, UUID]]:
    """Open an account each, and issue what they gave within the last days."""
    rows = await database.fetch(_RESIDENTS, community_id, committee.person_id)
    held = []
    for row, (service_class, minutes) in zip(rows, _SERVED, strict=True):
        actor = Actor(person_id=row["id"])
        account = await accounts.open_time_account(
            actor, community_id, kind=AccountKind.PERSON, owner_id=None
        )
        service = issuing.Service(
            record_id=uuid4(),
            person_id=row["id"],
            community_id=community_id,
            service_class=service_class,
            minutes=minutes,
            served_on=await clock.today(),
        )
        async with transaction():
            await issuing.issue_for(service)
        held.append((actor, account))
    return held


async def _offer(committee: Actor, community_id: UUID) -> UUID:
    """Two services: one as people ask, one that is allotted by need."""
    hair = offers.OfferDraft(
        kind=OfferKind.SERVICE,
        title="上门理发",
        description="志愿者上门理发,每次约一小时。",
        minutes=60,
        stock=4,
    )
    doctor = offers.OfferDraft(
        kind=OfferKind.SERVICE,
        title="陪同就医",
        description="志愿者陪同就医半天,按困难程度安排。",
        minutes=120,
        stock=2,
        allots_at=await clock.now() + timedelta(days=3),
    )
    offer_id, _ = await offers.publish_offer(committee, community_id, hair, idempotency_key=uuid4())
    await offers.publish_offer(committee, community_id, doctor, idempotency_key=uuid4())
    return offer_id

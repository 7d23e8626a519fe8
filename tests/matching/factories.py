"""Needs and orders for tests, made by the product's own commands."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, codes, database
from domains.kernel.actor import Actor
from domains.matching.rules.times import Window
from domains.matching.service import attending, needs, offering, posting, presets, seating
from domains.matching.service.details import Private
from domains.matching.service.posting import NeedDraft
from domains.matching.values.codes import ORDER_CODE
from domains.matching.values.needs import NeedOrigin
from domains.membership.models import Area, Organisation
from domains.membership.values import OrganisationKind
from domains.volunteering.service import presets as volunteering
from domains.volunteering.values.volunteers import ServiceClass
from tests import factories
from tests.volunteering.factories import registered


@dataclass(frozen=True)
class Town:
    """A community with its body and staff, somebody in need, a helper, and two volunteers."""

    community: Area
    body: Organisation
    committee: Actor
    second: Actor
    elder: Actor
    helper: Actor
    lin: Actor
    lin_id: UUID
    zhou: Actor
    zhou_id: UUID


async def a_town(*, street: Area | None = None, name: str = "同心社区") -> Town:
    """A community ready to match."""
    await volunteering.sync_presets()
    await presets.sync_presets()
    community = await factories.a_community(street, name=name)
    lin = await factories.a_resident(community, name="林芳")
    zhou = await factories.a_resident(community, name="周强")
    return Town(
        community=community,
        body=await factories.an_organisation(
            community, name=f"{name}居民委员会", kind=OrganisationKind.COMMUNITY_BODY
        ),
        committee=await factories.a_committee_member(community),
        second=await factories.a_committee_member(community, name="李敏"),
        elder=await factories.a_resident(community, name="陈桂英", born=date(1941, 3, 2)),
        helper=await factories.a_resident(community, name="陈小军"),
        lin=lin,
        lin_id=await registered(lin, community),
        zhou=zhou,
        zhou_id=await registered(zhou, community),
    )


async def another_volunteer(town: Town, name: str = "赵敏", **changes) -> tuple[Actor, UUID]:
    """One more volunteer of the community."""
    actor = await factories.a_resident(town.community, name=name, **changes)
    return actor, await registered(actor, town.community)


async def a_window(*, ahead_h: float = 48, hours: float = 2) -> Window:
    """A time to come."""
    starts_at = await clock.now() + timedelta(hours=ahead_h)
    return Window(starts_at, starts_at + timedelta(hours=hours))


async def a_draft(town: Town, *, ahead_h: float = 48, hours: float = 2, **changes) -> NeedDraft:
    """A hot meal to be brought to somebody who cannot cook."""
    draft = NeedDraft(
        area_id=town.community.id,
        origin=NeedOrigin.OWN,
        service_class=ServiceClass.ELDER_CARE,
        title="送午餐上门",
        public_text="独居老人,行动不便,需要有人送午餐。",
        place="同心家园东区",
        windows=(await a_window(ahead_h=ahead_h, hours=hours),),
        helper_id=town.helper.person_id,
        private=Private("糖尿病,少糖。", "3号楼2单元501室"),
    )
    return replace(draft, **changes)


async def posted(town: Town, draft: NeedDraft | None = None, *, by: Actor | None = None) -> UUID:
    """A need that waits to be verified."""
    need_id, _ = await posting.post_need(
        by or town.elder, draft or await a_draft(town), idempotency_key=uuid4()
    )
    return need_id


async def orders_of(need_id: UUID) -> list[UUID]:
    """The orders of a need, the first first."""
    rows = await database.fetch(
        "SELECT id FROM matching_order WHERE need_id = $1 ORDER BY starts_at", need_id
    )
    return [row["id"] for row in rows]


async def an_open_order(town: Town, draft: NeedDraft | None = None, **changes) -> UUID:
    """An order that waits for volunteers."""
    need_id = await posted(town, draft or await a_draft(town, **changes))
    await needs.verify_need(town.committee, need_id)
    (order_id, *_) = await orders_of(need_id)
    return order_id


async def offered(town: Town, order_id: UUID, *volunteer_ids: UUID) -> list[UUID]:
    """Offers made by staff."""
    made = await offering.offer_order(
        town.committee, order_id, list(volunteer_ids or (town.lin_id,))
    )
    return list(made)


async def accepted(town: Town, order_id: UUID):
    """Lin's place in an order, by an offer."""
    (offer_id,) = await offered(town, order_id)
    await offering.answer_offer(town.lin, offer_id, accept=True)
    return await place_in(order_id, town.lin)


async def taken(actor: Actor, order_id: UUID) -> UUID:
    """A place taken from the list."""
    return await seating.take_order(actor, order_id)


async def place_in(order_id: UUID, actor: Actor):
    """The place that somebody has in an order."""
    place_id = await database.fetch_value(
        "SELECT id FROM matching_place WHERE order_id = $1 AND person_id = $2"
        " AND state NOT IN ('left', 'cancelled')",
        order_id,
        actor.person_id,
    )
    assert place_id is not None
    return place_id


async def code_of(order_id: UUID) -> str:
    """What the one served shows now."""
    return codes.shown(ORDER_CODE, order_id, now=await clock.now(), lasts_s=30).text


async def served(town: Town, moved_clock, *, minutes: int = 90, **changes):
    """Lin's place in an order that was given and waits to be confirmed."""
    order_id = await an_open_order(town, **{"ahead_h": 1, "hours": 2} | changes)
    place_id = await accepted(town, order_id)
    await moved_clock.advance(timedelta(hours=1))
    await attending.check_in(town.lin, place_id, code=await code_of(order_id))
    await moved_clock.advance(timedelta(minutes=minutes, seconds=5))
    await attending.check_out(town.lin, place_id, code=await code_of(order_id))
    return place_id


async def state_of(order_id: UUID):
    """How far an order has come."""
    return await database.fetch_value("SELECT state FROM matching_order WHERE id = $1", order_id)


async def order_of(place_id: UUID):
    """The order of a place."""
    return await database.fetch_value("SELECT order_id FROM matching_place WHERE id = $1", place_id)


async def place_row(place_id: UUID):
    """A place as it stands."""
    return await database.fetch_one("SELECT * FROM matching_place WHERE id = $1", place_id)


async def offer_states(order_id: UUID) -> list[tuple[int, str]]:
    """The offers of an order by rank, with their states."""
    rows = await database.fetch(
        "SELECT rank, state FROM matching_offer WHERE order_id = $1 ORDER BY rank, id", order_id
    )
    return [(row["rank"], row["state"]) for row in rows]


async def told_of(name: str):
    """How many events of a name were recorded."""
    return await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = $1", f"matching.{name}"
    )


async def steps_of(order_id: UUID) -> list[str]:
    """The states that an order went through."""
    rows = await database.fetch(
        "SELECT to_state FROM matching_step WHERE order_id = $1 ORDER BY sequence", order_id
    )
    return [row["to_state"] for row in rows]

"""Resources: offered, verified, never kept beyond what there is, handed over and signed for."""

import asyncio
import json
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.paging import Page
from domains.matching.errors.projects import AppealInText
from domains.matching.errors.resources import (
    OutsideWindow,
    PlaceOutsideArea,
    ReceiptByDeliverer,
    ReservationLapsed,
    ReservationStateUnfit,
    ResourceKindUnfit,
    ResourceOfferedTwice,
    ResourceStateUnfit,
    ResourceStillHeld,
    ResourceTaken,
    ResourceWindowUnsound,
    VerifierOffered,
)
from domains.matching.queries import resources as queries
from domains.matching.queries.resources import ResourceFilter
from domains.matching.service import offering_resources, reserving, templates_kept
from domains.matching.service.reserving import ReservationDraft
from domains.matching.values.resources import MatchingSubject, ResourceKind
from domains.volunteering.values.volunteers import ServiceClass
from tests import factories
from tests.matching.exchange import (
    Exchange,
    a_draft,
    a_fund,
    an_exchange,
    an_upload,
    approved,
    available,
    offered,
    recorded,
)
from tests.matching.factories import a_town, posted

HOUR = timedelta(hours=1)


async def resource_row(resource_id):
    return await database.fetch_one(
        "SELECT state, held, quantity FROM matching_resource WHERE id = $1", resource_id
    )


async def reserved(exchange: Exchange, resource_id, project_id, quantity=1, **changes):
    draft = ReservationDraft(resource_id, quantity, project_id=project_id, **changes)
    reservation_id, _ = await reserving.reserve_resource(
        exchange.leader, draft, idempotency_key=uuid4()
    )
    return reservation_id


async def expire_due() -> int:
    done = 0
    while await reserving.expire_reservation() is not None:
        done += 1
    return done


async def a_venue(exchange: Exchange, *, seats: int = 30) -> tuple[UUID, datetime]:
    """A room that is open tomorrow from nine to five; and when it opens."""
    opens = (await clock.now()).replace(minute=0, second=0, microsecond=0) + 24 * HOUR
    resource_id = await available(
        exchange,
        kind=ResourceKind.VENUE,
        title="多功能厅",
        content="一楼多功能厅,可坐三十人。",
        quantity=seats,
        unit="座",
        windows=((opens, opens + 8 * HOUR),),
    )
    return resource_id, opens


async def test_a_thing_goes_from_the_offer_to_the_receipt(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange, quantity=40)
    states = []

    async def note():
        states.append((await resource_row(resource_id))["state"])

    await note()
    reservation_id = await reserved(exchange, resource_id, project_id, 40)
    await note()
    await reserving.commit_reservation(exchange.lin, reservation_id)
    await note()
    await reserving.deliver_reservation(exchange.lin, reservation_id)
    await note()
    await reserving.receipt_reservation(
        exchange.leader,
        reservation_id,
        note="收到饭盒四十个,完好。",
        proof_id=await an_upload(exchange.leader),
    )
    await note()

    assert states == ["available", "reserved", "committed", "delivered", "receipted"]
    assert await recorded("matching.Res") == [
        *("ResourceOffered", "ResourceVerified", "ResourceReserved", "ResourceCommitted"),
        *("ResourceDelivered", "ResourceReceipted"),
    ]
    (history,) = await queries.steps_by_subject(exchange.lin, [resource_id])
    assert [row["state"] for row in history] == ["offered", "verified", *states]


async def test_no_more_is_reserved_than_there_is_even_at_once(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange, quantity=40)

    answers = await asyncio.gather(
        *(reserved(exchange, resource_id, project_id, 15) for _ in range(5)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == [
        *["ResourceTaken"] * 3,
        *["UUID"] * 2,
    ]
    row = await resource_row(resource_id)
    assert (row["held"], row["state"]) == (30, "available")


async def test_the_database_itself_refuses_more_than_there_is(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange, quantity=40)
    insert = (
        "INSERT INTO matching_reservation (id, resource_id, project_id, quantity, state,"
        " reserved_at, expires_at) VALUES ($1, $2, $3, $4, 'reserved', kernel_now(), kernel_now())"
    )

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(insert, uuid4(), resource_id, project_id, 41)
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("UPDATE matching_resource SET held = 1")

    assert (await resource_row(resource_id))["held"] == 0


async def test_a_room_is_shared_up_to_its_seats_at_any_time(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    room, opens = await a_venue(exchange, seats=30)

    async def book(start: int, end: int, seats: int):
        return await reserved(
            exchange,
            room,
            project_id,
            seats,
            starts_at=opens + start * HOUR,
            ends_at=opens + end * HOUR,
        )

    await book(0, 4, 20)
    await book(4, 8, 30)
    with pytest.raises(ResourceTaken):
        await book(3, 5, 1)
    with pytest.raises(ResourceTaken):
        await book(0, 2, 11)
    await book(1, 3, 10)

    sql = "SELECT count(*) FROM matching_reservation"
    assert await database.fetch_value(sql) == 3


async def test_a_room_booked_at_once_is_given_once(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    room, opens = await a_venue(exchange, seats=30)

    answers = await asyncio.gather(
        *(
            reserved(exchange, room, project_id, 30, starts_at=opens, ends_at=opens + 2 * HOUR)
            for _ in range(4)
        ),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in answers) == ["ResourceTaken"] * 3 + ["UUID"]


async def test_a_room_is_kept_within_its_times_only(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    room, opens = await a_venue(exchange)

    for starts_at, ends_at, refusal in (
        (opens - HOUR, opens + HOUR, OutsideWindow),
        (opens + 7 * HOUR, opens + 9 * HOUR, OutsideWindow),
        (opens + 2 * HOUR, opens + HOUR, ResourceWindowUnsound),
        (opens + HOUR, opens + HOUR, ResourceWindowUnsound),
        (opens + HOUR, None, ResourceWindowUnsound),
        (None, None, ResourceWindowUnsound),
    ):
        with pytest.raises(refusal):
            await reserved(exchange, room, project_id, starts_at=starts_at, ends_at=ends_at)

    assert await database.fetch_value("SELECT count(*) FROM matching_reservation") == 0


async def test_what_nobody_commits_in_time_is_free_again(db, moved_clock):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange, quantity=5)
    reservation_id = await reserved(exchange, resource_id, project_id, 5)
    full = (await resource_row(resource_id))["state"]
    await moved_clock.advance(timedelta(hours=73))

    with pytest.raises(ReservationLapsed):
        await reserving.commit_reservation(exchange.lin, reservation_id)
    done = await asyncio.gather(expire_due(), expire_due())

    row = await resource_row(resource_id)
    assert (full, row["state"], row["held"]) == ("reserved", "available", 0)
    assert sum(done) >= 1
    assert await recorded("matching.Reservation") == ["ReservationExpired"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": 0}, InvalidInput),
        ({"quantity": 2**53}, InvalidInput),
        ({"title": "x"}, InvalidInput),
        ({"content": "需要请转账至账号"}, AppealInText),
        ({"position": (1, 1)}, PlaceOutsideArea),
        ({"kind": ResourceKind.VENUE}, ResourceWindowUnsound),
        ({"kind": ResourceKind.MONEY}, InvalidInput),
    ],
)
async def test_an_offer_that_does_not_hold_is_not_written(db, changes, refusal):
    exchange = await an_exchange()

    with pytest.raises(refusal):
        await offered(exchange, **changes)

    assert await database.fetch_value("SELECT count(*) FROM matching_resource") == 0


async def test_times_that_end_before_they_start_are_refused(db):
    exchange = await an_exchange()
    now, today = await clock.now(), await clock.today()

    for changes, refusal in (
        ({"windows": ((now + HOUR, now),)}, ResourceWindowUnsound),
        ({"windows": ((now, now),)}, ResourceWindowUnsound),
        ({"valid_until": today - timedelta(days=1)}, InvalidInput),
        ({"valid_from": today + timedelta(days=99)}, InvalidInput),
    ):
        with pytest.raises(refusal):
            await offered(exchange, **changes)

    assert await database.fetch_value("SELECT count(*) FROM matching_resource") == 0


async def test_the_same_resource_is_offered_once_even_at_once(db):
    exchange = await an_exchange()

    answers = await asyncio.gather(*(offered(exchange) for _ in range(3)), return_exceptions=True)

    assert sorted(type(each).__name__ for each in answers) == [
        *["ResourceOfferedTwice"] * 2,
        "UUID",
    ]
    with pytest.raises(ResourceOfferedTwice):
        await offered(exchange)


async def test_nobody_verifies_their_own_and_a_refusal_has_a_reason(db):
    exchange = await an_exchange()
    resource_id = await offered(exchange, exchange.committee)

    with pytest.raises(VerifierOffered):
        await offering_resources.verify_resource(exchange.committee, resource_id, accepted=True)
    with pytest.raises(InvalidInput):
        await offering_resources.verify_resource(exchange.second, resource_id, accepted=False)
    with pytest.raises(Forbidden):
        await offering_resources.verify_resource(
            await factories.a_resident(exchange.community), await available(exchange), accepted=True
        )

    assert (await resource_row(resource_id))["state"] == "offered"


async def test_what_is_kept_is_not_withdrawn_and_what_is_free_is(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange)
    reservation_id = await reserved(exchange, resource_id, project_id)

    with pytest.raises(ResourceStillHeld):
        await offering_resources.withdraw_resource(exchange.lin, resource_id, reason="自用")
    await reserving.release_reservation(exchange.leader, reservation_id, reason="改期")
    await offering_resources.withdraw_resource(exchange.lin, resource_id, reason="自用")
    with pytest.raises(NotFound):
        await reserved(exchange, resource_id, project_id)
    with pytest.raises(ResourceStateUnfit):
        await offering_resources.withdraw_resource(exchange.lin, resource_id, reason="自用")

    assert (await resource_row(resource_id))["state"] == "withdrawn"


async def test_who_delivers_does_not_sign_and_goods_need_a_proof(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    resource_id = await available(exchange, quantity=1)
    reservation_id = await reserved(exchange, resource_id, project_id)
    await reserving.commit_reservation(exchange.lin, reservation_id)
    await reserving.deliver_reservation(exchange.committee, reservation_id)

    with pytest.raises(ReceiptByDeliverer):
        await reserving.receipt_reservation(exchange.committee, reservation_id, note="收到。")
    with pytest.raises(InvalidInput):
        await reserving.receipt_reservation(exchange.leader, reservation_id, note="收到。")
    with pytest.raises(ReservationStateUnfit):
        await reserving.commit_reservation(exchange.lin, reservation_id)

    assert (await resource_row(resource_id))["state"] == "delivered"


async def test_money_is_kept_for_funds_and_other_things_for_projects(db):
    exchange = await an_exchange()
    project_id, fund_id = await approved(exchange), await a_fund(exchange)
    money = await available(
        exchange, kind=ResourceKind.MONEY, title="助老资金", quantity=100, purpose="助餐"
    )
    things = await available(exchange)

    with pytest.raises(ResourceKindUnfit):
        await reserved(exchange, money, project_id, 100)
    with pytest.raises(ResourceKindUnfit):
        await reserving.reserve_resource(
            exchange.treasurer,
            ReservationDraft(things, 1, fund_id=fund_id),
            idempotency_key=uuid4(),
        )

    assert await database.fetch_value("SELECT count(*) FROM matching_reservation") == 0


async def test_a_resource_is_available_from_its_first_day_to_its_last(db, moved_clock):
    exchange = await an_exchange()
    today = await clock.today()
    resource_id = await available(
        exchange, valid_from=today + timedelta(days=2), valid_until=today + timedelta(days=4)
    )
    states = [(await resource_row(resource_id))["state"]]

    for days in (2, 3):
        await moved_clock.advance(timedelta(days=days))
        await offering_resources.make_available()
        await offering_resources.expire_resource()
        states.append((await resource_row(resource_id))["state"])

    assert states == ["verified", "available", "expired"]
    assert await recorded("matching.ResourceE") == ["ResourceExpired"]


async def test_the_list_is_searched_by_area_class_time_words_and_distance(db):
    exchange = await an_exchange()
    opens = await clock.now() + 48 * HOUR
    near = await available(exchange, service_class=ServiceClass.ELDER_CARE)
    far = await available(exchange, title="轮椅", position=(34_300_000, 117_184_000))
    room = await available(
        exchange,
        kind=ResourceKind.VENUE,
        title="会议室",
        unit="座",
        position=None,
        windows=((opens, opens + HOUR),),
    )
    await offered(exchange, title="未核验")

    async def found(**changes):
        asked = ResourceFilter(exchange.community.path, **changes)
        page = await queries.resources(
            await factories.a_resident(exchange.community), asked, Page()
        )
        return [row["id"] for row in page.rows]

    assert await found() == [room, far, near]
    assert await found(kinds=(ResourceKind.VENUE,)) == [room]
    assert await found(service_class=ServiceClass.ELDER_CARE) == [near]
    assert await found(holds="轮椅") == [far]
    assert await found(near=(34_261_000, 117_184_000), within_m=1000) == [near]
    assert await found(at=opens + 2 * HOUR, until=opens + 3 * HOUR) == [far, near]
    assert await found(at=opens, until=opens + HOUR) == [room, far, near]
    nameless = await queries.resources(ANONYMOUS, ResourceFilter(exchange.community.path), Page())
    assert list(nameless.rows) == []


async def test_a_template_keeps_what_may_be_used_again(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)

    await templates_kept.save_template(
        exchange.committee, MatchingSubject.PROJECT, project_id, title="送餐项目模板"
    )
    with pytest.raises(Forbidden):
        await templates_kept.save_template(
            exchange.lin, MatchingSubject.PROJECT, project_id, title="居民的模板"
        )
    with pytest.raises(NotFound):
        await templates_kept.save_template(
            exchange.lin, MatchingSubject.PROJECT, await a_draft(exchange), title="看不见的"
        )

    content = await database.fetch_value("SELECT content->'milestones' FROM matching_draft")
    assert content == (
        '[{"title": "首批送餐", "due_after": 20}, {"title": "完成送餐", "due_after": 85}]'
    )


async def test_another_communitys_things_and_projects_are_not_found(db):
    exchange = await an_exchange()
    other = await an_exchange(name="和平社区")
    resource_id = await available(exchange)
    project_id = await approved(other)

    with pytest.raises(NotFound):
        await reserving.reserve_resource(
            other.leader,
            ReservationDraft(resource_id, 1, project_id=project_id),
            idempotency_key=uuid4(),
        )
    with pytest.raises(NotFound):
        await reserved(exchange, resource_id, project_id)

    assert (await resource_row(resource_id))["held"] == 0


async def test_the_matcher_is_told_of_rooms_with_their_times_and_of_what_is_taken(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    room, opens = await a_venue(exchange)
    await available(exchange)
    await reserved(exchange, room, project_id, 12, starts_at=opens + HOUR, ends_at=opens + 2 * HOUR)

    (row,) = await queries.candidates(exchange.community.path, ResourceKind.VENUE)

    taken = json.loads(row["taken"])
    assert (row["id"], row["quantity"], row["windows"]) == (
        *(room, 30, [[opens, opens + 8 * HOUR]]),
    )
    assert [datetime.fromisoformat(text) for text in taken[0][:2]] == [
        *(opens + HOUR, opens + 2 * HOUR),
    ]
    assert taken[0][2] == 12


async def test_staff_keeps_things_for_a_need_and_nobody_else(db):
    exchange = await an_exchange()
    resource_id = await available(exchange)
    town = await a_town(street=None, name="邻里社区")
    need_id = await posted(town)
    there = replace(exchange, community=town.community, committee=town.committee)
    theirs = await available(there, town.lin)

    with pytest.raises(NotFound):
        await reserving.reserve_resource(
            exchange.committee,
            ReservationDraft(resource_id, 1, need_id=need_id),
            idempotency_key=uuid4(),
        )
    with pytest.raises(Forbidden):
        await reserving.reserve_resource(
            town.elder, ReservationDraft(theirs, 1, need_id=need_id), idempotency_key=uuid4()
        )
    await reserving.reserve_resource(
        town.committee, ReservationDraft(theirs, 1, need_id=need_id), idempotency_key=uuid4()
    )

    assert (await resource_row(theirs))["held"] == 1
    assert (await resource_row(resource_id))["held"] == 0

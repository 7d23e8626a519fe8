"""Resources, projects and money for tests, made by the product's own commands."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Grant, Role
from domains.matching.queries import projects as project_queries
from domains.matching.service import (
    deciding,
    funds,
    offering_resources,
    planning,
    presets,
    spending,
    supervising,
)
from domains.matching.service.funds import FundDraft, IncomeDraft
from domains.matching.service.offering_resources import ResourceDraft
from domains.matching.service.planning import LineDraft, MilestoneDraft, PhaseDraft, ProjectDraft
from domains.matching.service.spending import Movement, SpendingDraft
from domains.matching.values.funds import FundKind, PayeeKind
from domains.matching.values.resources import ResourceKind
from domains.membership.models import Area, Organisation
from domains.membership.values import OrganisationKind
from domains.volunteering.values.volunteers import ServiceClass
from tests import factories


@dataclass(frozen=True)
class Exchange:
    """A community with a host, a keeper of money, a social worker, staff, and a resident."""

    community: Area
    host: Organisation
    keeper: Organisation
    leader: Actor
    treasurer: Actor
    worker: Actor
    committee: Actor
    second: Actor
    officer: Actor
    lin: Actor


def who(actor: Actor) -> UUID:
    """The person that an actor is."""
    assert actor.person_id is not None
    return actor.person_id


async def an_administrator(organisation: Organisation, community: Area, *, name: str) -> Actor:
    """Somebody who administers an organisation, and nothing else."""
    person = await factories.a_person(name)
    role = Role.ORGANISATION_ADMINISTRATOR
    await factories.a_role_grant(person, role, organisation=organisation)
    return factories.as_actor(person, Grant(role, organisation_id=organisation.id))


async def a_social_worker(community: Area, *, name: str = "孙洁") -> Actor:
    """A social worker of the community, not yet recorded as qualified."""
    return await factories.an_officer(Role.SOCIAL_WORKER, community, name=name)


async def an_exchange(*, street: Area | None = None, name: str = "同心社区") -> Exchange:
    """A community ready for projects."""
    await presets.sync_presets()
    community = await factories.a_community(street, name=name)
    host = await factories.an_organisation(community)
    keeper = await factories.an_organisation(
        community, name="同心社区基金会", kind=OrganisationKind.CHARITY_FUND
    )
    exchange = Exchange(
        community=community,
        host=host,
        keeper=keeper,
        leader=await an_administrator(host, community, name="何慧"),
        treasurer=await an_administrator(keeper, community, name="钱进"),
        worker=await a_social_worker(community),
        committee=await factories.a_committee_member(community),
        second=await factories.a_committee_member(community, name="李敏"),
        officer=await factories.an_officer(Role.CHARITY_OFFICER, community, name="白玉"),
        lin=await factories.a_resident(community, name="林芳"),
    )
    await qualified(exchange, exchange.worker)
    return exchange


async def an_upload(owner: Actor) -> UUID:
    """A complete upload of somebody's, as the kernel keeps it."""
    upload_id = uuid4()
    await database.execute(
        "INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes,"
        " sha256, state, created_at, completed_at)"
        " VALUES ($1, $2, '凭证.pdf', $3, $3, 32, $4, 'complete', kernel_now(), kernel_now())",
        upload_id,
        owner.person_id,
        "application/pdf",
        hashlib.sha256(upload_id.bytes).digest(),
    )
    return upload_id


async def qualified(exchange: Exchange, worker: Actor, *, days: int = 900) -> None:
    """Record a social worker's qualification."""
    await supervising.record_social_worker(
        exchange.committee,
        worker.person_id,
        area_id=exchange.community.id,
        title="社会工作师(中级)",
        qualified_until=await clock.today() + timedelta(days=days),
        proof_id=await an_upload(exchange.committee),
    )


async def a_plan(exchange: Exchange, **changes) -> ProjectDraft:
    """Hot meals for old people over three months, for 5,000 yuan."""
    today = await clock.today()
    draft = ProjectDraft(
        area_id=exchange.community.id,
        organisation_id=exchange.host.id,
        service_class=ServiceClass.ELDER_CARE,
        title="冬日暖心餐",
        aims="为三十位独居老人每周送三次热饭,并了解他们的需要。",
        place="社区长者食堂",
        starts_on=today,
        ends_on=today + timedelta(days=90),
        phases=(
            PhaseDraft("筹备", today, today + timedelta(days=10)),
            PhaseDraft("送餐", today + timedelta(days=11), today + timedelta(days=90)),
        ),
        lines=(LineDraft("食材", 400_000), LineDraft("保温箱", 100_000)),
        milestones=(
            MilestoneDraft("首批送餐", today + timedelta(days=20)),
            MilestoneDraft("完成送餐", today + timedelta(days=85)),
        ),
        people_wanted=6,
        supervisor_id=exchange.worker.person_id,
        position=(34_261_000, 117_184_000),
    )
    return replace(draft, **changes)


async def a_draft(exchange: Exchange, **changes) -> UUID:
    """A project being written by its host."""
    project_id, _ = await planning.create_project(
        exchange.leader, await a_plan(exchange, **changes), idempotency_key=uuid4()
    )
    return project_id


async def submitted(exchange: Exchange, **changes) -> UUID:
    """A project that was handed in, with host and social worker."""
    project_id = await a_draft(exchange, **changes)
    await supervising.answer_supervision(exchange.worker, project_id, accepts=True)
    await planning.submit_project(exchange.leader, project_id)
    return project_id


async def approved(exchange: Exchange, **changes) -> UUID:
    """A project that the community stands by."""
    project_id = await submitted(exchange, **changes)
    await deciding.approve_project(
        exchange.committee, project_id, standing="居民议事会同意,社区提供支持。"
    )
    return project_id


async def lines_of(project_id: UUID):
    """The lines of a project's budget."""
    (lines,) = await project_queries.lines_by_project(None, [project_id])
    return lines


async def a_fund(exchange: Exchange, *, fen: int = 0, **changes) -> UUID:
    """A fund for old people, with so much in it."""
    draft = FundDraft(
        area_id=exchange.community.id,
        kind=FundKind.PURPOSE,
        name="助老专项",
        purpose="用于辖区老年人的助餐与照护。",
        keeper_id=exchange.keeper.id,
        service_classes=(ServiceClass.ELDER_CARE,),
    )
    fund_id, _ = await funds.open_fund(
        exchange.treasurer, replace(draft, **changes), idempotency_key=uuid4()
    )
    if fen:
        await gave(exchange, fund_id, fen)
    return fund_id


async def gave(exchange: Exchange, fund_id: UUID, fen: int) -> None:
    """Money that has come in."""
    draft = IncomeDraft(fen, "宏达商贸有限公司", await an_upload(exchange.treasurer))
    await funds.record_income(exchange.treasurer, fund_id, draft, idempotency_key=uuid4())


async def fund_row(fund_id: UUID):
    """A fund as it stands."""
    return await database.fetch_one("SELECT * FROM matching_fund WHERE id = $1", fund_id)


async def allotted(exchange: Exchange, fund_id: UUID, line_id: UUID, fen: int) -> None:
    """Money set aside for a line."""
    await spending.allot(exchange.officer, Movement(fund_id, line_id, fen), idempotency_key=uuid4())


async def funded(exchange: Exchange, **changes) -> tuple[UUID, UUID]:
    """A project whose every line is covered by one fund; and the fund."""
    project_id = await approved(exchange, **changes)
    fund_id = await a_fund(exchange, fen=600_000)
    for each in await lines_of(project_id):
        await allotted(exchange, fund_id, each["id"], each["amount_fen"])
    return project_id, fund_id


async def running(exchange: Exchange, **changes) -> tuple[UUID, UUID]:
    """A project that serves; and the fund that covers it."""
    project_id, fund_id = await funded(exchange, **changes)
    await deciding.start_project(exchange.leader, project_id)
    return project_id, fund_id


async def paid(
    exchange: Exchange, fund_id: UUID, line_id: UUID, fen: int, *, approve: bool = True, **changes
) -> UUID:
    """A spending that the host entered, and the officer approved."""
    draft = SpendingDraft(
        fund_id=fund_id,
        line_id=line_id,
        amount_fen=fen,
        payee_kind=PayeeKind.ENTERPRISE,
        payee="惠民超市",
        purpose="采购大米和食用油",
        spent_on=await clock.today(),
        proof_id=await an_upload(exchange.leader),
    )
    spending_id, _ = await spending.enter_spending(
        exchange.leader, replace(draft, **changes), idempotency_key=uuid4()
    )
    if approve:
        await spending.decide_spending(exchange.officer, spending_id, approves=True)
    return spending_id


async def state_of(project_id: UUID):
    """How far a project has come."""
    sql = "SELECT state FROM matching_project WHERE id = $1"
    return await database.fetch_value(sql, project_id)


async def a_thing(exchange: Exchange, **changes) -> ResourceDraft:
    """Boxes that keep meals warm, offered by the host's neighbour."""
    today = await clock.today()
    draft = ResourceDraft(
        area_id=exchange.community.id,
        kind=ResourceKind.GOODS,
        title="保温饭盒",
        content="全新保温饭盒,可装两菜一饭。",
        quantity=40,
        unit="个",
        valid_from=today,
        valid_until=today + timedelta(days=60),
        place="社区仓库",
        position=(34_262_000, 117_185_000),
    )
    return replace(draft, **changes)


async def offered(exchange: Exchange, by: Actor | None = None, **changes) -> UUID:
    """A resource that waits to be looked at."""
    resource_id, _ = await offering_resources.offer_resource(
        by or exchange.lin, await a_thing(exchange, **changes), idempotency_key=uuid4()
    )
    return resource_id


async def available(exchange: Exchange, by: Actor | None = None, **changes) -> UUID:
    """A resource that may be reserved."""
    resource_id = await offered(exchange, by, **changes)
    await offering_resources.verify_resource(exchange.committee, resource_id, accepted=True)
    return resource_id


async def recorded(prefix: str = "matching.") -> list[str]:
    """The names of the events that were recorded, in order."""
    rows = await database.fetch(
        "SELECT name FROM kernel_outbox WHERE starts_with(name, $1) ORDER BY id", prefix
    )
    return [row["name"].removeprefix("matching.") for row in rows]

"""The demo town's exchange: its five parties, needs, things and money, and a project that runs."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import calendar, clock, database
from domains.kernel.actor import SYSTEM, Actor, Role
from domains.matching.queries import projects
from domains.matching.rules.distance import Point
from domains.matching.rules.times import Window
from domains.matching.service import (
    deciding,
    finishing,
    funds,
    needs,
    offering_resources,
    planning,
    posting,
    presets,
    spending,
    supervising,
)
from domains.matching.service.details import Private
from domains.matching.service.funds import FundDraft, IncomeDraft
from domains.matching.service.offering_resources import ResourceDraft
from domains.matching.service.planning import LineDraft, MilestoneDraft, PhaseDraft, ProjectDraft
from domains.matching.service.posting import NeedDraft
from domains.matching.service.spending import Movement, SpendingDraft
from domains.matching.values.funds import FundKind, PayeeKind
from domains.matching.values.needs import NeedOrigin, NeedRepeats, SkillLevel
from domains.matching.values.resources import ResourceKind
from domains.membership.queries import roles as role_queries
from domains.membership.service import organisations, roles
from domains.membership.values import OrganisationKind
from domains.volunteering.values.volunteers import ServiceClass
from seeds.disclosures import uploaded

# Grown-ups without an office, no owners: owners have the other matters of the town.
_GROWN_UPS = """
SELECT DISTINCT p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE p.birth_date BETWEEN '1962-01-01' AND '1995-01-01' AND r.kind = 'member'
  AND NOT EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id)
ORDER BY p.id LIMIT 3
"""
_ELDERS = """
SELECT DISTINCT ON (p.birth_date, p.id) p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE r.kind = 'owner' AND p.id <> $1
  AND NOT EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id)
ORDER BY p.birth_date, p.id LIMIT 2
"""
_SOCIAL_WORKER = """
SELECT person_id FROM membership_role_grant
WHERE role = 'social_worker' AND area_id = $1 AND revoked_at IS NULL
ORDER BY granted_at LIMIT 1
"""
# Millionths of a degree, where the town would be.
_HERE = (34_287_000, 117_186_000)


@dataclass(frozen=True, slots=True)
class _Parties:
    """Who acts: the community, the social organisation, the social worker, and the fund."""

    community_id: UUID
    committee: Actor
    host_id: UUID
    leader: Actor
    worker: Actor
    keeper_id: UUID
    treasurer: Actor
    carer: UUID


async def plant(community_id: UUID, committee: Actor) -> None:
    """Bring the five parties together: lists to read, needs to answer, a project that serves."""
    await presets.sync_presets()
    parties = await _parties(community_id, committee)
    fund_id = await _fund(parties)
    await _things(parties)
    elders = await _needs(parties)
    await _project(parties, fund_id, elders)


async def _parties(community_id: UUID, committee: Actor) -> _Parties:
    rows = await database.fetch(_GROWN_UPS)
    leader, treasurer, carer = [row["id"] for row in rows]
    host_id, keeper_id = [
        (
            await organisations.create_organisation(
                SYSTEM, area_id=community_id, kind=kind, name=name
            )
        ).id
        for kind, name in (
            (OrganisationKind.SOCIAL_ORGANISATION, "同心圆社会工作服务中心"),
            (OrganisationKind.CHARITY_FUND, "米兰社区公益基金会"),
        )
    ]
    worker: UUID = await database.fetch_value(_SOCIAL_WORKER, community_id)
    await supervising.record_social_worker(
        committee,
        worker,
        area_id=community_id,
        title="社会工作师(中级)",
        qualified_until=await clock.today() + timedelta(days=900),
        proof_id=await _proof(committee, "社会工作者职业资格证书"),
    )
    return _Parties(
        community_id=community_id,
        committee=committee,
        host_id=host_id,
        leader=await _administrator(leader, host_id),
        worker=await _acting(worker),
        keeper_id=keeper_id,
        treasurer=await _administrator(treasurer, keeper_id),
        carer=carer,
    )


async def _administrator(person_id: UUID, organisation_id: UUID) -> Actor:
    await roles.grant_role(
        SYSTEM,
        person_id=person_id,
        role=Role.ORGANISATION_ADMINISTRATOR,
        organisation_id=organisation_id,
    )
    return await _acting(person_id)


async def _acting(person_id: UUID) -> Actor:
    return Actor(person_id=person_id, grants=await role_queries.grants_of(person_id))


async def _proof(actor: Actor, what: str) -> UUID:
    """A short paper that says what it proves."""
    return await uploaded(actor, f"{what}.csv", f"{what}\n原件已核对\n".encode("utf-8-sig"))


async def _fund(parties: _Parties) -> UUID:
    """Money for old people, that an enterprise of the town has given."""
    draft = FundDraft(
        area_id=parties.community_id,
        kind=FundKind.PURPOSE,
        name="米兰助老专项资金",
        purpose="用于本社区老年人的助餐、照护与居家安全。",
        keeper_id=parties.keeper_id,
        service_classes=(ServiceClass.ELDER_CARE,),
    )
    fund_id, _ = await funds.open_fund(parties.treasurer, draft, idempotency_key=uuid4())
    income = IncomeDraft(
        2_000_000, "徐州宏达商贸有限公司", await _proof(parties.treasurer, "捐赠到账回单")
    )
    await funds.record_income(parties.treasurer, fund_id, income, idempotency_key=uuid4())
    return fund_id


async def _things(parties: _Parties) -> None:
    """A hall that may be used, and boxes that keep meals warm; seen by the committee."""
    today = await clock.today()
    hall_opens = calendar.start_of(today + timedelta(days=6)) + timedelta(hours=8)
    hall = ResourceDraft(
        area_id=parties.community_id,
        kind=ResourceKind.VENUE,
        title="党群服务中心多功能厅",
        content="可坐六十人,有投影和无障碍坡道。",
        quantity=60,
        unit="座",
        valid_from=today,
        valid_until=today + timedelta(days=120),
        place="党群服务中心二楼",
        windows=tuple(
            (hall_opens + timedelta(weeks=week), hall_opens + timedelta(weeks=week, hours=10))
            for week in range(8)
        ),
        position=_HERE,
    )
    boxes = ResourceDraft(
        area_id=parties.community_id,
        kind=ResourceKind.GOODS,
        title="保温饭盒",
        content="全新保温饭盒,可装两菜一饭。",
        quantity=40,
        unit="个",
        valid_from=today,
        valid_until=today + timedelta(days=120),
        place="同心圆社会工作服务中心",
        organisation_id=parties.host_id,
        position=_HERE,
    )
    for offerer, draft in ((parties.worker, hall), (parties.leader, boxes)):
        resource_id, _ = await offering_resources.offer_resource(
            offerer, draft, idempotency_key=uuid4()
        )
        await offering_resources.verify_resource(parties.committee, resource_id, accepted=True)


async def _needs(parties: _Parties) -> list[UUID]:
    """Meals every week, somebody to go to hospital with, and help with homework."""
    rows = await database.fetch(_ELDERS, parties.committee.person_id)
    elders = [row["id"] for row in rows]
    noon = calendar.start_of(await clock.today() + timedelta(days=3)) + timedelta(hours=11)
    meals = NeedDraft(
        area_id=parties.community_id,
        origin=NeedOrigin.OWN,
        service_class=ServiceClass.ELDER_CARE,
        title="每周送两次午餐",
        public_text="独居,冬天行动不便,希望有人把长者食堂的午餐送上门。",
        place="米兰花园",
        windows=tuple(
            Window(noon + timedelta(days=days), noon + timedelta(days=days, hours=1))
            for days in (0, 3)
        ),
        helper_id=parties.carer,
        private=Private("少盐,软食。", "1号楼101室", Point(_HERE[0] + 900, _HERE[1] - 700)),
        urgency=3,
        time_bank_class="daily_life",
        repeats=NeedRepeats.WEEKLY,
        repeats_until=await clock.today() + timedelta(days=90),
    )
    hospital = NeedDraft(
        area_id=parties.community_id,
        origin=NeedOrigin.FOUND_BY_STAFF,
        service_class=ServiceClass.HEALTH,
        title="陪同老人复查",
        public_text="走访时了解到,老人需有人陪同到市医院复查,半天。",
        place="米兰花园",
        windows=(Window(noon + timedelta(days=2, hours=-3), noon + timedelta(days=2, hours=1)),),
        person_id=elders[1],
        private=Private("听力不好,请大声说话。", "2号楼201室", None),
        time_bank_class="health",
        may_be_taken=True,
    )
    homework = NeedDraft(
        area_id=parties.community_id,
        origin=NeedOrigin.OWN,
        service_class=ServiceClass.EDUCATION,
        title="小学数学作业辅导",
        public_text="双职工家庭,周末需要有人辅导四年级数学作业。",
        place="湖畔小区",
        windows=(Window(noon + timedelta(days=4, hours=4), noon + timedelta(days=4, hours=6)),),
        skills=(("小学数学辅导", SkillLevel.CLAIMED),),
    )
    for poster, draft in (
        (await _acting(elders[0]), meals),
        (parties.worker, hospital),
        (await _acting(parties.carer), homework),
    ):
        need_id, _ = await posting.post_need(poster, draft, idempotency_key=uuid4())
        await needs.verify_need(parties.committee, need_id, host_id=parties.host_id)
    return elders


async def _project(parties: _Parties, fund_id: UUID, served: list[UUID]) -> None:
    """Warm meals over the winter: the community stands by it, the fund pays, and it serves."""
    today = await clock.today()
    plan = ProjectDraft(
        area_id=parties.community_id,
        organisation_id=parties.host_id,
        service_class=ServiceClass.ELDER_CARE,
        title="冬日暖心餐",
        aims="为三十位独居老人每周送两次热饭,顺便看看他们过得好不好。",
        place="社区长者食堂",
        starts_on=today,
        ends_on=today + timedelta(days=90),
        phases=(
            PhaseDraft("摸底与筹备", today, today + timedelta(days=10)),
            PhaseDraft("送餐", today + timedelta(days=11), today + timedelta(days=90)),
        ),
        lines=(LineDraft("食材", 900_000), LineDraft("厨房用具", 120_000)),
        milestones=(
            MilestoneDraft("首批三十份送到", today + timedelta(days=20)),
            MilestoneDraft("送餐满十周", today + timedelta(days=85)),
        ),
        people_wanted=8,
        supervisor_id=parties.worker.person_id,
        position=_HERE,
    )
    project_id, _ = await planning.create_project(parties.leader, plan, idempotency_key=uuid4())
    await supervising.answer_supervision(parties.worker, project_id, accepts=True)
    await planning.submit_project(parties.leader, project_id)
    await deciding.approve_project(
        parties.committee, project_id, standing="居民议事会同意,社区提供长者食堂。"
    )
    (lines,) = await projects.lines_by_project(SYSTEM, [project_id])
    for each in lines:
        movement = Movement(fund_id, each["id"], each["amount_fen"])
        await spending.allot(parties.treasurer, movement, idempotency_key=uuid4())
    await deciding.start_project(parties.leader, project_id)
    await finishing.name_served(parties.leader, project_id, served)
    await _spent(parties, fund_id, lines[1]["id"])


async def _spent(parties: _Parties, fund_id: UUID, line_id: UUID) -> None:
    """What the kitchen needed first, with the invoice, approved by who keeps the money."""
    bought = SpendingDraft(
        fund_id=fund_id,
        line_id=line_id,
        amount_fen=86_400,
        payee_kind=PayeeKind.ENTERPRISE,
        payee="徐州惠厨商行",
        purpose="蒸箱一台、分餐盒两套",
        spent_on=await clock.today(),
        proof_id=await _proof(parties.leader, "厨房用具发票"),
    )
    spending_id, _ = await spending.enter_spending(parties.leader, bought, idempotency_key=uuid4())
    await spending.decide_spending(parties.treasurer, spending_id, approves=True)

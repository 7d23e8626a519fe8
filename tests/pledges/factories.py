"""Pledges for tests, made by the product's own commands."""

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor, Grant, Role
from domains.membership.models import Area, Organisation
from domains.pledges import service
from domains.pledges.service import (
    EvidenceDraft,
    MilestoneDraft,
    ReportDraft,
    Target,
    TermsDraft,
)
from domains.pledges.values.pledges import EvidenceKind, SourceKind
from tests import factories

OWN = (SourceKind.OWN, None)


@dataclass(frozen=True)
class Town:
    """A community with two committee members, a body that promises, and some residents."""

    community: Area
    body: Organisation
    keeper: Actor
    committee: Actor
    second: Actor
    residents: list[Actor]
    programme_id: UUID
    year: int


async def a_body(community: Area, *, name: str = "同心公益服务中心") -> tuple[Organisation, Actor]:
    """An organisation of the community, and who administers it and answers for its pledges."""
    body = await factories.an_organisation(community, name=name)
    person = await factories.a_person("陈立")
    await factories.a_role_grant(person, Role.ORGANISATION_ADMINISTRATOR, organisation=body)
    grant = Grant(Role.ORGANISATION_ADMINISTRATOR, organisation_id=body.id)
    return body, factories.as_actor(person, grant)


async def a_town(
    residents: int = 3,
    *,
    street: Area | None = None,
    name: str = "同心社区",
    community: Area | None = None,
) -> Town:
    """A community whose programme of this year is open."""
    await service.sync_presets()
    community = community or await factories.a_community(street, name=name)
    committee = await factories.a_committee_member(community)
    body, keeper = await a_body(community)
    year = (await clock.today()).year
    programme_id, _ = await service.open_programme(
        committee, community.id, year=year, introduction="", idempotency_key=uuid4()
    )
    return Town(
        community=community,
        body=body,
        keeper=keeper,
        committee=committee,
        second=await factories.a_committee_member(community, name="李敏"),
        residents=[
            await factories.a_resident(community, name=f"居民{number}")
            for number in range(residents)
        ],
        programme_id=programme_id,
        year=year,
    )


async def in_days(days: int) -> date:
    """The day so many days from today, by the database's clock."""
    return await clock.today() + timedelta(days=days)


async def terms(
    town: Town, *, days: int = 90, title: str = "为独居老人送餐", **changes
) -> TermsDraft:
    """What a body promises: three milestones that make a whole, and a target."""
    draft = TermsDraft(
        title=title,
        content="每个工作日为社区独居老人送一顿热午餐。",
        organisation_id=town.body.id,
        person_id=town.keeper.person_id,
        place_area_id=town.community.id,
        place="社区食堂",
        beneficiaries="社区独居老人",
        budget_fen=3_000_000,
        deadline=await in_days(days),
        target=Target(3000, "份", "按送餐签收单逐月累计"),
        milestones=(
            MilestoneDraft("厨房改造完成", await in_days(days - 60), 20),
            MilestoneDraft("送出 1500 份", await in_days(days - 30), 40),
            MilestoneDraft("送出 3000 份", await in_days(days), 40),
        ),
    )
    return replace(draft, **changes)


async def a_proposal(town: Town, draft: TermsDraft | None = None) -> UUID:
    """A pledge that the committee proposed."""
    pledge_id, _ = await service.propose_pledge(
        town.committee,
        town.programme_id,
        draft or await terms(town),
        source=OWN,
        idempotency_key=uuid4(),
    )
    return pledge_id


async def a_noticed_pledge(town: Town, draft: TermsDraft | None = None) -> UUID:
    """A pledge on public notice."""
    pledge_id = await a_proposal(town, draft)
    await service.screen_pledge(town.second, pledge_id, accepted=True, reason="符合居民需求")
    await service.put_to_notice(town.second, pledge_id)
    return pledge_id


async def a_committed_pledge(town: Town, moved_clock, draft: TermsDraft | None = None) -> UUID:
    """A promise; the clock goes on to the end of its notice."""
    pledge_id = await a_noticed_pledge(town, draft)
    await moved_clock.advance(timedelta(days=12))
    while await service.commit_due_pledge() is not None:
        pass
    return pledge_id


async def milestone_keys(pledge_id: UUID) -> list[UUID]:
    """The keys of the milestones in force, in order."""
    rows = await database.fetch(
        "SELECT m.key FROM pledges_milestone m JOIN pledges_pledge p"
        " ON p.id = m.pledge_id AND p.terms_version = m.version"
        " WHERE p.id = $1 ORDER BY m.position",
        pledge_id,
    )
    return [row["key"] for row in rows]


async def a_report(**changes) -> ReportDraft:
    """What happened today, with the count of those who came."""
    today = await clock.today()
    draft = ReportDraft(
        text="厨房改造完成并验收。",
        happened_on=today,
        evidence=(EvidenceDraft(EvidenceKind.ATTENDANCE, today, "现场查看", head_count=12),),
    )
    return replace(draft, **changes)


async def report(actor: Actor, pledge_id: UUID, **changes) -> UUID:
    """Report progress as this actor."""
    report_id, _ = await service.report_progress(
        actor, pledge_id, await a_report(**changes), idempotency_key=uuid4()
    )
    return report_id


async def reach_all(town: Town, pledge_id: UUID) -> list[UUID]:
    """Report each milestone as reached."""
    return [
        await report(town.keeper, pledge_id, milestone_key=key)
        for key in await milestone_keys(pledge_id)
    ]


async def deliver(town: Town, pledge_id: UUID, *, achieved: int = 3000, **changes) -> UUID:
    """Claim delivery."""
    report_id, _ = await service.deliver_pledge(
        town.keeper,
        pledge_id,
        await a_report(text="全部完成。", achieved_number=achieved, **changes),
        idempotency_key=uuid4(),
    )
    return report_id


async def a_delivered_pledge(town: Town, moved_clock, draft: TermsDraft | None = None) -> UUID:
    """A pledge said to be kept."""
    pledge_id = await a_committed_pledge(town, moved_clock, draft)
    await reach_all(town, pledge_id)
    await deliver(town, pledge_id)
    return pledge_id


async def accept(town: Town, pledge_id: UUID) -> None:
    """Let three residents accept what was delivered."""
    for resident in town.residents[:3]:
        await service.accept_pledge(resident, pledge_id, accepted=True)


async def an_object(pledge_id: UUID):
    """The pledge's row."""
    return await database.fetch_one("SELECT * FROM pledges_pledge WHERE id = $1", pledge_id)


async def events(name: str) -> list[dict[str, object]]:
    """The payloads of the recorded events of this name, in order."""
    rows = await database.fetch(
        "SELECT payload FROM kernel_outbox WHERE name = $1 ORDER BY id", f"pledges.{name}"
    )
    return [json.loads(row["payload"]) for row in rows]

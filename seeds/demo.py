"""A believable small town, planted by the product's own commands within seconds.

Its people are made up. One-time codes are printed on the console, so nobody is written to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor, Grant, Role
from domains.membership.queries import roles as role_queries
from domains.membership.service import areas, organisations, people, roles
from domains.membership.values import (
    AreaBasis,
    AreaKind,
    OrganisationKind,
    PersonDetails,
    ResidencyKind,
)
from domains.pledges import service as promises
from domains.voting import queries as voting_queries
from domains.voting import service as voting
from domains.voting.rules import CountingRule
from domains.voting.service import OptionDraft, PollDraft
from domains.voting.values import PollMethod, Secrecy
from seeds import deliberation, disclosures, matching, pledges, timebank, volunteers

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    *(
        "建国",
        "秀英",
        "桂兰",
        "志强",
        "丽华",
        "国庆",
        "玉兰",
        "海燕",
        "晓明",
        "文静",
        "子涵",
        "雨桐",
    ),
    *(
        "浩然",
        "佳怡",
        "俊杰",
        "淑珍",
        "永福",
        "春梅",
        "德胜",
        "红霞",
        "立新",
        "凤英",
        "思远",
        "梦琪",
    ),
)

COMMITTEE_PHONE = "13800000001"
RESIDENT_PHONES = ("13800000002", "13800000003", "13800000004")
UNITS = ("101", "102", "201", "202", "301", "302", "401", "402")


@dataclass(frozen=True, slots=True)
class DemoTown:
    """What a reader needs to look round."""

    community_id: UUID
    sign_in_hint: str


async def is_planted() -> bool:
    """Whether there is a town already, planted or real."""
    return bool(await database.fetch_value("SELECT EXISTS (SELECT FROM membership_area)"))


async def find() -> DemoTown | None:
    """Return the demo town where it is planted."""
    planted = await database.fetch_value(
        "SELECT id FROM membership_area WHERE kind = 'community' AND code = 'milan'"
    )
    return DemoTown(community_id=planted, sign_in_hint=_hint()) if planted else None


async def plant() -> DemoTown:
    """Plant the town, or find it: planting twice is planting once."""
    await voting.sync_presets()
    await promises.sync_presets()
    return await find() or DemoTown(community_id=await _plant(), sign_in_hint=_hint())


def _hint() -> str:
    residents = ", ".join(RESIDENT_PHONES)
    return (
        f"a committee member: {COMMITTEE_PHONE}; residents: {residents}."
        " Ask for a code with requestSignInCode; it is printed here."
    )


async def _plant() -> UUID:
    community, buildings = await _places()
    households = await _households(buildings)
    committee = await _people(community, households)
    await _organisations(community)
    await _polls(committee, community)
    await deliberation.plant(community, committee)
    await disclosures.plant(community, committee)
    await timebank.plant(community, committee)
    await pledges.plant(community, committee)
    # Late: it makes a social worker of somebody, who would else be under review.
    await volunteers.plant(community, committee)
    await matching.plant(community, committee)
    return community


async def _area(parent: UUID | None, kind: AreaKind, code: str, name: str) -> UUID:
    made = await areas.create_area(SYSTEM, parent_id=parent, kind=kind, code=code, name=name)
    return made.id


async def _places() -> tuple[UUID, list[UUID]]:
    city = await _area(None, AreaKind.CITY, "xuzhou", "徐州市")
    district = await _area(city, AreaKind.DISTRICT, "gulou", "鼓楼区")
    street = await _area(district, AreaKind.STREET, "fengcai", "丰财街道")
    community = await _area(street, AreaKind.COMMUNITY, "milan", "米兰社区")
    buildings = []
    for number, name in enumerate(("米兰花园", "湖畔小区"), start=1):
        estate = await _area(community, AreaKind.ESTATE, f"estate{number}", name)
        buildings += [
            await _area(estate, AreaKind.BUILDING, f"b{house}", f"{name}{house}号楼")
            for house in (1, 2)
        ]
    return community, buildings


async def _households(buildings: list[UUID]) -> list[UUID]:
    return [
        (
            await areas.create_household(
                SYSTEM,
                building_id=building,
                unit=unit,
                floor_area_centi_m2=780_000 + 5_100 * number,
                area_basis=AreaBasis.REGISTER,
            )
        ).id
        for building in buildings
        for number, unit in enumerate(UNITS)
    ]


def names() -> Iterator[str]:
    """Yield names, each surname with each given name in turn."""
    for step in cycle(range(len(GIVEN))):
        for place, surname in enumerate(SURNAMES):
            yield surname + GIVEN[(place + step) % len(GIVEN)]


async def _people(community: UUID, households: list[UUID]) -> Actor:
    """Two or three in each household: an owner, their spouse, here and there a child."""
    phones = iter((COMMITTEE_PHONE, *RESIDENT_PHONES))
    called = names()
    first: UUID | None = None
    for number, household in enumerate(households):
        for place, name in enumerate(islice(called, 2 + number % 2)):
            made = await people.create_person(
                SYSTEM,
                area_id=community,
                household_id=household,
                kind=ResidencyKind.OWNER if place == 0 else ResidencyKind.MEMBER,
                since=date(2019, 6, 1),
                details=PersonDetails(
                    name=name,
                    birth_date=date(1950 + (number * 7 + place) % 45 + 22 * (place // 2), 3, 1),
                    phone=next(phones, None) if place == 0 else None,
                ),
            )
            first = first or made.id
    assert first is not None, "the town has people"
    await roles.grant_role(SYSTEM, person_id=first, role=Role.COMMITTEE_MEMBER, area_id=community)
    return await acting(first)


async def acting(person_id: UUID) -> Actor:
    """Return the person as a caller with what they may be today."""
    grants: frozenset[Grant] = await role_queries.grants_of(person_id)
    return Actor(person_id=person_id, grants=grants)


async def _organisations(community: UUID) -> None:
    for kind, name in (
        (OrganisationKind.COMMUNITY_BODY, "米兰社区居民委员会"),
        (OrganisationKind.SOCIAL_WORK_STATION, "丰财街道社工站"),
        (OrganisationKind.SOCIAL_ORGANISATION, "夕阳红舞蹈队"),
        (OrganisationKind.PROPERTY_COMPANY, "米兰物业服务有限公司"),
    ):
        await organisations.create_organisation(SYSTEM, area_id=community, kind=kind, name=name)


async def _polls(committee: Actor, community: UUID) -> None:
    """Leave a motion and a budget open, a choice soon to close under the reader's eyes, a draft."""
    now = await clock.now()
    dance = PollDraft(
        title="广场舞队是否迁往九龙湖公园?",
        body="夜间音响影响休息。经多次线上线下协商,拟请舞蹈队迁往九龙湖公园活动。",
        method=PollMethod.MOTION,
        secrecy=Secrecy.SECRET,
        opens_at=now,
        closes_at=now + timedelta(days=3),
        rule_code="COMMUNITY_CONSULTATION",
        quorum=(1, 3),
    )
    bikes = PollDraft(
        title="电动自行车充电棚建在哪里?",
        body="三处候选地点均已通过消防查看。",
        method=PollMethod.CHOICE,
        secrecy=Secrecy.OPEN,
        opens_at=now,
        closes_at=now + timedelta(minutes=3),
        rule_code="COMMUNITY_CONSULTATION",
        options=(
            OptionDraft("北门停车场"),
            OptionDraft("2号楼东侧空地"),
            OptionDraft("物业用房旁"),
        ),
        quorum=(1, 10),
    )
    dogs = PollDraft(
        title="文明养犬公约是否施行?",
        body="草案,待居民委员会审阅。",
        method=PollMethod.MOTION,
        secrecy=Secrecy.OPEN,
        opens_at=now + timedelta(days=7),
        closes_at=now + timedelta(days=14),
        rule_code="RESIDENTS_MEETING",
    )
    for draft, answers in ((dance, 0), (_budget(now), 3), (bikes, 1)):
        poll_id, _ = await voting.create_poll(committee, community, draft, idempotency_key=uuid4())
        await voting.publish_poll(committee, poll_id)
        if answers:
            await _some_ballots(poll_id, names=answers)
    await voting.create_poll(committee, community, dogs, idempotency_key=uuid4())


PROJECTS = (
    ("楼道声控灯更换", 1_860_000),
    ("凉亭长椅翻新", 940_000),
    ("北门无障碍坡道", 2_450_000),
    ("儿童沙池换沙", 380_000),
    ("电动自行车充电位扩建", 3_200_000),
    ("老年食堂添置保温柜", 720_000),
    ("中心花园补种月季", 560_000),
    ("健身步道防滑改造", 2_780_000),
    ("社区书屋周末开放", 1_150_000),
    ("旧衣回收亭", 430_000),
    ("雨水花园一处", 1_990_000),
    ("门岗饮水机", 260_000),
)


def _budget(now: datetime) -> PollDraft:
    """What residents would do with the year's public-benefit fund, in equal shares."""
    return PollDraft(
        title="今年的社区微更新资金花在哪些项目上?",
        body="资金 8 万元,费用已由物业与社区共同估算。可选任意多个项目,按平等份额法计票。",
        method=PollMethod.PREFERENCE,
        secrecy=Secrecy.SECRET,
        opens_at=now,
        closes_at=now + timedelta(days=5),
        rule_code="PARTICIPATORY_BUDGET",
        options=tuple(OptionDraft(label, cost_fen=cost) for label, cost in PROJECTS),
        counting_rule=CountingRule.EQUAL_SHARES,
        budget_fen=8_000_000,
    )


async def _some_ballots(poll_id: UUID, *, names: int) -> None:
    """A third of the roll has answered, each naming so many options."""
    voters = await database.fetch(
        "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1 AND number % 3 = 0"
        " ORDER BY number",
        poll_id,
    )
    options = (await voting_queries.options_by_poll(SYSTEM, [poll_id]))[0]
    for number, row in enumerate(voters):
        chosen = {
            options[(number * number + each * each) % len(options)]["id"] for each in range(names)
        }
        await voting.cast_ballot(
            Actor(person_id=row["voter_id"]), poll_id, list(chosen), idempotency_key=uuid4()
        )

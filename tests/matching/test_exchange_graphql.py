"""Resources, projects and money through the contract."""

from datetime import timedelta
from uuid import uuid4

import pytest

from domains.kernel import clock
from domains.kernel.actor import ANONYMOUS, Role
from domains.kernel.database import fetch_value
from domains.matching.service import finishing
from domains.membership.models import Area
from schema import node
from tests import factories
from tests.matching.exchange import (
    a_draft,
    a_fund,
    an_exchange,
    an_upload,
    approved,
    available,
    gave,
    lines_of,
    paid,
    running,
    submitted,
    who,
)
from tests.voting.asking import ask, done, person, refused

REFUSAL = "... on UserError { code message path }"
OF_PROJECT = """... on ServiceProjectPayload { project { id number state version
  lines { id title amountFen allottedFen spentFen } milestones { id title state isLate }
  budgetFen allottedFen spentFen } }"""
OF_RESOURCE = "... on ResourcePayload { resource { id number state held quantity } }"
OF_RESERVATION = "... on ReservationPayload { reservation { id state quantity unit } }"
OF_FUND = """... on FundPayload { fund { id receivedFen leftFen allottedFen spentFen
  entries { nodes { kind amountFen } } trace { lineTitle allottedFen spentFen } } }"""
OF_SPENDING = "... on SpendingPayload { spending { id number state amountFen payeeKind } }"
PROJECTS = """
query ($area: ID!) { serviceProjects(areaId: $area) { nodes {
  id title isFavourite position { latitudeE6 } phases { title } lines { title } milestones { title }
  budgetShifts { amountFen } money { fundName spentFen } reservations { quantity }
  evaluation { count meanHundredths byScore } reviews { scores } history { state }
  organisation { name } supervisor { name } round { title } area { name } } } }
"""
RESOURCES = """
query ($area: ID!) { resources(areaId: $area) { nodes {
  id title windows { startsAt } reservations { state project { id } } history { state }
  person { name } organisation { name } area { name } } } }
"""
FUNDS = """
query ($area: ID!) { funds(areaId: $area) { nodes {
  name trace { spentFen } matches { addedFen } keeper { name } area { name } } } }
"""
SPENDINGS = """
query ($project: ID!) { spendings(projectId: $project) { nodes {
  amountFen payee proofAddress project { id } } } }
"""


def mutation(name: str, payload: str = "") -> str:
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {payload} {REFUSAL} }} }}"


async def does(actor, name, payload, /, **given):
    return await done(actor, mutation(name, payload), input=given)


def key() -> str:
    return str(uuid4())


async def upload(owner) -> str:
    return node.encode("upload", await an_upload(owner))


async def planned(exchange):
    today = await clock.today()
    return {
        "serviceClass": "ELDER_CARE",
        "title": "冬日暖心餐",
        "aims": "为三十位独居老人送热饭。",
        "place": "社区长者食堂",
        "startsOn": today.isoformat(),
        "endsOn": (today + timedelta(days=30)).isoformat(),
        "phases": [
            {
                "title": "送餐",
                "startsOn": today.isoformat(),
                "endsOn": (today + timedelta(days=30)).isoformat(),
            }
        ],
        "lines": [{"title": "食材", "amountFen": 30_000}],
        "milestones": [{"title": "首批送餐", "dueOn": (today + timedelta(days=9)).isoformat()}],
        "peopleWanted": 6,
        "needsVenue": True,
        "supervisorId": person(exchange.worker),
        "position": {"latitudeE6": 34_261_000, "longitudeE6": 117_184_000},
        "appealUrl": "https://gongyi.qq.com/succor/detail",
    }


async def test_a_project_finds_its_five_parties_and_comes_to_its_report(db):
    exchange = await an_exchange()
    area = node.encode("area", exchange.community.id)
    opens = (await clock.now()) + timedelta(days=2)
    closes = opens + timedelta(hours=3)

    project = (
        await does(
            exchange.leader,
            "createServiceProject",
            OF_PROJECT,
            areaId=area,
            organisationId=node.encode("organisation", exchange.host.id),
            project=await planned(exchange),
            idempotencyKey=key(),
        )
    )["project"]
    project_id = project["id"]
    for actor, name, given in (
        (exchange.worker, "answerSupervision", {"accepts": True}),
        (exchange.leader, "submitServiceProject", {}),
        (exchange.committee, "approveServiceProject", {"standing": "社区支持。"}),
    ):
        await does(actor, name, OF_PROJECT, projectId=project_id, **given)
    room = (
        await does(
            exchange.lin,
            "offerResource",
            OF_RESOURCE,
            areaId=area,
            kind="VENUE",
            title="长者食堂",
            content="可坐三十人。",
            quantity=30,
            unit="座",
            validFrom=(await clock.today()).isoformat(),
            validUntil=closes.date().isoformat(),
            place="一号楼一层",
            windows=[{"startsAt": opens.isoformat(), "endsAt": closes.isoformat()}],
            idempotencyKey=key(),
        )
    )["resource"]
    await does(
        exchange.committee, "verifyResource", OF_RESOURCE, resourceId=room["id"], accepted=True
    )
    kept = (
        await does(
            exchange.leader,
            "reserveResource",
            OF_RESERVATION,
            resourceId=room["id"],
            quantity=30,
            projectId=project_id,
            startsAt=opens.isoformat(),
            endsAt=closes.isoformat(),
            idempotencyKey=key(),
        )
    )["reservation"]
    await does(exchange.lin, "commitReservation", OF_RESERVATION, reservationId=kept["id"])
    fund = (
        await does(
            exchange.treasurer,
            "openFund",
            OF_FUND,
            areaId=area,
            kind="PURPOSE",
            name="助老专项",
            purpose="老年助餐",
            keeperId=node.encode("organisation", exchange.keeper.id),
            serviceClasses=["ELDER_CARE"],
            idempotencyKey=key(),
        )
    )["fund"]
    await does(
        exchange.treasurer,
        "recordFundIncome",
        OF_FUND,
        fundId=fund["id"],
        amountFen=50_000,
        source="宏达商贸",
        proofId=await upload(exchange.treasurer),
        idempotencyKey=key(),
    )
    line = project["lines"][0]["id"]
    await does(
        exchange.officer,
        "allotMoney",
        OF_FUND,
        fundId=fund["id"],
        lineId=line,
        amountFen=30_000,
        idempotencyKey=key(),
    )
    await does(exchange.leader, "startServiceProject", OF_PROJECT, projectId=project_id)
    spending = (
        await does(
            exchange.leader,
            "enterSpending",
            OF_SPENDING,
            fundId=fund["id"],
            lineId=line,
            amountFen=30_000,
            payeeKind="ENTERPRISE",
            payee="惠民超市",
            purpose="食材",
            spentOn=(await clock.today()).isoformat(),
            proofId=await upload(exchange.leader),
            idempotencyKey=key(),
        )
    )["spending"]
    await does(
        exchange.officer, "decideSpending", OF_SPENDING, spendingId=spending["id"], approves=True
    )
    await does(
        exchange.leader,
        "reachMilestone",
        OF_PROJECT,
        milestoneId=project["milestones"][0]["id"],
        proofId=await upload(exchange.leader),
        note="首批三十份。",
    )
    await does(
        exchange.leader,
        "nameServedPeople",
        OF_PROJECT,
        projectId=project_id,
        personIds=[person(exchange.lin)],
    )
    await does(exchange.lin, "evaluateServiceProject", OF_PROJECT, projectId=project_id, score=5)
    await does(exchange.lin, "deliverReservation", OF_RESERVATION, reservationId=kept["id"])
    await does(
        exchange.leader,
        "receiptReservation",
        OF_RESERVATION,
        reservationId=kept["id"],
        note="场地使用三小时。",
    )
    await does(exchange.worker, "concludeProjectEvaluation", OF_PROJECT, projectId=project_id)
    closed = await does(
        exchange.committee,
        "closeServiceProject",
        "... on ServiceProjectPayload { project { state spentFen evaluation { count "
        "byScore } closingReport { text pdf { sha256 address } } } }",
        projectId=project_id,
        outcome="三十位老人吃上了热饭。",
    )
    books = await ask(
        exchange.lin,
        "query ($id: ID!) { node(id: $id) { ... on Fund { receivedFen leftFen allottedFen spentFen"
        " entries { nodes { kind amountFen project { id } } } trace { lineTitle spentFen } } } }",
        id=fund["id"],
    )

    assert closed["project"]["state"] == "CLOSED"
    assert closed["project"]["evaluation"] == {"count": 1, "byScore": None}
    report = closed["project"]["closingReport"]
    assert "惠民超市" in report["text"]
    assert "共 1 人评价,人数不足,不公布结果。" in report["text"]
    assert len(report["pdf"]["sha256"]) == 64
    assert books["node"] == {
        "receivedFen": 50_000,
        "leftFen": 20_000,
        "allottedFen": 0,
        "spentFen": 30_000,
        "entries": {
            "nodes": [
                {"kind": "SPENDING", "amountFen": 30_000, "project": {"id": project_id}},
                {"kind": "ALLOTMENT", "amountFen": 30_000, "project": {"id": project_id}},
                {"kind": "INCOME", "amountFen": 50_000, "project": None},
            ]
        },
        "trace": [{"lineTitle": "食材", "spentFen": 30_000}],
    }


async def counted(actor, statements, document, field, make, **variables):
    """How many a list has and how many statements it takes, with one and with three."""
    counts = []
    for more in (1, 2):
        for _ in range(more):
            await make()
        statements.clear()
        answer = await ask(actor, document, **variables)
        counts.append((len(answer[field]["nodes"]), len(statements)))
    return counts


async def test_lists_cost_the_same_for_one_and_for_many(db, statements):
    exchange = await an_exchange()
    area = node.encode("area", exchange.community.id)
    numbers = iter(range(99))

    async def a_project():
        await approved(exchange, title=f"暖心餐{next(numbers)}")

    async def a_resource():
        await available(exchange, title=f"饭盒{next(numbers)}")

    async def a_filled_fund():
        await a_fund(exchange, fen=100, name=f"资金{next(numbers)}")

    for document, field, make in (
        (PROJECTS, "serviceProjects", a_project),
        (RESOURCES, "resources", a_resource),
        (FUNDS, "funds", a_filled_fund),
    ):
        counts = await counted(exchange.second, statements, document, field, make, area=area)
        assert [count for count, _ in counts] == [1, 3], field
        assert counts[0][1] == counts[1][1], field


async def test_a_list_of_spendings_costs_the_same_for_one_and_for_many(db, statements):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)

    async def a_spending():
        await paid(exchange, fund_id, food["id"], 100)

    counts = await counted(
        exchange.lin,
        statements,
        SPENDINGS,
        "spendings",
        a_spending,
        project=node.encode("service_project", project_id),
    )

    assert [count for count, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


async def test_nobody_from_elsewhere_moves_anything(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    spending = node.encode("spending", await paid(exchange, fund_id, food["id"], 9, approve=False))
    handed_in = node.encode("service_project", await submitted(exchange, title="申报中"))
    resource = node.encode("resource", await available(exchange))
    project, fund = node.encode("service_project", project_id), node.encode("fund", fund_id)
    line = node.encode("budget_line", food["id"])
    stranger = await factories.a_committee_member(name="外人")
    proof = await upload(stranger)
    money = {"fundId": fund, "lineId": line, "amountFen": 1, "idempotencyKey": key()}
    asked = {
        "verifyResource": {"resourceId": resource, "accepted": True},
        "withdrawResource": {"resourceId": resource, "reason": "没有理由"},
        "submitServiceProject": {"projectId": handed_in},
        "approveServiceProject": {"projectId": handed_in, "standing": "同意。"},
        "rejectServiceProject": {"projectId": handed_in, "reason": "没有理由"},
        "suspendServiceProject": {"projectId": project, "reason": "没有理由"},
        "cancelServiceProject": {"projectId": project, "reason": "没有理由"},
        "concludeProjectEvaluation": {"projectId": project},
        "evaluateServiceProject": {"projectId": project, "score": 1},
        "closeFund": {"fundId": fund},
        "allotMoney": money,
        "releaseMoney": money,
        "returnFundMoney": {
            "fundId": fund,
            "amountFen": 1,
            "said": "没有理由",
            "proofId": proof,
            "idempotencyKey": key(),
        },
        "decideSpending": {"spendingId": spending, "approves": True},
    }

    codes = {
        name: await refused(stranger, mutation(name), input=given) for name, given in asked.items()
    }
    nameless = await ask(
        ANONYMOUS,
        "query ($f: ID!, $r: ID!, $s: ID!, $h: ID!) { f: node(id: $f) { id } r: node(id: $r) { id }"
        " s: node(id: $s) { id } h: node(id: $h) { id } }",
        f=fund,
        r=resource,
        s=spending,
        h=handed_in,
    )

    unseen = {"submitServiceProject", "approveServiceProject", "rejectServiceProject"}
    assert codes == {
        name: "NOT_FOUND"
        if name in unseen
        else "NOT_SERVED"
        if name == "evaluateServiceProject"
        else "FORBIDDEN"
        for name in asked
    }
    assert nameless == {"f": None, "r": None, "s": None, "h": None}
    assert await fetch_value("SELECT spent_fen FROM matching_fund WHERE id = $1", fund_id) == 0


@pytest.mark.parametrize(
    ("name", "field", "rest"),
    [
        ("verifyResource", "resourceId", {"accepted": True}),
        ("commitReservation", "reservationId", {}),
        ("startServiceProject", "projectId", {}),
        ("reachMilestone", "milestoneId", {"proofId": "x", "note": "x"}),
        ("decideBudgetShift", "shiftId", {"approves": True}),
        ("settleProjectRound", "roundId", {}),
        ("closeFund", "fundId", {}),
        ("decideSpending", "spendingId", {"approves": True}),
        ("dropMatchingTemplate", "templateId", {}),
    ],
)
async def test_what_no_id_names_is_not_found(db, name, field, rest):
    exchange = await an_exchange()
    kind = {
        "resourceId": "resource",
        "reservationId": "resource_reservation",
        "projectId": "service_project",
        "milestoneId": "project_milestone",
        "shiftId": "budget_shift",
        "roundId": "project_round",
        "fundId": "fund",
        "spendingId": "spending",
        "templateId": "matching_template",
    }[field]
    rest = {**rest, **({"proofId": await upload(exchange.leader)} if "proofId" in rest else {})}

    codes = [
        await refused(exchange.committee, mutation(name), input={field: text, **rest})
        for text in ("", "nonsense", node.encode("poll", uuid4()), node.encode(kind, uuid4()))
    ]

    assert codes == ["NOT_FOUND"] * 4


async def test_refusals_speak_both_languages_with_their_figures(db):
    exchange = await an_exchange()
    project_id = await approved(exchange)
    (food, _) = await lines_of(project_id)
    fund_id = await a_fund(exchange)
    await gave(exchange, fund_id, 99)
    said = []
    for locale in ("zh-Hans", "en"):
        actor = type(exchange.officer)(
            person_id=who(exchange.officer), grants=exchange.officer.grants, locale=locale
        )
        answer = await ask(
            actor,
            mutation("allotMoney"),
            input={
                "fundId": node.encode("fund", fund_id),
                "lineId": node.encode("budget_line", food["id"]),
                "amountFen": 100,
                "idempotencyKey": key(),
            },
        )
        said.append(answer["allotMoney"]["message"])

    assert said == [
        "资金余额不足(可用 99 分)。",
        "There is not that much money (99 fen are left).",
    ]


async def test_social_workers_are_listed_with_their_load_and_templates_by_days(db):
    exchange = await an_exchange()
    project_id = await submitted(exchange)
    area = node.encode("area", exchange.community.id)
    await does(
        exchange.committee,
        "saveMatchingTemplate",
        "... on MatchingTemplatePayload { templateId }",
        kind="PROJECT",
        subjectId=node.encode("service_project", project_id),
        title="送餐项目模板",
    )
    until = (await clock.today() + timedelta(days=30)).isoformat()

    answer = await ask(
        exchange.lin,
        "query ($area: ID!, $until: Date!) { socialWorkers(areaId: $area, until: $until) {"
        " load person { name } } matchingTemplates(areaId: $area) { nodes { title subjectTitle"
        " lines { title amountFen } milestones { endsAfterDays } } } }",
        area=area,
        until=until,
    )

    assert answer == {
        "socialWorkers": [{"load": 1, "person": {"name": "孙洁"}}],
        "matchingTemplates": {
            "nodes": [
                {
                    "title": "送餐项目模板",
                    "subjectTitle": "冬日暖心餐",
                    "lines": [
                        {"title": "食材", "amountFen": 400_000},
                        {"title": "保温箱", "amountFen": 100_000},
                    ],
                    "milestones": [{"endsAfterDays": 20}, {"endsAfterDays": 85}],
                }
            ]
        },
    }


async def test_evaluations_below_the_rules_number_tell_nothing_but_how_many(db):
    exchange = await an_exchange()
    project_id, _ = await running(exchange)
    await finishing.name_served(exchange.leader, project_id, [who(exchange.lin)])
    await finishing.evaluate_project(exchange.lin, project_id, score=2, remark="太咸")

    answer = await ask(
        exchange.committee,
        "query ($id: ID!) { node(id: $id) { ... on ServiceProject { evaluation {"
        " count meanHundredths byScore remarks } } } }",
        id=node.encode("service_project", project_id),
    )

    assert answer["node"]["evaluation"] == {
        "count": 1,
        "meanHundredths": None,
        "byScore": None,
        "remarks": [],
    }


async def test_what_is_marked_is_found_again_and_only_by_who_marked_it(db):
    exchange = await an_exchange()
    area = node.encode("area", exchange.community.id)
    marked = [
        node.encode("resource", await available(exchange)),
        node.encode("service_project", await approved(exchange)),
    ]
    await available(exchange, title="轮椅")
    await approved(exchange, title="另一个项目")
    for each in marked:
        await does(
            exchange.lin,
            "setFavourite",
            "... on FavouriteSet { isFavourite }",
            id=each,
            isFavourite=True,
        )
    document = """
    query ($area: ID!) {
      resources(areaId: $area, filter: {favouritesOnly: true}) { nodes { id isFavourite } }
      serviceProjects(areaId: $area, filter: {favouritesOnly: true}) { nodes { id isFavourite } }
    }"""

    answers = [await ask(actor, document, area=area) for actor in (exchange.lin, exchange.second)]

    assert [
        [
            each["id"]
            for field in ("resources", "serviceProjects")
            for each in answer[field]["nodes"]
        ]
        for answer in answers
    ] == [marked, []]


async def test_proofs_are_opened_by_who_leads_the_project_or_keeps_the_money(db):
    exchange = await an_exchange()
    project_id, fund_id = await running(exchange)
    (food, _) = await lines_of(project_id)
    await paid(exchange, fund_id, food["id"], 100)
    project = node.encode("service_project", project_id)

    answers = [
        await ask(actor, SPENDINGS, project=project)
        for actor in (exchange.leader, exchange.treasurer, exchange.officer, exchange.lin)
    ]

    opened = [each["spendings"]["nodes"][0]["proofAddress"] is not None for each in answers]
    assert opened == [True, True, True, False]


async def test_a_community_adopts_its_own_load_of_social_workers(db, moved_clock):
    exchange = await an_exchange()
    street = await factories.an_officer(
        Role.STREET_REVIEWER, await Area.get(id=exchange.community.parent_id)
    )
    community = node.encode("area", exchange.community.id)
    tomorrow = await clock.today() + timedelta(days=1)
    await does(
        street,
        "adoptMatchingRules",
        "... on MatchingRulesAdopted { effectiveFrom }",
        communityId=community,
        legalBasis="街道社会工作管理办法",
        effectiveFrom=tomorrow.isoformat(),
        supervisorProjects=1,
        idempotencyKey=key(),
    )
    await moved_clock.advance(timedelta(days=1))
    await submitted(exchange)
    second = node.encode("service_project", await a_draft(exchange, title="第二个项目"))

    code = await refused(
        exchange.worker,
        mutation("answerSupervision"),
        input={"projectId": second, "accepts": True},
    )
    rules = await ask(
        exchange.lin,
        "query ($id: ID!) { matchingRules(communityId: $id) { supervisorProjects evaluationK"
        " appealHosts } }",
        id=community,
    )

    assert code == "SUPERVISOR_FULLY_LOADED"
    assert rules["matchingRules"]["supervisorProjects"] == 1
    assert "gongyi.qq.com" in rules["matchingRules"]["appealHosts"]

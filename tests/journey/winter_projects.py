"""Projects of the winter: a lift that is repaired, and a clinic day.

Both are hosted by a social organisation, supervised by a social worker, stood by by the
community, served by volunteers, and paid for with what was given for them.
"""

import hashlib
import io
import re
from typing import Any

import httpx
from pypdf import PdfReader

from tests.journey.clients import key
from tests.journey.winter import (
    HOST,
    KEEPER,
    OF_FUND,
    OF_PROJECT,
    Story,
    a_window,
    answers,
    asked_for,
    confirmed,
    disclosed,
    earned,
    funds,
    given,
    opened,
    planned,
    served,
    spent,
)

ELDERS_FUND = "米兰助老专项资金"
LIFT_FUND, MATCHING_FUND = "楼宇安全专项资金", "社区配捐资金"
HEALTH_FUND, EARMARKED = "社区健康基金", "健康宣传专项资金"
SCORES = (5, 4, 5, 3, 5)
OF_RESOURCE = "... on ResourcePayload { resource { id state held } }"
OF_RESERVATION = "... on ReservationPayload { reservation { id state } }"
REPORT = """... on ServiceProjectPayload { project { state spentFen
  evaluation { count meanHundredths } closingReport { text pdf { sha256 address } } } }"""


async def the_lift_is_repaired(story: Story) -> None:
    """Money of two givers, for this purpose only, each fen of it traced and disclosed."""
    leader, treasurer = story.people["leader"], story.people["treasurer"]
    lift = await opened(
        story, kind="PURPOSE", name=LIFT_FUND, purpose="楼宇设施维修", serviceClasses=["REPAIRS"]
    )
    adds = await opened(
        story, kind="MATCHING", name=MATCHING_FUND, purpose="配捐", serviceClasses=["REPAIRS"]
    )
    await given(story, adds, 300_000, "丰财街道商会")
    await treasurer.does(
        "promiseMatching",
        fundId=adds["id"],
        toFundId=lift["id"],
        addsFen=1,
        perFen=2,
        ceilingFen=300_000,
        until=story.day(60),
    )
    lift = await given(story, lift, 500_001, "米兰物业服务有限公司")
    assert (lift["receivedFen"], lift["leftFen"]) == (750_001, 750_001)

    project = await planned(
        story,
        serviceClass="REPAIRS",
        title="2号楼电梯维修",
        aims="更换曳引机,让住在高层的老人能下楼。",
        place="湖畔小区2号楼",
        startsOn=story.day(0),
        endsOn=story.day(30),
        phases=[{"title": "维修", "startsOn": story.day(0), "endsOn": story.day(30)}],
        lines=[
            {"title": "曳引机", "amountFen": 600_000},
            {"title": "检验", "amountFen": 120_001},
        ],
        milestones=[{"title": "恢复运行", "dueOn": story.day(20)}],
    )
    machine, inspection = project["lines"]
    await money_for_another_purpose_is_refused(story, machine)
    for line in (machine, inspection):
        await treasurer.does(
            "allotMoney",
            OF_FUND,
            fundId=lift["id"],
            lineId=line["id"],
            amountFen=line["amountFen"],
            idempotencyKey=key(),
        )
    of = {"projectId": project["id"]}
    started = await leader.does("startServiceProject", OF_PROJECT, **of)
    assert started["project"]["state"] == "RUNNING"
    await elders_are_helped_downstairs(story)

    await story.at(story.hour(4, 9))
    await spent(story, lift, machine, 587_654, payee="徐州电梯有限公司", purpose="曳引机一台")
    await spent(story, lift, inspection, 120_001, payee="市特检院", purpose="检验费")
    await leader.does(
        "reachMilestone",
        OF_PROJECT,
        milestoneId=project["milestones"][0]["id"],
        proofId=await leader.brings(),
        note="电梯恢复运行。",
    )
    await treasurer.does(
        "releaseMoney",
        OF_FUND,
        fundId=lift["id"],
        lineId=machine["id"],
        amountFen=600_000 - 587_654,
        idempotencyKey=key(),
    )
    await story.people["worker"].does("concludeProjectEvaluation", OF_PROJECT, **of)
    closed = await story.people["committee"].does(
        "closeServiceProject", OF_PROJECT, **of, outcome="电梯恢复运行,老人能下楼了。"
    )
    assert closed["project"]["state"] == "CLOSED"
    await every_fen_is_traced(story, project["id"])


async def money_for_another_purpose_is_refused(story: Story, line: Any) -> None:
    """Money for old people repairs no lift, and no fund gives more than it has."""
    before = await funds(story)
    codes = {
        name: (
            await story.people["treasurer"].tries(
                "allotMoney",
                fundId=before[name]["id"],
                lineId=line["id"],
                amountFen=fen,
                idempotencyKey=key(),
            )
        )["code"]
        for name, fen in ((ELDERS_FUND, 600_000), (MATCHING_FUND, 600_000))
    }
    assert codes == {ELDERS_FUND: "FUND_PURPOSE_UNFIT", MATCHING_FUND: "MONEY_MISSING"}
    assert await funds(story) == before


async def elders_are_helped_downstairs(story: Story) -> None:
    """While the lift stands still, a small need is taken directly from the list."""
    need = await asked_for(
        story,
        "neighbour0",
        serviceClass="HEALTH",
        title="搀扶下楼",
        publicText="电梯维修期间,需要有人搀扶下楼散步。",
        windows=[a_window(story.hour(2, 10), 1)],
        timeBankClass="outings",
        mayBeTaken=True,
    )
    (order,) = need["orders"]
    await story.people["zhou"].does("takeServiceOrder", orderId=order["id"])
    late = await story.people["wang"].tries("takeServiceOrder", orderId=order["id"])
    places = await served(story, order, names=["zhou"], by="neighbour0", minutes=50)
    await confirmed(story, places, by="neighbour0", minutes=50)
    assert late["code"] == "ORDER_FULL"
    assert await earned(story, "zhou") == [50]


async def every_fen_is_traced(story: Story, project: str) -> None:
    """What came in is what is left and what was spent, for what, to the fen; and all read it."""
    found = await funds(story)
    lift, adds = found[LIFT_FUND], found[MATCHING_FUND]
    moved = [(each["kind"], each["amountFen"]) for each in reversed(lift["entries"]["nodes"])]
    assert moved == [
        ("INCOME", 500_001),
        ("MATCH_IN", 250_000),
        ("ALLOTMENT", 600_000),
        ("ALLOTMENT", 120_001),
        ("SPENDING", 587_654),
        ("SPENDING", 120_001),
        ("RELEASE", 12_346),
    ]
    assert lift["trace"] == [
        {"projectId": project, "lineTitle": title, "allottedFen": fen, "spentFen": fen}
        for title, fen in (("曳引机", 587_654), ("检验", 120_001))
    ]
    assert (lift["leftFen"], lift["allottedFen"], lift["spentFen"]) == (42_346, 0, 707_655)
    assert (adds["leftFen"], adds["passedOnFen"]) == (50_000, 250_000)
    for fund in found.values():
        parts = ("leftFen", "allottedFen", "spentFen", "returnedFen", "passedOnFen")
        assert fund["receivedFen"] == sum(fund[part] for part in parts)
    feed = await disclosed(story)
    spendings = {title: text for title, text in feed.items() if "支出公开:2号楼电梯维修" in title}
    assert sorted(re.findall(r"金额:([\d,.]+) 元", "".join(spendings.values()))) == [
        "1,200.01",
        "5,876.54",
    ]
    assert [LIFT_FUND in text for text in spendings.values()] == [True, True]


async def a_clinic_day_is_held(story: Story) -> None:
    """A hall and instruments are kept, brought and signed for; those served say how it was."""
    await story.at(story.hour(28, 9))
    leader, worker = story.people["leader"], story.people["worker"]
    project = await planned(
        story,
        serviceClass="HEALTH",
        title="冬季义诊日",
        aims="为老人量血压、测血糖,讲解冬季用药。",
        place="公益基金会活动室",
        startsOn=story.day(28),
        endsOn=story.day(41),
        phases=[{"title": "义诊", "startsOn": story.day(28), "endsOn": story.day(41)}],
        lines=[
            {"title": "试纸", "amountFen": 40_000},
            {"title": "宣传册", "amountFen": 20_000},
        ],
        milestones=[{"title": "义诊日", "dueOn": story.day(34)}],
        peopleWanted=2,
        needsVenue=True,
    )
    of = {"projectId": project["id"]}
    paid_by = await the_clinic_is_paid_for(story, project)
    unhoused = await leader.tries("startServiceProject", **of)
    hall, meters, doctor = await things_are_kept(story, project)
    started = await leader.does("startServiceProject", OF_PROJECT, **of)
    assert (unhoused["code"], started["project"]["state"]) == ("VENUE_MISSING", "RUNNING")

    await volunteers_receive_people(story)
    for giver, kept in (("treasurer", hall), ("neighbour2", meters), ("mother", doctor)):
        await things_are_signed_for(story, giver, kept)
    test_strips, booklets = project["lines"]
    community, earmarked = paid_by
    await spent(story, community, test_strips, 40_000, payee="惠民药房", purpose="血糖试纸")
    for fund in (community, earmarked):
        await spent(story, fund, booklets, 10_000, payee="鼓楼印刷社", purpose="宣传册")
    await leader.does(
        "reachMilestone",
        OF_PROJECT,
        milestoneId=project["milestones"][0]["id"],
        proofId=await leader.brings(),
        note="义诊日如期举行。",
    )
    await those_served_evaluate(story, project)
    concluded = await worker.does("concludeProjectEvaluation", OF_PROJECT, **of)
    closed = await story.people["committee"].does(
        "closeServiceProject", REPORT, **of, outcome="五位老人量了血压,拿到了用药建议。"
    )
    assert concluded["project"]["state"] == "EVALUATED"
    await the_report_is_fetched(story, closed["project"])


async def the_clinic_is_paid_for(story: Story, project: Any) -> tuple[Any, Any]:
    """A community fund gives so much a project and no more; a resident's gift has a purpose."""
    treasurer = story.people["treasurer"]
    community = await opened(
        story,
        kind="COMMUNITY",
        name=HEALTH_FUND,
        purpose="社区健康服务",
        serviceClasses=["HEALTH"],
        mostPerProjectFen=50_000,
    )
    await given(story, community, 200_000, "丰财街道商会")
    earmarked = await opened(
        story, kind="PURPOSE", name=EARMARKED, purpose="健康宣传", serviceClasses=["HEALTH"]
    )
    gift = await offered(
        story,
        "neighbour1",
        kind="MONEY",
        title="健康宣传捐赠",
        content="用于印制健康宣传册。",
        quantity=10_000,
        purpose="健康宣传",
        place="线上",
    )
    kept = await kept_for(story, "treasurer", gift, fundId=earmarked["id"], quantity=10_000)
    await story.people["neighbour1"].does("commitReservation", reservationId=kept["id"])
    await story.people["neighbour1"].does("deliverReservation", reservationId=kept["id"])
    await given(story, earmarked, 10_000, "本社区居民", reservationId=kept["id"])

    async def allots(fund: Any, line: Any, fen: int) -> Any:
        return await treasurer.tries(
            "allotMoney",
            OF_FUND,
            fundId=fund["id"],
            lineId=line["id"],
            amountFen=fen,
            idempotencyKey=key(),
        )

    test_strips, booklets = project["lines"]
    await allots(community, test_strips, 40_000)
    too_much = await allots(community, booklets, 20_000)
    await allots(community, booklets, 10_000)
    await allots(earmarked, booklets, 10_000)
    assert too_much["code"] == "FUND_CONDITIONS_UNMET"
    return community, earmarked


async def offered(story: Story, name: str, **resource: Any) -> Any:
    """Somebody offers a resource, and the committee has looked at it."""
    told = await story.people[name].does(
        "offerResource",
        OF_RESOURCE,
        **{
            "areaId": story.place,
            "validFrom": story.day(28),
            "validUntil": story.day(60),
            "place": "米兰花园",
            "idempotencyKey": key(),
        }
        | resource,
    )
    verified = await story.people["committee"].does(
        "verifyResource", OF_RESOURCE, resourceId=told["resource"]["id"], accepted=True
    )
    assert verified["resource"]["state"] == "AVAILABLE"
    return verified["resource"]


async def kept_for(story: Story, name: str, resource: Any, **of: Any) -> Any:
    """Somebody has a part of a resource kept."""
    told = await story.people[name].does(
        "reserveResource",
        OF_RESERVATION,
        resourceId=resource["id"],
        idempotencyKey=key(),
        **of,
    )
    return told["reservation"]


async def things_are_kept(story: Story, project: Any) -> list[Any]:
    """A hall, instruments and a doctor's hours; what is kept for one is not kept for another."""
    day = a_window(story.hour(34, 8), 10)
    hall = await offered(
        story,
        "treasurer",
        kind="VENUE",
        title="公益基金会活动室",
        content="可坐三十人,有暖气。",
        organisationId=await story.organisation(KEEPER),
        quantity=30,
        unit="座",
        windows=[day],
    )
    meters = await offered(
        story,
        "neighbour2",
        kind="GOODS",
        title="电子血压计",
        content="退休医生借出,使用前已校准。",
        quantity=3,
        unit="台",
    )
    doctor = await offered(
        story,
        "mother",
        kind="EXPERTISE",
        title="内科医师坐诊",
        content="执业医师,周日可坐诊半天。",
        quantity=4,
        unit="小时",
    )
    clinic = a_window(story.hour(34, 9), 3)
    of = {"projectId": project["id"]}
    kept = [
        await kept_for(story, "leader", hall, **of, **clinic, quantity=30),
        await kept_for(story, "leader", meters, **of, quantity=3),
        await kept_for(story, "leader", doctor, **of, quantity=4),
    ]
    taken = await story.people["leader"].tries(
        "reserveResource",
        resourceId=meters["id"],
        quantity=1,
        idempotencyKey=key(),
        **of,
    )
    for giver, each in zip(("treasurer", "neighbour2", "mother"), kept, strict=True):
        await story.people[giver].does("commitReservation", reservationId=each["id"])
    assert taken["code"] == "RESOURCE_TAKEN"
    return kept


async def volunteers_receive_people(story: Story) -> None:
    """The host asks for two, whom the committee names; both come, and are confirmed."""
    need = await asked_for(
        story,
        "leader",
        organisationId=await story.organisation(HOST),
        serviceClass="HEALTH",
        title="义诊日引导与登记",
        publicText="义诊日在门口引导老人、登记。",
        windows=[a_window(story.hour(34, 9), 3)],
        peopleWanted=2,
        timeBankClass="health",
    )
    (order,) = need["orders"]
    names = ["zhou", "wang"]
    before = {name: await earned(story, name) for name in names}
    await story.people["committee"].does(
        "offerServiceOrder",
        orderId=order["id"],
        volunteerIds=[story.volunteers[name] for name in names],
        note="两位上次配合得很好。",
        isPinned=True,
    )
    for name in names:
        await answers(story, name, order, accept=True)
    places = await served(story, order, names=names, by="leader", minutes=170)
    await confirmed(story, places, by="leader", minutes=170)
    assert {name: await earned(story, name) for name in names} == {
        name: [*each, 170] for name, each in before.items()
    }


async def things_are_signed_for(story: Story, giver: str, kept: Any) -> None:
    """Who gave it brings it, and somebody else signs for it."""
    of = {"reservationId": kept["id"]}
    worker = story.people["worker"]
    note = {"note": "数量相符,完好。"}
    early = await worker.tries("receiptReservation", **of, **note)
    await story.people[giver].does("deliverReservation", OF_RESERVATION, **of)
    told = await worker.does(
        "receiptReservation", OF_RESERVATION, **of, **note, proofId=await worker.brings()
    )
    assert early["code"] == "RESERVATION_STATE_UNFIT"
    assert told["reservation"]["state"] == "RECEIPTED"


async def those_served_evaluate(story: Story, project: Any) -> None:
    """Five were served and say how it was; who was not is not asked."""
    of = {"projectId": project["id"]}
    names = ["elder", *(f"neighbour{number}" for number in range(4))]
    people = [story.people[name].id for name in names]
    await story.people["worker"].does("nameServedPeople", OF_PROJECT, **of, personIds=people)
    for name, score in zip(names, SCORES, strict=True):
        await story.people[name].does("evaluateServiceProject", OF_PROJECT, **of, score=score)
    stranger = await story.people["helper"].tries("evaluateServiceProject", **of, score=1)
    twice = await story.people["elder"].tries("evaluateServiceProject", **of, score=1)
    assert (stranger["code"], twice["code"]) == ("NOT_SERVED", "EVALUATED_ALREADY")


async def the_report_is_fetched(story: Story, project: Any) -> None:
    """The closing report is a PDF that says what was spent and given, and how it was found."""
    report = project["closingReport"]
    async with httpx.AsyncClient(base_url=story.address, timeout=60) as client:
        file = await client.get(report["pdf"]["address"])
    read = "".join(each.extract_text() for each in PdfReader(io.BytesIO(file.content)).pages)
    flat = re.sub(r"\s", "", read)
    feed = await disclosed(story)
    things = sorted(each for each in feed if each.startswith("捐助资源使用公开"))

    assert (project["state"], project["spentFen"]) == ("CLOSED", 60_000)
    assert project["evaluation"] == {
        "count": len(SCORES),
        "meanHundredths": 100 * sum(SCORES) // len(SCORES),
    }
    assert hashlib.sha256(file.content).hexdigest() == report["pdf"]["sha256"]
    for said in ("冬季义诊日", "惠民药房", "电子血压计", "公益基金会活动室", HEALTH_FUND):
        assert said in flat, said
        assert said in re.sub(r"\s", "", report["text"]), said
    assert [each.partition("(")[0] for each in things] == [
        f"捐助资源使用公开:{title}"
        for title in ("公益基金会活动室", "内科医师坐诊", "数学练习册", "电子血压计")
    ]

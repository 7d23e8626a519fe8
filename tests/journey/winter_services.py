"""Services of the winter: meals that the matcher arranges, and homework over several weeks."""

from datetime import datetime, timedelta
from typing import Any

from tests.journey.clients import key
from tests.journey.winter import (
    OF_NEED,
    OF_VOLUNTEER,
    ORDERS,
    Story,
    a_window,
    answers,
    asked_for,
    banked,
    confirmed,
    earned,
    offers_to,
    registered,
    served,
)

RUN = """
query ($id: ID!) { matchingRun(id: $id) { state exact unmetPlaces stages { name gap }
  proposals(first: 50) { nodes { id rank decision isFree distanceM turns order { id }
    person { id } } } } }
"""
OF_RUN = "... on MatchingRunSaved { run { id state } }"
DETAILS = "... on NeedDetails { details exactPlace }"
NEEDS = "query ($area: ID!) { needs(areaId: $area, first: 50) { nodes { id title } } }"
SKILL = "小学数学辅导"
# Northwards from where the meals are brought: how far each of three volunteers lives.
AWAY_M = {"lin": 222, "zhou": 777, "wang": 1_554}
_HERE = (34_280_000, 117_190_000)
_METRES_A_DEGREE = 111_195


async def meals_are_brought(story: Story) -> None:
    """The matcher proposes, people decide: one is pinned, one taken out, some say no."""
    await others_wait(story)
    for name, metres in AWAY_M.items():
        north = metres * 1_000_000 // _METRES_A_DEGREE
        await story.people[name].does(
            "updateMatchingPreferences",
            isAutomatic=True,
            position={"latitudeE6": _HERE[0] + north, "longitudeE6": _HERE[1]},
        )
    need = await meals_are_asked_for(story)
    tuesday, thursday, *_ = need["orders"]
    run, proposed = await an_arrangement(story, first=7)
    known, liked = ranked(story, proposed, tuesday)
    busy, ready = ranked(story, proposed, thursday)
    (asked_too,) = set(AWAY_M) - {busy, ready}
    committee = story.people["committee"]
    for command, given in (
        ("pinProposedOffer", {"proposalId": proposed[tuesday["id"]][1]["id"]}),
        ("takeOutProposedOffer", {"proposalId": proposed[thursday["id"]][0]["id"]}),
        (
            "addProposedOffer",
            {
                "runId": run,
                "orderId": thursday["id"],
                "volunteerId": story.volunteers[asked_too],
            },
        ),
    ):
        await committee.does(command, OF_RUN, **given, reason="走访时了解到的情况。")
    unsaid = await states(story, tuesday)
    await committee.does("approveMatchingRun", OF_RUN, runId=run)
    await story.ticks()
    assert unsaid == {}
    await a_reserve_moves_up(story, tuesday, pinned=liked, reserve=known)
    await who_is_late_is_too_late(story, thursday, first=asked_too, reserve=ready)
    assert await offers_to(story, busy, thursday) == []
    await details_are_for_who_was_matched(story, need, known)

    for order, name, by, minutes in (
        (tuesday, known, "helper", 45),
        (thursday, ready, "elder", 55),
    ):
        before = await earned(story, name)
        places = await served(story, order, names=[name], by="elder", minutes=minutes)
        await confirmed(story, places, by=by, minutes=minutes)
        assert await earned(story, name) == [*before, minutes]
        await both_rate(story, places[name], name)
    await story.ticks()
    assert (await run_of(story, run))["state"] == "SETTLED"
    await turns_are_remembered(story, need, {known, ready})


async def others_wait(story: Story) -> None:
    """What the town asked for before is taken back, so that this story stands alone."""
    found = (await story.people["committee"].asks(NEEDS, area=story.place))["needs"]["nodes"]
    (meals,) = [each for each in found if each["title"] == "每周送两次午餐"]
    await story.people["committee"].does(
        "cancelNeed", needId=meals["id"], reason="老人到子女家过冬。"
    )


async def meals_are_asked_for(story: Story) -> Any:
    """Twice a week, on Tuesdays and Thursdays, for two weeks."""
    return await asked_for(
        story,
        "elder",
        serviceClass="ELDER_CARE",
        title="送午餐上门",
        publicText="独居老人,雪天不便出门,需要有人把长者食堂的午餐送上门。",
        windows=[a_window(story.hour(day, 11), 1) for day in (8, 10)],
        helperId=story.people["helper"].id,
        private={
            "details": "糖尿病,少糖。",
            "exactPlace": "3号楼2单元501室",
            "position": {"latitudeE6": _HERE[0], "longitudeE6": _HERE[1]},
        },
        urgency=3,
        timeBankClass="daily_life",
        repeats="WEEKLY",
        repeatsUntil=story.day(17),
    )


async def an_arrangement(story: Story, *, first: int) -> tuple[str, dict[str, list[Any]]]:
    """A run over a week, and who is proposed for each order, by rank."""
    started = await story.people["committee"].does(
        "startMatchingRun",
        OF_RUN,
        areaId=story.place,
        startsAt=story.hour(first, 0).isoformat(),
        endsAt=story.hour(first + 7, 0).isoformat(),
        seed=7,
        idempotencyKey=key(),
    )
    await story.ticks()
    run = await run_of(story, started["run"]["id"])
    unseen = await story.people["elder"].asks(RUN, id=started["run"]["id"])
    proposed: dict[str, list[Any]] = {}
    for each in run["proposals"]["nodes"]:
        proposed.setdefault(each["order"]["id"], []).append(each)

    assert (started["run"]["state"], run["state"]) == ("QUEUED", "PROPOSED")
    assert (run["exact"], run["unmetPlaces"], unseen["matchingRun"]) == (True, 0, None)
    assert {each["gap"] for each in run["stages"]} == {"0"}
    return started["run"]["id"], proposed


async def run_of(story: Story, run: str) -> Any:
    """A run as the committee sees it."""
    return (await story.people["committee"].asks(RUN, id=run))["matchingRun"]


def name_of(story: Story, proposal: Any) -> str:
    """Who is proposed."""
    (name,) = [each for each in AWAY_M if story.people[each].id == proposal["person"]["id"]]
    return name


def ranked(story: Story, proposed: dict[str, list[Any]], order: Any) -> list[str]:
    """Who is proposed for an order, the first first, each with the reasons that hold."""
    own = proposed[order["id"]]
    for each in own:
        assert (each["isFree"], each["decision"]) == (True, "PROPOSED")
        assert abs(each["distanceM"] - AWAY_M[name_of(story, each)]) <= 5
    assert [each["rank"] for each in own] == [1, 2]
    return [name_of(story, each) for each in own]


async def states(story: Story, order: Any) -> dict[str, str]:
    """What became of the offers of an order that volunteers know of."""
    return {
        name: offer["state"] for name in AWAY_M for offer in await offers_to(story, name, order)
    }


async def a_reserve_moves_up(story: Story, order: Any, *, pinned: str, reserve: str) -> None:
    """Who was pinned is asked first, and declines; the next is asked, and accepts."""
    asked = await states(story, order)
    declined = await answers(story, pinned, order, accept=False)
    moved = await states(story, order)
    accepted = await answers(story, reserve, order, accept=True)
    assert (asked, moved) == ({pinned: "OFFERED"}, {pinned: "DECLINED", reserve: "OFFERED"})
    # Why staff pinned somebody is theirs to know: it may speak of others.
    assert (declined["isPinned"], declined["note"]) == (True, None)
    assert (accepted["isPinned"], accepted["isFree"], accepted["rank"]) == (False, True, 2)
    assert (await states(story, order))[reserve] == "ACCEPTED"


async def who_is_late_is_too_late(story: Story, order: Any, *, first: str, reserve: str) -> None:
    """An offer has a deadline: after it the next is asked, and who was first is too late."""
    asked = await states(story, order)
    (offer,) = await offers_to(story, first, order)
    await story.at(datetime.fromisoformat(offer["answerBy"]) + timedelta(seconds=1))
    late = await story.people[first].tries("answerServiceOffer", offerId=offer["id"], accept=True)
    await story.ticks()
    await answers(story, reserve, order, accept=True)
    assert (asked, late["code"]) == ({first: "OFFERED"}, "ANSWER_TOO_LATE")
    assert await states(story, order) == {first: "EXPIRED", reserve: "ACCEPTED"}


async def details_are_for_who_was_matched(story: Story, need: Any, matched: str) -> None:
    """Where exactly and what to mind is told to who comes, and to no neighbour."""
    of = {"needId": need["id"]}
    opened = await story.people[matched].does("openNeedDetails", DETAILS, **of)
    refused = await story.people["neighbour1"].tries("openNeedDetails", **of)
    assert (opened["details"], opened["exactPlace"]) == ("糖尿病,少糖。", "3号楼2单元501室")
    assert refused["code"] == "FORBIDDEN"


async def both_rate(story: Story, place: str, name: str) -> None:
    """The one served and the volunteer rate each other, once."""
    await story.people["elder"].does("rateService", placeId=place, stars=5)
    twice = await story.people["elder"].tries("rateService", placeId=place, stars=1)
    await story.people[name].does("rateService", placeId=place, stars=4)
    assert twice["code"] == "SERVICE_RATED_ALREADY"


async def turns_are_remembered(story: Story, need: Any, came: set[str]) -> None:
    """The week after, who had a turn is known; then the meals are called off."""
    run, proposed = await an_arrangement(story, first=14)
    turns = {name_of(story, each): each["turns"] for own in proposed.values() for each in own}
    committee = story.people["committee"]
    await committee.does("cancelMatchingRun", OF_RUN, runId=run, reason="老人住院。")
    await story.people["helper"].does("cancelNeed", OF_NEED, needId=need["id"], reason="老人住院。")
    found = (await story.people["helper"].asks(ORDERS, id=need["id"]))["node"]
    served_lately = came | {"zhou"}
    assert {name: turns[name] > 0 for name in turns} == {
        name: name in served_lately for name in turns
    }
    assert [each["state"] for each in found["orders"][2:]] == ["CANCELLED"] * 2


async def homework_is_helped_with(story: Story) -> None:
    """Three Saturdays with a teacher whose skill is proved, and a reader who is a minor."""
    await story.at(story.hour(11, 9))
    await registered(story, "teacher", days=(6,))
    await banked(story, "teacher")
    need = await asked_for(
        story,
        "mother",
        serviceClass="EDUCATION",
        title="四年级数学作业辅导",
        publicText="双职工家庭,周六下午需要有人辅导数学作业。",
        windows=[a_window(story.hour(12, 14), 2)],
        skills=[{"name": SKILL, "level": "VERIFIED"}],
        timeBankClass="culture",
        mayBeTaken=True,
        repeats="WEEKLY",
        repeatsUntil=story.day(26),
    )
    await a_skill_is_proved(story, need["orders"][0], until=22)
    await books_are_given(story, need)
    await a_minor_reads_along(story)
    for saturday in (12, 19):
        await a_lesson_is_given(story, need, saturday)
    await a_skill_runs_out(story, need)
    await a_lesson_is_given(story, need, 26)
    assert await earned(story, "teacher") == [115] * 3


async def a_skill_is_proved(story: Story, order: Any, *, until: int) -> None:
    """Who has no such skill is refused; whose skill waits to be judged is too."""
    without = await story.people["lin"].tries("takeServiceOrder", orderId=order["id"])
    skill = await a_skill(story, until)
    unjudged = await story.people["teacher"].tries("takeServiceOrder", orderId=order["id"])
    judged = await story.people["committee"].does(
        "judgeVolunteerSkill",
        OF_VOLUNTEER,
        skillId=skill,
        verified=True,
        reason="已核对教师资格证原件。",
    )
    assert (without["code"], unjudged["code"]) == ("SKILL_MISSING",) * 2
    assert [each["state"] for each in judged["volunteer"]["skills"]] == ["VERIFIED"]


async def a_skill(story: Story, until: int) -> str:
    """The teacher says what they can do, with a proof that holds until a day."""
    teacher = story.people["teacher"]
    told = await teacher.does(
        "addVolunteerSkill",
        OF_VOLUNTEER,
        volunteerId=story.volunteers["teacher"],
        name=SKILL,
        issuedBy="徐州市教育局",
        proofId=await teacher.brings(),
        expiresOn=story.day(until),
    )
    (claimed,) = [each for each in told["volunteer"]["skills"] if each["state"] == "CLAIMED"]
    return str(claimed["id"])


async def books_are_given(story: Story, need: Any) -> None:
    """Exercise books of a neighbour are kept for the need, brought and signed for."""
    giver, worker = story.people["neighbour3"], story.people["worker"]
    told = await giver.does(
        "offerResource",
        "... on ResourcePayload { resource { id } }",
        areaId=story.place,
        kind="GOODS",
        title="数学练习册",
        content="四年级数学练习册,全新。",
        quantity=6,
        unit="本",
        validFrom=story.day(11),
        validUntil=story.day(40),
        place="湖畔小区",
        idempotencyKey=key(),
    )
    of = {"resourceId": told["resource"]["id"]}
    await story.people["committee"].does("verifyResource", **of, accepted=True)
    kept = await worker.does(
        "reserveResource",
        "... on ReservationPayload { reservation { id } }",
        **of,
        quantity=6,
        needId=need["id"],
        idempotencyKey=key(),
    )
    of = {"reservationId": kept["reservation"]["id"]}
    await giver.does("commitReservation", **of)
    await giver.does("deliverReservation", **of)
    signed = await worker.does(
        "receiptReservation",
        "... on ReservationPayload { reservation { state } }",
        **of,
        note="练习册六本,已交给孩子。",
        proofId=await worker.brings(),
    )
    assert signed["reservation"]["state"] == "RECEIPTED"


async def a_minor_reads_along(story: Story) -> None:
    """A minor serves with a guardian's consent only, and never where there is danger."""
    child, parent = story.people["child"], story.people["parent"]
    waiting = await registered(story, "child", days=(6,), guardianId=parent.id)
    reading = await asked_for(
        story,
        "mother",
        serviceClass="EDUCATION",
        title="陪低年级同学读书",
        publicText="周六上午陪一年级小朋友读绘本。",
        windows=[a_window(story.hour(12, 9), 1)],
        mayBeTaken=True,
    )
    lamp = await asked_for(
        story,
        "neighbour1",
        serviceClass="REPAIRS",
        title="更换吸顶灯",
        publicText="老人家中吸顶灯坏了,需要登高更换。",
        windows=[a_window(story.hour(12, 16), 1)],
        isRisky=True,
        risks="登高作业,有跌落危险。",
        mayBeTaken=True,
    )
    (order,), (danger,) = reading["orders"], lamp["orders"]
    before = await child.tries("takeServiceOrder", orderId=order["id"])
    agreed = await parent.does(
        "giveVolunteerConsent",
        OF_VOLUNTEER,
        volunteerId=waiting["id"],
        purpose="REGISTRATION",
        consentTextVersion="2026-1",
    )
    barred = await child.tries("takeServiceOrder", orderId=danger["id"])
    uninsured = await story.people["lin"].tries("takeServiceOrder", orderId=danger["id"])
    await child.does("takeServiceOrder", orderId=order["id"])
    places = await served(story, order, names=["child"], by="mother", minutes=50)
    await confirmed(story, places, by="mother", minutes=50)
    assert (waiting["state"], agreed["volunteer"]["state"]) == ("AWAITING_GUARDIAN", "REGISTERED")
    assert [each["code"] for each in (before, barred, uninsured)] == [
        *("NOT_VOLUNTEER", "MINOR_BARRED"),
        "INSURANCE_MISSING",
    ]


async def order_on(story: Story, need: Any, day: int) -> Any:
    """The order of a need on a day."""
    await story.ticks()
    found = (await story.people["mother"].asks(ORDERS, id=need["id"]))["node"]["orders"]
    starts = story.hour(day, 14)
    (own,) = [each for each in found if datetime.fromisoformat(each["startsAt"]) == starts]
    return own


async def a_lesson_is_given(story: Story, need: Any, day: int) -> None:
    """The teacher takes the Saturday, comes, and the mother confirms."""
    order = await order_on(story, need, day)
    await story.people["teacher"].does("takeServiceOrder", orderId=order["id"])
    places = await served(story, order, names=["teacher"], by="mother", minutes=115)
    await confirmed(story, places, by="mother", minutes=115)


async def a_skill_runs_out(story: Story, need: Any) -> None:
    """A proof that ends before the lesson holds no more; with a new one it is given."""
    order = await order_on(story, need, 26)
    expired = await story.people["teacher"].tries("takeServiceOrder", orderId=order["id"])
    await story.people["committee"].does(
        "judgeVolunteerSkill",
        skillId=await a_skill(story, 300),
        verified=True,
        reason="已核对续期的证书。",
    )
    assert expired["code"] == "SKILL_EXPIRED"

"""A year of the demo town over GraphQL: what it promised, how it was found, and the report in hand.

The server and its worker run as users run them; the clock is moved in their database. What the
worker asks for every few minutes is asked for here, so that nobody waits for it.
"""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook, load_workbook

from domains.kernel import clock, database
from domains.kernel.actor import SYSTEM, Actor, Role
from domains.membership.models import Area
from domains.membership.service import roles
from jobs.schedule import TIMETABLE
from schema import node
from seeds import demo
from tests import factories
from tests.conftest import Clock
from tests.journey.clients import Somebody, a_session, at_rest, key, relayed, until
from tests.journey.conftest import Programs
from tests.journey.test_killed import SERVING

OF_PLEDGE = """... on PledgePayload { pledge {
  id state number deadline terms { version milestones { id title dueOn weight } } } }"""
OF_REVIEW = "... on ReviewPayload { review { id state publishedAt } }"
OF_REVIEWEE = """... on RevieweePayload { reviewee {
  id remarkTopics { id title remarks answer } rectification { id state } } }"""
REVIEWS = """
query ($community: ID!, $year: Int!) { reviews(areaId: $community, year: $year, first: 10) { nodes {
  id half state ratingOpensAt ratingClosesAt
  reviewees { id kind name myRating { pollId hasRated } outcome { hasFailed failuresInARow }
    rating { valid items { satisfaction { decimal } } } }
  turnout { name counted needed holds } } } }
"""
REMARKS = """
query ($reviewee: ID!) { reviewRemarks(revieweeId: $reviewee) { nodes { id text } } }
"""
SCORE = """
query ($community: ID!, $year: Int!) { pledgeScore(areaId: $community, year: $year) {
  promised onTime late defaulted pending moved keptOnTime { decimal } } }
"""
REPORT = """
query ($community: ID!, $year: Int!, $format: ReportFormat!) {
  pledgeAnnualReport(communityId: $community, year: $year, format: $format) { address } }
"""
APPRAISALS = """
query { appraisals(mine: true) { nodes { id grade replyUntil reply affectsPay
  results { half outcome { hasFailed } } } } }
"""
_STILL_HERE = """
UPDATE membership_session SET last_seen_at = kernel_now(),
    expires_at = kernel_now() + interval '90 days',
    second_factor_at = kernel_now() + interval '90 days'
"""
TITLES = (
    *("为独居老人送餐", "北门坡道改造", "楼道声控灯更换", "儿童沙池换沙", "凉亭长椅翻新"),
    *("电动车充电棚", "老年食堂添置保温柜", "中心花园补种月季", "社区书屋周末开放"),
    *("旧衣回收亭", "雨水花园一处", "健身步道防滑改造"),
)
DELAYED, DEFAULTED = 1, 11


@dataclass
class Story:
    """The town, its server, and whoever acts in it."""

    programs: Programs
    clock: Clock
    address: str
    community: Area
    year: int
    people: dict[str, Somebody] = field(default_factory=dict)
    bodies: dict[str, UUID] = field(default_factory=dict)
    named: list[Actor] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The community's id."""
        return str(node.encode("area", self.community.id))

    async def day(self, month: int, day: int, *, later: int = 0) -> None:
        """Go to noon of a day, and let the worker's slow ticks pass."""
        noon = datetime(self.year + later, month, day, 12, tzinfo=clock.SHANGHAI)
        await self.at(noon)

    async def at(self, instant: datetime) -> None:
        """Go to an instant; nobody's session ends on the way."""
        await self.clock.set(instant)
        await database.execute(_STILL_HERE)
        await self.ticks()

    async def ticks(self) -> None:
        """Ask what the worker asks every few minutes."""
        for tick in TIMETABLE:
            if tick.name.startswith("pledges."):
                await tick.run()
        # What the running worker had in hand was left to it.
        await at_rest()

    async def review(self, half: str, asker: str = "committee") -> Any:
        """The review of a half."""
        asked = {"community": self.place, "year": self.year}
        found = (await self.people[asker].asks(REVIEWS, **asked))["reviews"]["nodes"]
        return next(each for each in found if each["half"] == half)


async def the_story(programs: Programs, moved_clock: Clock) -> Story:
    """The demo town next January, its server running."""
    planted = await demo.plant()
    year = (await clock.today()).year + 1
    await moved_clock.set(datetime(year, 1, 5, 12, tzinfo=clock.SHANGHAI))
    program = programs.start("serve", "--port", "0")
    address = await asyncio.to_thread(program.said, SERVING)
    community = await Area.get(id=planted.community_id)
    story = Story(programs, moved_clock, address, community, year)
    await _offices(story)
    await _rules(story)
    return story


async def _offices(story: Story) -> None:
    """Who is what: the committee, grid workers, who keeps each body's word, the street."""
    member = await database.fetch_value(
        "SELECT person_id FROM membership_role_grant WHERE role = 'committee_member'"
        " ORDER BY granted_at LIMIT 1"
    )
    adults = [
        row["person_id"]
        for row in await database.fetch(
            "SELECT p.id AS person_id FROM membership_person p JOIN membership_residency r"
            " ON r.person_id = p.id WHERE p.birth_date < '1990-01-01' AND p.id <> $1"
            " AND NOT EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id)"
            " ORDER BY p.id LIMIT 20",
            member,
        )
    ]
    for each in adults[:7]:
        await roles.grant_role(
            SYSTEM, person_id=each, role=Role.GRID_WORKER, area_id=story.community.id
        )
    for place, name in enumerate(("夕阳红舞蹈队", "米兰物业服务有限公司")):
        story.bodies[name] = await database.fetch_value(
            "SELECT id FROM membership_organisation WHERE name = $1", name
        )
        await roles.grant_role(
            SYSTEM,
            person_id=adults[7 + place],
            role=Role.ORGANISATION_ADMINISTRATOR,
            organisation_id=story.bodies[name],
        )
    street = await Area.get(id=story.community.parent_id)
    named = [
        await factories.an_officer(Role.STREET_REVIEWER, street, name=f"街道{number}")
        for number in range(6)
    ]
    story.named = named[:5]
    who = {
        "committee": await demo.acting(member),
        "street": named[5],
        "dancers": await demo.acting(adults[7]),
        "property": await demo.acting(adults[8]),
        **{f"resident{place}": await demo.acting(adults[10 + place]) for place in range(3)},
    }
    for name, actor in who.items():
        story.people[name] = Somebody(story.address, actor, await a_session(actor))


GROUPS = [
    {"code": "street", "title": "街道评议", "weight": 30, "least": 5, "source": "LIST"},
    {
        "code": "peers",
        "title": "同事互评",
        "weight": 10,
        "least": 5,
        "source": "ROLE",
        "roles": ["COMMITTEE_MEMBER", "SOCIAL_WORKER", "GRID_WORKER"],
    },
    {
        "code": "residents",
        "title": "居民评议",
        "weight": 60,
        "least": 35,
        "source": "OPEN",
        "isResidents": True,
    },
]


async def _rules(story: Story) -> None:
    """The street says how the year's reviews are held."""
    await story.people["street"].does(
        "adoptReviewRules",
        communityId=story.place,
        legalBasis="丰财街道民主评议办法",
        effectiveFrom=date(story.year, 2, 1).isoformat(),
        groups=GROUPS,
        leastRaters=50,
        residentShare={"numerator": 7, "denominator": 10},
        idempotencyKey=key(),
    )


def keeper_of(place: int) -> tuple[str, str]:
    """Which body promises the pledge of this place, and who keeps its word."""
    return (
        ("米兰物业服务有限公司", "property")
        if place in {DELAYED, DEFAULTED, 2, 5}
        else ("夕阳红舞蹈队", "dancers")
    )


def the_terms(story: Story, place: int, deadline: date) -> dict[str, Any]:
    """What is promised."""
    body, keeper = keeper_of(place)
    return {
        "title": TITLES[place],
        "content": f"{TITLES[place]},按期完成并请居民验收。",
        "organisationId": node.encode("organisation", story.bodies[body]),
        "personId": story.people[keeper].id,
        "placeAreaId": story.place,
        "beneficiaries": "本社区居民",
        "budgetFen": 100_000 * (place + 1),
        "deadline": deadline.isoformat(),
        "target": {"number": 10, "unit": "处", "measure": "按验收单计"},
        "milestones": [{"title": "完成", "dueOn": deadline.isoformat(), "weight": 100}],
    }


async def promised(story: Story) -> list[dict[str, Any]]:
    """Twelve pledges, proposed by the committee, screened by the street, committed in time."""
    committee, street = story.people["committee"], story.people["street"]
    programme = await committee.does(
        "openPledgeProgramme",
        "... on PledgeProgrammePayload { programme { id } }",
        communityId=story.place,
        year=story.year,
        introduction="全年十二件实事。",
        idempotencyKey=key(),
    )
    made = []
    for place in range(len(TITLES)):
        told = await committee.does(
            "proposePledge",
            OF_PLEDGE,
            programmeId=programme["programme"]["id"],
            source={"kind": "OWN"},
            terms=the_terms(story, place, date(story.year, 5, 31)),
            idempotencyKey=key(),
        )
        of = {"pledgeId": told["pledge"]["id"]}
        await street.does("screenPledge", OF_PLEDGE, **of, accepted=True, reason="符合居民需求")
        await street.does("putPledgeToNotice", OF_PLEDGE, **of)
        made.append(told["pledge"])
    await story.day(2, 10)
    return made


async def kept(story: Story, pledge: dict[str, Any], place: int) -> None:
    """Report, deliver, let three residents accept, and close."""
    _, keeper = keeper_of(place)
    of = {"pledgeId": pledge["id"]}
    today = (await clock.today()).isoformat()
    seen = {"kind": "ATTENDANCE", "datedOn": today, "headCount": 12, "caption": "现场验收"}
    claim = {"text": "已完成。", "happenedOn": today, "evidence": [seen]}
    milestone = pledge["terms"]["milestones"][0]["id"]
    for name, more in (
        ("reportPledgeProgress", {"milestoneId": milestone}),
        ("deliverPledge", {"achievedNumber": 10}),
    ):
        await story.people[keeper].does(name, **of, report=claim | more, idempotencyKey=key())
    for number in range(3):
        resident = story.people[f"resident{number}"]
        await resident.does("acceptPledge", OF_PLEDGE, **of, accepted=True)
    await story.people["street"].does("closePledge", OF_PLEDGE, **of, summary="居民验收合格")


async def delayed(story: Story, pledge: dict[str, Any]) -> None:
    """Another deadline, with a reason and a notice of its own."""
    terms = the_terms(story, DELAYED, date(story.year, 9, 30))
    terms["milestones"][0]["id"] = pledge["terms"]["milestones"][0]["id"]
    await story.people["property"].does(
        "changePledge",
        pledgeId=pledge["id"],
        terms=terms,
        reason="坡道材料延期到货",
        expectedVersion=pledge["terms"]["version"],
        idempotencyKey=key(),
    )


async def held(story: Story, half: str, content: dict[str, str]) -> Any:
    """Report in writing, name the street's reviewers, and let everybody rate in secret."""
    committee = story.people["committee"]
    review = await story.review(half)
    await committee.does(
        "nameReviewRaters",
        reviewId=review["id"],
        groupCode="street",
        personIds=[node.encode("person", each.person_id) for each in story.named],
    )
    own = next(each for each in review["reviewees"] if each["kind"] == "PERSON")
    await committee.does("fileWorkReport", revieweeId=own["id"], text="本人践诺情况述职报告。")
    await story.at(_instant(review["ratingOpensAt"]) + timedelta(seconds=1))
    await until(lambda: _boxes_are(review["id"], "open"))
    await _everybody_rates(story, review, content)
    if half == "H1":
        await _remarked(story, review)
    await story.at(_instant(review["ratingClosesAt"]) + timedelta(seconds=1))
    await until(lambda: _boxes_are(review["id"], "tallied"))
    await story.ticks()
    await relayed()
    return await story.review(half)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def _boxes_are(review_id: str, state: str) -> bool:
    states = await database.fetch(
        "SELECT DISTINCT state FROM voting_poll WHERE subject_id = $1",
        node.decode("review", review_id),
    )
    return [row["state"] for row in states] == [state]


async def _everybody_rates(story: Story, review: Any, content: dict[str, str]) -> None:
    rows = await database.fetch(
        "SELECT person_id FROM pledges_rater WHERE review_id = $1 ORDER BY person_id",
        node.decode("review", review["id"]),
    )
    for at in range(0, len(rows), 12):
        await asyncio.gather(
            *(
                _rates(story, review["half"], row["person_id"], content)
                for row in rows[at : at + 12]
            )
        )


async def _rates(story: Story, half: str, person_id: UUID, content: dict[str, str]) -> None:
    """One person rates all whom they may, in one request."""
    actor = Actor(person_id=person_id)
    somebody = Somebody(story.address, actor, await a_session(actor))
    asked = {"community": story.place, "year": story.year}
    found = (await somebody.asks(REVIEWS, **asked))["reviews"]["nodes"]
    under = next(each for each in found if each["half"] == half)["reviewees"]
    casts = " ".join(
        f'r{place}: rateReviewee(input: {{ revieweeId: "{each["id"]}",'
        f' idempotencyKey: "{key()}", answers: [{_answers(content.get(each["name"]))}] }})'
        " { __typename }"
        for place, each in enumerate(under)
        if each["myRating"] is not None
    )
    try:
        told = await somebody.asks(f"mutation {{ {casts} }}")
    finally:
        await somebody.client.aclose()
    assert {each["__typename"] for each in told.values()} == {"RatingCast"}


def _answers(said: str | None) -> str:
    return " ".join(
        f"{{ item: {item}, satisfaction: {said or 'SATISFIED'} }}" for item in range(1, 6)
    )


async def _remarked(story: Story, review: Any) -> None:
    body = reviewee(review, "米兰物业服务有限公司")
    for number, text in enumerate(("坡道拖得太久。", "步道承诺没有做。")):
        resident = story.people[f"resident{number}"]
        await resident.does("remarkOnReviewee", revieweeId=body["id"], text=text)


def reviewee(review: Any, name: str) -> Any:
    """Who is under review, by name."""
    return next(each for each in review["reviewees"] if each["name"] == name)


async def followed_up(story: Story, review: Any) -> None:
    """Group the remarks, publish, order, report, answer, judge."""
    street, keeper = story.people["street"], story.people["property"]
    body = reviewee(review, "米兰物业服务有限公司")
    remarks = (await street.asks(REMARKS, reviewee=body["id"]))["reviewRemarks"]["nodes"]
    assert sorted(each["text"] for each in remarks) == ["坡道拖得太久。", "步道承诺没有做。"]
    grouped = await street.does(
        "groupReviewRemarks",
        OF_REVIEWEE,
        revieweeId=body["id"],
        topic="履约进度",
        remarkIds=[each["id"] for each in remarks],
    )
    (topic,) = grouped["reviewee"]["remarkTopics"]
    await street.does("publishReview", OF_REVIEW, reviewId=review["id"])
    await keeper.does("answerReviewRemarks", topicId=topic["id"], answer="已排定工期,按周公示。")
    ordered = await street.does(
        "orderRectification", OF_REVIEWEE, revieweeId=body["id"], demand="公示工期,补齐坡道。"
    )
    order = {"rectificationId": ordered["reviewee"]["rectification"]["id"]}
    refused = await keeper.tries("judgeRectification", **order, passed=True, verdict="合格")
    assert refused["code"] == "FORBIDDEN"
    await keeper.does("reportRectification", **order, text="工期已上墙公示,坡道开工。")
    judged = await street.does(
        "judgeRectification", OF_REVIEWEE, **order, passed=True, verdict="现场查看属实"
    )
    assert judged["reviewee"]["rectification"]["state"] == "PASSED"


async def appraised(story: Story, review: Any) -> None:
    """The year's appraisal rests on the published review, and is replied to."""
    street, committee = story.people["street"], story.people["committee"]
    own = next(each for each in review["reviewees"] if each["kind"] == "PERSON")
    given = {
        "revieweeId": own["id"],
        "grade": "COMPETENT",
        "affectsPay": True,
        "affectsAwards": False,
        "affectsPromotion": False,
        "reason": "两次评议满意率达到要求。",
    }
    early = await street.tries("recordAppraisal", **given)
    assert early["code"] == "APPRAISAL_UNFOUNDED"
    await street.does("publishReview", OF_REVIEW, reviewId=review["id"])
    await street.does("recordAppraisal", **given)
    (told,) = (await committee.asks(APPRAISALS))["appraisals"]["nodes"]
    assert [each["half"] for each in told["results"]] == ["H1", "H2"]
    await committee.does("replyToAppraisal", appraisalId=told["id"], text="认可,明年改进办事效率。")


async def fetched(story: Story, kind: str) -> bytes:
    """The year's report, as a resident fetches it."""
    asked = {"community": story.place, "year": story.year, "format": kind}
    found = (await story.people["resident0"].asks(REPORT, **asked))["pledgeAnnualReport"]
    async with httpx.AsyncClient(base_url=story.address, timeout=60) as client:
        answer = await client.get(found["address"])
    assert answer.status_code == 200
    return answer.content


def rows_of(book: CalamineWorkbook, sheet: str) -> list[list[Any]]:
    """A sheet, without its head."""
    return book.get_sheet_by_name(sheet).to_python()[1:]


@pytest.fixture
async def story(programs_here: Programs, moved_clock: Clock) -> AsyncIterator[Story]:
    """The demo town next January, with everybody's device."""
    made = await the_story(programs_here, moved_clock)
    yield made
    for each in made.people.values():
        await each.client.aclose()


async def test_a_year_of_the_town_from_promises_to_the_report_in_hand(story: Story):
    made = await promised(story)
    await delayed(story, made[DELAYED])
    await story.people["property"].does(
        "defaultPledge", pledgeId=made[DEFAULTED]["id"], reason="施工单位退出,年内无法完成"
    )
    await story.day(4, 20)
    for place, pledge in enumerate(made):
        if place not in {DELAYED, DEFAULTED}:
            await kept(story, pledge, place)

    await story.day(6, 22)
    first = await held(story, "H1", {"米兰物业服务有限公司": "UNSATISFIED"})
    await followed_up(story, first)
    await story.day(9, 20)
    await kept(story, made[DELAYED], DELAYED)
    await story.day(12, 2)
    second = await held(story, "H2", {})
    await appraised(story, second)
    await story.day(1, 9, later=1)

    asked = {"community": story.place, "year": story.year}
    score = (await story.people["resident0"].asks(SCORE, **asked))["pledgeScore"]
    assert score == {
        "promised": 12,
        "onTime": 10,
        "late": 1,
        "defaulted": 1,
        "pending": 0,
        "moved": 1,
        "keptOnTime": {"decimal": "0.83333"},
    }
    found = [await story.review(half) for half in ("H1", "H2")]
    assert [each["state"] for each in found] == ["RECTIFYING", "LINKED"]
    assert all(step["holds"] for each in found for step in each["turnout"])
    outcomes = [reviewee(each, "米兰物业服务有限公司")["outcome"] for each in found]
    assert outcomes == [
        {"hasFailed": True, "failuresInARow": 1},
        {"hasFailed": False, "failuresInARow": 0},
    ]
    await relayed()
    disclosed = await database.fetch(
        "SELECT v.title FROM disclosure_disclosure d JOIN disclosure_version v"
        " ON v.disclosure_id = d.id WHERE d.source_kind = 'review' AND d.state = 'published'"
        " AND v.title LIKE $1 ORDER BY v.title",
        f"米兰社区{story.year}年%",
    )
    assert [row["title"] for row in disclosed] == [
        f"米兰社区{story.year}年上半年民主评议结果",
        f"米兰社区{story.year}年下半年民主评议结果",
    ]
    said = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(await fetched(story, "PDF"))).pages
    )
    book = load_workbook(io.BytesIO(await fetched(story, "XLSX")))
    assert f"米兰社区{story.year}年项目承诺与民主评议年度报告" in re.sub(r"\s", "", said)
    assert "按期兑现率83.33%" in re.sub(r"\s", "", said)
    results = [row[9] for row in rows_of(book, "承诺事项")]
    assert (results.count("按期兑现"), results[DELAYED], results[DEFAULTED]) == (
        *(10, "逾期兑现", "未兑现"),
    )
    assert [row[4:] for row in rows_of(book, "整改")] == [["否", "合格"]]
    assert rows_of(book, "评议项目")[-1][0] == "总体评价"

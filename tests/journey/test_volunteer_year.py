"""A volunteer's year over GraphQL: registered, at work, credited, honoured, giving, and served.

The demo town's server runs as users run it; the clock is moved in its database, and what the
worker does of volunteers and of time is asked for here, at the hours of the story.
"""

import asyncio
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from domains.disclosure.rules import merkle
from domains.kernel import clock, database
from domains.kernel.actor import Actor, Role
from domains.membership.models import Area
from jobs.schedule import TIMETABLE
from schema import node
from seeds import demo
from tests import factories
from tests.conftest import Clock
from tests.journey.clients import Somebody, a_session, key
from tests.journey.conftest import Programs
from tests.journey.test_killed import SERVING

SHIFTS, HOURS = 13, 8
SERVED = SHIFTS * HOURS * 60
GIVEN, HAIRCUT = 600, 60
_ELDERS = """
SELECT DISTINCT ON (r.household_id) p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE p.birth_date < '1962-01-01'
  AND NOT EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id)
  AND NOT EXISTS (SELECT FROM volunteering_volunteer v WHERE v.person_id = p.id)
  AND NOT EXISTS (SELECT FROM timebank_account a WHERE a.owner_id = p.id)
ORDER BY r.household_id, p.birth_date LIMIT 4
"""
_HOLDER = "SELECT person_id FROM membership_role_grant WHERE role = $1 ORDER BY granted_at LIMIT 1"
_BODY = "SELECT id FROM membership_organisation WHERE name = '米兰社区居民委员会'"
_STILL_HERE = """
UPDATE membership_session SET last_seen_at = kernel_now(),
    expires_at = kernel_now() + interval '90 days',
    second_factor_at = kernel_now() + interval '90 days'
"""
VOLUNTEER = """... on VolunteerPayload { volunteer {
  id number state consents { purpose textVersion } skills { id name state isExpired } } }"""
ACTIVITY = "... on VolunteerActivityPayload { activity { id state shifts { id startsAt } } }"
RECORD = "... on ServiceRecordPayload { record { id state countedMinutes isUnderReview } }"
OUT = "... on CheckedOut { record { id state givenMinutes countedMinutes } }"
HONOUR = "... on VolunteerHonourPayload { honour { id state approvedAt } }"
CERTIFICATE = """... on VolunteerCertificatePayload { certificate {
  number code state givenMinutes recordCount fileAddress verifyAddress } }"""
ACCOUNT = "... on TimeAccountPayload { account { id balance { minutes } } }"
RELATIVE = "... on TimeRelativePayload { relative { id confirmedAt } }"
MOVED = "... on MinutesMoved { replayed account { balance { minutes availableMinutes } } }"
OFFER = "... on TimeOfferPayload { offer { id left waiting } }"
RESERVED = "... on TimeReservationPayload { reservation { id state minutes honouredMinutes } }"
CODE = "query ($id: ID!) { shiftCode(shiftId: $id) { text } }"
RECORDS = """
query ($area: ID!) { serviceRecords(filter: {areaId: $area}, first: 50) { nodes {
  state countedMinutes volunteer { id } } } }
"""
HONOURS = """
query ($area: ID!) { volunteerHonours(areaId: $area) { nodes {
  id code level minutes state volunteer { id } } } }
"""
VERIFY = """
query ($number: String!, $code: String!) { verifyCertificate(number: $number, code: $code) {
  state maskedName givenMinutes recorders services { content } } }
"""
STATEMENT = """
query ($id: ID!) { timeAccount(id: $id) { balance { minutes availableMinutes }
  statement(first: 50) { nodes { kind minutes balanceMinutes } } } }
"""
RESERVATION = "query ($id: ID!) { node(id: $id) { ... on TimeReservation { state } } }"
FIGURES = """
query ($area: ID!, $year: Int!) {
  timeBankFigures(areaId: $area) {
    day outstandingMinutes issuedMinutes redeemedMinutes redemptionPerMille }
  volunteerFigures(areaId: $area, year: $year) { registered active minutes } }
"""
BOOKS = """
query ($area: ID!) {
  timeBankBooks(communityId: $area, first: 50) { nodes {
    day entryCount minutesIssued hash previousHash
    proof { leafHash leafIndex path record hashNonce rootHash size } } }
  transparencyLog(areaId: $area) { latestHead { rootHash size } } }
"""


@dataclass
class Story:
    """The town, its server, and whoever acts in it."""

    clock: Clock
    address: str
    community: Area
    year: int
    people: dict[str, Somebody] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The community's id."""
        return str(node.encode("area", self.community.id))

    async def at(self, instant: datetime) -> None:
        """Go to an instant; nobody's session ends on the way."""
        await self.clock.set(instant)
        await database.execute(_STILL_HERE)

    async def ticks(self) -> None:
        """Do what is due, and let follow what follows."""
        for names in (("volunteering.", "timebank."), ("outbox.",), ("transparency.",)):
            for tick in TIMETABLE:
                if tick.name.startswith(names):
                    await tick.run()

    async def asks_as_anybody(self, document: str, **variables: Any) -> Any:
        """What is answered to who is not signed in."""
        async with httpx.AsyncClient(base_url=self.address, timeout=60) as client:
            body = {"query": document, "variables": variables}
            answer = await client.post("/graphql", json=body)
        return answer.json()["data"]

    async def figures(self) -> Any:
        """What everybody sees of the year."""
        return await self.asks_as_anybody(FIGURES, area=self.place, year=self.year)


@pytest.fixture
async def story(programs_here: Programs, moved_clock: Clock) -> AsyncIterator[Story]:
    """The demo town next January, with everybody's device."""
    planted = await demo.plant()
    year = (await clock.today()).year + 1
    await moved_clock.set(datetime(year, 1, 5, 12, tzinfo=clock.SHANGHAI))
    program = programs_here.start("serve", "--port", "0", "--no-worker")
    address = await asyncio.to_thread(program.said, SERVING)
    community = await Area.get(id=planted.community_id)
    made = Story(moved_clock, address, community, year)
    for name, actor in (await _who(community)).items():
        made.people[name] = Somebody(address, actor, await a_session(actor))
    yield made
    for each in made.people.values():
        await each.client.aclose()


async def _who(community: Area) -> dict[str, Actor]:
    elders = [row["id"] for row in await database.fetch(_ELDERS)]
    officers = {
        name: await demo.acting(await database.fetch_value(_HOLDER, role))
        for name, role in (("committee", "committee_member"), ("second", "social_worker"))
    }
    street = await factories.an_officer(
        Role.STREET_REVIEWER, await Area.get(id=community.parent_id), name="街道审核"
    )
    names = ("lin", "sister", "neighbour", "leader")
    residents = {name: await demo.acting(each) for name, each in zip(names, elders, strict=True)}
    return {**officers, **residents, "street": street}


async def registered(story: Story) -> str:
    """Lin registers with her consent; a skill with its proof is judged by another."""
    lin, committee = story.people["lin"], story.people["committee"]
    told = await lin.does(
        "registerVolunteer",
        VOLUNTEER,
        communityId=story.place,
        consentTextVersion="2026-1",
        profile={
            "serviceClasses": ["ELDER_CARE"],
            "availability": [{"weekday": 6, "block": "MORNING"}],
            "radiusM": 3000,
        },
        idempotencyKey=key(),
    )
    volunteer = told["volunteer"]
    skilled = await lin.does(
        "addVolunteerSkill",
        VOLUNTEER,
        volunteerId=volunteer["id"],
        name="养老护理",
        issuedBy="徐州市人力资源和社会保障局",
        proofId=await lin.brings(),
        expiresOn=date(story.year + 2, 1, 1).isoformat(),
    )
    judged = {"skillId": skilled["volunteer"]["skills"][0]["id"], "verified": True}
    own = await lin.tries("judgeVolunteerSkill", **judged, reason="本人持证")
    verified = await committee.does(
        "judgeVolunteerSkill", VOLUNTEER, **judged, reason="已核对证书原件"
    )

    assert re.fullmatch(r"GY\d{10}", volunteer["number"])
    assert volunteer["state"] == "REGISTERED"
    assert volunteer["consents"] == [{"purpose": "REGISTRATION", "textVersion": "2026-1"}]
    assert own["code"] == "FORBIDDEN"
    assert verified["volunteer"]["skills"] == [
        {
            "id": judged["skillId"],
            "name": "养老护理",
            "state": "VERIFIED",
            "isExpired": False,
        }
    ]
    return str(volunteer["id"])


async def banked(story: Story) -> None:
    """Gifts are for households and relatives from tomorrow on; three people open accounts."""
    await story.people["committee"].does(
        "adoptTimeBankScheme",
        communityId=story.place,
        effectiveFrom=date(story.year, 1, 6).isoformat(),
        legalBasis="米兰社区居民会议议定",
        changes={"giftsTo": ["HOUSEHOLD", "RELATIVES"]},
        idempotencyKey=key(),
    )
    for name in ("lin", "sister", "neighbour"):
        opened = await story.people[name].does(
            "openTimeAccount", ACCOUNT, communityId=story.place, kind="PERSON"
        )
        story.accounts[name] = opened["account"]["id"]


async def called(story: Story) -> list[dict[str, Any]]:
    """The committee calls to visits every other Sunday, and Lin comes; returns the shifts."""
    committee = story.people["committee"]
    first = datetime(story.year, 1, 10, 8, tzinfo=clock.SHANGHAI)
    starts = [first + timedelta(days=14 * place) for place in range(SHIFTS)]
    made = await committee.does(
        "createVolunteerActivity",
        ACTIVITY,
        areaId=story.place,
        nature="SERVICE",
        serviceClass="ELDER_CARE",
        timeBankClass="daily_life",
        title="周末陪伴独居老人",
        content="上门陪伴,做饭,打扫房间,代购药品。",
        place="米兰花园",
        organisationId=node.encode("organisation", await database.fetch_value(_BODY)),
        leaderId=story.people["leader"].id,
        shifts=[
            {
                "startsAt": each.isoformat(),
                "endsAt": (each + timedelta(hours=HOURS + 1)).isoformat(),
                "places": 5,
            }
            for each in starts
        ],
        idempotencyKey=key(),
    )
    of = {"activityId": made["activity"]["id"]}
    published = await committee.does("publishVolunteerActivity", ACTIVITY, **of)
    shifts = sorted(published["activity"]["shifts"], key=lambda each: str(each["startsAt"]))
    assert len(shifts) == SHIFTS
    for each in shifts:
        await story.people["lin"].does("signUpForShift", shiftId=each["id"])
    return shifts


async def code(story: Story, shift: str) -> str:
    """What the leader shows now."""
    shown = await story.people["leader"].asks(CODE, id=shift)
    return str(shown["shiftCode"]["text"])


async def served(story: Story, shift: dict[str, Any]) -> str:
    """Lin comes, stays eight hours, and leaves; returns the record."""
    lin, of = story.people["lin"], {"shiftId": shift["id"]}
    starts = datetime.fromisoformat(shift["startsAt"])
    await story.at(starts)
    await lin.does("checkInToShift", **of, code=await code(story, shift["id"]))
    await story.at(starts + timedelta(hours=HOURS, seconds=20))
    told = await lin.does("checkOutOfShift", OUT, **of, code=await code(story, shift["id"]))
    assert told["record"]["givenMinutes"] == told["record"]["countedMinutes"] == HOURS * 60
    return str(told["record"]["id"])


async def a_photograph_is_no_code(story: Story, shift: dict[str, Any]) -> None:
    """A code that was photographed opens nothing a minute later, and only who leads sees it."""
    lin = story.people["lin"]
    await story.at(datetime.fromisoformat(shift["startsAt"]) - timedelta(minutes=10))
    seen = await lin.asks(CODE, id=shift["id"])
    photographed = await code(story, shift["id"])
    await story.clock.advance(timedelta(minutes=1))
    refused = await lin.tries("checkInToShift", shiftId=shift["id"], code=photographed)
    assert (seen["shiftCode"], refused["code"]) == (None, "CHECK_IN_CODE_EXPIRED")


async def confirmed(story: Story, record: str) -> None:
    """Two others confirm, never she herself; with the second the time bank credits it."""
    lin, of = story.people["lin"], {"recordId": record}
    before = (await statement(story, "lin"))["balance"]["minutes"]
    own = await lin.tries("confirmServiceRecord", **of)
    await story.people["leader"].does("confirmServiceRecord", RECORD, **of)
    half = (await statement(story, "lin"))["balance"]["minutes"]
    told = await story.people["committee"].does("confirmServiceRecord", RECORD, **of)
    await story.people["leader"].does("rateServiceRecord", RECORD, **of, quality=5)
    after = (await statement(story, "lin"))["balance"]["minutes"]
    assert own["code"] == "FORBIDDEN"
    assert (told["record"]["state"], told["record"]["isUnderReview"]) == ("CONFIRMED", False)
    assert (half - before, after - before) == (0, HOURS * 60)


async def statement(story: Story, name: str) -> Any:
    """Somebody's own account."""
    found = await story.people[name].asks(STATEMENT, id=story.accounts[name])
    return found["timeAccount"]


async def made_final(story: Story, volunteer: str) -> None:
    """Everybody sees the records for five working days; then they are final."""
    lin = story.people["lin"]

    async def states() -> list[str]:
        found = (await lin.asks(RECORDS, area=story.place))["serviceRecords"]["nodes"]
        return [each["state"] for each in found if each["volunteer"] == {"id": volunteer}]

    await story.ticks()
    shown = await states()
    await story.clock.advance(timedelta(days=14))
    await story.ticks()
    assert shown == ["PUBLICISED"] * SHIFTS
    assert await states() == ["FINAL"] * SHIFTS


async def honoured(story: Story, volunteer: str) -> None:
    """A hundred hours within half a year: a star, on notice first, approved by the street."""
    await story.at(datetime(story.year, 7, 13, 12, tzinfo=clock.SHANGHAI))
    await story.ticks()
    star = await _star(story, volunteer)
    decided = {"honourId": star["id"], "accepted": True, "reason": "时长与质量均达标"}
    unheard = await story.people["committee"].tries("decideVolunteerHonour", **decided)
    await story.people["street"].does("decideVolunteerHonour", HONOUR, **decided)
    await story.ticks()
    early = await _star(story, volunteer)
    await story.at(datetime(story.year, 8, 2, 12, tzinfo=clock.SHANGHAI))
    await story.ticks()
    assert (star["code"], star["level"], star["minutes"]) == ("star1", 1, SERVED)
    assert (unheard["code"], early["state"]) == ("FORBIDDEN", "NOTICE")
    assert (await _star(story, volunteer))["state"] == "GRANTED"


async def _star(story: Story, volunteer: str) -> Any:
    found = (await story.people["lin"].asks(HONOURS, area=story.place))["volunteerHonours"]
    (star,) = [each for each in found["nodes"] if each["volunteer"] == {"id": volunteer}]
    return star


async def certified(story: Story, volunteer: str) -> None:
    """The certificate is fetched, checked by everybody, and refused with one letter changed."""
    told = await story.people["lin"].does(
        "issueVolunteerCertificate", CERTIFICATE, volunteerId=volunteer, idempotencyKey=key()
    )
    issued = told["certificate"]
    number, true = issued["number"], issued["code"]
    forged = {"A": "B"}.get(true[0], "A") + true[1:]
    async with httpx.AsyncClient(base_url=story.address, timeout=60) as client:
        file = await client.get(issued["fileAddress"])
        page = await client.get(f"/certificates/{number}/{true}")
        false_page = await client.get(f"/certificates/{number}/{forged}")
    good = await story.asks_as_anybody(VERIFY, number=number, code=true)
    bad = await story.asks_as_anybody(VERIFY, number=number, code=forged)
    text = "".join(each.extract_text() for each in PdfReader(io.BytesIO(file.content)).pages)
    flat = re.sub(r"\s", "", text)

    assert (issued["state"], issued["givenMinutes"], issued["recordCount"]) == (
        *("VALID", SERVED),
        SHIFTS,
    )
    assert [each in flat for each in ("志愿服务平台记录", number, "104小时")] == [True] * 3
    assert (page.status_code, false_page.status_code, bad["verifyCertificate"]) == (200, 404, None)
    found = good["verifyCertificate"]
    assert (found["state"], found["givenMinutes"]) == ("VALID", SERVED)
    assert re.fullmatch(r".\*+", found["maskedName"])
    assert found["maskedName"] in page.text
    assert found["recorders"] == ["米兰社区居民委员会"]


async def gave(story: Story) -> None:
    """Minutes go to a relative who has confirmed it, once a key, and to no neighbour."""
    lin, sister = story.people["lin"], story.people["sister"]
    gift = {"fromId": story.accounts["lin"], "minutes": GIVEN, "memo": "给妹妹备用"}
    to_sister = gift | {"toId": story.accounts["sister"]}
    to_neighbour = gift | {"toId": story.accounts["neighbour"]}
    relative = await lin.does(
        "declareRelative", RELATIVE, accountId=story.accounts["sister"], relation="SIBLING"
    )
    unsure = await lin.tries("giveMinutes", **to_sister, idempotencyKey=key())
    await sister.does("confirmRelative", RELATIVE, relativeId=relative["relative"]["id"])
    stranger = await lin.tries("giveMinutes", **to_neighbour, idempotencyKey=key())
    once = key()
    moved = [
        await lin.does("giveMinutes", MOVED, **to_sister, idempotencyKey=once) for _ in range(2)
    ]
    other = await lin.tries("giveMinutes", **to_sister | {"minutes": 1}, idempotencyKey=once)

    assert (unsure["code"], stranger["code"]) == ("RECEIVER_NOT_ENTITLED",) * 2
    assert [each["replayed"] for each in moved] == [False, True]
    assert moved[1]["account"]["balance"]["minutes"] == SERVED - GIVEN
    assert other["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (await statement(story, "sister"))["balance"]["minutes"] == GIVEN
    assert (await statement(story, "neighbour"))["balance"]["minutes"] == 0


async def spent(story: Story) -> None:
    """One haircut: the sister holds it, Lin waits her turn, and it is carried out for her."""
    committee, lin, sister = (story.people[name] for name in ("committee", "lin", "sister"))
    offered = await committee.does(
        "publishTimeOffer",
        OFFER,
        communityId=story.place,
        kind="SERVICE",
        title="上门理发(夏季)",
        description="志愿者上门理发,每次约一小时。",
        minutes=HAIRCUT,
        stock=1,
        idempotencyKey=key(),
    )
    held = {}
    for name in ("sister", "lin"):
        told = await story.people[name].does(
            "reserveTimeOffer",
            RESERVED,
            offerId=offered["offer"]["id"],
            accountId=story.accounts[name],
            idempotencyKey=key(),
        )
        held[name] = told["reservation"]
    await sister.does("cancelTimeReservation", reservationId=held["sister"]["id"])
    turn = (await lin.asks(RESERVATION, id=held["lin"]["id"]))["node"]["state"]
    kept = (await statement(story, "lin"))["balance"]
    own = await lin.tries("honourTimeReservation", reservationId=held["lin"]["id"])
    done = await committee.does("honourTimeReservation", RESERVED, reservationId=held["lin"]["id"])

    left = SERVED - GIVEN
    assert [held[name]["state"] for name in ("sister", "lin")] == ["HELD", "QUEUED"]
    assert (turn, kept) == ("HELD", {"minutes": left, "availableMinutes": left - HAIRCUT})
    assert own["code"] in {"FORBIDDEN", "OWN_ACCOUNT_CONCERNED"}
    assert (done["reservation"]["state"], done["reservation"]["honouredMinutes"]) == (
        *("HONOURED", HAIRCUT),
    )


async def balanced(story: Story) -> None:
    """Her statement says each movement with what it left, and sums to what she has."""
    account = await statement(story, "lin")
    lines = list(reversed(account["statement"]["nodes"]))
    kinds = [each["kind"] for each in lines]
    sums = [sum(each["minutes"] for each in lines[:place]) for place in range(1, len(lines) + 1)]
    assert kinds == ["ISSUE"] * SHIFTS + ["GIFT", "REDEMPTION"]
    assert [each["balanceMinutes"] for each in lines] == sums
    assert sums[-1] == account["balance"]["minutes"] == SERVED - GIVEN - HAIRCUT


async def closed(story: Story, day: date) -> None:
    """The day's books are closed, chained to the day before, and a leaf of the signed log."""
    found = await story.asks_as_anybody(BOOKS, area=story.place)
    books, head = found["timeBankBooks"]["nodes"], found["transparencyLog"]["latestHead"]
    by_day = {each["day"]: each for each in books}
    own = by_day[day.isoformat()]
    proof = own["proof"]
    before = by_day[(day - timedelta(days=1)).isoformat()]
    record = proof["record"].encode()
    assert (own["entryCount"], own["minutesIssued"]) == (4, 0)
    assert own["previousHash"] == before["hash"]
    opened = bytes.fromhex(proof["hashNonce"]) + f'"{own["hash"]}"'.encode()
    assert json.loads(proof["record"])["parts"]["hash"] == hashlib.sha256(opened).hexdigest()
    assert (proof["rootHash"], proof["size"]) == (head["rootHash"], head["size"])
    assert proof["leafHash"] == merkle.leaf_hash(record).hex()
    assert merkle.includes(
        bytes.fromhex(proof["rootHash"]),
        bytes.fromhex(proof["leafHash"]),
        [bytes.fromhex(each) for each in proof["path"]],
        index=proof["leafIndex"],
        size=proof["size"],
    )


async def test_a_volunteers_year_from_registration_to_star_certificate_gift_and_redemption(
    story: Story,
):
    await story.ticks()
    before = await story.figures()
    volunteer = await registered(story)
    await banked(story)
    shifts = await called(story)
    await a_photograph_is_no_code(story, shifts[0])
    for each in shifts:
        await confirmed(story, await served(story, each))
    await made_final(story, volunteer)
    await honoured(story, volunteer)
    await certified(story, volunteer)
    day = await clock.today()
    await gave(story)
    await spent(story)
    await balanced(story)
    await story.clock.advance(timedelta(days=1))
    await story.ticks()

    await closed(story, day)
    after = await story.figures()
    bank = {name: after["timeBankFigures"][name] - each for name, each in _numbers(before).items()}
    people = {
        name: each - before["volunteerFigures"][name]
        for name, each in after["volunteerFigures"].items()
    }
    assert bank == {
        "outstandingMinutes": SERVED - HAIRCUT,
        "issuedMinutes": SERVED,
        "redeemedMinutes": HAIRCUT,
    }
    assert people == {"registered": 1, "active": 1, "minutes": SERVED}
    assert after["timeBankFigures"]["redemptionPerMille"] > 0


def _numbers(found: Any) -> dict[str, int]:
    kept = ("outstandingMinutes", "issuedMinutes", "redeemedMinutes")
    return {name: found["timeBankFigures"][name] for name in kept}

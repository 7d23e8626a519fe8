"""The demo town in winter: who acts in it, and what several of its stories do alike."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from domains.kernel import calendar, clock, database
from domains.membership.models import Area
from jobs.schedule import TIMETABLE
from schema import node
from seeds import demo
from tests.conftest import Clock
from tests.journey.clients import Somebody, a_session, key
from tests.journey.conftest import Programs
from tests.journey.test_killed import SERVING

_NOBODY_YET = """
      NOT EXISTS (SELECT FROM membership_role_grant g WHERE g.person_id = p.id)
  AND NOT EXISTS (SELECT FROM volunteering_volunteer v WHERE v.person_id = p.id)
  AND NOT EXISTS (SELECT FROM timebank_account a WHERE a.owner_id = p.id)
  AND NOT EXISTS (SELECT FROM matching_need n WHERE p.id IN (n.person_id, n.helper_id))
"""
_ELDERS = f"""
SELECT DISTINCT ON (r.household_id) p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE p.birth_date < '1964-01-01' AND {_NOBODY_YET}
ORDER BY r.household_id, p.birth_date LIMIT 5
"""
_GROWN_UPS = f"""
SELECT DISTINCT ON (r.household_id) p.id FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE p.birth_date BETWEEN '1966-01-01' AND '1999-01-01' AND {_NOBODY_YET}
ORDER BY r.household_id, p.id LIMIT 6
"""
# Somebody who is fourteen at least and not yet eighteen, and an adult of the household.
_CHILD = f"""
SELECT p.id, (SELECT o.person_id FROM membership_residency o
              WHERE o.household_id = r.household_id AND o.kind = 'owner') AS parent
FROM membership_person p
JOIN membership_residency r ON r.person_id = p.id AND r.state = 'verified'
WHERE p.birth_date > $1 AND {_NOBODY_YET}
ORDER BY p.birth_date LIMIT 1
"""
_HOLDER = """
SELECT person_id FROM membership_role_grant
WHERE role = $1 AND ($2::text IS NULL OR organisation_id = (
    SELECT id FROM membership_organisation WHERE name = $2))
ORDER BY granted_at LIMIT 1
"""
_ORGANISATION = "SELECT id FROM membership_organisation WHERE name = $1"
_STILL_HERE = """
UPDATE membership_session SET last_seen_at = kernel_now(),
    expires_at = kernel_now() + interval '90 days',
    second_factor_at = kernel_now() + interval '90 days'
"""
HOST, KEEPER = "同心圆社会工作服务中心", "米兰社区公益基金会"
VOLUNTEERS = ("lin", "zhou", "wang", "teacher")
OF_PROJECT = """... on ServiceProjectPayload { project { id state budgetFen allottedFen spentFen
  lines { id title amountFen } milestones { id } } }"""
OF_FUND = "... on FundPayload { fund { id receivedFen leftFen allottedFen spentFen } }"
OF_NEED = "... on NeedPayload { need { id orders { id state startsAt } } }"
OF_PLACE = "... on ServicePlacePayload { place { id state minutes } }"
OF_VOLUNTEER = """... on VolunteerPayload { volunteer {
  id state skills { id name state } } }"""
FUNDS = """
query ($area: ID!) { funds(areaId: $area) { nodes {
  id name receivedFen leftFen allottedFen spentFen returnedFen passedOnFen
  entries(first: 50) { nodes { kind amountFen project { id } } }
  trace { projectId lineTitle allottedFen spentFen } } } }
"""
CODE = "query ($id: ID!) { serviceOrderCode(orderId: $id) { text } }"
MY_PLACES = """
{ myServicePlaces(first: 50) { nodes { id order { id } record { state givenMinutes } } } }
"""
MY_OFFERS = """
{ myServiceOffers(first: 50) { nodes { id state rank answerBy skills distanceM isFree turns note
  isPinned isAutomatic order { id } } } }
"""
ORDERS = """
query ($id: ID!) { node(id: $id) { ... on Need { state orders { id state startsAt endsAt } } } }
"""
STATEMENT = """
query ($id: ID!) { timeAccount(id: $id) { balance { minutes }
  statement(first: 50) { nodes { kind minutes } } } }
"""
FEED = """
query ($area: ID!) { disclosures(where: {areaId: $area, affairs: [FINANCE]}, first: 50) {
  nodes { title text } } }
"""


@dataclass
class Story:
    """The town, its server, and whoever acts in it."""

    clock: Clock
    address: str
    community: Area
    monday: date
    people: dict[str, Somebody] = field(default_factory=dict)
    volunteers: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """The community's id."""
        return str(node.encode("area", self.community.id))

    def hour(self, day: int, hour: float) -> datetime:
        """The hour of a day, counted from the story's first Monday."""
        return calendar.start_of(self.monday) + timedelta(days=day, hours=hour)

    def day(self, day: int) -> str:
        """A day, counted from the story's first Monday."""
        return (self.monday + timedelta(days=day)).isoformat()

    async def at(self, instant: datetime) -> None:
        """Go to an instant; nobody's session ends on the way."""
        await self.clock.set(instant)
        await database.execute(_STILL_HERE)

    async def ticks(self) -> None:
        """Do what is due of the exchange, of service and of time, and let follow what follows."""
        for names in (("matching.", "exchange.", "volunteering.", "timebank."), ("outbox.",)):
            for tick in TIMETABLE:
                if tick.name.startswith(names):
                    while await tick.run() and tick.name.startswith("outbox."):
                        """Go on until nothing is left."""

    async def asks_as_anybody(self, document: str, **variables: Any) -> Any:
        """What is answered to who is not signed in."""
        async with httpx.AsyncClient(base_url=self.address, timeout=60) as client:
            body = {"query": document, "variables": variables}
            answer = await client.post("/graphql", json=body)
        return answer.json()["data"]

    async def organisation(self, name: str) -> str:
        """A body's id."""
        return str(node.encode("organisation", await database.fetch_value(_ORGANISATION, name)))


@asynccontextmanager
async def the_town(programs: Programs, moved_clock: Clock) -> AsyncIterator[Story]:
    """The demo town on a Monday, once what it asked for at first is over; with all devices."""
    planted = await demo.plant()
    later = await clock.today() + timedelta(days=21)
    monday = later + timedelta(days=-later.weekday() % 7)
    await moved_clock.set(calendar.start_of(monday) + timedelta(hours=8))
    program = programs.start("serve", "--port", "0", "--no-worker")
    address = await asyncio.to_thread(program.said, SERVING)
    community = await Area.get(id=planted.community_id)
    story = Story(moved_clock, address, community, monday)
    try:
        for name, person_id in (await _who(monday)).items():
            actor = await demo.acting(person_id)
            story.people[name] = Somebody(address, actor, await a_session(actor))
        yield story
    finally:
        for each in story.people.values():
            await each.client.aclose()


async def _who(monday: date) -> dict[str, UUID]:
    offices = {
        "committee": ("committee_member", None),
        "worker": ("social_worker", None),
        "leader": ("organisation_administrator", HOST),
        "treasurer": ("organisation_administrator", KEEPER),
    }
    found: dict[str, UUID] = {
        name: await database.fetch_value(_HOLDER, *office) for name, office in offices.items()
    }
    elders = [row["id"] for row in await database.fetch(_ELDERS)]
    grown_ups = [row["id"] for row in await database.fetch(_GROWN_UPS)]
    child = await database.fetch_one(_CHILD, date(monday.year - 17, 1, 1))
    assert child is not None, "there are children in the town"
    names = ("elder", *(f"neighbour{number}" for number in range(4)))
    adults = (*VOLUNTEERS, "helper", "mother")
    return {
        **found,
        **dict(zip(names, elders, strict=True)),
        **dict(zip(adults, grown_ups, strict=True)),
        "child": child["id"],
        "parent": child["parent"],
    }


async def registered(story: Story, name: str, **given: Any) -> Any:
    """Somebody registers as a volunteer, for any time of some days."""
    days = given.pop("days", (2, 4))
    told = await story.people[name].does(
        "registerVolunteer",
        OF_VOLUNTEER,
        communityId=story.place,
        consentTextVersion="2026-1",
        profile={
            "serviceClasses": ["ELDER_CARE", "EDUCATION", "HEALTH"],
            "availability": [
                {"weekday": day, "block": block}
                for day in days
                for block in ("MORNING", "AFTERNOON")
            ],
            "radiusM": 3000,
        },
        idempotencyKey=key(),
        **given,
    )
    story.volunteers[name] = told["volunteer"]["id"]
    return told["volunteer"]


async def banked(story: Story, name: str) -> None:
    """Somebody opens an account for their time."""
    told = await story.people[name].does(
        "openTimeAccount",
        "... on TimeAccountPayload { account { id } }",
        communityId=story.place,
        kind="PERSON",
    )
    story.accounts[name] = told["account"]["id"]


async def earned(story: Story, name: str) -> list[int]:
    """What came to an account for service, the first first."""
    found = (await story.people[name].asks(STATEMENT, id=story.accounts[name]))["timeAccount"]
    lines = [each for each in found["statement"]["nodes"] if each["kind"] == "ISSUE"]
    assert found["balance"]["minutes"] == sum(each["minutes"] for each in lines)
    return [each["minutes"] for each in reversed(lines)]


async def asked_for(story: Story, name: str, **need: Any) -> Any:
    """Somebody posts a need, and the committee verifies it; returns it with its orders."""
    posted = await story.people[name].does(
        "postNeed",
        OF_NEED,
        **{
            "areaId": story.place,
            "origin": "OWN",
            "place": "米兰花园",
            "idempotencyKey": key(),
        }
        | need,
    )
    verified = await story.people["committee"].does(
        "verifyNeed", OF_NEED, needId=posted["need"]["id"], hostId=await story.organisation(HOST)
    )
    return verified["need"]


def a_window(starts: datetime, hours: float) -> dict[str, str]:
    """From when to when."""
    return {
        "startsAt": starts.isoformat(),
        "endsAt": (starts + timedelta(hours=hours)).isoformat(),
    }


async def place_of(story: Story, name: str, order: str) -> str:
    """The place that somebody has in an order."""
    found = (await story.people[name].asks(MY_PLACES))["myServicePlaces"]["nodes"]
    (own,) = [each for each in found if each["order"] == {"id": order}]
    return str(own["id"])


async def offers_to(story: Story, name: str, order: Any) -> list[Any]:
    """What somebody is asked, of an order."""
    found = (await story.people[name].asks(MY_OFFERS))["myServiceOffers"]["nodes"]
    return [each for each in found if each["order"] == {"id": order["id"]}]


async def answers(story: Story, name: str, order: Any, *, accept: bool) -> Any:
    """Somebody says yes or no to what they are asked; returns the offer, with its reasons."""
    (offer,) = await offers_to(story, name, order)
    await story.people[name].does("answerServiceOffer", offerId=offer["id"], accept=accept)
    return offer


async def served(
    story: Story, order: Any, *, names: Sequence[str], by: str, minutes: int
) -> dict[str, str]:
    """Volunteers come with the code of the one served, stay, and go; returns their places."""
    starts = datetime.fromisoformat(order["startsAt"])
    places = {name: await place_of(story, name, order["id"]) for name in names}
    for step, instant in (
        ("checkInToOrder", starts),
        ("checkOutOfOrder", starts + timedelta(minutes=minutes, seconds=5)),
    ):
        await story.at(instant)
        for name, place in places.items():
            shown = await story.people[by].asks(CODE, id=order["id"])
            code = shown["serviceOrderCode"]["text"]
            await story.people[name].does(step, OF_PLACE, placeId=place, code=code)
    return places


async def confirmed(story: Story, places: dict[str, str], *, by: str, minutes: int) -> None:
    """The one served, or who helps, confirms: each volunteer's record is there, with its hours."""
    for name, place in places.items():
        told = await story.people[by].does("confirmService", OF_PLACE, placeId=place)
        found = (await story.people[name].asks(MY_PLACES))["myServicePlaces"]["nodes"]
        (own,) = [each for each in found if each["id"] == place]
        assert (told["place"]["state"], told["place"]["minutes"]) == ("CONFIRMED", minutes)
        assert own["record"] == {"state": "CONFIRMED", "givenMinutes": minutes}


async def planned(story: Story, **changes: Any) -> Any:
    """A project with host, social worker and the community's standing."""
    leader, worker = story.people["leader"], story.people["worker"]
    made = await leader.does(
        "createServiceProject",
        OF_PROJECT,
        areaId=story.place,
        organisationId=await story.organisation(HOST),
        project={"supervisorId": worker.id} | changes,
        idempotencyKey=key(),
    )
    of = {"projectId": made["project"]["id"]}
    await worker.does("answerSupervision", OF_PROJECT, **of, accepts=True)
    await leader.does("submitServiceProject", OF_PROJECT, **of)
    own = await leader.tries("approveServiceProject", **of, standing="同意。")
    approved = await story.people["committee"].does(
        "approveServiceProject", OF_PROJECT, **of, standing="居民议事会同意,社区予以支持。"
    )
    assert own["code"] == "FORBIDDEN"
    return approved["project"]


async def opened(story: Story, **fund: Any) -> Any:
    """A fund that the foundation keeps."""
    told = await story.people["treasurer"].does(
        "openFund",
        OF_FUND,
        areaId=story.place,
        keeperId=await story.organisation(KEEPER),
        idempotencyKey=key(),
        **fund,
    )
    return told["fund"]


async def given(story: Story, fund: Any, fen: int, source: str, **of: str) -> Any:
    """Money that has come in; returns the fund."""
    treasurer = story.people["treasurer"]
    told = await treasurer.does(
        "recordFundIncome",
        OF_FUND,
        fundId=fund["id"],
        amountFen=fen,
        source=source,
        proofId=await treasurer.brings(),
        idempotencyKey=key(),
        **of,
    )
    return told["fund"]


async def funds(story: Story) -> dict[str, Any]:
    """Every fund of the town, by its name."""
    found = await story.people["leader"].asks(FUNDS, area=story.place)
    return {each["name"]: each for each in found["funds"]["nodes"]}


async def spent(story: Story, fund: Any, line: Any, fen: int, **said: str) -> Any:
    """The host enters a spending with its proof, and who keeps the money approves it."""
    leader, treasurer = story.people["leader"], story.people["treasurer"]
    entered = await leader.does(
        "enterSpending",
        "... on SpendingPayload { spending { id } }",
        fundId=fund["id"],
        lineId=line["id"],
        amountFen=fen,
        payeeKind="ENTERPRISE",
        spentOn=(await clock.today()).isoformat(),
        proofId=await leader.brings(),
        idempotencyKey=key(),
        **said,
    )
    of = {"spendingId": entered["spending"]["id"], "approves": True}
    own = await leader.tries("decideSpending", **of)
    told = await treasurer.does(
        "decideSpending", "... on SpendingPayload { spending { state } }", **of
    )
    assert (own["code"], told["spending"]["state"]) == ("FORBIDDEN", "APPROVED")


async def disclosed(story: Story) -> dict[str, str]:
    """What everybody reads of money and things, by its title."""
    await story.ticks()
    found = await story.asks_as_anybody(FEED, area=story.place)
    return {each["title"]: each["text"] for each in found["disclosures"]["nodes"]}

"""The contract's documents for bodies, meetings and rooms, and short ways to run them."""

from datetime import timedelta
from uuid import uuid4

from domains.kernel import clock
from domains.kernel.actor import Actor
from schema import node
from tests.voting.asking import done, person

MEETING = """
  id title state seq version startsAt isChairHandedOver
  room { invited present left excused absent quorum { present entitled required isMet } }
  agenda { id position kind state title isAnnounced note }
  currentItem { id title }
"""
CREATE_BODY = """
mutation ($input: CreateBodyInput!) { createBody(input: $input) {
  ... on BodyPayload { replayed body { id name level form version } }
  ... on Refused { code path message } } }
"""
SEAT_MEMBER = """
mutation ($input: SeatMemberInput!) { seatMember(input: $input) {
  ... on SeatPayload { replayed seat { id name office capacity kind groupName } }
  ... on Refused { code path } } }
"""
PLAN = f"""
mutation ($input: PlanMeetingInput!) {{ planMeeting(input: $input) {{
  ... on MeetingPayload {{ replayed meeting {{ {MEETING} }} }}
  ... on Refused {{ code path }} }} }}
"""
ADD_ITEM = """
mutation ($input: AddAgendaItemInput!) { addAgendaItem(input: $input) {
  ... on AgendaItemPayload { replayed item { id position kind state isAnnounced version } }
  ... on Refused { code path } } }
"""
INVITE = """
mutation ($input: InviteToMeetingInput!) { inviteToMeeting(input: $input) {
  ... on AttendeePayload { attendee { id name capacity kind votes } }
  ... on Refused { code path } } }
"""


def over_meeting(name: str, *, quorum: bool = False) -> str:
    """The document of a mutation that answers with the meeting."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    missed = "... on QuorumNotMet { code present required }" if quorum else ""
    return f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on MeetingPayload {{ meeting {{ {MEETING} }} }}
      {missed}
      ... on Refused {{ code path }} }} }}
    """


def over_item(name: str) -> str:
    """The document of a mutation that answers with a point of the agenda."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return (
        f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on AgendaItemPayload {{ item {{ id state kind position title version note
          raisedTo {{ id state body {{ id }} }} }} }}
      ... on Outdated {{ code version }}
      ... on Refused {{ code path }} }} }}
    """
        if name.startswith("edit")
        else f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on AgendaItemPayload {{ item {{ id state kind position title version note
          raisedTo {{ id state body {{ id }} }} }} }}
      ... on Refused {{ code path }} }} }}
    """
    )


def over_attendee(name: str) -> str:
    """The document of a mutation that answers with somebody's part."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    return f"""
    mutation ($input: {kind}!) {{ {name}(input: $input) {{
      ... on AttendeePayload {{ attendee {{ id name standing response votes revokedAt
          standsInFor {{ id votes }} }} }}
      ... on Refused {{ code path }} }} }}
    """


def key() -> str:
    return str(uuid4())


async def in_days(days: float, *, hour: int = 19) -> str:
    """An hour in Shanghai so many days from now, as text."""
    day = await clock.today() + timedelta(days=days)
    return f"{day.isoformat()}T{hour:02}:00:00+08:00"


async def a_body(actor: Actor, area, **more):
    """A deliberation council of the area, set up over GraphQL; returns its id."""
    given = {
        "areaId": node.encode("area", area.id),
        "name": "同心社区议事会",
        "form": "DELIBERATION_COUNCIL",
        "idempotencyKey": key(),
    }
    return (await done(actor, CREATE_BODY, input=given | more))["body"]["id"]


async def seat(actor: Actor, body_id: str, somebody: Actor, **more):
    """Give somebody a seat; returns its id."""
    given = {"bodyId": body_id, "personId": person(somebody), "idempotencyKey": key()}
    return (await done(actor, SEAT_MEMBER, input=given | more))["seat"]["id"]


async def plan(actor: Actor, body_id: str, *, days: float = 10, **more):
    """Plan a meeting of the body in so many days; returns its id."""
    meeting = {
        "title": "广场舞噪音协商会",
        "startsAt": await in_days(days),
        "endsAt": await in_days(days, hour=21),
        "mode": "HYBRID",
        "place": "党群服务中心二楼",
    }
    given = {"bodyId": body_id, "meeting": meeting | more, "idempotencyKey": key()}
    return (await done(actor, PLAN, input=given))["meeting"]["id"]


async def add_item(actor: Actor, meeting_id: str, *, title="迁往九龙湖公园", kind="DECIDE"):
    """Put a point on the agenda; returns its id."""
    given = {
        "meetingId": meeting_id,
        "item": {"title": title, "kind": kind},
        "idempotencyKey": key(),
    }
    return (await done(actor, ADD_ITEM, input=given))["item"]["id"]

"""Hearing of meetings: one execution for all of a community, each message complete in itself."""

from collections.abc import AsyncGenerator, Hashable
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.live import topic
from domains.meetings.queries import meetings, rooms
from domains.meetings.values import PUBLISHED, MeetingState
from schema import live, node
from schema.context import Info
from schema.meetings.floor_news import FloorNews, floor_news
from schema.meetings.log import MeetingNewsEntry
from schema.meetings.rooms import RoomState
from schema.meetings.types import OfMeeting

MOST_ENTRIES = 50
# City, district, street, community: whoever belongs to one community hears its rooms alike.
_COMMUNITY_DEPTH = 4


Behind = Annotated[
    int | None,
    strawberry.argument(description="The last number of the log that the client knows."),
]


@strawberry.type(description="A meeting has changed: how it stands now, and what happened.")
class MeetingChanged:
    """Alike for all who may hear of it. A later message may take the place of an earlier one.

    Whoever knows the log up to `fromSeq - 1` has all by `entries`; whoever knows less reads
    `meetingLog` behind the last number that they know.
    """

    meeting_id: strawberry.ID = strawberry.field(description="The meeting.")
    state: MeetingState = strawberry.field(description="How far it has come.")
    seq: int = strawberry.field(description="The number of the last entry of its log.")
    from_seq: int = strawberry.field(description="The number of the first of these entries.")
    entries: list[MeetingNewsEntry] = strawberry.field(
        description="What happened since the message before, the last 50 entries at most."
    )
    room: RoomState = strawberry.field(description="Who is there, and the quorum, now.")
    chair_id: strawberry.ID | None = strawberry.field(description="Who has the chair.")
    current_item_id: strawberry.ID | None = strawberry.field(
        description="The point that is being dealt with."
    )
    floor: FloorNews | None = strawberry.field(
        description="Queue, clock, motions and vote as they stand now."
    )


def by_community(actor: Actor) -> Hashable:
    """Show all who belong to the same communities, or to the same areas above one, the same."""
    return actor.person_id is not None, _heard_from(actor)


def _heard_from(actor: Actor) -> frozenset[str]:
    return frozenset(
        "".join(f"{code}/" for code in path.split("/")[:-1][:_COMMUNITY_DEPTH])
        for path in actor.area_paths()
    )


def _hears(actor: Actor, area_path: str, state: MeetingState) -> bool:
    """Whether who belongs so hears of the room; a function of the audience alone."""
    return state in PUBLISHED and any(
        area_path.startswith(held) or held.startswith(area_path) for held in _heard_from(actor)
    )


async def _read(meeting_id: UUID, known: int, *, whole: bool = False) -> MeetingChanged | None:
    """Read how a room stands, and the last entries behind a number, or else the first (whole).

    What stands is read no earlier than what the numbers say, so that nobody is left with less.
    """
    row = await rooms.room_row(meeting_id)
    if row is None:
        return None
    newest: int = row["log_seq"]
    after = known if whole else max(known, newest - MOST_ENTRIES)
    found = await rooms.log_between(meeting_id, after=after, most=MOST_ENTRIES)
    entries = [MeetingNewsEntry.of(each) for each in found if each["seq"] <= newest]
    return MeetingChanged(
        meeting_id=node.encode("meeting", meeting_id),
        state=MeetingState(row["state"]),
        seq=entries[-1].seq if entries else newest,
        from_seq=after + 1,
        entries=entries,
        room=RoomState.of(rooms.heads_of(row)),
        chair_id=node.encode("person", row["chair_id"]) if row["chair_id"] else None,
        current_item_id=(
            node.encode("agendaItem", row["current_item_id"]) if row["current_item_id"] else None
        ),
        floor=await floor_news(meeting_id),
    )


async def _all_behind(meeting_id: UUID, known: int) -> AsyncGenerator[MeetingChanged, None]:
    """Yield what lies behind a number, in order, a message for each 50 entries."""
    while True:
        changed = await _read(meeting_id, known, whole=True)
        if changed is None or changed.seq <= known:
            return
        known = changed.seq
        yield changed


@strawberry.type
class MeetingsSubscription:
    """Meetings' news."""

    @strawberry.subscription(
        description="Hear of a convened meeting of one's own community, or of an area above it:"
        " presence, quorum, items, chair, floor, motions, votes. To miss nothing, subscribe first,"
        " then read meetingLog behind the last number known on the same socket: a query is"
        " answered there once the subscriptions before it listen.",
        metadata=live.shared(by_community),
    )
    async def meeting_changed(
        self, info: Info, meeting_id: OfMeeting
    ) -> AsyncGenerator[MeetingChanged, None]:
        """Listen to one meeting; ends where it is out of hearing."""
        uuid = node.known("meeting", meeting_id)
        if uuid is None:
            return
        row = await rooms.room_row(uuid)
        if row is None:
            return
        # Read before listening: what happens in between is told again rather than not at all.
        known: int = row["log_seq"]
        if not _hears(info.context.actor, row["area_path"], MeetingState(row["state"])):
            return
        async for _ in live.listen(info, topic("meeting", uuid)):
            changed = await _read(uuid, known)
            if changed is None or not _hears(info.context.actor, row["area_path"], changed.state):
                return
            if changed.seq == known:
                continue
            known = changed.seq
            yield changed

    @strawberry.subscription(
        description="The same for oneself alone: for whoever takes part from elsewhere or before it"
        " is convened, and for whoever was away. With a number, what happened behind it comes"
        " first, in order. Each message waits until the one before has left, so nothing is left"
        " out and nothing told twice; who reads too slowly is told to come back.",
        metadata=live.shared(live.by_person, in_order=True),
    )
    async def my_meeting_changed(
        self, info: Info, meeting_id: OfMeeting, after_seq: Behind = None
    ) -> AsyncGenerator[MeetingChanged, None]:
        """Listen to one meeting as oneself; ends where it is out of sight."""
        uuid = node.known("meeting", meeting_id)
        if uuid is None:
            return
        row = (await meetings.meetings_by_id(info.context.actor, [uuid]))[0]
        if row is None:
            return
        known: int = row["log_seq"] if after_seq is None else max(0, after_seq)
        news = live.listen(info, topic("meeting", uuid))
        async for changed in _all_behind(uuid, known):
            known = changed.seq
            yield changed
        async for _ in news:
            if (await meetings.meetings_by_id(info.context.actor, [uuid]))[0] is None:
                return
            async for changed in _all_behind(uuid, known):
                known = changed.seq
                yield changed

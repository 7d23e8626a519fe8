"""Service records, as the world sees them."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.volunteering.queries import records
from domains.volunteering.rules import numbers
from domains.volunteering.values.records import (
    RecordContestState,
    RecordReviewOutcome,
    RecordSuspicion,
    ServiceRecordEntry,
    ServiceRecordState,
)
from domains.volunteering.values.volunteers import ServiceClass
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Organisation, Person
from schema.node import Node
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.activities import VolunteerActivity
from schema.volunteering.volunteers import Volunteer


@strawberry.type(description="That somebody confirmed a record.")
class RecordConfirmation:
    """Who and when."""

    at: datetime = strawberry.field(description="When.")
    row: strawberry.Private[Row]

    @strawberry.field(description="Who.", metadata=LOADS)
    async def by(self, info: Info) -> Person | None:
        """Load them with those of the other confirmations."""
        return await Person.load(info, self.row["by_id"])


@strawberry.type(description="A rule that put a record under review, and what came of it.")
class RecordSuspicionFound:
    """For the volunteer and who leads: nothing is refused in silence."""

    rule: RecordSuspicion = strawberry.field(description="Which rule.")
    reason: str = strawberry.field(description="Why, in the caller's language.")
    raised_at: datetime = strawberry.field(description="When.")
    outcome: RecordReviewOutcome = strawberry.field(description="What the review came to.")
    settled_at: datetime | None = strawberry.field(description="When it was decided.")
    settle_reason: str | None = strawberry.field(description="Why it was so decided.")


@strawberry.type(description="That somebody says a record is not right.")
class RecordContest(Node):
    """Seen by who sees the record; who filed it stays unnamed."""

    reason: str = strawberry.field(description="Why.")
    filed_at: datetime = strawberry.field(description="When.")
    state: RecordContestState = strawberry.field(description="What became of it.")
    answer: str | None = strawberry.field(description="The answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    is_mine: bool = strawberry.field(description="Whether the caller filed it.")

    @classmethod
    def of(cls, row: Row, person_id: UUID | None) -> Self:
        """Make it from its row, for a person's eyes."""
        return cls(
            id=node.encode("record_contest", row["id"]),
            reason=row["reason"],
            filed_at=row["filed_at"],
            state=RecordContestState(row["state"]),
            answer=row["answer"],
            answered_at=row["answered_at"],
            is_mine=person_id is not None and row["by_id"] == person_id,
        )


@strawberry.type(description="What a record said in one version.")
class ServiceRecordVersion:
    """Never altered."""

    version: int = strawberry.field(description="Which version.")
    content: str = strawberry.field(description="What was done.")
    started_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime = strawberry.field(description="To when.")
    given_minutes: int = strawberry.field(description="The minutes actually given.")
    counted_minutes: int = strawberry.field(description="How many of them count.")
    reason: str | None = strawberry.field(description="Why it was corrected; null at first.")
    at: datetime = strawberry.field(description="When it was written.")


@strawberry.type(description="Minutes that a volunteer actually gave (Order 67, article 7).")
class ServiceRecord(Node):
    """Seen by the volunteer, by who leads the activity, and once publicised by who belongs."""

    number: str = strawberry.field(description="Its number.")
    volunteer_number: str = strawberry.field(description="The volunteer's number.")
    state: ServiceRecordState = strawberry.field(description="How far it has come.")
    entry: ServiceRecordEntry = strawberry.field(description="How it came in.")
    version: int = strawberry.field(description="Which version stands.")
    activity_title: str = strawberry.field(description="What the activity was called.")
    content: str = strawberry.field(description="What was done.")
    place: str = strawberry.field(description="Where.")
    organisation_name: str = strawberry.field(description="Who organised it, as it was called.")
    service_class: ServiceClass = strawberry.field(description="What kind of service.")
    day: date = strawberry.field(description="On what day.")
    started_at: datetime = strawberry.field(description="From when.")
    ended_at: datetime = strawberry.field(description="To when.")
    given_minutes: int = strawberry.field(description="The whole minutes actually given.")
    counted_minutes: int = strawberry.field(
        description="How many of them count: a day counts only so many."
    )
    due_at: datetime = strawberry.field(
        description="Until when it can be confirmed; later it can only be entered back."
    )
    made_at: datetime = strawberry.field(description="When it was made.")
    confirmed_at: datetime | None = strawberry.field(description="When it was confirmed.")
    publicised_at: datetime | None = strawberry.field(description="When its notice began.")
    notice_until: datetime | None = strawberry.field(
        description="The first instant after its notice."
    )
    final_at: datetime | None = strawberry.field(description="When it became final.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked.")
    revoke_reason: str | None = strawberry.field(description="Why it was revoked.")
    is_under_review: bool = strawberry.field(
        description="Whether a rule put it under review and nobody has decided yet."
    )
    back_reason: str | None = strawberry.field(
        description="Why it was entered back; null where it was not, or for who only belongs."
    )
    helped_in: str | None = strawberry.field(
        description="Why another checked the volunteer in; null where none did, or for who only"
        " belongs."
    )
    helped_out: str | None = strawberry.field(
        description="Why another checked the volunteer out; null where none did, or for who only"
        " belongs."
    )
    quality: int | None = strawberry.field(description="How good it was, 1 to 5; null until rated.")
    rated_at: datetime | None = strawberry.field(description="When that was said.")
    rated_late: bool = strawberry.field(
        description="Whether that was after the working days for recording (Order 67, article 11)."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        is_near = row["is_led"] or row["is_mine"]
        return cls(
            id=node.encode("service_record", row["id"]),
            number=str(row["number"]),
            volunteer_number=numbers.written(row["volunteer_number"]),
            state=ServiceRecordState(row["state"]),
            entry=ServiceRecordEntry(row["entry"]),
            service_class=ServiceClass(row["service_class"]),
            back_reason=row["back_reason"] if is_near else None,
            rated_late=row["rated_at"] is not None and row["rated_at"] >= row["due_at"],
            helped_in=row["in_reason"] if is_near else None,
            helped_out=row["out_reason"] if is_near else None,
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, record_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(records.records_by_id, record_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The volunteer, for who may see them.", metadata=LOADS)
    async def volunteer(self, info: Info) -> Volunteer | None:
        """Load them with those of the other records."""
        return await Volunteer.load(info, self.row["volunteer_id"])

    @strawberry.field(description="The activity.", metadata=LOADS)
    async def activity(self, info: Info) -> VolunteerActivity | None:
        """Load it with those of the other records."""
        return await VolunteerActivity.load(info, self.row["activity_id"])

    @strawberry.field(description="Who led the activity then.", metadata=LOADS)
    async def leader(self, info: Info) -> Person | None:
        """Load them with those of the other records."""
        return await Person.load(info, self.row["leader_id"])

    @strawberry.field(
        description="Who organised it: who recorded it answers for it.", metadata=LOADS
    )
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with those of the other records."""
        return await Organisation.load(info, self.row["organisation_id"])

    @strawberry.field(description="Who confirmed it, the first first.", metadata=LOADS)
    async def confirmations(self, info: Info) -> list[RecordConfirmation]:
        """Load them with those of the other records."""
        rows = await info.context.load(records.confirmations, self.row["id"])
        return [RecordConfirmation(at=row["at"], row=row) for row in rows]

    @strawberry.field(
        description="What put it under review; for the volunteer and who leads.", metadata=LOADS
    )
    async def suspicions(self, info: Info) -> list[RecordSuspicionFound]:
        """Load them with those of the other records."""
        rows = await info.context.load(records.suspicions, self.row["id"])
        is_english = info.context.actor.locale.startswith("en")
        return [
            RecordSuspicionFound(
                rule=RecordSuspicion(row["rule"]),
                reason=row["reason_en"] if is_english else row["reason_zh"],
                raised_at=row["raised_at"],
                outcome=RecordReviewOutcome(row["outcome"]),
                settled_at=row["settled_at"],
                settle_reason=row["settle_reason"],
            )
            for row in rows
        ]

    @strawberry.field(description="Contests of it, the first first.", metadata=LOADS)
    async def contests(self, info: Info) -> list[RecordContest]:
        """Load them with those of the other records."""
        rows = await info.context.load(records.contests, self.row["id"])
        return [RecordContest.of(row, info.context.actor.person_id) for row in rows]

    @strawberry.field(description="All that it has said, the first version first.", metadata=LOADS)
    async def versions(self, info: Info) -> list[ServiceRecordVersion]:
        """Load them with those of the other records."""
        rows = await info.context.load(records.versions, self.row["id"])
        return [ServiceRecordVersion(**{name: row[name] for name in _OF_VERSION}) for row in rows]


_PLAIN = (
    *("version", "activity_title", "content", "place", "organisation_name", "day", "started_at"),
    *("ended_at", "given_minutes", "counted_minutes", "due_at", "made_at", "confirmed_at"),
    *("publicised_at", "notice_until", "final_at", "revoked_at", "revoke_reason"),
    *("is_under_review", "quality", "rated_at"),
)

_OF_VERSION = (
    *("version", "content", "started_at", "ended_at", "given_minutes", "counted_minutes"),
    *("reason", "at"),
)


async def _contests(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await records.contests_by_id(actor, ids)
    return [None if row is None else RecordContest.of(row, actor.person_id) for row in rows]


node.register("record_contest", _contests)


async def _records(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await records.records_by_id(actor, ids)
    return [None if row is None else ServiceRecord.of(row) for row in rows]


node.register("service_record", _records)

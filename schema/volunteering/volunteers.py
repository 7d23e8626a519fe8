"""Volunteers, as they themselves and who keeps them see them."""

from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import people
from domains.volunteering.queries import honours, volunteers
from domains.volunteering.rules import numbers
from domains.volunteering.values.volunteers import (
    ServiceClass,
    TimeBlock,
    VolunteerBasic,
    VolunteerConsentPurpose,
    VolunteerSkillState,
    VolunteerState,
)
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Person
from schema.node import Node
from schema.volunteering import enums as _enums  # noqa: F401  # describes the enums first


@strawberry.type(description="When a volunteer is free, week by week.")
class VolunteerTime:
    """A part of a weekday."""

    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    block: TimeBlock = strawberry.field(description="The part of the day.")


@strawberry.type(description="What a volunteer can do, with its proof.")
class VolunteerSkill:
    """Only a verified one that has not expired counts."""

    id: strawberry.ID = strawberry.field(description="Its id.")
    name: str = strawberry.field(description="What.")
    issued_by: str = strawberry.field(description="Who says so.")
    state: VolunteerSkillState = strawberry.field(description="Whether it is proven.")
    expires_on: date | None = strawberry.field(description="The last day on which it holds.")
    is_expired: bool = strawberry.field(description="Whether its proof has run out.")
    judge_reason: str | None = strawberry.field(description="Why it was so judged.")


@strawberry.type(description="How a volunteer is insured.")
class VolunteerInsurance:
    """Before risky work, over its day."""

    insurer: str = strawberry.field(description="Who insures.")
    covers_risky: bool = strawberry.field(description="Whether risky work is covered.")
    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date = strawberry.field(description="The last day.")


@strawberry.type(description="What a volunteer has learnt (Order 67, article 8).")
class VolunteerTraining:
    """No service."""

    title: str = strawberry.field(description="What it was called.")
    content: str = strawberry.field(description="What it was about.")
    minutes: int = strawberry.field(description="How long.")
    held_by: str = strawberry.field(description="Who held it.")
    held_on: date = strawberry.field(description="When.")


@strawberry.type(description="What a volunteer was granted by others (Order 67, article 9).")
class VolunteerAward:
    """As it was recorded."""

    title: str = strawberry.field(description="What it is called.")
    granted_by: str = strawberry.field(description="By whom.")
    granted_on: date = strawberry.field(description="When.")


@strawberry.type(description="What a volunteer, or a minor's guardian, agreed to.")
class VolunteerConsent:
    """Kept also after it was withdrawn."""

    purpose: VolunteerConsentPurpose = strawberry.field(description="To what.")
    text_version: str = strawberry.field(description="The version of the text.")
    as_guardian: bool = strawberry.field(description="Whether a guardian agreed.")
    granted_at: datetime = strawberry.field(description="When.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")


@strawberry.type(description="That a volunteer gets no honours for a time, for fraud.")
class VolunteerBan:
    """With its reason."""

    starts_on: date = strawberry.field(description="The first day.")
    ends_on: date = strawberry.field(description="The last day.")
    reason: str = strawberry.field(description="Why.")
    lifted_at: datetime | None = strawberry.field(description="When it was lifted.")
    lift_reason: str | None = strawberry.field(description="Why it was lifted.")


@strawberry.type(description="Somebody who serves; seen by themselves, guardians and keepers.")
class Volunteer(Node):
    """What is sealed is opened by a mutation of its own, and every reading is audited."""

    number: str = strawberry.field(
        description="The volunteer number, `GY1000000014`: never made from an identity number."
    )
    state: VolunteerState = strawberry.field(description="Whether this is a volunteer.")
    service_classes: list[ServiceClass] = strawberry.field(description="What is offered.")
    radius_m: int | None = strawberry.field(
        description="How many metres from home at most; null where it does not matter."
    )
    version: int = strawberry.field(description="To be given back when editing.")
    has_care_note: bool = strawberry.field(
        description="Whether something about health is to be minded; it is sealed."
    )
    registered_at: datetime = strawberry.field(description="Since when.")
    withdrawn_at: datetime | None = strawberry.field(description="Until when; null where it lasts.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("volunteer", row["id"]),
            number=numbers.written(row["number"]),
            state=VolunteerState(row["state"]),
            service_classes=[ServiceClass(each) for each in row["service_classes"]],
            radius_m=row["radius_m"],
            version=row["version"],
            has_care_note=row["has_care_note"],
            registered_at=row["registered_at"],
            withdrawn_at=row["withdrawn_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, volunteer_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(volunteers.volunteers_by_id, volunteer_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The person.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other volunteers."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="A minor's guardian.", metadata=LOADS)
    async def guardian(self, info: Info) -> Person | None:
        """Load them with those of the other volunteers."""
        guardian_id = self.row["guardian_id"]
        return None if guardian_id is None else await Person.load(info, guardian_id)

    @strawberry.field(description="The community of registration.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other volunteers."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="When the volunteer is free.", metadata=LOADS)
    async def availability(self, info: Info) -> list[VolunteerTime]:
        """Load it with that of the other volunteers."""
        rows = await info.context.load(volunteers.availability, self.row["id"])
        return [
            VolunteerTime(weekday=row["weekday"], block=TimeBlock(row["block"])) for row in rows
        ]

    @strawberry.field(
        description="What the volunteer can do, the first claimed first.", metadata=LOADS
    )
    async def skills(self, info: Info) -> list[VolunteerSkill]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(volunteers.skills, self.row["id"])
        return [
            VolunteerSkill(
                id=node.encode("volunteer_skill", row["id"]),
                name=row["name"],
                issued_by=row["issued_by"],
                state=VolunteerSkillState(row["state"]),
                expires_on=row["expires_on"],
                is_expired=row["is_expired"],
                judge_reason=row["judge_reason"],
            )
            for row in rows
        ]

    @strawberry.field(description="How the volunteer is insured.", metadata=LOADS)
    async def insurances(self, info: Info) -> list[VolunteerInsurance]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(volunteers.insurances, self.row["id"])
        return [
            VolunteerInsurance(
                **{name: row[name] for name in ("insurer", "covers_risky", "starts_on", "ends_on")}
            )
            for row in rows
        ]

    @strawberry.field(description="What the volunteer has learnt.", metadata=LOADS)
    async def trainings(self, info: Info) -> list[VolunteerTraining]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(volunteers.trainings, self.row["id"])
        return [
            VolunteerTraining(
                **{
                    name: row[name]
                    for name in ("title", "content", "minutes", "held_by", "held_on")
                }
            )
            for row in rows
        ]

    @strawberry.field(description="What the volunteer was granted by others.", metadata=LOADS)
    async def awards(self, info: Info) -> list[VolunteerAward]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(volunteers.awards, self.row["id"])
        return [
            VolunteerAward(**{name: row[name] for name in ("title", "granted_by", "granted_on")})
            for row in rows
        ]

    @strawberry.field(description="Bans from honours.", metadata=LOADS)
    async def bans(self, info: Info) -> list[VolunteerBan]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(honours.bans, self.row["id"])
        return [
            VolunteerBan(
                **{
                    name: row[name]
                    for name in ("starts_on", "ends_on", "reason", "lifted_at", "lift_reason")
                }
            )
            for row in rows
        ]

    @strawberry.field(description="What was agreed to, the first first.", metadata=LOADS)
    async def consents(self, info: Info) -> list[VolunteerConsent]:
        """Load them with those of the other volunteers."""
        rows = await info.context.load(volunteers.consents, self.row["id"])
        return [
            VolunteerConsent(
                purpose=VolunteerConsentPurpose(row["purpose"]),
                text_version=row["text_version"],
                as_guardian=row["as_guardian"],
                granted_at=row["granted_at"],
                withdrawn_at=row["withdrawn_at"],
            )
            for row in rows
        ]

    @strawberry.field(
        description="What the people's register does not know yet of what the law asks.",
        metadata=LOADS,
    )
    async def missing_basics(self, info: Info) -> list[VolunteerBasic]:
        """Look it up with that of the other volunteers; empty where the caller may not know."""
        person = await info.context.load(people.people_by_id, self.row["person_id"])
        if person is None or not person["known"]:
            return []
        return [each for each, column in _BASICS if person[column] is None]


_BASICS = (
    (VolunteerBasic.GENDER, "gender"),
    (VolunteerBasic.BIRTH_DATE, "birth_date"),
    (VolunteerBasic.IDENTITY_NUMBER, "identity_sealed"),
    (VolunteerBasic.PHONE, "phone_sealed"),
)


async def _volunteers(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await volunteers.volunteers_by_id(actor, ids)
    return [None if row is None else Volunteer.of(row) for row in rows]


node.register("volunteer", _volunteers)

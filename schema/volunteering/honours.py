"""Stars, medals, bans and figures."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor, Role
from domains.kernel.database import Row
from domains.volunteering.queries import honours
from domains.volunteering.rules.stars import StarPolicy
from domains.volunteering.service import honouring, star_policies
from domains.volunteering.values.honours import VolunteerHonourKind, VolunteerHonourState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.membership.types import Person, reloaded
from schema.node import Node
from schema.volunteering import honours_enums as _enums  # noqa: F401  # describes the enums first
from schema.volunteering.inputs import Argument, Key
from schema.volunteering.queries import Within, path_of
from schema.volunteering.volunteers import Volunteer
from schema.volunteering.volunteers_mutations import VolunteerPayload, volunteer_payload


@strawberry.type(description="A star or a medal.")
class VolunteerHonour(Node):
    """Public to who belongs, from its notice on."""

    kind: VolunteerHonourKind = strawberry.field(description="What it is.")
    code: str = strawberry.field(description="Its code in the policy.")
    level: int = strawberry.field(description="How high.")
    title: str = strawberry.field(description="What it is called, in the caller's language.")
    state: VolunteerHonourState = strawberry.field(description="How far it has come.")
    minutes: int = strawberry.field(description="The final minutes that it was found by.")
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")
    noticed_at: datetime = strawberry.field(description="When its notice began.")
    notice_until: datetime = strawberry.field(description="The first instant after its notice.")
    approved_at: datetime | None = strawberry.field(description="When it was approved.")
    granted_at: datetime | None = strawberry.field(description="When it was granted.")
    ended_at: datetime | None = strawberry.field(description="When it was refused or revoked.")
    end_reason: str | None = strawberry.field(description="Why it was refused or revoked.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row, locale: str) -> Self:
        """Make it from its row, in a language."""
        return cls(
            id=node.encode("volunteer_honour", row["id"]),
            kind=VolunteerHonourKind(row["kind"]),
            state=VolunteerHonourState(row["state"]),
            title=row["title_en"] if locale.startswith("en") else row["title_zh"],
            approved_by=[Role(each) for each in row["approvers"]],
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, honour_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(honours.honours_by_id, honour_id)
        return None if row is None else cls.of(row, info.context.actor.locale)

    @strawberry.field(description="Whose it is, as far as the caller sees them.", metadata=LOADS)
    async def person(self, info: Info) -> Person | None:
        """Load them with those of the other honours."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(description="The volunteer, for who may see them.", metadata=LOADS)
    async def volunteer(self, info: Info) -> Volunteer | None:
        """Load them with those of the other honours."""
        return await Volunteer.load(info, self.row["volunteer_id"])


_PLAIN = (
    *("code", "level", "minutes", "noticed_at", "notice_until", "approved_at", "granted_at"),
    *("ended_at", "end_reason"),
)


@strawberry.type(description="How many volunteers served in a year.")
class VolunteerFigures:
    """For everybody; the plan asks for more than half."""

    year: int = strawberry.field(description="The year.")
    registered: int = strawberry.field(description="How many were registered in it.")
    active: int = strawberry.field(description="How many of them have a final record of it.")
    minutes: int = strawberry.field(description="The minutes of the area's final records.")

    @strawberry.field(description="Whether more than half of them were active.")
    def more_than_half_active(self) -> bool:
        """Compare them, exactly."""
        return self.active * 2 > self.registered


@strawberry.type(description="What a star asks for.")
class StarLevel:
    """As the policy in force says it."""

    level: int = strawberry.field(description="How high.")
    hours: int = strawberry.field(description="How many hours.")
    months: int = strawberry.field(description="How many months since the first service.")
    quality_tenths: int = strawberry.field(
        description="The least average quality, in tenths: 30 is 3.0 of 5."
    )
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.type(description="The star policy that holds in an area today.")
class StarPolicyView:
    """Its own, or the general one."""

    legal_basis: str = strawberry.field(description="The text that it rests on.")
    is_own: bool = strawberry.field(description="Whether it is the community's own.")
    notice_working_days: int = strawberry.field(description="Working days of public notice.")
    levels: list[StarLevel] = strawberry.field(description="The stars, the lowest first.")


@strawberry.input(description="What a star asks for.")
class StarLevelInput:
    """Levels rise: each asks for more hours, and for no less of the rest."""

    hours: int = strawberry.field(description="How many hours.")
    months: int = strawberry.field(description="How many months since the first service.")
    quality_tenths: int = strawberry.field(description="The least average quality, in tenths.")
    approved_by: list[Role] = strawberry.field(description="Which roles may approve it.")


@strawberry.input(description="A community's own star policy.")
class AdoptStarPolicyInput:
    """What is left out stays as it is."""

    community_id: strawberry.ID = strawberry.field(description="The community.")
    effective_from: date = strawberry.field(description="The first day on which it holds.")
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    notice_working_days: int | None = strawberry.field(
        default=None, description="Working days of public notice, 1 to 60."
    )
    levels: list[StarLevelInput] | None = strawberry.field(
        default=None, description="The stars, the lowest first, 1 to 9."
    )
    idempotency_key: UUID = strawberry.field(description=Key)

    def changes(self) -> dict[str, object]:
        """Return what changes, as the rule set says it."""
        made: dict[str, object] = {}
        if self.notice_working_days is not None:
            made["notice"] = {"workingDays": max(1, min(self.notice_working_days, 60))}
        if self.levels is not None:
            made["levels"] = [
                {
                    "level": at,
                    "hours": each.hours,
                    "months": each.months,
                    "qualityTenths": each.quality_tenths,
                    "approvers": [role.value for role in each.approved_by],
                }
                for at, each in enumerate(self.levels, start=1)
            ]
        return made


@strawberry.input(description="An honour on notice, to be decided.")
class DecideVolunteerHonourInput:
    """By a role that its policy names."""

    honour_id: strawberry.ID = strawberry.field(description="The honour.")
    accepted: bool = strawberry.field(description="Whether it is approved.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="An honour to be taken back.")
class RevokeVolunteerHonourInput:
    """Which, and why."""

    honour_id: strawberry.ID = strawberry.field(description="The honour.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="A volunteer who gets no honours for years, for fraud.")
class BanVolunteerInput:
    """Whom, for how long, and why."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    years: int = strawberry.field(description="For how many years, as the policy bounds it.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.input(description="Bans to be lifted.")
class LiftVolunteerBanInput:
    """Whose, and why."""

    volunteer_id: strawberry.ID = strawberry.field(description="The volunteer.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters.")


@strawberry.type(description="The honour, as things stand now.")
class VolunteerHonourPayload:
    """What was dealt with."""

    honour: VolunteerHonour | None = strawberry.field(description="The honour.")


@strawberry.type(description="The policy was put in; honours on notice keep their own.")
class StarPolicyAdopted:
    """From when it holds."""

    effective_from: date = strawberry.field(description="The first day on which it holds.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


AdoptStarPolicyResult = Annotated[
    StarPolicyAdopted | Refused,
    strawberry.union("AdoptStarPolicyResult", description="From when, or why not."),
]
DecideVolunteerHonourResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("DecideVolunteerHonourResult", description="The honour, or why not."),
]
RevokeVolunteerHonourResult = Annotated[
    VolunteerHonourPayload | Refused,
    strawberry.union("RevokeVolunteerHonourResult", description="The honour, or why not."),
]
BanVolunteerResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("BanVolunteerResult", description="The volunteer, or why not."),
]
LiftVolunteerBanResult = Annotated[
    VolunteerPayload | Refused,
    strawberry.union("LiftVolunteerBanResult", description="The volunteer, or why not."),
]


@strawberry.type
class HonoursQuery:
    """Reading honours and figures."""

    @strawberry.field(description="Honours of an area, the latest on notice first.")
    async def volunteer_honours(
        self,
        info: Info,
        area_id: Within,
        first: First = None,
        after: After = None,
    ) -> Connection[VolunteerHonour]:
        """Read a page of them."""
        path = await path_of(area_id)
        of = listing("volunteerHonours", {"path": path})
        at = page(of, first, after)
        actor = info.context.actor
        found = await honours.honours(actor, area_path=path, volunteer_id=None, page=at)
        return connection(
            of,
            found,
            at,
            make=lambda row: VolunteerHonour.of(row, actor.locale),
            key=lambda row: (row["noticed_at"], row["id"]),
        )

    @strawberry.field(description="How many of an area's volunteers served in a year.")
    async def volunteer_figures(
        self,
        area_id: Within,
        year: Annotated[int, strawberry.argument(description="The year, 2000 to 2999.")],
    ) -> VolunteerFigures:
        """Count them, for everybody."""
        asked = min(max(year, 2000), 2999)
        row = await honours.activity_of(await path_of(area_id), asked)
        return VolunteerFigures(
            year=asked, registered=row["registered"], active=row["active"], minutes=row["minutes"]
        )

    @strawberry.field(description="The star policy that holds in an area today.")
    async def star_policy(self, area_id: Within) -> StarPolicyView:
        """Read it; of no area, the general one."""
        rules = await honouring.policy_at(node.known("area", area_id) or node.NOBODY)
        policy = StarPolicy.of(rules)
        return StarPolicyView(
            legal_basis=rules.legal_basis,
            is_own=rules.community_id is not None,
            notice_working_days=policy.notice.days,
            levels=[
                StarLevel(
                    level=each.level,
                    hours=each.hours,
                    months=each.months,
                    quality_tenths=each.quality_tenths,
                    approved_by=list(each.approvers),
                )
                for each in policy.levels
            ],
        )


def _honour_of(text: str) -> UUID:
    return node.decode("volunteer_honour", text, path=("input", "honourId"))


def _volunteer_of(text: str) -> UUID:
    return node.decode("volunteer", text, path=("input", "volunteerId"))


@strawberry.type
class HonoursMutation:
    """Deciding about honours."""

    @strawberry.mutation(description="Adopt a community's own star policy from a day to come.")
    async def adopt_star_policy(
        self, info: Info, input: Annotated[AdoptStarPolicyInput, Argument]
    ) -> AdoptStarPolicyResult:
        """Adopt it."""
        _, replayed = await star_policies.adopt_star_policy(
            info.context.actor,
            node.decode("area", input.community_id, path=("input", "communityId")),
            effective_from=input.effective_from,
            legal_basis=input.legal_basis,
            changes=input.changes(),
            idempotency_key=input.idempotency_key,
        )
        return StarPolicyAdopted(effective_from=input.effective_from, replayed=replayed)

    @strawberry.mutation(
        description="Approve an honour on notice, or refuse it; approved, it is granted by"
        " itself when the notice is over."
    )
    async def decide_volunteer_honour(
        self, info: Info, input: Annotated[DecideVolunteerHonourInput, Argument]
    ) -> DecideVolunteerHonourResult:
        """Decide it."""
        honour_id = await honouring.decide_honour(
            info.context.actor,
            _honour_of(input.honour_id),
            accepted=input.accepted,
            reason=input.reason,
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(description="Take a granted honour back.")
    async def revoke_volunteer_honour(
        self, info: Info, input: Annotated[RevokeVolunteerHonourInput, Argument]
    ) -> RevokeVolunteerHonourResult:
        """Take it back."""
        honour_id = await honouring.revoke_honour(
            info.context.actor, _honour_of(input.honour_id), reason=input.reason
        )
        found = await reloaded(info, VolunteerHonour.load, honour_id)
        return VolunteerHonourPayload(honour=found)

    @strawberry.mutation(description="Keep a volunteer from honours for years, for fraud.")
    async def ban_volunteer(
        self, info: Info, input: Annotated[BanVolunteerInput, Argument]
    ) -> BanVolunteerResult:
        """Ban them."""
        volunteer_id = await honouring.ban_volunteer(
            info.context.actor,
            _volunteer_of(input.volunteer_id),
            years=input.years,
            reason=input.reason,
        )
        return await volunteer_payload(info, volunteer_id)

    @strawberry.mutation(description="Lift a volunteer's bans.")
    async def lift_volunteer_ban(
        self, info: Info, input: Annotated[LiftVolunteerBanInput, Argument]
    ) -> LiftVolunteerBanResult:
        """Lift them."""
        volunteer_id = await honouring.lift_ban(
            info.context.actor, _volunteer_of(input.volunteer_id), reason=input.reason
        )
        return await volunteer_payload(info, volunteer_id)


async def _honours(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await honours.honours_by_id(actor, ids)
    return [None if row is None else VolunteerHonour.of(row, actor.locale) for row in rows]


node.register("volunteer_honour", _honours)

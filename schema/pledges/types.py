"""Programmes and pledges, as the world sees them."""

import json
from datetime import date, datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel import rulesets
from domains.kernel.actor import Actor, Role
from domains.kernel.calendar import Months, NaturalDays, Period
from domains.kernel.database import Row
from domains.pledges.queries import pledges
from domains.pledges.rules.keeping import keeping
from domains.pledges.rules.procedure import PledgeProcedure
from domains.pledges.values.pledges import Keeping, PledgeState, SourceKind
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area
from schema.node import Node
from schema.pledges import enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.terms import PledgeTerms

# The kinds of node that a source may be.
SOURCES = {
    SourceKind.NEED: "need",
    SourceKind.ISSUE: "issue",
    SourceKind.RESOLUTION: "resolution",
    SourceKind.REVIEW: "review",
}


def _spoken(period: Period) -> str:
    if isinstance(period, NaturalDays):
        return f"P{period.days}D"
    return f"P{period.months}M" if isinstance(period, Months) else f"P{period.days}WD"


@strawberry.type(description="The rules frozen into a programme when it was opened.")
class PledgeRules:
    """Days and numbers are data; periods are like P7D (natural days) or P10WD (working days)."""

    legal_basis: str = strawberry.field(description="The text that they rest on.")
    notice: str = strawberry.field(description="How long a pledge is on public notice.")
    change_notice: str = strawberry.field(description="How long a change is on public notice.")
    objection_answer: str = strawberry.field(description="In what time an objection is answered.")
    contest_answer: str = strawberry.field(description="In what time a contest is answered.")
    report: str = strawberry.field(
        description="How long after it happened a claim counts for the day that it names."
    )
    milestone_remind_days: int = strawberry.field(
        description="How many days before it is due a milestone is reminded of."
    )
    accepted_by: list[Role] = strawberry.field(description="Who may accept what was delivered.")
    least_acceptances: int = strawberry.field(description="How many of them it takes.")
    refusals: int = strawberry.field(description="How many of them send it back.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from a programme's row."""
        rules = rulesets.thaw(json.loads(row["rules"]))
        procedure = PledgeProcedure.of(rules)
        return cls(
            legal_basis=rules.legal_basis,
            notice=_spoken(procedure.notice),
            change_notice=_spoken(procedure.change_notice),
            objection_answer=_spoken(procedure.objection_answer),
            contest_answer=_spoken(procedure.contest_answer),
            report=_spoken(procedure.report),
            milestone_remind_days=procedure.milestone_remind_days,
            accepted_by=sorted(procedure.acceptance.roles),
            least_acceptances=procedure.acceptance.least,
            refusals=procedure.acceptance.refusals,
        )


@strawberry.type(description="What a community promises in a year.")
class PledgeProgramme(Node):
    """Public to everybody."""

    year: int = strawberry.field(description="The year.")
    introduction: str = strawberry.field(description="What it is about; may be empty.")
    opened_at: datetime = strawberry.field(description="Since when pledges are proposed for it.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("pledge_programme", row["id"]),
            year=row["year"],
            introduction=row["introduction"],
            opened_at=row["opened_at"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, programme_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(pledges.programmes_by_id, programme_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The rules that its pledges run under.")
    def rules(self) -> PledgeRules:
        """Thaw what was frozen."""
        return PledgeRules.of(self.row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other programmes."""
        return await Area.load(info, self.row["area_id"])


@strawberry.type(description="Where a pledge comes from.")
class PledgeSource:
    """A kind, and what it was."""

    kind: SourceKind = strawberry.field(description="What kind of thing.")
    id: strawberry.ID | None = strawberry.field(
        description="Its id; null for the community's own, or a need that was told by mouth."
    )
    source_id: strawberry.Private[UUID | None]

    @strawberry.field(
        description="The thing itself; null where there is none or it is out of sight."
    )
    async def subject(self, info: Info) -> Node | None:
        """Load it with the others of its kind."""
        if self.source_id is None:
            return None
        return await node.load(info, SOURCES[self.kind], self.source_id)


@strawberry.type(description="How many people stand around a pledge.")
class PledgeFigures:
    """Counts of now."""

    followers: int = strawberry.field(description="How many follow it.")
    is_followed: bool = strawberry.field(description="Whether the caller does.")
    comments: int = strawberry.field(description="How many comments stand.")
    open_objections: int = strawberry.field(
        description="How many objections and contests wait for their answer."
    )
    accepted: int = strawberry.field(description="How many accepted the last delivery.")
    refused: int = strawberry.field(description="How many did not.")


@strawberry.type(description="A named service that a body promises in public by a day.")
class Pledge(Node):
    """All of it for who belongs to the community; for everybody once it was on notice."""

    year: int = strawberry.field(description="The year of its programme.")
    number: int = strawberry.field(description="Its number in the programme.")
    state: PledgeState = strawberry.field(description="How far it has come.")
    title: str = strawberry.field(description="What is promised, in a line.")
    source: PledgeSource = strawberry.field(description="Where it comes from.")
    terms: PledgeTerms = strawberry.field(description="The terms in force.")
    deadline: date = strawberry.field(description="The deadline in force.")
    first_deadline: date | None = strawberry.field(
        description="The deadline that it was committed with, which never moves; null before."
    )
    keeping: Keeping = strawberry.field(
        description="Whether it was kept, judged by the first deadline."
    )
    progress: int = strawberry.field(
        description="What the milestones reached weigh together, in hundredths of the whole."
    )
    proposed_at: datetime = strawberry.field(description="When it was proposed.")
    screened_at: datetime | None = strawberry.field(description="When it was screened.")
    screen_reason: str | None = strawberry.field(description="Why it was taken up or declined.")
    noticed_at: datetime | None = strawberry.field(description="When its last notice began.")
    notice_until: datetime | None = strawberry.field(
        description="The first instant after its last notice."
    )
    committed_at: datetime | None = strawberry.field(description="When it was promised.")
    delivered_on: date | None = strawberry.field(
        description="The day of its delivery: the latest that its claims count for."
    )
    accepted_at: datetime | None = strawberry.field(description="When it was accepted.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    close_summary: str | None = strawberry.field(description="What it came to.")
    defaulted_at: datetime | None = strawberry.field(description="When it was given up.")
    default_reason: str | None = strawberry.field(description="Why it was not kept.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")
    withdraw_reason: str | None = strawberry.field(description="Why it was withdrawn.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        kind, source_id = SourceKind(row["source_kind"]), row["source_id"]
        state = PledgeState(row["state"])
        return cls(
            id=node.encode("pledge", row["id"]),
            state=state,
            source=PledgeSource(
                kind=kind,
                id=None if source_id is None else node.encode(SOURCES[kind], source_id),
                source_id=source_id,
            ),
            terms=PledgeTerms.of(row, (row["id"], row["terms_version"])),
            keeping=keeping(
                state, first_deadline=row["first_deadline"], delivered_on=row["delivered_on"]
            ),
            progress=row["reached_weight"],
            **{name: row[name] for name in _PLAIN},
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, pledge_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(pledges.pledges_by_id, pledge_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The programme that it belongs to.", metadata=LOADS)
    async def programme(self, info: Info) -> PledgeProgramme | None:
        """Load it with those of the other pledges."""
        return await PledgeProgramme.load(info, self.row["programme_id"])

    @strawberry.field(description="The community that it is promised to.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other pledges."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="Who stands around it, in numbers.", metadata=LOADS)
    async def figures(self, info: Info) -> PledgeFigures:
        """Count them with those of the other pledges."""
        row = await info.context.load(pledges.figures, self.row["id"])
        return PledgeFigures(
            followers=row["followers"],
            is_followed=row["is_followed"],
            comments=row["comments"],
            open_objections=row["open_objections"],
            accepted=row["accepted"],
            refused=row["refused"],
        )


_PLAIN = (
    *("year", "number", "title", "deadline", "first_deadline", "proposed_at", "screened_at"),
    *("screen_reason", "noticed_at", "notice_until", "committed_at", "delivered_on"),
    *("accepted_at", "closed_at", "close_summary", "defaulted_at", "default_reason"),
    *("withdrawn_at", "withdraw_reason"),
)


async def _pledges(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await pledges.pledges_by_id(actor, ids)
    return [None if row is None else Pledge.of(row) for row in rows]


async def _programmes(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await pledges.programmes_by_id(actor, ids)
    return [None if row is None else PledgeProgramme.of(row) for row in rows]


node.register("pledge", _pledges)
node.register("pledge_programme", _programmes)

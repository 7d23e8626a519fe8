"""What follows a review, as the world sees it."""

from datetime import datetime
from fractions import Fraction
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.pledges.queries import follow_up
from domains.pledges.values.reviews import AppraisalGrade, Half, RectificationState
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Person
from schema.node import Node
from schema.pledges import review_enums as _enums  # noqa: F401  # describes the enums first
from schema.voting.figures import ExactNumber


def exact(rate: str | None) -> ExactNumber | None:
    """Show a rate as it was counted."""
    return None if rate is None else ExactNumber.of(Fraction(rate))


@strawberry.type(description="What a published review came to for somebody.")
class ReviewOutcome:
    """Nothing follows from it by itself."""

    satisfaction: ExactNumber | None = strawberry.field(
        description="The weighted rate over all; null where nobody says anything."
    )
    has_failed: bool = strawberry.field(
        description="Whether it misses the rate that the rules ask."
    )
    failures_in_a_row: int = strawberry.field(
        description="How many failures end with this one, none of them made good between."
    )
    consequence: str | None = strawberry.field(
        description="What the rules say of so many; told only, for whoever is competent to decide."
    )
    legal_basis: str | None = strawberry.field(description="The text that says so.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Show it."""
        return cls(
            satisfaction=exact(row["rate"]),
            has_failed=row["failed"],
            failures_in_a_row=row["in_a_row"],
            consequence=row["consequence"],
            legal_basis=row["legal_basis"],
        )


@strawberry.type(description="Remarks on somebody that say the like, and the answer to them.")
class RemarkTopic(Node):
    """Read the remarks with reviewRemarks."""

    title: str = strawberry.field(description="What they are about.")
    remarks: int = strawberry.field(description="How many there are.")
    due_at: datetime | None = strawberry.field(
        description="When an answer is due by; null before the result is public."
    )
    late_since: datetime | None = strawberry.field(description="Since when an answer is late.")
    answer: str | None = strawberry.field(description="The answer.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        names = ("title", "remarks", "due_at", "late_since", "answer", "answered_at")
        return cls(id=node.encode("remark_topic", row["id"]), **{name: row[name] for name in names})


@strawberry.type(description="A remark beside a rating; nothing tells whose.")
class ReviewRemark(Node):
    """Grouped, or withheld with a reason."""

    topic_id: strawberry.ID | None = strawberry.field(description="The topic that it is under.")
    topic: str | None = strawberry.field(description="What that is called.")
    text: str | None = strawberry.field(
        description="What it says; null where it is withheld from the public."
    )
    withheld_reason: str | None = strawberry.field(description="Why it is withheld.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        topic_id: UUID | None = row["topic_id"]
        return cls(
            id=node.encode("review_remark", row["id"]),
            topic_id=None if topic_id is None else node.encode("remark_topic", topic_id),
            topic=row["title"],
            text=row["text"],
            withheld_reason=row["withheld_reason"],
        )


@strawberry.type(description="An order to put something right after a review.")
class Rectification(Node):
    """Public, as the result that it rests on."""

    state: RectificationState = strawberry.field(description="How far it has come.")
    demand: str = strawberry.field(description="What is to be put right.")
    ordered_at: datetime = strawberry.field(description="When it was ordered.")
    due_at: datetime = strawberry.field(description="When a report is due by.")
    late_since: datetime | None = strawberry.field(description="Since when it is late.")
    report: str | None = strawberry.field(description="How it was put right, by whoever had to.")
    reported_at: datetime | None = strawberry.field(description="When that was reported.")
    verdict: str | None = strawberry.field(description="What somebody else says of it.")
    decided_at: datetime | None = strawberry.field(description="When that was said.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        names = ("demand", "ordered_at", "due_at", "late_since", "report", "reported_at")
        return cls(
            id=node.encode("rectification", row["id"]),
            state=RectificationState(row["state"]),
            **{name: row[name] for name in (*names, "verdict", "decided_at")},
        )


@strawberry.type(description="A published result that an appraisal looks back on.")
class AppraisedResult:
    """One of the year's reviews of the person."""

    review_id: strawberry.ID = strawberry.field(description="The review.")
    half: Half = strawberry.field(description="Which half.")
    is_second: bool = strawberry.field(description="Whether it was held after a rectification.")
    outcome: ReviewOutcome = strawberry.field(description="What it came to.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            review_id=node.encode("review", row["review_id"]),
            half=Half(row["half"]),
            is_second=row["second_of_id"] is not None,
            outcome=ReviewOutcome.of({**row, "consequence": None, "legal_basis": None}),
        )


@strawberry.type(description="The year's appraisal of a person, between them and the street.")
class Appraisal(Node):
    """Seen by whom it is about, and by the street."""

    year: int = strawberry.field(description="The year.")
    grade: AppraisalGrade = strawberry.field(description="What the year comes to.")
    affects_pay: bool = strawberry.field(description="Whether it affects pay.")
    affects_awards: bool = strawberry.field(description="Whether it affects awards.")
    affects_promotion: bool = strawberry.field(description="Whether it affects promotion.")
    reason: str = strawberry.field(description="Why.")
    at: datetime = strawberry.field(description="When it was recorded.")
    reply_until: datetime = strawberry.field(description="Until when the person may reply.")
    reply: str | None = strawberry.field(description="What the person replies.")
    replied_at: datetime | None = strawberry.field(description="When they did.")
    review_id: strawberry.ID = strawberry.field(description="The review that it rests on.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        names = ("year", "affects_pay", "affects_awards", "affects_promotion", "reason", "at")
        return cls(
            id=node.encode("appraisal", row["id"]),
            grade=AppraisalGrade(row["grade"]),
            review_id=node.encode("review", row["review_id"]),
            **{name: row[name] for name in (*names, "reply_until", "reply", "replied_at")},
            row=row,
        )

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other appraisals."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(description="The person, as far as the caller may know them.")
    async def person(self, info: Info) -> Person | None:
        """Load it with the others."""
        return await Person.load(info, self.row["person_id"])

    @strawberry.field(
        description="All published results of the person in the year.", metadata=LOADS
    )
    async def results(self, info: Info) -> list[AppraisedResult]:
        """Load them with those of the other appraisals."""
        rows = await info.context.load(follow_up.appraised_results, self.row["id"])
        return [AppraisedResult.of(row) for row in rows]


async def _topics(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await follow_up.topics_by_id(actor, ids)
    return [None if row is None else RemarkTopic.of(row) for row in rows]


async def _remarks(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await follow_up.remarks_by_id(actor, ids)
    return [None if row is None else ReviewRemark.of(row) for row in rows]


async def _rectifications(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await follow_up.rectifications_by_id(actor, ids)
    return [None if row is None else Rectification.of(row) for row in rows]


async def _appraisals(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await follow_up.appraisals_by_id(actor, ids)
    return [None if row is None else Appraisal.of(row) for row in rows]


node.register("remark_topic", _topics)
node.register("review_remark", _remarks)
node.register("rectification", _rectifications)
node.register("appraisal", _appraisals)

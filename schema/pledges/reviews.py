"""Half-yearly reviews, as the world sees them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.pledges.queries import follow_up, reviews
from domains.pledges.rules.ratings import Answers, TurnoutStep
from domains.pledges.values.reviews import Half, RaterSource, RevieweeKind, ReviewState
from domains.voting import queries as voting
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Area, Organisation, Person
from schema.node import Node
from schema.pledges import review_enums as _enums  # noqa: F401  # describes the enums first
from schema.pledges.follow_up import Appraisal, Rectification, RemarkTopic, ReviewOutcome
from schema.voting.figures import ExactNumber


@strawberry.type(description="Something that is rated.")
class ReviewItem:
    """The last is the reviewee over all."""

    position: int = strawberry.field(description="Its place; ratings name it by this.")
    label: str = strawberry.field(description="What is rated.")
    is_overall: bool = strawberry.field(description="Whether it is the reviewee over all.")


@strawberry.type(description="A group of reviewers.")
class ReviewGroup:
    """Who they are is told to nobody."""

    code: str = strawberry.field(description="Its code.")
    title: str = strawberry.field(description="What it is called.")
    weight: int = strawberry.field(description="What it weighs; all together make 100.")
    least: int = strawberry.field(description="How many valid ratings it needs.")
    source: RaterSource = strawberry.field(description="How it comes together.")
    is_residents: bool = strawberry.field(description="Whether it counts as residents.")
    raters: int | None = strawberry.field(
        description="How many are in it; null until the rating opens."
    )


@strawberry.type(description="How many gave each answer.")
class RatingAnswers:
    """On the four-step scale."""

    satisfied: int = strawberry.field(description="How many are satisfied.")
    basically_satisfied: int = strawberry.field(description="How many are basically satisfied.")
    unsatisfied: int = strawberry.field(description="How many are unsatisfied.")
    unknown: int = strawberry.field(description="How many do not know.")

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """Show them."""
        return cls(
            satisfied=answers.satisfied,
            basically_satisfied=answers.basically_satisfied,
            unsatisfied=answers.unsatisfied,
            unknown=answers.unknown,
        )


@strawberry.type(description="What all reviewers said of an item.")
class ItemRating:
    """All groups together, and the weighted rate."""

    item: int = strawberry.field(description="The item's place.")
    answers: RatingAnswers = strawberry.field(description="All groups' answers together.")
    satisfaction: ExactNumber | None = strawberry.field(
        description="The rate of satisfaction, each group by its weight; null where nobody says"
        " anything."
    )


@strawberry.type(description="What a group said over all: from five valid ratings up.")
class GroupRating:
    """Left out, with others, where it would tell who said what."""

    code: str = strawberry.field(description="The group's code.")
    title: str = strawberry.field(description="What it is called.")
    weight: int = strawberry.field(description="What it weighs.")
    valid: int = strawberry.field(description="Its valid ratings.")
    answers: RatingAnswers = strawberry.field(description="Its answers.")
    satisfaction: ExactNumber | None = strawberry.field(description="Its rate of satisfaction.")


@strawberry.type(description="What the rating of somebody came to.")
class ReviewRating:
    """Papers, items, and groups that may be told."""

    issued: int = strawberry.field(description="How many could rate.")
    returned: int = strawberry.field(description="How many did.")
    void: int = strawberry.field(description="How many papers were void.")
    valid: int = strawberry.field(description="How many ratings are valid.")
    items: list[ItemRating] = strawberry.field(description="By item, the whole last.")
    groups: list[GroupRating] = strawberry.field(description="By group, over all.")

    @classmethod
    def of(cls, rated: reviews.Rated) -> Self:
        """Show it."""
        return cls(
            issued=rated.issued,
            returned=rated.returned,
            void=rated.void,
            valid=rated.valid,
            items=[
                ItemRating(
                    item=each.item,
                    answers=RatingAnswers.of(each.answers),
                    satisfaction=None if each.rate is None else ExactNumber.of(each.rate),
                )
                for each in rated.items
            ],
            groups=[
                GroupRating(
                    code=each.code,
                    title=each.title,
                    weight=each.weight,
                    valid=each.valid,
                    answers=RatingAnswers.of(each.answers),
                    satisfaction=None if each.rate is None else ExactNumber.of(each.rate),
                )
                for each in rated.groups
            ],
        )


@strawberry.type(description="A comparison that a round's standing hangs on.")
class TurnoutComparison:
    """So many, where so many are needed."""

    name: str = strawberry.field(description="What is compared: raters, residents, or group:code.")
    counted: int = strawberry.field(description="How many there are.")
    needed: int = strawberry.field(description="How many are needed.")
    holds: bool = strawberry.field(description="Whether there are enough.")

    @classmethod
    def of(cls, step: TurnoutStep) -> Self:
        """Show it."""
        return cls(name=step.name, counted=step.counted, needed=step.needed, holds=step.holds)


@strawberry.type(description="A written work report.")
class WorkReport:
    """Public; late where it came after its day."""

    text: str = strawberry.field(description="What it says.")
    filed_at: datetime = strawberry.field(description="When it was last handed in.")
    is_late: bool = strawberry.field(description="Whether it came after its day.")
    version: int = strawberry.field(description="How many times it has been written.")


@strawberry.type(description="The caller's own part in rating somebody.")
class MyRating:
    """Whether, never what."""

    poll_id: strawberry.ID = strawberry.field(description="The box of the ballot box.")
    has_rated: bool = strawberry.field(description="Whether the caller's rating is in it.")


@strawberry.type(description="A person or a body under review.")
class Reviewee(Node):
    """Named to all: it is their public work that is reviewed."""

    kind: RevieweeKind = strawberry.field(description="A person or a body.")
    name: str = strawberry.field(description="The name.")
    duty: str = strawberry.field(description="What they are there; may be empty.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("reviewee", row["id"]),
            kind=RevieweeKind(row["kind"]),
            name=row["name"],
            duty=row["duty"],
            row=row,
        )

    @strawberry.field(description="The person, as far as the caller may know them.")
    async def person(self, info: Info) -> Person | None:
        """Load them with the others."""
        person_id: UUID | None = self.row["person_id"]
        return None if person_id is None else await Person.load(info, person_id)

    @strawberry.field(description="The body.")
    async def organisation(self, info: Info) -> Organisation | None:
        """Load it with the others."""
        organisation_id: UUID | None = self.row["organisation_id"]
        return None if organisation_id is None else await Organisation.load(info, organisation_id)

    @strawberry.field(description="The written work report; null until it is in.", metadata=LOADS)
    async def work_report(self, info: Info) -> WorkReport | None:
        """Load it with the others."""
        row = await info.context.load(reviews.work_reports, self.row["id"])
        if row is None:
            return None
        return WorkReport(
            text=row["text"],
            filed_at=row["filed_at"],
            is_late=row["is_late"],
            version=row["version"],
        )

    @strawberry.field(
        description="What the rating came to; null until it is counted, and where it is void.",
        metadata=LOADS,
    )
    async def rating(self, info: Info) -> ReviewRating | None:
        """Load it with the others."""
        rated = await info.context.load(reviews.ratings, self.row["id"])
        return None if rated is None else ReviewRating.of(rated)

    @strawberry.field(
        description="What it came to; null until the result is published.", metadata=LOADS
    )
    async def outcome(self, info: Info) -> ReviewOutcome | None:
        """Load it with the others."""
        row = await info.context.load(follow_up.outcomes, self.row["id"])
        return None if row is None else ReviewOutcome.of(row)

    @strawberry.field(
        description="What was remarked, by topic: to everybody once it is published, to the"
        " street once it is counted.",
        metadata=LOADS,
    )
    async def remark_topics(self, info: Info) -> list[RemarkTopic]:
        """Load them with those of the others."""
        rows = await info.context.load(follow_up.topics, self.row["id"])
        return [RemarkTopic.of(row) for row in rows]

    @strawberry.field(description="What is to be put right; null where nothing is.", metadata=LOADS)
    async def rectification(self, info: Info) -> Rectification | None:
        """Load it with the others."""
        row = await info.context.load(follow_up.rectifications, self.row["id"])
        return None if row is None else Rectification.of(row)

    @strawberry.field(
        description="The year's appraisal, for whom it is about and for the street.",
        metadata=LOADS,
    )
    async def appraisal(self, info: Info) -> Appraisal | None:
        """Load it with the others."""
        row = await info.context.load(follow_up.appraisals_of, self.row["id"])
        return None if row is None else Appraisal.of(row)

    @strawberry.field(description="The caller's own part; null where they do not rate here.")
    async def my_rating(self, info: Info) -> MyRating | None:
        """Load it with the others: that a ballot was cast, never which."""
        poll_id = await info.context.load(reviews.my_boxes, self.row["id"])
        if poll_id is None:
            return None
        cast = await info.context.load(voting.my_ballots, poll_id)
        return MyRating(poll_id=node.encode("poll", poll_id), has_rated=cast is not None)


@strawberry.type(description="The review of one half of a year in a community.")
class Review(Node):
    """Public to everybody."""

    year: int = strawberry.field(description="The year.")
    half: Half = strawberry.field(description="Which half of it.")
    state: ReviewState = strawberry.field(description="How far it has come.")
    scheduled_at: datetime = strawberry.field(description="When it was begun.")
    reports_due_at: datetime = strawberry.field(description="When work reports are due by.")
    meets_at: datetime | None = strawberry.field(
        description="When those under review report in person, once it is known."
    )
    rating_opens_at: datetime = strawberry.field(description="From when ratings are taken.")
    rating_closes_at: datetime = strawberry.field(description="Until when ratings are taken.")
    tallied_at: datetime | None = strawberry.field(description="When it was counted.")
    published_at: datetime | None = strawberry.field(description="When the result was published.")
    repeats_id: strawberry.ID | None = strawberry.field(
        description="The void round that this one repeats."
    )
    second_of_id: strawberry.ID | None = strawberry.field(
        description="The review after whose rectifications this one is held."
    )
    void_reason: str | None = strawberry.field(description="For want of what it does not stand.")
    turnout: list[TurnoutComparison] = strawberry.field(
        description="What it hangs on, of whoever was rated by fewest; empty until counted."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        names = ("year", "scheduled_at", "reports_due_at", "meets_at", "rating_opens_at")
        parent_id, second_of_id = row["parent_id"], row["second_of_id"]
        repeats = parent_id is not None and parent_id != second_of_id
        return cls(
            id=node.encode("review", row["id"]),
            half=Half(row["half"]),
            state=ReviewState(row["state"]),
            turnout=[TurnoutComparison.of(each) for each in reviews.steps_of(row["result"])],
            **{name: row[name] for name in (*names, "rating_closes_at", "tallied_at")},
            published_at=row["published_at"],
            repeats_id=node.encode("review", parent_id) if repeats else None,
            second_of_id=node.encode("review", second_of_id) if second_of_id else None,
            void_reason=row["void_reason"],
            row=row,
        )

    @classmethod
    async def load(cls, info: Info, review_id: UUID) -> Self | None:
        """Load it with the others of its level."""
        row = await info.context.load(reviews.reviews_by_id, review_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="The community.", metadata=LOADS)
    async def community(self, info: Info) -> Area | None:
        """Load it with those of the other reviews."""
        return await Area.load(info, self.row["area_id"])

    @strawberry.field(
        description="The review that was held again because of this one, void or followed up."
    )
    async def held_again_id(self, info: Info) -> strawberry.ID | None:
        """Load it with those of the other reviews."""
        later_id = await info.context.load(follow_up.later_reviews, self.row["id"])
        return None if later_id is None else node.encode("review", later_id)

    @strawberry.field(description="What is rated, in order, the whole last.", metadata=LOADS)
    async def items(self, info: Info) -> list[ReviewItem]:
        """Load them with those of the other reviews."""
        rows = await info.context.load(reviews.items, self.row["id"])
        return [
            ReviewItem(position=row["position"], label=row["label"], is_overall=row["is_overall"])
            for row in rows
        ]

    @strawberry.field(description="The groups of reviewers, in order.", metadata=LOADS)
    async def groups(self, info: Info) -> list[ReviewGroup]:
        """Load them with those of the other reviews."""
        rows = await info.context.load(reviews.groups, self.row["id"])
        return [
            ReviewGroup(
                code=row["code"],
                title=row["title"],
                weight=row["weight"],
                least=row["least_valid"],
                source=RaterSource(row["source"]),
                is_residents=row["is_residents"],
                raters=row["raters"],
            )
            for row in rows
        ]

    @strawberry.field(description="Who is under review, in order; 80 at most.", metadata=LOADS)
    async def reviewees(self, info: Info) -> list[Reviewee]:
        """Load them with those of the other reviews."""
        rows = await info.context.load(reviews.reviewees, self.row["id"])
        return [Reviewee.of(row) for row in rows]


async def _reviews(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await reviews.reviews_by_id(actor, ids)
    return [None if row is None else Review.of(row) for row in rows]


async def _reviewees(actor: Actor, ids: list[UUID]) -> list[Node | None]:
    rows = await reviews.reviewees_by_id(actor, ids)
    return [None if row is None else Reviewee.of(row) for row in rows]


node.register("review", _reviews)
node.register("reviewee", _reviewees)

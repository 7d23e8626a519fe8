"""Polls as the world sees them: leaves are plain attributes, edges are batches."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.rules import LegalEffect, RuleSet, Threshold, thaw
from domains.voting import queries, rules
from domains.voting.queries import elections
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.values import ElectorateKind, Measure, PollMethod, PollState, Secrecy, Stance
from schema import node
from schema.context import LOADS, Info
from schema.membership.types import Person
from schema.node import Node
from schema.scalars import Fen
from schema.voting.ballots import GivenValue, positions_of, values_of
from schema.voting.elections import Nominations
from schema.voting.results import PollResult


@strawberry.type(description="One option of a poll.")
class PollOption(Node):
    """An option at its place on the paper."""

    position: int = strawberry.field(description="Its place on the paper, from 1.")
    label: str = strawberry.field(description="Its words.")
    description: str = strawberry.field(description="What it means.")
    stance: Stance | None = strawberry.field(description="What it stands for in a motion.")
    cost_fen: Fen | None = strawberry.field(description="What a budget's project costs, in fen.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("option", row["id"]),
            position=row["position"],
            label=row["label"],
            description=row["description"],
            stance=Stance(row["stance"]) if row["stance"] else None,
            cost_fen=row["cost_fen"],
        )


@strawberry.type(description="A share that must be reached, in one measure.")
class MeasureShare:
    """An exact fraction and its bound."""

    measure: Measure = strawberry.field(description="What is counted.")
    numerator: int = strawberry.field(description="Above the line.")
    denominator: int = strawberry.field(description="Below the line.")
    inclusive: bool = strawberry.field(description="Whether the share itself is enough.")

    @classmethod
    def all_of(cls, shares: Mapping[Measure, Threshold]) -> list[Self]:
        """Show the shares of every measure."""
        return [
            cls(
                measure=measure,
                numerator=share.numerator,
                denominator=share.denominator,
                inclusive=share.inclusive,
            )
            for measure, share in shares.items()
        ]


@strawberry.type(description="The rules that a poll runs under, frozen when it was published.")
class PollRules:
    """A frozen rule set."""

    code: str = strawberry.field(description="The rule set's code.")
    version: int = strawberry.field(description="Its version.")
    title: str = strawberry.field(description="Its name in the caller's language.")
    legal_basis: str = strawberry.field(description="The text that it rests on.")
    legal_effect: LegalEffect = strawberry.field(description="What a decision is worth by law.")
    quorum: list[MeasureShare] = strawberry.field(
        description="The share of the roll that has to take part, in each measure."
    )
    majority: list[MeasureShare] = strawberry.field(
        description="The share that a motion needs, in each measure."
    )
    recast: bool = strawberry.field(description="Whether an OPEN ballot may be cast again.")

    @classmethod
    def of(cls, rule_set: RuleSet, *, locale: str) -> Self:
        """Show the frozen copy."""
        rule = rules.DecisionRule.of(rule_set)
        return cls(
            code=rule_set.code,
            version=rule_set.version,
            title=rule_set.title_en if locale.startswith("en") else rule_set.title_zh,
            legal_basis=rule_set.legal_basis,
            legal_effect=rule_set.legal_effect,
            quorum=MeasureShare.all_of(rule.quorum),
            majority=MeasureShare.all_of(rule.majority),
            recast=bool(rule_set.content.get("recast", False)),
        )


@strawberry.type(description="How many of the roll have cast.")
class Turnout:
    """Taking part so far; it tells nothing of the result."""

    roll: int = strawberry.field(description="How many are entitled.")
    participated: int = strawberry.field(
        description="How many took part so far: who cast, and the papers that came back. A paper"
        " that was given out and did not come back took no part."
    )


@strawberry.type(description="The caller's own part in a poll.")
class MyBallot:
    """What the caller may still do, and what they did."""

    on_roll: bool = strawberry.field(description="Whether the caller may cast.")
    has_cast: bool = strawberry.field(description="Whether the caller has cast.")
    revision: int | None = strawberry.field(description="How often, in an OPEN poll.")
    positions: list[int] | None = strawberry.field(
        description="What the caller's ballot says in an OPEN poll; never told of a SECRET one."
    )
    values: list[GivenValue] | None = strawberry.field(
        description="What it gives to options, in an OPEN poll whose ballots give values or rank."
    )
    cast_at: datetime | None = strawberry.field(description="When, in an OPEN poll.")


@strawberry.type(description="A named ballot of an OPEN poll, after its close.")
class RollCallEntry:
    """Who voted what."""

    number: int = strawberry.field(description="The voter's number on the roll.")
    name: str = strawberry.field(description="The voter's name.")
    positions: list[int] = strawberry.field(description="The options that the ballot names.")
    values: list[GivenValue] = strawberry.field(
        description="What it gives to options: scores, grades, points, or a ranking's places."
    )
    cast_at: datetime = strawberry.field(description="When the ballot that counts was cast.")


@strawberry.type(description="A detached ballot of a SECRET poll, after its close.")
class SealedBallot:
    """A ballot that nobody's name belongs to."""

    id: strawberry.ID = strawberry.field(description="A random id, made when it was sealed.")
    positions: list[int] = strawberry.field(description="The options that the ballot names.")
    values: list[GivenValue] = strawberry.field(
        description="What it gives to options: scores, grades, points, or a ranking's places."
    )


@strawberry.type(description="Proof that a ballot is among the sealed ones; it tells no choice.")
class Receipt:
    """A code that the voter's device drew."""

    code: str = strawberry.field(description="The code.")


@strawberry.type(description="A question that a frozen roll answers between two instants.")
class Poll(Node):
    """The ballot box's unit, whatever it serves."""

    title: str = strawberry.field(description="The question.")
    body: str = strawberry.field(description="What it is about.")
    method: PollMethod = strawberry.field(description="What a ballot says.")
    seats: int = strawberry.field(description="How many are to be elected or chosen.")
    secrecy: Secrecy = strawberry.field(description="Who can know how somebody voted.")
    state: PollState = strawberry.field(description="How far it has come.")
    least_choices: int = strawberry.field(description="The fewest options a ballot names.")
    most_choices: int = strawberry.field(description="The most options a ballot names.")
    counting_rule: CountingRule | None = strawberry.field(
        description="The rule of preference that counts it, where one does."
    )
    ballot_form: BallotForm | None = strawberry.field(
        description="What a voter writes, where a rule of preference counts."
    )
    highest: int | None = strawberry.field(
        description="The best score, the number of grades, or the most points for one project."
    )
    minimum_score: int = strawberry.field(
        description="The score that a project of GREEDY_MINIMUM has to reach; else 0."
    )
    most_points: int | None = strawberry.field(
        description="The most points that a ballot gives to all projects together."
    )
    budget_fen: Fen | None = strawberry.field(description="What a budget has to spend, in fen.")
    opens_at: datetime = strawberry.field(description="When ballots are taken from.")
    closes_at: datetime = strawberry.field(description="When they are taken no more.")
    version: int = strawberry.field(description="Rises with every change.")
    created_at: datetime = strawberry.field(description="When it was drafted.")
    electorate: ElectorateKind = strawberry.field(description="Who is on the roll.")
    roll_published_at: datetime | None = strawberry.field(
        description="When the roll was made public for objections."
    )
    objections_until: datetime | None = strawberry.field(
        description="Until when the roll may be objected to."
    )
    published_at: datetime | None = strawberry.field(description="When the roll was frozen.")
    extended_at: datetime | None = strawberry.field(
        description="When it was extended, too few having taken part."
    )
    parent_poll_id: strawberry.ID | None = strawberry.field(
        description="The poll that this one follows: its run-off, or held again."
    )
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    tallied_at: datetime | None = strawberry.field(description="When it was counted.")
    cancelled_at: datetime | None = strawberry.field(description="When it was cancelled.")
    cancel_reason: str | None = strawberry.field(description="Why it was cancelled.")
    roll_fingerprint: str | None = strawberry.field(
        description="SHA-256 over the voters' ids in the roll's order, in hex."
    )
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        fingerprint = row["roll_fingerprint"]
        return cls(
            id=node.encode("poll", row["id"]),
            title=row["title"],
            body=row["body"],
            method=PollMethod(row["method"]),
            seats=row["seats"],
            secrecy=Secrecy(row["secrecy"]),
            state=PollState(row["state"]),
            least_choices=row["least_choices"],
            most_choices=row["most_choices"],
            counting_rule=CountingRule(row["counting_rule"]) if row["counting_rule"] else None,
            ballot_form=BallotForm(row["ballot_form"]) if row["ballot_form"] else None,
            highest=row["highest"],
            minimum_score=row["minimum_score"],
            most_points=row["most_points"],
            budget_fen=row["budget_fen"],
            opens_at=row["opens_at"],
            closes_at=row["closes_at"],
            version=row["version"],
            created_at=row["created_at"],
            electorate=ElectorateKind(row["electorate"]),
            roll_published_at=row["roll_published_at"],
            objections_until=row["objections_until"],
            published_at=row["published_at"],
            extended_at=row["extended_at"],
            parent_poll_id=(
                node.encode("poll", row["parent_poll_id"]) if row["parent_poll_id"] else None
            ),
            closed_at=row["closed_at"],
            tallied_at=row["tallied_at"],
            cancelled_at=row["cancelled_at"],
            cancel_reason=row["cancel_reason"],
            roll_fingerprint=bytes(fingerprint).hex() if fingerprint else None,
            row=row,
        )

    @strawberry.field(description="The options, in the order of the paper.", metadata=LOADS)
    async def options(self, info: Info) -> list[PollOption]:
        """Load them with those of the other polls."""
        rows = await info.context.load(queries.options_by_poll, self.row["id"])
        return [PollOption.of(row) for row in rows]

    @strawberry.field(
        description="How an election's nominations stand; null where nobody is elected.",
        metadata=LOADS,
    )
    async def nominations(self, info: Info) -> Nominations | None:
        """Load them with those of the other polls."""
        if self.method is not PollMethod.ELECTION:
            return None
        row = await info.context.load(elections.nominations_of, self.row["id"])
        return None if row is None else Nominations.of(row)

    @strawberry.field(
        description="The run-off on the seats that stayed open; null where none is held.",
        metadata=LOADS,
    )
    async def runoff(self, info: Info) -> "Poll | None":
        """Load it with those of the other polls."""
        if self.state is not PollState.RUNOFF_REQUIRED:
            return None
        runoff_id = await info.context.load(elections.runoffs_of, self.row["id"])
        return None if runoff_id is None else await Poll.load(info, runoff_id)

    @strawberry.field(
        description="The poll that this one follows, as a run-off or a repetition.", metadata=LOADS
    )
    async def parent(self, info: Info) -> "Poll | None":
        """Load it with those of the other polls."""
        parent_id = self.row["parent_poll_id"]
        return None if parent_id is None else await Poll.load(info, parent_id)

    @classmethod
    async def load(cls, info: Info, poll_id: UUID) -> Self | None:
        """Load it with the others of its level; None where unseen."""
        row = await info.context.load(queries.polls_by_id, poll_id)
        return None if row is None else cls.of(row)

    @strawberry.field(description="Who drafted it.", metadata=LOADS)
    async def author(self, info: Info) -> Person | None:
        """Load them with the authors of the other polls."""
        return await Person.load(info, self.row["author_id"])

    @strawberry.field(description="The rules, once they are frozen.")
    def rules(self, info: Info) -> PollRules | None:
        """Show the frozen copy."""
        kept = self.row["frozen_rules"]
        if kept is None:
            return None
        return PollRules.of(thaw(json.loads(kept)), locale=info.context.actor.locale)

    @strawberry.field(
        description="How many have cast, of how many; null for a draft.", metadata=LOADS
    )
    async def turnout(self, info: Info) -> Turnout | None:
        """Count with those of the other polls."""
        if self.row["roll_size"] is None:
            return None
        participated = await info.context.load(queries.turnouts, self.row["id"])
        return Turnout(roll=self.row["roll_size"], participated=participated)

    @strawberry.field(
        description="The result with its working, once it is counted.", metadata=LOADS
    )
    async def result(self, info: Info) -> PollResult | None:
        """Read what was stored at the count."""
        if self.row["result"] is None:
            return None
        rows = await info.context.load(queries.options_by_poll, self.row["id"])
        options: dict[int, tuple[UUID, str]] = {
            row["position"]: (row["id"], row["label"]) for row in rows
        }
        return PollResult.of(self.row["result"], options, locale=info.context.actor.locale)

    @strawberry.field(
        description="The caller's own part; null for who is not signed in.", metadata=LOADS
    )
    async def my_ballot(self, info: Info) -> MyBallot | None:
        """Load it with those in the other polls."""
        if info.context.actor.person_id is None:
            return None
        on_roll = await info.context.load(queries.on_rolls, self.row["id"])
        mine = await info.context.load(queries.my_ballots, self.row["id"])
        marks: int | None = mine["marks"] if mine else None
        return MyBallot(
            on_roll=on_roll,
            has_cast=mine is not None,
            revision=mine["casts"] if mine and marks is not None else None,
            positions=positions_of(mine) if mine and marks is not None else None,
            values=values_of(mine) if mine and marks is not None else None,
            cast_at=mine["cast_at"] if mine else None,
        )


def roll_call_entry(row: Row) -> RollCallEntry:
    """Make it from its row."""
    return RollCallEntry(
        number=row["number"],
        name=row["name"],
        positions=positions_of(row),
        values=values_of(row),
        cast_at=row["cast_at"],
    )


def sealed_ballot(row: Row) -> SealedBallot:
    """Make it from its row."""
    return SealedBallot(
        id=node.encode("ballot", row["id"]),
        positions=positions_of(row),
        values=values_of(row),
    )


async def _polls(actor: Actor, poll_ids: list[UUID]) -> list[Poll | None]:
    rows = await queries.polls_by_id(actor, poll_ids)
    return [None if row is None else Poll.of(row) for row in rows]


node.register("poll", _polls)

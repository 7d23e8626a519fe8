"""Petitions for a recall, as the world sees them and acts on them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.membership.queries import places
from domains.voting import queries
from domains.voting.queries import elections
from domains.voting.service import recalls
from domains.voting.values import Petitioners, RecallState
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.errors import Refused
from schema.node import Node
from schema.voting import elections_enums as _enums  # noqa: F401  # describes the enums first
from schema.voting.types import Poll

Argument = strawberry.argument(description="What to do.")
_NOWHERE = "\N{REPLACEMENT CHARACTER}"


@strawberry.type(description="A petition to recall a member of the committee.")
class Recall(Node):
    """Who signed is told to nobody, only how many did."""

    person_id: strawberry.ID = strawberry.field(description="Who is to be recalled.")
    name: str = strawberry.field(description="Their name.")
    petitioners: Petitioners = strawberry.field(description="Who signs.")
    reason: str = strawberry.field(description="What is held against them.")
    state: RecallState = strawberry.field(description="How far it has come.")
    entitled: int = strawberry.field(description="How many could sign when it began.")
    least_signatures: int = strawberry.field(description="How many have to sign.")
    signed: int = strawberry.field(description="How many have.")
    signed_by_me: bool = strawberry.field(description="Whether the caller has.")
    created_at: datetime = strawberry.field(description="When it began.")
    supported_at: datetime | None = strawberry.field(description="When enough had signed.")
    vote_until: datetime | None = strawberry.field(description="When the vote has to end by.")
    defence: str = strawberry.field(description="What the member answers.")
    defended_at: datetime | None = strawberry.field(description="When they answered last.")
    row: strawberry.Private[Row]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("recall", row["id"]),
            person_id=node.encode("person", row["person_id"]),
            name=row["name"],
            petitioners=Petitioners(row["petitioners"]),
            reason=row["reason"],
            state=RecallState(row["state"]),
            entitled=row["entitled"],
            least_signatures=row["least_signatures"],
            signed=row["signed"],
            signed_by_me=row["signed_by_me"],
            created_at=row["created_at"],
            supported_at=row["supported_at"],
            vote_until=row["vote_until"],
            defence=row["defence"],
            defended_at=row["defended_at"],
            row=row,
        )

    @strawberry.field(description="The vote; null until it can be seen.", metadata=LOADS)
    async def poll(self, info: Info) -> Poll | None:
        """Load it with those of the other petitions."""
        if self.row["poll_id"] is None:
            return None
        row = await info.context.load(queries.polls_by_id, self.row["poll_id"])
        return None if row is None else Poll.of(row)


@strawberry.type
class RecallsQuery:
    """Petitions for a recall."""

    @strawberry.field(description="The petitions for a recall in an area, the latest first.")
    async def recalls(
        self,
        info: Info,
        area_id: Annotated[strawberry.ID, strawberry.argument(description="The area.")],
        first: First = None,
        after: After = None,
    ) -> Connection[Recall]:
        """Read a page of them."""
        uuid = node.known("area", area_id) or node.NOBODY
        place = await places.place_of(uuid)
        of = listing("recalls", {"area": uuid})
        at = page(of, first, after)
        path = place.area_path if place else _NOWHERE
        found = await elections.recalls(info.context.actor, path, at)
        return connection(
            of, found, at, make=Recall.of, key=lambda row: (row["created_at"], row["id"])
        )


@strawberry.input(description="A petition for a recall.")
class CreateRecallInput:
    """Where, whose, and why."""

    area_id: strawberry.ID = strawberry.field(description="The area of the committee.")
    person_id: strawberry.ID = strawberry.field(description="The member.")
    petitioners: Petitioners = strawberry.field(
        default=Petitioners.VOTERS, description="Who signs."
    )
    reason: str = strawberry.field(description="Why, 1 to 2,000 characters.")
    rule_code: str = strawberry.field(
        default=recalls.RULES,
        description="The rules of the recall: of a residents' committee unless told, or VC_RECALL.",
    )
    idempotency_key: UUID = strawberry.field(description="A key of the client's own.")


@strawberry.input(description="A signature under a petition.")
class SignRecallInput:
    """Which."""

    recall_id: strawberry.ID = strawberry.field(description="The petition.")


@strawberry.input(description="What the member answers.")
class AnswerRecallInput:
    """Which petition, and the words."""

    recall_id: strawberry.ID = strawberry.field(description="The petition.")
    defence: str = strawberry.field(description="The words, 1 to 4,000 characters.")


@strawberry.input(description="The vote that a petition asks for.")
class ConveneRecallInput:
    """Which petition, and when."""

    recall_id: strawberry.ID = strawberry.field(description="The petition.")
    opens_at: datetime = strawberry.field(description="When ballots are taken from.")
    closes_at: datetime = strawberry.field(description="When they are taken no more.")


@strawberry.type(description="The petition, as it is now.")
class RecallPayload:
    """What changed."""

    recall: Recall = strawberry.field(description="The petition.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


CreateRecallResult = Annotated[
    RecallPayload | Refused,
    strawberry.union("CreateRecallResult", description="The petition, or why there is none."),
]
SignRecallResult = Annotated[
    RecallPayload | Refused,
    strawberry.union("SignRecallResult", description="The petition, or why it is not signed."),
]
AnswerRecallResult = Annotated[
    RecallPayload | Refused,
    strawberry.union("AnswerRecallResult", description="The petition, or why nothing was said."),
]
ConveneRecallResult = Annotated[
    RecallPayload | Refused,
    strawberry.union("ConveneRecallResult", description="The petition, or why no vote is held."),
]


async def _payload(info: Info, recall_id: UUID, *, replayed: bool = False) -> RecallPayload:
    row = (await elections.recalls_by_id(info.context.actor, [recall_id]))[0]
    assert row is not None, "who acts on a petition sees it"
    return RecallPayload(recall=Recall.of(row), replayed=replayed)


def _recall_id(text: str) -> UUID:
    return node.decode("recall", text, path=("input", "recallId"))


@strawberry.type
class RecallsMutation:
    """The commands of a recall."""

    @strawberry.mutation(description="Ask for a member's recall, as the first to sign.")
    async def create_recall(
        self, info: Info, input: Annotated[CreateRecallInput, Argument]
    ) -> CreateRecallResult:
        """Ask for it."""
        petition = recalls.Petition(
            node.decode("person", input.person_id, path=("input", "personId")),
            input.petitioners,
            input.reason,
            input.rule_code,
        )
        recall_id, replayed = await recalls.create_recall(
            info.context.actor,
            node.decode("area", input.area_id, path=("input", "areaId")),
            petition,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, recall_id, replayed=replayed)

    @strawberry.mutation(description="Sign a petition for a recall.")
    async def sign_recall(
        self, info: Info, input: Annotated[SignRecallInput, Argument]
    ) -> SignRecallResult:
        """Sign it; signed twice is once."""
        recall_id = _recall_id(input.recall_id)
        await recalls.sign_recall(info.context.actor, recall_id)
        return await _payload(info, recall_id)

    @strawberry.mutation(description="Answer a petition for one's own recall.")
    async def answer_recall(
        self, info: Info, input: Annotated[AnswerRecallInput, Argument]
    ) -> AnswerRecallResult:
        """Answer it."""
        recall_id = _recall_id(input.recall_id)
        await recalls.answer_recall(info.context.actor, recall_id, defence=input.defence)
        return await _payload(info, recall_id)

    @strawberry.mutation(description="Draft the vote that a supported petition asks for.")
    async def convene_recall(
        self, info: Info, input: Annotated[ConveneRecallInput, Argument]
    ) -> ConveneRecallResult:
        """Convene it; convened twice is once."""
        recall_id = _recall_id(input.recall_id)
        await recalls.convene_recall(
            info.context.actor, recall_id, opens_at=input.opens_at, closes_at=input.closes_at
        )
        return await _payload(info, recall_id)


async def _recalls(actor: Actor, recall_ids: list[UUID]) -> list[Recall | None]:
    rows = await elections.recalls_by_id(actor, recall_ids)
    return [None if row is None else Recall.of(row) for row in rows]


node.register("recall", _recalls)

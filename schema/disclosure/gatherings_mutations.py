"""Forming the supervisors' committee; planning, asking, answering and recording gatherings."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.disclosure.service import gathering_records, gatherings, supervision
from domains.disclosure.service.gatherings import Plan
from domains.disclosure.service.supervision import Candidate
from domains.disclosure.values.gatherings import Every, GatheringKind
from schema import node
from schema.context import Info
from schema.disclosure.gatherings import Gathering, GatheringTopic, SupervisorsCommittee
from schema.errors import Outdated, Refused
from schema.membership.types import Area, reloaded

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")
WHICH = "The gathering."
TOPIC = "The topic."
COMMUNITY = "The community."
PERSON = "The person."
REPLAYED = "Whether the key had been used before."


@strawberry.input(description="Somebody named for a supervisors' committee.")
class SupervisorInput:
    """Who, and what they bring."""

    person_id: strawberry.ID = strawberry.field(description=PERSON)
    has_finance_skills: bool = strawberry.field(
        default=False, description="Whether they know accounts."
    )
    is_head: bool = strawberry.field(default=False, description="Whether they lead it; one does.")
    declares_no_relation: bool = strawberry.field(
        description="Whether they declare to be no near relative of a committee member."
    )


@strawberry.input(description="A supervisors' committee to be formed.")
class FormSupervisorsCommitteeInput:
    """Of which community, of whom, and for how long."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    members: list[SupervisorInput] = strawberry.field(description="Three people or five.")
    starts_on: date = strawberry.field(description="The first day of its term.")
    ends_on: date = strawberry.field(description="The last day of its term.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="Somebody who keeps a community's books.")
class RegisterBookkeeperInput:
    """Who, and whose."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    person_id: strawberry.ID = strawberry.field(description=PERSON)


@strawberry.input(description="Somebody who keeps a community's books no more.")
class EndBookkeeperInput:
    """Who, and whose."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    person_id: strawberry.ID = strawberry.field(description=PERSON)


@strawberry.input(description="A gathering to be planned.")
class PlanGatheringInput:
    """What, where and when, and how often again."""

    community_id: strawberry.ID = strawberry.field(description=COMMUNITY)
    kind: GatheringKind = strawberry.field(description="Which kind.")
    title: str = strawberry.field(description="What it is about, 2 to 120 characters.")
    place: str = strawberry.field(description="Where, 2 to 120 characters.")
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends, within a day.")
    topics_until: datetime = strawberry.field(
        description="The first instant at which topics are taken no more."
    )
    every: Every | None = strawberry.field(default=None, description="How often it comes again.")
    last_on: date | None = strawberry.field(
        default=None, description="The last day on which it may come again."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A gathering to be moved.")
class MoveGatheringInput:
    """Which, to when and where, and why."""

    gathering_id: strawberry.ID = strawberry.field(description=WHICH)
    starts_at: datetime = strawberry.field(description="When it starts.")
    ends_at: datetime = strawberry.field(description="When it ends, within a day.")
    topics_until: datetime = strawberry.field(
        description="The first instant at which topics are taken no more."
    )
    place: str = strawberry.field(description="Where, 2 to 120 characters.")
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    expected_revision: int = strawberry.field(description="The revision that the caller read.")


@strawberry.input(description="A gathering to be called off.")
class CancelGatheringInput:
    """Which, and why."""

    gathering_id: strawberry.ID = strawberry.field(description=WHICH)
    reason: str = strawberry.field(description="Why, 2 to 500 characters; everybody reads it.")
    series_too: bool = strawberry.field(
        default=False, description="Whether it is not to come again either."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A topic to be registered.")
class RegisterGatheringTopicInput:
    """For which gathering, and what."""

    gathering_id: strawberry.ID = strawberry.field(description=WHICH)
    text: str = strawberry.field(description="What is asked, 2 to 1,000 characters, plain text.")
    anonymous: bool = strawberry.field(
        default=False, description="Whether to stay unnamed to everybody but staff."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A topic to be taken back.")
class WithdrawGatheringTopicInput:
    """Which."""

    topic_id: strawberry.ID = strawberry.field(description=TOPIC)
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="What was answered to a topic.")
class AnswerGatheringTopicInput:
    """To which, and what."""

    topic_id: strawberry.ID = strawberry.field(description=TOPIC)
    text: str = strawberry.field(description="The answer, 2 to 4,000 characters, plain text.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A record to be written.")
class RecordGatheringInput:
    """Of which gathering, and what was said."""

    gathering_id: strawberry.ID = strawberry.field(description=WHICH)
    body: str = strawberry.field(
        description="The record in a small part of HTML; whatever else is in it is taken out."
    )


@strawberry.input(description="A record to be confirmed and made public.")
class ConfirmGatheringRecordInput:
    """Of which gathering, as it was read."""

    gathering_id: strawberry.ID = strawberry.field(description=WHICH)
    expected_revision: int = strawberry.field(description="The revision that the caller read.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.type(description="The gathering as it stands now.")
class GatheringPayload:
    """What came of a command."""

    gathering: Gathering = strawberry.field(description=WHICH)
    replayed: bool = strawberry.field(description=REPLAYED)


@strawberry.type(description="The topic as it stands now.")
class GatheringTopicPayload:
    """What came of a command."""

    topic: GatheringTopic = strawberry.field(description=TOPIC)
    gathering: Gathering = strawberry.field(description=WHICH)
    replayed: bool = strawberry.field(description=REPLAYED)


@strawberry.type(description="The committee as it stands now.")
class SupervisorsCommitteePayload:
    """What came of a command."""

    committee: SupervisorsCommittee = strawberry.field(description="The committee.")
    replayed: bool = strawberry.field(description=REPLAYED)


@strawberry.type(description="Who keeps a community's books was written down.")
class BookkeepersPayload:
    """Of which community."""

    community: Area = strawberry.field(description=COMMUNITY)


FormSupervisorsCommitteeResult = Annotated[
    SupervisorsCommitteePayload | Refused,
    strawberry.union(
        "FormSupervisorsCommitteeResult", description="The committee, or why there is none."
    ),
]
RegisterBookkeeperResult = Annotated[
    BookkeepersPayload | Refused,
    strawberry.union("RegisterBookkeeperResult", description="Registered, or why not."),
]
EndBookkeeperResult = Annotated[
    BookkeepersPayload | Refused,
    strawberry.union("EndBookkeeperResult", description="Ended, or why not."),
]
PlanGatheringResult = Annotated[
    GatheringPayload | Refused,
    strawberry.union("PlanGatheringResult", description="The gathering, or why there is none."),
]
MoveGatheringResult = Annotated[
    GatheringPayload | Outdated | Refused,
    strawberry.union("MoveGatheringResult", description="Moved, or why it stands."),
]
CancelGatheringResult = Annotated[
    GatheringPayload | Refused,
    strawberry.union("CancelGatheringResult", description="Called off, or why not."),
]
RegisterGatheringTopicResult = Annotated[
    GatheringTopicPayload | Refused,
    strawberry.union(
        "RegisterGatheringTopicResult", description="The topic, or why there is none."
    ),
]
WithdrawGatheringTopicResult = Annotated[
    GatheringTopicPayload | Refused,
    strawberry.union("WithdrawGatheringTopicResult", description="Taken back, or why not."),
]
AnswerGatheringTopicResult = Annotated[
    GatheringTopicPayload | Refused,
    strawberry.union("AnswerGatheringTopicResult", description="Answered, or why not."),
]
RecordGatheringResult = Annotated[
    GatheringPayload | Refused,
    strawberry.union("RecordGatheringResult", description="Written, or why not."),
]
ConfirmGatheringRecordResult = Annotated[
    GatheringPayload | Refused,
    strawberry.union("ConfirmGatheringRecordResult", description="Public, or why not."),
]


def _which(gathering_id: str) -> UUID:
    return node.decode("gathering", gathering_id, path=("input", "gatheringId"))


def _topic(topic_id: str) -> UUID:
    return node.decode("gathering_topic", topic_id, path=("input", "topicId"))


def _community(community_id: str) -> UUID:
    return node.decode("area", community_id, path=("input", "communityId"))


def _person(person_id: str) -> UUID:
    return node.decode("person", person_id, path=("input", "personId"))


async def _payload(info: Info, gathering_id: UUID, *, replayed: bool = False) -> GatheringPayload:
    found = await reloaded(info, Gathering.load, gathering_id)
    assert found is not None, "a gathering is there for everybody"
    return GatheringPayload(gathering=found, replayed=replayed)


async def _topic_payload(
    info: Info, topic_id: UUID, gathering_id: UUID, *, replayed: bool = False
) -> GatheringTopicPayload:
    gathering = await reloaded(info, Gathering.load, gathering_id)
    topic = await node.load(info, "gathering_topic", topic_id)
    assert gathering is not None, "a gathering is there for everybody"
    assert isinstance(topic, GatheringTopic), "a topic is there for everybody"
    return GatheringTopicPayload(topic=topic, gathering=gathering, replayed=replayed)


async def _books(info: Info, community_id: UUID) -> BookkeepersPayload:
    community = await Area.load(info, community_id)
    assert community is not None, "areas are there for everybody"
    return BookkeepersPayload(community=community)


@strawberry.type
class SupervisionMutation:
    """Who supervises, and who never may."""

    @strawberry.mutation(
        description="Form a community's supervisors' committee, in place of the one before."
    )
    async def form_supervisors_committee(
        self, info: Info, input: Annotated[FormSupervisorsCommitteeInput, Argument]
    ) -> FormSupervisorsCommitteeResult:
        """Form it."""
        candidates = [
            Candidate(
                node.decode("person", each.person_id, path=("input", "members", str(place))),
                each.has_finance_skills,
                each.is_head,
                each.declares_no_relation,
            )
            for place, each in enumerate(input.members)
        ]
        committee_id, replayed = await supervision.form_committee(
            info.context.actor,
            _community(input.community_id),
            candidates,
            term=(input.starts_on, input.ends_on),
            idempotency_key=input.idempotency_key,
        )
        found = await reloaded(info, SupervisorsCommittee.load, committee_id)
        assert found is not None, "committees are there for everybody"
        return SupervisorsCommitteePayload(committee=found, replayed=replayed)

    @strawberry.mutation(description="Say who keeps a community's books: they never supervise it.")
    async def register_bookkeeper(
        self, info: Info, input: Annotated[RegisterBookkeeperInput, Argument]
    ) -> RegisterBookkeeperResult:
        """Register them."""
        community_id = _community(input.community_id)
        await supervision.register_bookkeeper(
            info.context.actor, community_id, person_id=_person(input.person_id)
        )
        return await _books(info, community_id)

    @strawberry.mutation(description="Say that somebody keeps a community's books no more.")
    async def end_bookkeeper(
        self, info: Info, input: Annotated[EndBookkeeperInput, Argument]
    ) -> EndBookkeeperResult:
        """End it."""
        community_id = _community(input.community_id)
        await supervision.end_bookkeeper(
            info.context.actor, community_id, person_id=_person(input.person_id)
        )
        return await _books(info, community_id)


@strawberry.type
class GatheringsMutation:
    """Days on which a community answers in person."""

    @strawberry.mutation(description="Plan a gathering, and those that come again after it.")
    async def plan_gathering(
        self, info: Info, input: Annotated[PlanGatheringInput, Argument]
    ) -> PlanGatheringResult:
        """Plan it."""
        gathering_id, replayed = await gatherings.plan_gathering(
            info.context.actor,
            _community(input.community_id),
            Plan(
                kind=input.kind,
                title=input.title,
                place=input.place,
                starts_at=input.starts_at,
                ends_at=input.ends_at,
                topics_until=input.topics_until,
                every=input.every,
                last_on=input.last_on,
            ),
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, gathering_id, replayed=replayed)

    @strawberry.mutation(description="Move a gathering that has not begun, for a public reason.")
    async def move_gathering(
        self, info: Info, input: Annotated[MoveGatheringInput, Argument]
    ) -> MoveGatheringResult:
        """Move it."""
        gathering_id = _which(input.gathering_id)
        await gatherings.move_gathering(
            info.context.actor,
            gathering_id,
            times=(input.starts_at, input.ends_at, input.topics_until),
            place=input.place,
            reason=input.reason,
            expected_revision=input.expected_revision,
        )
        return await _payload(info, gathering_id)

    @strawberry.mutation(description="Call a gathering off, for a public reason.")
    async def cancel_gathering(
        self, info: Info, input: Annotated[CancelGatheringInput, Argument]
    ) -> CancelGatheringResult:
        """Call it off."""
        gathering_id = _which(input.gathering_id)
        replayed = await gatherings.cancel_gathering(
            info.context.actor,
            gathering_id,
            reason=input.reason,
            series_too=input.series_too,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, gathering_id, replayed=replayed)

    @strawberry.mutation(description="Register what one wants to ask at a gathering.")
    async def register_gathering_topic(
        self, info: Info, input: Annotated[RegisterGatheringTopicInput, Argument]
    ) -> RegisterGatheringTopicResult:
        """Register it."""
        gathering_id = _which(input.gathering_id)
        topic_id, replayed = await gathering_records.register_topic(
            info.context.actor,
            gathering_id,
            text=input.text,
            anonymous=input.anonymous,
            idempotency_key=input.idempotency_key,
        )
        return await _topic_payload(info, topic_id, gathering_id, replayed=replayed)

    @strawberry.mutation(description="Take one's own topic back before it is answered.")
    async def withdraw_gathering_topic(
        self, info: Info, input: Annotated[WithdrawGatheringTopicInput, Argument]
    ) -> WithdrawGatheringTopicResult:
        """Take it back."""
        topic_id = _topic(input.topic_id)
        gathering_id, replayed = await gathering_records.withdraw_topic(
            info.context.actor, topic_id, idempotency_key=input.idempotency_key
        )
        return await _topic_payload(info, topic_id, gathering_id, replayed=replayed)

    @strawberry.mutation(description="Write down what was answered to a topic.")
    async def answer_gathering_topic(
        self, info: Info, input: Annotated[AnswerGatheringTopicInput, Argument]
    ) -> AnswerGatheringTopicResult:
        """Write it."""
        topic_id = _topic(input.topic_id)
        gathering_id, replayed = await gathering_records.answer_topic(
            info.context.actor, topic_id, text=input.text, idempotency_key=input.idempotency_key
        )
        return await _topic_payload(info, topic_id, gathering_id, replayed=replayed)

    @strawberry.mutation(description="Write, or write anew, the record of a gathering.")
    async def record_gathering(
        self, info: Info, input: Annotated[RecordGatheringInput, Argument]
    ) -> RecordGatheringResult:
        """Write it."""
        gathering_id = _which(input.gathering_id)
        await gathering_records.record_gathering(info.context.actor, gathering_id, body=input.body)
        return await _payload(info, gathering_id)

    @strawberry.mutation(
        description="Confirm a record that others wrote: it is public at once, as a disclosure."
    )
    async def confirm_gathering_record(
        self, info: Info, input: Annotated[ConfirmGatheringRecordInput, Argument]
    ) -> ConfirmGatheringRecordResult:
        """Confirm it."""
        gathering_id = _which(input.gathering_id)
        replayed = await gathering_records.confirm_record(
            info.context.actor,
            gathering_id,
            expected_revision=input.expected_revision,
            idempotency_key=input.idempotency_key,
        )
        return await _payload(info, gathering_id, replayed=replayed)

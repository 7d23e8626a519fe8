"""Acting on rolls and proxies, and helping to vote. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.values import AreaBasis, ConsentForm
from domains.voting import queries, service
from domains.voting.queries import rolls
from domains.voting.service import Remedy, UnitProof, proxy_documents
from domains.voting.values import ObjectionAsks, ProxyRelation, RollBasis
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.voting.mutations import BallotCast, OptionValueInput, PollPayload
from schema.voting.rolls import Proxy, RollObjection
from schema.voting.types import Poll

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


@strawberry.input(description="A unit that an owner answers for.")
class UnitProofInput:
    """Without a figure, what the register says of its area."""

    household_id: strawberry.ID = strawberry.field(description="The household of the unit.")
    area_centi_m2: int | None = strawberry.field(
        default=None, description="The proven floor area, in hundredths of a m², with its basis."
    )
    area_basis: AreaBasis | None = strawberry.field(
        default=None, description="What proves it: better than what the register rests on."
    )


@strawberry.input(description="How an entry on a roll is made.")
class RemedyInput:
    """On what basis, for which units, for whom instead."""

    basis: RollBasis = strawberry.field(
        default=RollBasis.REGISTER, description="On what somebody is admitted."
    )
    units: list[UnitProofInput] = strawberry.field(
        default_factory=list,
        description="An owner's units, or the household that somebody speaks for.",
    )
    voter_id: strawberry.ID | None = strawberry.field(
        default=None, description="Who of the co-owners or the household is to vote instead."
    )

    def remedy(self) -> Remedy:
        """Hand it to the domain."""
        at = ("input", "remedy")
        return Remedy(
            basis=self.basis,
            units=tuple(
                UnitProof(
                    node.decode("household", each.household_id, path=(*at, "units")),
                    each.area_centi_m2,
                    each.area_basis,
                )
                for each in self.units
            ),
            voter_id=node.decode_optional("person", self.voter_id, path=(*at, "voterId")),
        )


@strawberry.input(description="An objection to a public roll.")
class ObjectToRollInput:
    """Whom it is about, what is asked, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Whom it is about.")
    asks: ObjectionAsks = strawberry.field(description="What it asks for.")
    text: str = strawberry.field(
        description="Why, 2 to 1,000 characters; everybody reads it, so no telephone or identity"
        " number."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="The decision of an objection.")
class DecideRollObjectionInput:
    """Which, how, and why."""

    objection_id: strawberry.ID = strawberry.field(description="The objection.")
    upheld: bool = strawberry.field(description="Whether it is right: the roll is then changed.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; everybody reads it.")
    remedy: RemedyInput | None = strawberry.field(
        default=None, description="How the entry is made, where it is upheld."
    )


@strawberry.input(description="Somebody to be admitted to a public roll.")
class AdmitVoterInput:
    """Who, on what basis, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    remedy: RemedyInput = strawberry.field(description="On what basis, for which units.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="Somebody to be struck off a public roll.")
class StrikeVoterInput:
    """Who, and why."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="Who.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters; everybody reads it.")


@strawberry.input(description="That somebody else votes for the caller.")
class FileProxyInput:
    """Who holds it, and what they are to the caller."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    holder_id: strawberry.ID = strawberry.field(description="Who is to cast the ballot.")
    relation: ProxyRelation = strawberry.field(
        default=ProxyRelation.VOTER, description="What the holder is to the caller."
    )
    upload_id: strawberry.ID | None = strawberry.field(
        default=None, description="The written proxy, a complete upload of the caller's."
    )
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A written proxy, entered for who asked for help.")
class FileProxyForInput:
    """Whose, who holds it, and how they agreed."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    principal_id: strawberry.ID = strawberry.field(description="Whose vote it is.")
    holder_id: strawberry.ID = strawberry.field(description="Who is to cast the ballot.")
    relation: ProxyRelation = strawberry.field(
        default=ProxyRelation.VOTER, description="What the holder is to the principal."
    )
    upload_id: strawberry.ID = strawberry.field(
        description="The written proxy, a complete upload of the caller's."
    )
    consent: ConsentForm = strawberry.field(description="How the principal agreed.")
    note: str = strawberry.field(default="", description="What else to keep, 200 characters.")
    idempotency_key: UUID = strawberry.field(description=Key)


@strawberry.input(description="A proxy to be ended.")
class EndProxyInput:
    """Which, and why."""

    proxy_id: strawberry.ID = strawberry.field(description="The proxy.")
    reason: str = strawberry.field(description="Why, 2 to 200 characters.")


@strawberry.input(description="The filed proxies of a poll, to be made public.")
class PublishProxiesInput:
    """Of which poll."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")


@strawberry.input(description="The ballot of a voter who is present and asked for help.")
class CastBallotForInput:
    """Whose, what, and how they agreed."""

    poll_id: strawberry.ID = strawberry.field(description="The poll.")
    person_id: strawberry.ID = strawberry.field(description="The voter.")
    option_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="The options to name; where the paper ranks them, the first first.",
    )
    values: list[OptionValueInput] = strawberry.field(
        default_factory=list, description="Values of options, where the paper asks for them."
    )
    consent: ConsentForm = strawberry.field(description="How the voter agreed.")
    note: str = strawberry.field(
        default="", description="What else to keep of the help, never of the choice."
    )
    idempotency_key: UUID = strawberry.field(
        description="A key of the client's own; a secret ballot's is not kept, it stands anyway."
    )
    receipt: str | None = strawberry.field(
        default=None, description="A random code for the voter, 16 to 64 letters, digits, - or _."
    )


@strawberry.type(description="The objection, as it is now.")
class ObjectionPayload:
    """What changed."""

    objection: RollObjection = strawberry.field(description="The objection.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.type(description="The proxy, as it is now.")
class ProxyPayload:
    """What changed."""

    proxy: Proxy = strawberry.field(description="The proxy.")
    replayed: bool = strawberry.field(
        default=False, description="Whether this repeats the answer to an earlier request."
    )


@strawberry.input(description="A proxy whose written document is to be read.")
class OpenProxyDocumentInput:
    """Which."""

    proxy_id: strawberry.ID = strawberry.field(description="The proxy.")


@strawberry.type(description="A written proxy; that it was opened is kept.")
class ProxyDocumentOpened:
    """Where it is."""

    address: str = strawberry.field(
        description="Where it is fetched for some minutes: a path on this origin, or a whole URL."
    )
    file_name: str = strawberry.field(description="Its name.")
    media_type: str = strawberry.field(description="What it is.")
    size_bytes: int = strawberry.field(description="How long it is.")


@strawberry.type(description="The proxies that are public now.")
class ProxiesPublished:
    """How many."""

    published: int = strawberry.field(description="How many were made public by this.")


ObjectToRollResult = Annotated[
    ObjectionPayload | Refused,
    strawberry.union("ObjectToRollResult", description="The objection, or why there is none."),
]
DecideRollObjectionResult = Annotated[
    ObjectionPayload | Refused,
    strawberry.union("DecideRollObjectionResult", description="The decision, or why none."),
]
AdmitVoterResult = Annotated[
    PollPayload | Refused,
    strawberry.union("AdmitVoterResult", description="The poll, or why its roll stands."),
]
StrikeVoterResult = Annotated[
    PollPayload | Refused,
    strawberry.union("StrikeVoterResult", description="The poll, or why its roll stands."),
]
FileProxyResult = Annotated[
    ProxyPayload | Refused,
    strawberry.union("FileProxyResult", description="The proxy, or why there is none."),
]
FileProxyForResult = Annotated[
    ProxyPayload | Refused,
    strawberry.union("FileProxyForResult", description="The proxy, or why there is none."),
]
EndProxyResult = Annotated[
    ProxyPayload | Refused,
    strawberry.union("EndProxyResult", description="The proxy, or why it goes on."),
]
OpenProxyDocumentResult = Annotated[
    ProxyDocumentOpened | Refused,
    strawberry.union("OpenProxyDocumentResult", description="Where it is, or why not."),
]
PublishProxiesResult = Annotated[
    ProxiesPublished | Refused,
    strawberry.union("PublishProxiesResult", description="How many, or why none."),
]
CastBallotForResult = Annotated[
    BallotCast | Refused,
    strawberry.union("CastBallotForResult", description="The receipt, or why there is none."),
]


async def _objection(info: Info, objection_id: UUID, *, replayed: bool = False) -> ObjectionPayload:
    row = (await rolls.objections_by_id(info.context.actor, [objection_id]))[0]
    assert row is not None, "who filed or decided an objection sees it"
    return ObjectionPayload(objection=RollObjection.of(row), replayed=replayed)


async def _proxy(info: Info, proxy_id: UUID, *, replayed: bool = False) -> ProxyPayload:
    row = (await rolls.proxies_by_id(info.context.actor, [proxy_id]))[0]
    assert row is not None, "who dealt with a proxy sees it"
    return ProxyPayload(proxy=Proxy.of(row), replayed=replayed)


async def _poll(info: Info, poll_id: UUID) -> PollPayload:
    row = (await queries.polls_by_id(info.context.actor, [poll_id]))[0]
    assert row is not None, "who changed a roll sees the poll"
    return PollPayload(poll=Poll.of(row))


@strawberry.type
class RollsMutation:
    """Putting a public roll right."""

    @strawberry.mutation(description="Object to a public roll, before its days are over.")
    async def object_to_roll(
        self, info: Info, input: Annotated[ObjectToRollInput, Argument]
    ) -> ObjectToRollResult:
        """File it."""
        objection_id, replayed = await service.file_objection(
            info.context.actor,
            node.decode("poll", input.poll_id, path=("input", "pollId")),
            about_id=node.decode("person", input.person_id, path=("input", "personId")),
            asks=input.asks,
            text=input.text,
            idempotency_key=input.idempotency_key,
        )
        return await _objection(info, objection_id, replayed=replayed)

    @strawberry.mutation(
        description="Decide an objection of somebody else's about somebody else; the roll follows."
    )
    async def decide_roll_objection(
        self, info: Info, input: Annotated[DecideRollObjectionInput, Argument]
    ) -> DecideRollObjectionResult:
        """Decide it."""
        objection_id = node.decode("objection", input.objection_id, path=("input", "objectionId"))
        await service.decide_objection(
            info.context.actor,
            objection_id,
            upheld=input.upheld,
            reason=input.reason,
            remedy=input.remedy.remedy() if input.remedy else None,
        )
        return await _objection(info, objection_id)

    @strawberry.mutation(description="Admit somebody to a public roll.")
    async def admit_voter(
        self, info: Info, input: Annotated[AdmitVoterInput, Argument]
    ) -> AdmitVoterResult:
        """Admit them."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await service.admit_voter(
            info.context.actor,
            poll_id,
            person_id,
            remedy=input.remedy.remedy(),
            reason=input.reason,
        )
        return await _poll(info, poll_id)

    @strawberry.mutation(description="Strike somebody off a public roll.")
    async def strike_voter(
        self, info: Info, input: Annotated[StrikeVoterInput, Argument]
    ) -> StrikeVoterResult:
        """Strike them off."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        person_id = node.decode("person", input.person_id, path=("input", "personId"))
        await service.strike_voter(info.context.actor, poll_id, person_id, reason=input.reason)
        return await _poll(info, poll_id)


@strawberry.type
class ProxiesMutation:
    """Voting for others, and helping them."""

    @strawberry.mutation(description="Let somebody else of the roll vote for the caller.")
    async def file_proxy(
        self, info: Info, input: Annotated[FileProxyInput, Argument]
    ) -> FileProxyResult:
        """File it."""
        proxy_id, replayed = await service.file_proxy(
            info.context.actor,
            node.decode("poll", input.poll_id, path=("input", "pollId")),
            holder_id=node.decode("person", input.holder_id, path=("input", "holderId")),
            relation=input.relation,
            upload_id=node.decode_optional("upload", input.upload_id, path=("input", "uploadId")),
            idempotency_key=input.idempotency_key,
        )
        return await _proxy(info, proxy_id, replayed=replayed)

    @strawberry.mutation(description="Enter a written proxy for a voter who asked for help.")
    async def file_proxy_for(
        self, info: Info, input: Annotated[FileProxyForInput, Argument]
    ) -> FileProxyForResult:
        """Enter it."""
        proxy_id, replayed = await service.file_proxy_for(
            info.context.actor,
            node.decode("poll", input.poll_id, path=("input", "pollId")),
            principal_id=node.decode("person", input.principal_id, path=("input", "principalId")),
            holder_id=node.decode("person", input.holder_id, path=("input", "holderId")),
            relation=input.relation,
            upload_id=node.decode("upload", input.upload_id, path=("input", "uploadId")),
            consent=input.consent,
            note=input.note,
            idempotency_key=input.idempotency_key,
        )
        return await _proxy(info, proxy_id, replayed=replayed)

    @strawberry.mutation(
        description="Revoke a proxy, give it back, or end it as a convener; what it cast stands."
    )
    async def end_proxy(
        self, info: Info, input: Annotated[EndProxyInput, Argument]
    ) -> EndProxyResult:
        """End it."""
        proxy_id = node.decode("proxy", input.proxy_id, path=("input", "proxyId"))
        await service.end_proxy(info.context.actor, proxy_id, reason=input.reason)
        return await _proxy(info, proxy_id)

    @strawberry.mutation(
        description="Read a written proxy, as a convener or one of its two sides; the reading is"
        " audited."
    )
    async def open_proxy_document(
        self, info: Info, input: Annotated[OpenProxyDocumentInput, Argument]
    ) -> OpenProxyDocumentResult:
        """A mutation, because it leaves a trace."""
        proxy_id = node.decode("proxy", input.proxy_id, path=("input", "proxyId"))
        found = await proxy_documents.open_proxy_document(info.context.actor, proxy_id)
        return ProxyDocumentOpened(
            address=found.address,
            file_name=found.file_name,
            media_type=found.media_type,
            size_bytes=found.size_bytes,
        )

    @strawberry.mutation(description="Make the filed proxies of a poll public, in time.")
    async def publish_proxies(
        self, info: Info, input: Annotated[PublishProxiesInput, Argument]
    ) -> PublishProxiesResult:
        """Publish them."""
        poll_id = node.decode("poll", input.poll_id, path=("input", "pollId"))
        published = await service.publish_proxies(info.context.actor, poll_id)
        return ProxiesPublished(published=published)

    @strawberry.mutation(description="Cast the ballot of a voter who is present and asked for it.")
    async def cast_ballot_for(
        self, info: Info, input: Annotated[CastBallotForInput, Argument]
    ) -> CastBallotForResult:
        """Cast it, and keep who helped and how the voter agreed."""
        receipt = await service.cast_ballot_for(
            info.context.actor,
            node.decode("poll", input.poll_id, path=("input", "pollId")),
            node.decode("person", input.person_id, path=("input", "personId")),
            [node.decode("option", each, path=("input", "optionIds")) for each in input.option_ids],
            values=OptionValueInput.all_of(input.values),
            consent=input.consent,
            note=input.note,
            idempotency_key=input.idempotency_key,
            receipt=input.receipt,
        )
        return BallotCast(
            secrecy=receipt.secrecy,
            revision=receipt.revision,
            receipt=receipt.receipt,
            replayed=receipt.replayed,
        )

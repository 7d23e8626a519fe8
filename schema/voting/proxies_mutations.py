"""Voting for others and helping them to vote. Each result is the payload or the refusal."""

from typing import Annotated
from uuid import UUID

import strawberry

from domains.membership.values import ConsentForm
from domains.voting import service
from domains.voting.queries import rolls
from domains.voting.service import proxy_documents
from domains.voting.values import ProxyRelation
from schema import node
from schema.context import Info
from schema.errors import Refused
from schema.voting.mutations import BallotCast, OptionValueInput
from schema.voting.rolls import Proxy

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


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


async def _proxy(info: Info, proxy_id: UUID, *, replayed: bool = False) -> ProxyPayload:
    row = (await rolls.proxies_by_id(info.context.actor, [proxy_id]))[0]
    assert row is not None, "who dealt with a proxy sees it"
    return ProxyPayload(proxy=Proxy.of(row), replayed=replayed)


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

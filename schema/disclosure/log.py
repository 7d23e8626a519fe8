"""The transparency log, as the world sees it: heads, proofs and keys, for everybody."""

import base64
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

import strawberry

from domains.disclosure.queries import log
from domains.disclosure.queries.log import Growth, Inclusion
from domains.disclosure.rules.records import Source
from domains.disclosure.service import copies
from domains.disclosure.values.log import PollRecord
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.signing import PublicKey
from schema import node
from schema.connection import After, Connection, First, connection, listing, page
from schema.context import LOADS, Info
from schema.enums import describe
from schema.membership.types import Area
from schema.node import Node

describe(
    PollRecord,
    "Which of a poll's facts the log tells of.",
    ROLL="The frozen roll, by its size and fingerprint.",
    RESULT="The question, the rules, the roll's fingerprint and the result.",
)

OfHead = Annotated[strawberry.ID, strawberry.argument(description="A head of the log.")]
OfArea = Annotated[
    strawberry.ID, strawberry.argument(description="A community, or an area above communities.")
]


@strawberry.type(description="What a log says of itself on a day, signed.")
class LogHead(Node):
    """A signed tree head."""

    log_id: strawberry.ID = strawberry.field(description="The log.")
    day: date = strawberry.field(description="Its day; a log has one head a day.")
    size: int = strawberry.field(description="How many leaves the log has.")
    root_hash: str = strawberry.field(description="The root over them (RFC 6962), in hexadecimal.")
    signed_at: datetime = strawberry.field(
        description="When it was signed: soon after its day began, over what was published before."
    )
    key_id: str = strawberry.field(description="The key that signed it.")
    signature: str = strawberry.field(description="The Ed25519 signature, in hexadecimal.")
    address: str = strawberry.field(description="Where its file is fetched: keep one.")

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        head_id = node.encode("log_head", row["id"])
        return cls(
            id=head_id,
            log_id=node.encode("log", row["log_id"]),
            day=row["day"],
            size=row["size"],
            root_hash=row["root"].hex(),
            signed_at=row["signed_at"],
            key_id=row["key_id"],
            signature=row["signature"].hex(),
            address=f"/log/heads/{head_id}",
        )


@strawberry.type(description="The append-only log of a community: a Merkle tree after RFC 6962.")
class TransparencyLog(Node):
    """All that was published in an area, by hashes that nobody can change unseen."""

    size: int = strawberry.field(description="How many leaves it has now.")
    opened_at: datetime = strawberry.field(description="When the first thing was published in it.")
    uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, row: Row) -> Self:
        """Make it from its row."""
        return cls(
            id=node.encode("log", row["id"]),
            size=row["size"],
            opened_at=row["opened_at"],
            uuid=row["id"],
        )

    @strawberry.field(description="Whose log it is.", metadata=LOADS)
    async def area(self, info: Info) -> Area | None:
        """Load it with those of the other logs."""
        return await Area.load(info, self.uuid)

    @strawberry.field(description="Its latest head; null before its first one.", metadata=LOADS)
    async def latest_head(self, info: Info) -> LogHead | None:
        """Load it with those of the other logs."""
        row = await info.context.load(log.latest_heads, self.uuid)
        return None if row is None else LogHead.of(row)

    @strawberry.field(description="Its heads, the latest first.")
    async def heads(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[LogHead]:
        """Read a page of them."""
        of = listing("log.heads", {"log": self.uuid})
        asked = page(of, first, after)
        found = await log.heads(info.context.actor, self.uuid, asked)
        return connection(of, found, asked, make=LogHead.of, key=lambda row: (row["day"],))


@strawberry.type(description="That a version of something is in its log, as a head has it.")
class InclusionProof:
    """An audit path, and what it leads from and to."""

    leaf_index: int = strawberry.field(description="The leaf's index, from 0.")
    leaf_hash: str = strawberry.field(description="The leaf's hash, in hexadecimal.")
    record: str = strawberry.field(
        description="What the leaf hashes: canonical JSON that commits to each part by itself."
    )
    path: list[str] = strawberry.field(
        description="The audit path from the leaf upwards (RFC 6962, 2.1.1), in hexadecimal."
    )
    size: int = strawberry.field(description="How many leaves the head has.")
    root_hash: str = strawberry.field(description="The root that the path leads to.")
    address: str = strawberry.field(
        description="Where a copy with this proof is fetched, for `gongyi verify`: of a poll once"
        " its result is public."
    )
    head_uuid: strawberry.Private[UUID]

    @classmethod
    def of(cls, found: Inclusion) -> Self:
        """Make it from a proof."""
        leaf = found.leaf
        return cls(
            leaf_index=leaf["leaf_index"],
            leaf_hash=leaf["leaf_hash"].hex(),
            record=leaf["record"].decode(),
            path=[each.hex() for each in found.path],
            size=found.head.head.size,
            root_hash=found.head.head.root.hex(),
            address=_copy_address(leaf, found.head_id),
            head_uuid=found.head_id,
        )

    @strawberry.field(description="The head.", metadata=LOADS)
    async def head(self, info: Info) -> LogHead | None:
        """Load it with those of the other proofs."""
        row = await info.context.load(log.heads_by_id, self.head_uuid)
        return None if row is None else LogHead.of(row)


def _copy_address(leaf: Row, head_id: UUID) -> str:
    under = f"?head={node.encode('log_head', head_id)}"
    if leaf["source_kind"] == copies.DISCLOSURE:
        disclosure = node.encode("disclosure", leaf["source_id"])
        return f"/log/copies/{disclosure}/{leaf['version']}{under}"
    which = PollRecord(leaf["source_kind"]).name.lower()
    return f"/log/polls/{node.encode('poll', leaf['source_id'])}/{which}{under}"


@strawberry.type(description="That a log begins with all that it was at an older head.")
class GrowthProof:
    """A consistency proof between two heads."""

    older: LogHead = strawberry.field(description="The older head.")
    newer: LogHead = strawberry.field(description="The newer head.")
    path: list[str] = strawberry.field(
        description="The consistency proof (RFC 6962, 2.1.2), in hexadecimal."
    )
    address: str = strawberry.field(
        description="Where the proof with both heads is fetched, for `gongyi verify`."
    )

    @classmethod
    def of(cls, found: Growth, older: Row, newer: Row) -> Self:
        """Make it from a proof and the rows of its heads."""
        first, second = LogHead.of(older), LogHead.of(newer)
        return cls(
            older=first,
            newer=second,
            path=[each.hex() for each in found.path],
            address=f"/log/growths/{first.id}/{second.id}",
        )


@strawberry.type(description="A public key that heads are signed with.")
class LogKey:
    """The half that everybody may have."""

    key_id: str = strawberry.field(description="Its name, as heads tell it.")
    public_key: str = strawberry.field(description="Ed25519, 32 bytes in base64.")
    text: str = strawberry.field(description="Both, as `gongyi verify --key` takes them.")

    @classmethod
    def of(cls, key: PublicKey) -> Self:
        """Make it from a key."""
        encoded = base64.b64encode(key.raw).decode()
        return cls(key_id=key.key_id, public_key=encoded, text=str(key))


UnderHead = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Under which head; the latest unless told."),
]


async def _proof(info: Info, source: Source, head_id: str | None) -> InclusionProof | None:
    if head_id is None:
        found = await info.context.load(log.inclusions, source)
    else:
        under = node.known("log_head", head_id) or node.NOBODY
        found = await log.inclusion_under(info.context.actor, source, under)
    return None if found is None else InclusionProof.of(found)


@strawberry.type
class LogQuery:
    """Proofs of what was published."""

    @strawberry.field(
        description="The log of an area; null where nothing was ever published in it."
    )
    async def transparency_log(self, info: Info, area_id: OfArea) -> TransparencyLog | None:
        """Load it."""
        uuid = node.known("area", area_id) or node.NOBODY
        row = await info.context.load(log.logs_by_area, uuid)
        return None if row is None else TransparencyLog.of(row)

    @strawberry.field(
        description="The proof that a published version of a disclosure is in its log; null before"
        " the next daily head (`headPendingUntil` of the version), or where there is none such."
    )
    async def inclusion_proof(
        self,
        info: Info,
        disclosure_id: Annotated[strawberry.ID, strawberry.argument(description="The disclosure.")],
        version: Annotated[int, strawberry.argument(description="Its version.")],
        head_id: UnderHead = None,
    ) -> InclusionProof | None:
        """Prove it."""
        uuid = node.known("disclosure", disclosure_id) or node.NOBODY
        return await _proof(info, Source(copies.DISCLOSURE, uuid, version), head_id)

    @strawberry.field(
        description="The proof that a poll's frozen roll, or its result, is in the log; null before"
        " the next daily head."
    )
    async def poll_proof(
        self,
        info: Info,
        poll_id: Annotated[strawberry.ID, strawberry.argument(description="The poll.")],
        of: Annotated[PollRecord, strawberry.argument(description="Which of its facts.")],
        head_id: UnderHead = None,
    ) -> InclusionProof | None:
        """Prove it."""
        uuid = node.known("poll", poll_id) or node.NOBODY
        return await _proof(info, Source(of.value, uuid, 1), head_id)

    @strawberry.field(
        description="The proof that a log grew from an older head to a newer one and lost nothing;"
        " null where they are not such a pair."
    )
    async def growth_proof(
        self, info: Info, older_head_id: OfHead, newer_head_id: OfHead
    ) -> GrowthProof | None:
        """Prove it."""
        ids = [
            node.known("log_head", each) or node.NOBODY for each in (older_head_id, newer_head_id)
        ]
        found = await log.growth(info.context.actor, *ids)
        if found is None:
            return None
        older, newer = await log.heads_by_id(info.context.actor, ids)
        assert older is not None, "a proof has its older head"
        assert newer is not None, "a proof has its newer head"
        return GrowthProof.of(found, older, newer)

    @strawberry.field(
        description="The consistency proof between two sizes of a log (RFC 6962, 2.1.2), in"
        " hexadecimal; null where the log never had them."
    )
    async def consistency_proof(
        self,
        info: Info,
        area_id: OfArea,
        older_size: Annotated[int, strawberry.argument(description="The older size.")],
        newer_size: Annotated[int, strawberry.argument(description="The newer size.")],
    ) -> list[str] | None:
        """Prove it."""
        uuid = node.known("area", area_id) or node.NOBODY
        row = await info.context.load(log.logs_by_area, uuid)
        if row is None or not 0 <= older_size <= newer_size <= row["size"]:
            return None
        return [each.hex() for each in await log.consistency(uuid, older_size, newer_size)]

    @strawberry.field(
        description="The public keys of the log, the one that signs now first, retired ones behind."
    )
    async def log_keys(self) -> list[LogKey]:
        """Every key that ever signed."""
        return [LogKey.of(key) for key in await log.keys()]


async def _logs(actor: Actor, ids: list[UUID]) -> list[TransparencyLog | None]:
    rows = await log.logs_by_area(actor, ids)
    return [None if row is None else TransparencyLog.of(row) for row in rows]


async def _heads(actor: Actor, ids: list[UUID]) -> list[LogHead | None]:
    rows = await log.heads_by_id(actor, ids)
    return [None if row is None else LogHead.of(row) for row in rows]


node.register("log", _logs)
node.register("log_head", _heads)

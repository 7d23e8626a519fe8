"""Global ids: opaque to clients, and alike in their silence about what is malformed or unseen.

An id is a kind and a UUID in base64url: `poll_AZoB…`. Decoding one of another kind, or
nonsense, is `NotFound`, exactly as for something that does not exist.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel.actor import Actor
from domains.kernel.errors import NotFound
from schema.context import Info


@strawberry.interface(description="Anything that can be fetched again by its id.")
class Node:
    """An entity."""

    id: strawberry.ID = strawberry.field(description="Opaque, stable, unique over all types.")


Fetch = Callable[[Actor, list[UUID]], Awaitable[Sequence["Node | None"]]]
_FETCHES: dict[str, Fetch] = {}


def register(kind: str, fetch: Fetch) -> None:
    """Say how nodes of this kind are fetched, in the order of their ids, None where unseen."""
    assert kind not in _FETCHES, f"two types claim the kind {kind}"
    _FETCHES[kind] = fetch


def encode(kind: str, uuid: UUID) -> strawberry.ID:
    """Return the global id of a row."""
    return strawberry.ID(f"{kind}_{base64.urlsafe_b64encode(uuid.bytes)[:22].decode()}")


def decode(kind: str, text: str, *, path: tuple[str, ...] = ()) -> UUID:
    """Return the row's id; raises NotFound where the id is malformed or of another kind."""
    found, uuid = _parts(text)
    if found != kind or uuid is None:
        raise NotFound(path=path)
    return uuid


def decode_optional(kind: str, text: str | None, *, path: tuple[str, ...] = ()) -> UUID | None:
    """Return the row's id, or None for none."""
    return None if text is None else decode(kind, text, path=path)


def _parts(given: str) -> tuple[str, UUID | None]:
    return _read(given) if len(given) <= _LONGEST else ("", None)


# A poll's id, and its options', come with every ballot; what is longer is no id, and not kept.
_LONGEST = 64


@lru_cache(maxsize=4096)
def _read(given: str) -> tuple[str, UUID | None]:
    # The text of a UUID may hold an underscore itself, so the kind ends at a fixed place.
    kind, between, text = given[:-23], given[-23:-22], given[-22:]
    if between != "_" or not text.isascii():
        return kind, None
    try:
        raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return kind, None
    uuid = UUID(bytes=raw)
    return (kind, uuid) if encode(kind, uuid) == given else (kind, None)


@strawberry.type
class NodeQuery:
    """Refetching by id."""

    @strawberry.field(description="Fetch anything by its id; null where it cannot be seen.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="The node's id.")],
    ) -> Node | None:
        """Answer alike for malformed, absent and invisible."""
        kind, uuid = _parts(id)
        fetch = _FETCHES.get(kind)
        if uuid is None or fetch is None:
            return None
        return await info.context.load(fetch, uuid)


def kinds() -> Sequence[str]:
    """Return the kinds that have been registered, for tests."""
    return sorted(_FETCHES)


NOBODY = UUID(int=0)


def known(kind: str, text: str) -> UUID | None:
    """Return the row's id, or None where the id is malformed or of another kind: for reads."""
    found, uuid = _parts(text)
    return uuid if found == kind else None


async def load(info: Info, kind: str, uuid: UUID) -> Node | None:
    """Load what another domain's pair of kind and id names, with the others of its kind.

    None where the caller does not see it, or where nothing of the kind is kept here.
    """
    fetch = _FETCHES.get(kind)
    return None if fetch is None else await info.context.load(fetch, uuid)

"""Files that arrive as they do in life: announced, sent, completed."""

import hashlib
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from domains.kernel import uploads
from domains.kernel.actor import Actor


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def an_arrived_file(actor: Actor, content: bytes, name: str, media_type: str) -> UUID:
    """A complete upload of the actor's; raises what completing it raises."""
    announced = await uploads.create_upload(
        actor, file_name=name, media_type=media_type, size_bytes=len(content), key=uuid4()
    )
    assert announced.put_address is not None
    await uploads.receive(announced.put_address.removeprefix("/uploads/"), _once(content))
    done = await uploads.complete_upload(
        actor, announced.upload.id, sha256=hashlib.sha256(content).digest()
    )
    return done.id

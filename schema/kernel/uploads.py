"""Files: announced, sent to a presigned address, completed; then a domain may attach them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from domains.kernel import uploads
from domains.kernel.actor import Actor
from domains.kernel.errors import InvalidInput
from domains.kernel.uploads import Announced
from domains.kernel.values import UploadState
from schema import node
from schema.context import Info
from schema.enums import describe
from schema.errors import Refused

describe(
    UploadState,
    "How far a file has come.",
    PENDING="Announced; its content is still to be sent or completed.",
    COMPLETE="Arrived whole, and of the type that it claims.",
)


@strawberry.type(description="A file of the caller's: announced, or arrived and complete.")
class Upload(node.Node):
    """Seen by its owner alone."""

    file_name: str = strawberry.field(description="What the file is called.")
    media_type: str = strawberry.field(description="What the file is.")
    size_bytes: int = strawberry.field(description="How large it is.")
    sha256: str | None = strawberry.field(
        description="The SHA-256 of its content in hexadecimal, once complete."
    )
    state: UploadState = strawberry.field(description="How far it has come.")
    expires_at: datetime | None = strawberry.field(
        description="When it is forgotten unless it is completed; null once it is."
    )
    row: strawberry.Private[uploads.Upload]

    @strawberry.field(
        description=(
            "An address that fetches the file for some minutes: a path on this origin, or a "
            "whole URL. Null until the file is complete."
        )
    )
    async def address(self) -> str | None:
        """The owner may fetch it."""
        return await uploads.download_address(self.row)


def upload_of(row: uploads.Upload) -> Upload:
    """Make a row into an upload."""
    return Upload(
        id=node.encode("upload", row.id),
        file_name=row.file_name,
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256.hex() if row.sha256 else None,
        state=row.state,
        expires_at=row.expires_at,
        row=row,
    )


async def _fetch(actor: Actor, ids: list[UUID]) -> list[node.Node | None]:
    found = await uploads.uploads_by_id(actor, ids)
    return [upload_of(row) if row else None for row in found]


node.register("upload", _fetch)


@strawberry.input(description="A file that is to be sent.")
class CreateUploadInput:
    """What it will be."""

    file_name: str = strawberry.field(description="Its name, without a path.")
    media_type: str = strawberry.field(description="Its media type, as `application/pdf`.")
    size_bytes: int = strawberry.field(description="Its exact size; more is not taken.")
    idempotency_key: UUID = strawberry.field(
        description="Made by the client for this command; the same key answers the same upload."
    )


@strawberry.type(description="The file may be sent now.")
class UploadCreated:
    """Where to."""

    upload: Upload = strawberry.field(description="The upload.")
    put_address: str | None = strawberry.field(
        description=(
            "Where to send the bytes by PUT: a path on this origin, or a whole URL. Null where "
            "the upload is complete already."
        )
    )
    replayed: bool = strawberry.field(description="Whether the key had been used before.")


@strawberry.input(description="A file that has been sent.")
class CompleteUploadInput:
    """And what it hashes to."""

    upload_id: strawberry.ID = strawberry.field(description="The upload.")
    sha256: str = strawberry.field(description="The SHA-256 of what was sent, in hexadecimal.")


@strawberry.type(description="The file is here, whole, and of the type that it claimed.")
class UploadCompleted:
    """Completing it twice is the same."""

    upload: Upload = strawberry.field(description="The upload.")


CreateUploadResult = Annotated[
    UploadCreated | Refused,
    strawberry.union("CreateUploadResult", description="What came of announcing a file."),
]
CompleteUploadResult = Annotated[
    UploadCompleted | Refused,
    strawberry.union("CompleteUploadResult", description="What came of completing an upload."),
]


def _created(announced: Announced) -> UploadCreated:
    return UploadCreated(
        upload=upload_of(announced.upload),
        put_address=announced.put_address,
        replayed=announced.replayed,
    )


def _digest_of(text: str) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise InvalidInput(
            path=("input", "sha256"),
            zh="SHA-256 须为 64 位十六进制字符。",
            en="A SHA-256 has 64 hexadecimal digits.",
        )
    return digest


@strawberry.type
class UploadMutation:
    """Two steps around the transfer itself."""

    @strawberry.mutation(description="Announce a file and learn where to send it.")
    async def create_upload(
        self,
        info: Info,
        input: Annotated[CreateUploadInput, strawberry.argument(description="The file.")],
    ) -> CreateUploadResult:
        """Safe to repeat with its key."""
        announced = await uploads.create_upload(
            info.context.actor,
            file_name=input.file_name,
            media_type=input.media_type,
            size_bytes=input.size_bytes,
            key=input.idempotency_key,
        )
        return _created(announced)

    @strawberry.mutation(description="Say that a file was sent, and what it hashes to.")
    async def complete_upload(
        self,
        info: Info,
        input: Annotated[CompleteUploadInput, strawberry.argument(description="Which one.")],
    ) -> CompleteUploadResult:
        """Safe to repeat."""
        upload_id = node.decode("upload", input.upload_id, path=("input", "uploadId"))
        digest = _digest_of(input.sha256)
        completed = await uploads.complete_upload(info.context.actor, upload_id, sha256=digest)
        return UploadCompleted(upload=upload_of(completed))

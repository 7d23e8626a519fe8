"""What the inputs of volunteering share."""

from uuid import UUID

import strawberry

from schema import node

Key = "A key of the client's own: the same command with it happens once."
Argument = strawberry.argument(description="What to do.")


def upload_of(text: str | None, *, path: tuple[str, ...]) -> UUID | None:
    """Return the upload that an id names; raises NotFound."""
    return node.decode_optional("upload", text, path=path)

"""The kernel's small words."""

from enum import StrEnum


class UploadState(StrEnum):
    """How far a file has come."""

    PENDING = "pending"
    COMPLETE = "complete"

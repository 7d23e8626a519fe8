"""Words for the public lists."""

from enum import StrEnum


class FavouriteKind(StrEnum):
    """What may be kept as a favourite."""

    NEED = "need"
    RESOURCE = "resource"
    PROJECT = "project"


class NeedOrdering(StrEnum):
    """In which order needs are listed."""

    NEWEST = "newest"
    SOONEST = "soonest"
    NEAREST = "nearest"

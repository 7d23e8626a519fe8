"""The four levels of deliberation, and where a matter goes up. Pure."""

from domains.meetings.values import LEVELS, BodyLevel
from domains.membership.values import AreaKind

_OF = {
    AreaKind.BUILDING: BodyLevel.BUILDING,
    AreaKind.ESTATE: BodyLevel.BUILDING,
    AreaKind.GRID: BodyLevel.BUILDING,
    AreaKind.COMMUNITY: BodyLevel.COMMUNITY,
    AreaKind.STREET: BodyLevel.STREET,
    AreaKind.DISTRICT: BodyLevel.DISTRICT,
}


def level_of(kind: AreaKind) -> BodyLevel | None:
    """Return on which level a body of such an area meets; None where bodies do not meet."""
    return _OF.get(kind)


def level_above(level: BodyLevel) -> BodyLevel | None:
    """Return the next level up; None above the last."""
    place = LEVELS.index(level) + 1
    return LEVELS[place] if place < len(LEVELS) else None


def may_go_up(level: BodyLevel, area_path: str, *, to_level: BodyLevel, to_area_path: str) -> bool:
    """Whether a matter goes up from one body to another: one level, over an area around it."""
    return level_above(level) is to_level and area_path.startswith(to_area_path)

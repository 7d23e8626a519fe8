"""Whose eyes: the areas over which an actor is staff, and those that an actor belongs to."""

from domains.kernel.actor import Actor, Role
from domains.membership import policy

EVERYWHERE = ["%"]


def staffed(actor: Actor) -> list[str]:
    """Return LIKE patterns of the areas whose people and households the actor knows."""
    if actor.system:
        return EVERYWHERE
    return [f"{path}%" for path in actor.area_paths(*policy.STAFF)]


def near(actor: Actor) -> list[str]:
    """Return LIKE patterns of the areas where the actor lives or holds any role."""
    return EVERYWHERE if actor.system else [f"{path}%" for path in actor.area_paths()]


def administers_platform(actor: Actor) -> bool:
    """Whether the actor keeps also those who live nowhere here."""
    return actor.system or any(grant.role is Role.PLATFORM_ADMINISTRATOR for grant in actor.grants)


def beginning(path: str | None) -> str | None:
    """Return the LIKE pattern of an area and what lies in it."""
    return None if path is None else f"{path}%"

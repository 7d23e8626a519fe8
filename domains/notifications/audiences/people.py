"""Audiences that are found in membership: one person, residents, holders of roles.

Each says in its docstring whom it addresses, those that are made here too: the timetable on one
page is written from it.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from uuid import UUID

from domains.kernel.actor import Role
from domains.membership.queries import addressees
from domains.notifications.rules.roles import TITLES
from domains.notifications.telling import Addressee, Audience, Telling
from domains.notifications.values import ReasonCode

# Ids of people whom a telling concerns: few, so that they need no pages of their own.
Few = Callable[[Telling], Awaitable[Sequence[UUID | None]]]

_BY_REASON: Mapping[ReasonCode, str] = {
    ReasonCode.AUTHOR: "who began it",
    ReasonCode.RESPONSIBLE: "who is in charge of it",
    ReasonCode.PARTICIPANT: "who takes part in it",
    ReasonCode.FOLLOWS: "who follows it",
}


def in_words(audience: Audience) -> str:
    """Return whom an audience addresses, as its docstring says it."""
    said = (audience.__doc__ or "").split("\n")[0]
    return said.removeprefix("Address ").rstrip(".") or "whom it concerns"


def says(audience: Audience, words: str) -> Audience:
    """Return an audience that says in its docstring whom it addresses."""
    audience.__doc__ = f"Address {words}."
    return audience


def _titles(roles: Sequence[Role]) -> str:
    return ", ".join(f"{TITLES[each]['en']}s" for each in roles)


def person(field: str, reason: ReasonCode = ReasonCode.CONCERNED) -> Audience:
    """Address the one person whose id the event carries."""

    async def ids(telling: Telling) -> list[UUID | None]:
        return [telling.id_or_none(field)]

    return few(ids, reason)


def few(ids: Few, reason: ReasonCode = ReasonCode.CONCERNED) -> Audience:
    """Address some people, each once, nobody where there is none."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        found = sorted({each for each in await ids(telling) if each is not None})
        return [Addressee(each, reason) for each in found if after is None or each > after][:limit]

    return says(audience, _BY_REASON.get(reason, "whom it concerns"))


def residents() -> Audience:
    """Address who lives in the telling's area today."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        found = await addressees.residents_after(telling.area_path, after, limit)
        return [Addressee(each, ReasonCode.LIVES_HERE) for each in found]

    return says(audience, "who lives there")


def holders(*roles: Role) -> Audience:
    """Address who holds one of the roles over the telling's area, there or above."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        rows = await addressees.holders_after(telling.area_path, roles, after, limit)
        return [
            Addressee(row["person_id"], ReasonCode.HOLDS_ROLE, {"role": row["role"]})
            for row in rows
        ]

    return says(audience, f"{_titles(roles)} over the area")


def members(field: str, *roles: Role) -> Audience:
    """Address who holds one of the roles in the organisation whose id the event carries."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        organisation_id = telling.id_or_none(field)
        if organisation_id is None:
            return []
        rows = await addressees.members_after(organisation_id, roles, after, limit)
        return [
            Addressee(row["person_id"], ReasonCode.HOLDS_ROLE, {"role": row["role"]})
            for row in rows
        ]

    return says(audience, f"{_titles(roles)} of the organisation")


def together(*audiences: Audience) -> Audience:
    """Address whoever is in any of the audiences, each once, for the first one's reason."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        found: dict[UUID, Addressee] = {}
        for each in audiences:
            for addressee in await each(telling, after, limit):
                found.setdefault(addressee.person_id, addressee)
        return [found[person_id] for person_id in sorted(found)][:limit]

    return says(audience, "; ".join(dict.fromkeys(in_words(each) for each in audiences)))


def without(audience: Audience, field: str) -> Audience:
    """Address an audience without the one whose id the event carries: who did it knows."""

    async def ids(telling: Telling) -> list[UUID | None]:
        return [telling.id_or_none(field)]

    return besides(audience, ids)


def besides(audience: Audience, ids: Few) -> Audience:
    """Address an audience without these few."""

    async def others(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        left_out = set(await ids(telling))
        found: list[Addressee] = []
        while True:
            page = await audience(telling, after, limit)
            found += [each for each in page if each.person_id not in left_out]
            if len(page) < limit or len(found) >= limit:
                return found[:limit]
            after = page[-1].person_id

    return says(others, in_words(audience))

"""Audiences of the register: who decides on a claim, whom a tag is said of, who runs it all."""

from uuid import UUID

from domains.kernel.actor import Role
from domains.membership import policy
from domains.membership.queries import addressees
from domains.membership.queries import telling as register
from domains.notifications.audiences import people
from domains.notifications.telling import Addressee, Telling
from domains.notifications.values import ReasonCode

# Those of the place itself; who administers the platform is not told of every claim.
_VERIFIERS = tuple(each for each in policy.VERIFIERS if each is not Role.PLATFORM_ADMINISTRATOR)
_KEEPERS = tuple(each for each in policy.KEEPERS if each is not Role.PLATFORM_ADMINISTRATOR)


async def _over_the_household(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    row = await register.residency_to_tell(telling.subject_id)
    if row is None:
        return []
    rows = await addressees.holders_after(row["area_path"], _VERIFIERS, after, limit)
    return [
        Addressee(each["person_id"], ReasonCode.HOLDS_ROLE, {"role": each["role"]}) for each in rows
    ]


async def _claimants(telling: Telling) -> list[UUID | None]:
    row = await register.residency_to_tell(telling.subject_id)
    return [] if row is None else [row["person_id"]]


async def within(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who holds a role in an organisation, also one that is no more."""
    found = await register.within_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.CONCERNED) for each in found]


async def administrators(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who administers the platform, anywhere."""
    roles = (Role.PLATFORM_ADMINISTRATOR,)
    rows = await register.holders_anywhere_after(roles, after, limit)
    return [
        Addressee(row["person_id"], ReasonCode.HOLDS_ROLE, {"role": row["role"]}) for row in rows
    ]


async def _said_of(telling: Telling) -> list[UUID | None]:
    return list(await register.said_of(telling.subject_id))


async def _setter(telling: Telling) -> list[UUID | None]:
    row = await register.tag_to_tell(telling.subject_id)
    return [] if row is None else [row["set_by_id"]]


async def _concerned(telling: Telling) -> list[UUID | None]:
    """Return whom a tag is said of, and who set it: neither settles a contest of it."""
    return [*await _said_of(telling), *await _setter(telling)]


async def _granter(telling: Telling) -> list[UUID | None]:
    row = await register.grant_to_tell(telling.subject_id)
    return [] if row is None else [row["granted_by_id"]]


# Who decides whether a claim is true, where the household is; nobody decides on their own.
verifiers = people.says(
    people.besides(_over_the_household, _claimants), "who may verify it, where the household is"
)
said_of = people.says(
    people.besides(people.few(_said_of), _setter), "whom the tag is said of, but who set it"
)
tag_keepers = people.besides(people.holders(*_KEEPERS), _concerned)
holder = people.says(people.person("person_id"), "whose it is")
granter = people.says(people.few(_granter, ReasonCode.RESPONSIBLE), "who granted it")

"""Who is told what another is told: helpers of elders, guardians of minors."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from domains.membership.queries import addressees as membership
from domains.volunteering.queries import guardians

MOST = 5


async def seconds_of(people: Sequence[UUID]) -> Mapping[UUID, Sequence[UUID]]:
    """Return the helpers of each of these people, at most five, those who left left out."""
    if not people:
        return {}
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for row in await membership.helpers_of(people):
        found[row["person_id"]].add(row["helper_id"])
    for row in await guardians.guardians_of(people):
        found[row["person_id"]].add(row["guardian_id"])
    helpers = sorted({helper for of_one in found.values() for helper in of_one})
    here = await membership.reached(helpers, away_too=True) if helpers else set()
    return {
        person: sorted(each for each in of_one if each in here)[:MOST]
        for person, of_one in found.items()
    }

"""Audiences of disclosures: who writes, approves, follows, asks, demands, or brings a topic."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from domains.disclosure.queries import feed
from domains.disclosure.queries import telling as disclosures
from domains.disclosure.queries.telling import Acting
from domains.membership.queries import addressees
from domains.notifications.audiences import people
from domains.notifications.telling import Addressee, Audience, Telling
from domains.notifications.values import ReasonCode


async def followers(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who wants to hear of what is public."""
    found = await feed.subscribers(telling.subject_id, after=after, most=limit)
    return [Addressee(each, ReasonCode.FOLLOWS) for each in found]


async def demanders(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who stands behind a demand."""
    found = await disclosures.behind_demand_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


async def demanded_it(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address whose demands a duty follows from."""
    found = await disclosures.behind_duty_after(telling.subject_id, after, limit)
    return [Addressee(each, ReasonCode.PARTICIPANT) for each in found]


def _acting(who: Callable[[Telling], Awaitable[Acting | None]], words: str) -> Audience:
    """Address who acts for a body: by a role over its area or within it, or by name."""

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        acting = await who(telling)
        if acting is None:
            return []
        rows = list(await addressees.holders_after(acting.area_path, acting.roles, after, limit))
        if acting.organisation_id is not None:
            of = (acting.organisation_id, acting.roles_within)
            rows += await addressees.members_after(*of, after, limit)
        found = {row["person_id"] for row in rows} | {
            each for each in acting.people if after is None or each > after
        }
        return [Addressee(each, ReasonCode.RESPONSIBLE) for each in sorted(found)][:limit]

    return people.says(audience, words)


async def _takers(telling: Telling) -> Acting | None:
    said = telling.payload
    return await disclosures.takers_of(telling.subject_id, said["version"], said["step"])


async def _answerers(telling: Telling) -> Acting | None:
    row = await disclosures.question_to_tell(telling.subject_id)
    return None if row is None else await disclosures.answerers_of(row)


async def _authors(telling: Telling) -> list[UUID | None]:
    number = telling.payload.get("version")
    return list(await disclosures.authors_of(telling.subject_id, number))


async def _askers(telling: Telling) -> list[UUID | None]:
    row = await disclosures.question_to_tell(telling.subject_id)
    return [] if row is None else [row["asker_id"]]


async def raisers(telling: Telling) -> list[UUID | None]:
    """Return who raised a demand."""
    row = await disclosures.demand_to_tell(telling.subject_id)
    return [] if row is None else [row["raised_by_id"]]


async def _topic_owners(telling: Telling) -> list[UUID | None]:
    return list(await disclosures.topic_owners(telling.subject_id))


async def _owner(telling: Telling) -> list[UUID | None]:
    row = await disclosures.topic_to_tell(telling.id("topic_id"))
    return [] if row is None else [row["person_id"]]


async def _supervisors(telling: Telling) -> list[UUID | None]:
    rows = await disclosures.supervisors_to_tell(telling.subject_id)
    return [row["person_id"] for row in rows]


authors = people.few(_authors, ReasonCode.AUTHOR)
asker = people.few(_askers, ReasonCode.AUTHOR)
raiser = people.few(raisers, ReasonCode.AUTHOR)
supervisors = people.says(people.few(_supervisors), "who sits on the committee")
topic_owner = people.few(_owner, ReasonCode.AUTHOR)
topic_owners = people.says(
    people.few(_topic_owners, ReasonCode.PARTICIPANT), "who registered something to ask"
)
# Who wrote it never approves it, and who asked does not answer.
takers = people.besides(_acting(_takers, "who takes the step it waits at"), _authors)
answerers = people.besides(_acting(_answerers, "who writes for the body"), _askers)
# Who has a topic there is told of that; of the rest, who lives there.
other_residents = people.besides(people.residents(), _topic_owners)
other_demanders = people.besides(demanders, raisers)

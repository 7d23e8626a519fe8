"""Audiences of matters: who raised one, who has to act on one, who leads a body."""

from uuid import UUID

from domains.kernel.actor import Role
from domains.meetings.queries import telling as meetings
from domains.meetings.queries import telling_matters
from domains.meetings.values.issues import HandlerKind
from domains.membership.queries import addressees
from domains.notifications.audiences import people
from domains.notifications.telling import Addressee, Audience, Telling
from domains.notifications.values import ReasonCode

OF_AN_ORGANISATION = (
    Role.ORGANISATION_ADMINISTRATOR,
    Role.DEPARTMENT_HEAD,
    Role.DEPARTMENT_PUBLISHER,
)
proposer = people.person("proposer_id", ReasonCode.AUTHOR)


async def handlers(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
    """Address who has to act: a person, who leads a body, or who acts for an organisation."""
    handler_id = telling.id("handler_id")
    kind = telling.payload["handler_kind"]
    if kind == HandlerKind.ORGANISATION:
        rows = await addressees.members_after(handler_id, OF_AN_ORGANISATION, after, limit)
        return [Addressee(row["person_id"], ReasonCode.RESPONSIBLE) for row in rows]
    found = [handler_id] if kind == HandlerKind.PERSON else await _heads(handler_id)
    kept = sorted({each for each in found if after is None or each > after})
    return [Addressee(each, ReasonCode.RESPONSIBLE) for each in kept][:limit]


async def _heads(body_id: UUID) -> list[UUID]:
    return list(await telling_matters.heads_of(body_id))


def heads(field: str) -> Audience:
    """Address who leads the body whose id the event carries, or keeps its minutes."""

    async def ids(told: Telling) -> list[UUID | None]:
        return list(await telling_matters.heads_of(told.id(field)))

    return people.few(ids, ReasonCode.RESPONSIBLE)


async def _officers(told: Telling) -> list[UUID | None]:
    meeting = await meetings.meeting_to_tell(told.subject_id)
    return [] if meeting is None else [meeting["chair_id"], meeting["secretary_id"]]


# Who chairs a meeting and who keeps its minutes.
officers = people.few(_officers, ReasonCode.RESPONSIBLE)
_committee = people.holders(Role.COMMITTEE_MEMBER)


async def _committee_without_secretary(
    told: Telling, after: UUID | None, limit: int
) -> list[Addressee]:
    meeting = await meetings.meeting_to_tell(told.subject_id)
    if meeting is None or meeting["secretary_id"] is not None:
        return []
    return list(await _committee(told, after, limit))


# Where nobody was made secretary, whoever called the meeting confirms its minutes as one.
confirmers = people.together(officers, _committee_without_secretary)

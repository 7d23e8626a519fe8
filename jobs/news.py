"""Which live topics the events of volunteers and of the time bank belong to: ids, no more.

A volunteer's topic is heard by the volunteer and a minor's guardian, an account's by who may
use it, a person's by that person: `schema.volunteering.subscriptions`,
`schema.timebank.subscriptions`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from domains.kernel import live
from domains.kernel.events import name_of
from domains.timebank import events as timebank
from domains.volunteering.events import honours, records, shifts, volunteers

Topics = Callable[[Mapping[str, Any]], Awaitable[Sequence[str]]]


def telling(*fields: tuple[str, str]) -> Topics:
    """Return what names the topics of an event: of each kind the id that a field holds, if any."""

    async def topics(payload: Mapping[str, Any]) -> Sequence[str]:
        return [
            live.topic(kind, UUID(payload[field]))
            for kind, field in fields
            if payload.get(field) is not None
        ]

    return topics


_ACTIVITY = telling(("volunteer_activity", "activity_id"))
_VOLUNTEER = telling(("volunteer", "volunteer_id"))
_ACCOUNT = telling(("time_account", "account_id"))
_ONE = telling(("time_person", "person_id"))
_TWO = telling(("time_person", "person_id"), ("time_person", "relative_id"))

OF_EVENTS: dict[str, Topics] = {
    **{
        name_of(event): _ACTIVITY
        for event in (
            records.ActivityPublished,
            records.ActivityCancelled,
            records.ShiftPlacesChanged,
            *(shifts.TeamCalledUp, shifts.TeamCallAnswered, shifts.TeamCallEnded),
        )
    },
    **{
        name_of(event): _VOLUNTEER
        for event in (
            *(volunteers.GuardianAsked, volunteers.VolunteerRegistered),
            *(volunteers.VolunteerWithdrawn, volunteers.SkillJudged, volunteers.VolunteerBanned),
            *(records.RecordMade, records.RecordConfirmed, records.RecordOverdue),
            *(records.RecordPublicised, records.RecordFinal, records.RecordCorrected),
            *(records.RecordRevoked, records.RecordSuspected, records.RecordReviewed),
            *(records.RecordContested, records.RecordContestAnswered),
            *(honours.CertificateIssued, honours.CertificateRevoked),
            *(honours.HonourNoticed, honours.HonourGranted, honours.HonourRefused),
            *(honours.HonourRevoked, honours.HonourObjectionFiled),
            honours.HonourObjectionDecided,
        )
    },
    **{
        name_of(event): _ACCOUNT
        for event in (
            *(timebank.MinutesIssued, timebank.MinutesTakenBack, timebank.MinutesOwed),
            *(timebank.ShortfallClosed, timebank.OrderDecided),
            *(timebank.SuspensionBegan, timebank.SuspensionEnded),
            *(timebank.ReservationQueued, timebank.ReservationHeld),
            *(timebank.ReservationHonoured, timebank.ReservationCancelled),
            *(timebank.ReservationLapsed, timebank.ReservationPassedOver),
            *(timebank.ExpiryNear, timebank.MinutesLapsed),
        )
    },
    name_of(timebank.MinutesGiven): telling(("time_account", "from_id"), ("time_account", "to_id")),
    name_of(timebank.RelativeDeclared): _TWO,
    name_of(timebank.RelativeConfirmed): _TWO,
    name_of(timebank.NeedDecided): _ONE,
}

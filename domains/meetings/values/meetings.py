"""Words of meetings: their states, who is invited as what, and the points of their agendas."""

from enum import StrEnum


class MeetingState(StrEnum):
    """How far a meeting has come."""

    PLANNED = "planned"
    AGENDA_PUBLISHED = "agenda_published"
    CHECK_IN = "check_in"
    IN_SESSION = "in_session"
    RECESS = "recess"
    ADJOURNED = "adjourned"
    MINUTES_DRAFT = "minutes_draft"
    MINUTES_CONFIRMED = "minutes_confirmed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


# All who belong see it; while it is only planned, who organises and who is in the body.
PUBLISHED = frozenset(MeetingState) - {MeetingState.PLANNED}
# The room is open: people come, go and act in it.
UNDER_WAY = frozenset({MeetingState.CHECK_IN, MeetingState.IN_SESSION, MeetingState.RECESS})
# It can still be moved to another day, or cancelled.
BEFORE_SESSION = frozenset(
    {MeetingState.PLANNED, MeetingState.AGENDA_PUBLISHED, MeetingState.CHECK_IN}
)


class MeetingMode(StrEnum):
    """Where people meet."""

    ONLINE = "online"
    ON_SITE = "on_site"
    HYBRID = "hybrid"


class Capacity(StrEnum):
    """What somebody is invited to do: the three roles of deliberation."""

    ORGANISE = "organise"
    DECIDE = "decide"
    ADVISE = "advise"


class AttendeeKind(StrEnum):
    """As what somebody comes."""

    MEMBER = "member"
    EXPERT = "expert"
    DEPUTY = "deputy"
    OBSERVER = "observer"


class Response(StrEnum):
    """What somebody answered to an invitation."""

    AWAITED = "awaited"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class AgendaItemKind(StrEnum):
    """What an item of the agenda is there for."""

    INFORM = "inform"
    DISCUSS = "discuss"
    DECIDE = "decide"


class AgendaItemState(StrEnum):
    """How far an item has come."""

    WAITING = "waiting"
    ON_AGENDA = "on_agenda"
    CURRENT = "current"
    CONCLUDED = "concluded"
    UNRESOLVED = "unresolved"
    RAISED = "raised"
    WITHDRAWN = "withdrawn"


class InvitedGroup(StrEnum):
    """Whom an invitation to many is for: who they are on the day of the meeting."""

    ADULTS = "adults"
    HOUSEHOLD_REPRESENTATIVES = "household_representatives"
    RESIDENTS_REPRESENTATIVES = "residents_representatives"
    BUILDING_CAPTAINS = "building_captains"

"""The words of notices: what is told, on which channel, and how far it has come."""

from enum import StrEnum


class Category(StrEnum):
    """What a notice is about; what people choose by."""

    MEETINGS = "meetings"
    POLLS = "polls"
    DISCLOSURE = "disclosure"
    PLEDGES = "pledges"
    SERVICE = "service"
    POINTS = "points"
    ROLES = "roles"
    MATTERS = "matters"
    SAFETY = "safety"
    CAMPAIGN = "campaign"
    DIGEST = "digest"
    DUTIES = "duties"


class Channel(StrEnum):
    """Where a notice is read: in the inbox, or where it is sent."""

    IN_APP = "in_app"
    CONSOLE = "console"
    EMAIL = "email"
    WEB_PUSH = "web_push"
    WECHAT = "wechat"
    SMS = "sms"


# What leaves the house.
OUTGOING: tuple[Channel, ...] = tuple(each for each in Channel if each is not Channel.IN_APP)


class Urgency(StrEnum):
    """Whether a notice waits for the end of the quiet hours."""

    NORMAL = "normal"
    URGENT = "urgent"


class Choice(StrEnum):
    """What somebody wants of a kind or category on a channel."""

    ON = "on"
    OFF = "off"
    DIGEST = "digest"


class OccasionState(StrEnum):
    """How far the telling of one occasion has come."""

    DUE = "due"
    EXPANDING = "expanding"
    EXPANDED = "expanded"
    STALE = "stale"
    WITHDRAWING = "withdrawing"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class DeliveryState(StrEnum):
    """How far a notice has come on one channel."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    RECEIVED = "received"
    BOUNCED = "bounced"
    FAILED = "failed"
    DEAD = "dead"
    SUPPRESSED = "suppressed"


class AddressState(StrEnum):
    """Whether an address is written to."""

    UNVERIFIED = "unverified"
    ACTIVE = "active"
    BLOCKED = "blocked"


class Locale(StrEnum):
    """The languages in which notices are written."""

    ZH_HANS = "zh-Hans"
    EN = "en"


class Rhythm(StrEnum):
    """How often a digest comes."""

    WEEKLY = "weekly"
    DAILY = "daily"


class VariableKind(StrEnum):
    """What a variable of a template holds, and so how it is written in each language."""

    TEXT = "text"
    INTEGER = "integer"
    MINUTES = "minutes"
    FEN = "fen"
    DATE = "date"
    DATETIME = "datetime"
    PERSON = "person"


class ReasonCode(StrEnum):
    """Why a notice reached somebody."""

    ON_ROLL_NOT_VOTED = "on_roll_not_voted"
    ON_ROLL = "on_roll"
    INVITED = "invited"
    LIVES_HERE = "lives_here"
    HOLDS_ROLE = "holds_role"
    CONCERNED = "concerned"
    AUTHOR = "author"
    RESPONSIBLE = "responsible"
    PARTICIPANT = "participant"
    FOLLOWS = "follows"
    MATCHED = "matched"


class CampaignState(StrEnum):
    """How far a campaign has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class CampaignSubject(StrEnum):
    """What a campaign draws attention to."""

    NONE = "none"
    POLL = "poll"
    MEETING = "meeting"
    ACTIVITY = "activity"
    DISCLOSURE = "disclosure"
    PLEDGE = "pledge"

"""The enums of notices, described once for the contract; the domain's own classes are used."""

from domains.notifications.values import (
    AddressState,
    Category,
    Channel,
    Choice,
    Locale,
    OccasionState,
    ReasonCode,
    VariableKind,
)
from schema.enums import describe

describe(
    Category,
    "What a notice is about.",
    called="NoticeCategory",
    MEETINGS="Meetings and their minutes.",
    POLLS="Polls and elections.",
    DISCLOSURE="What is disclosed, asked and answered.",
    PLEDGES="Promises and their reviews.",
    SERVICE="Volunteering: activities, records, honours.",
    POINTS="Time accounts and what is honoured.",
    ROLES="Roles, homes and access.",
    MATTERS="Issues, motions and resolutions.",
    SAFETY="Alarms and danger.",
    CAMPAIGN="What somebody in office tells those whom it is meant for.",
    DIGEST="Summaries of a day or a week.",
    DUTIES="What somebody in office has to do.",
)
describe(
    Channel,
    "Where a notice is read.",
    called="NoticeChannel",
    IN_APP="The inbox.",
    CONSOLE="The server's console: only where no real person is told.",
    EMAIL="E-mail.",
    WEB_PUSH="A browser that subscribed.",
    WECHAT="A WeChat subscription message.",
    SMS="A text message.",
)
describe(
    Choice,
    "What somebody wants on a channel.",
    called="NoticeChoice",
    ON="Each by itself.",
    OFF="Nothing.",
    DIGEST="Gathered in a summary.",
)
describe(
    Locale,
    "A language in which notices are written.",
    called="NoticeLocale",
    ZH_HANS="Chinese, in simplified characters.",
    EN="English.",
)
describe(
    ReasonCode,
    "Why a notice reached somebody.",
    called="NoticeReasonCode",
    ON_ROLL_NOT_VOTED="On the poll's roll, without having voted.",
    ON_ROLL="On the poll's roll.",
    INVITED="Invited to the meeting.",
    LIVES_HERE="Lives in the area.",
    HOLDS_ROLE="Holds a role over it.",
    CONCERNED="It is about them.",
    AUTHOR="They began it.",
    RESPONSIBLE="They are in charge of it.",
    PARTICIPANT="They take part in it.",
    FOLLOWS="They follow it.",
    MATCHED="Among those whom it is meant for.",
)
describe(
    OccasionState,
    "How far the telling of something has come.",
    called="NoticeOccasionState",
    DUE="It is to be told.",
    EXPANDING="Notices are being written.",
    EXPANDED="All are written.",
    STALE="It mattered no more when its turn came.",
    WITHDRAWING="It is being taken back.",
    WITHDRAWN="It was taken back where it was neither read nor sent.",
    FAILED="It could not be told; staff let it be tried again.",
)
describe(
    VariableKind,
    "What a variable of a template holds.",
    called="NoticeVariableKind",
    TEXT="A text.",
    INTEGER="A whole number.",
    MINUTES="Minutes.",
    FEN="Money, in fen.",
    DATE="A day.",
    DATETIME="An instant, as it is in Shanghai.",
    PERSON="Somebody's name.",
)
describe(
    AddressState,
    "Whether an address is written to.",
    called="NoticeAddressState",
    UNVERIFIED="A code was sent there that has not been given back yet.",
    ACTIVE="It is written to.",
    BLOCKED="It is gone, or wants nothing: it is not written to any more.",
)

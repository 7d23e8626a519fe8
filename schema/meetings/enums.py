"""The enums of bodies, meetings and rooms, described once for the contract."""

from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    AttendeeKind,
    BodyLevel,
    Capacity,
    CheckInMethod,
    InvitedGroup,
    MeetingForm,
    MeetingMode,
    MeetingState,
    RecurrenceKind,
    Response,
    SeatOffice,
    Standing,
)
from schema.enums import describe

describe(
    MeetingForm,
    "What kind of meeting it is; each form has rules of its own.",
    DELIBERATION_COUNCIL="议事会: deliberates regularly on what concerns the area.",
    HEARING="听证会: hears those whom a plan concerns.",
    RESIDENTS_REPRESENTATIVES="居民代表会议: the residents' representatives decide.",
    COORDINATION="协调会: settles a dispute between parties.",
    REVIEW_MEETING="评议会: judges work that was done.",
    ROUND_TABLE="圆桌会: talks; decides nothing.",
    OPEN_INTERVIEW_DAY="群众访谈日: listens to whoever comes; decides nothing.",
    PRESS_CONFERENCE="社情发布会: informs and answers; decides nothing.",
)
describe(
    BodyLevel,
    "On which of the four levels a body meets; what stays unresolved goes one up.",
    BUILDING="Of a building, an estate or a grid.",
    COMMUNITY="Of a community.",
    STREET="Of a street.",
    DISTRICT="Of a district.",
)
describe(
    SeatOffice,
    "What somebody is in a body.",
    CHAIR="Has the chair of its meetings; one a body.",
    VICE_CHAIR="Leads it beside the chair.",
    SECRETARY="Keeps its minutes; one a body.",
    MEMBER="Sits in it.",
)
describe(
    RecurrenceKind,
    "How regular meetings follow one another.",
    MONTHLY="Every so many months, on a day of the month.",
    WEEKLY="Every so many weeks, on a day of the week.",
)
describe(
    MeetingState,
    "How far a meeting has come.",
    PLANNED="It has a day; seen by who organises, sits in the body or is invited.",
    AGENDA_PUBLISHED="Convened: agenda and rules stand, and all who belong see it.",
    CHECK_IN="People come into the room.",
    IN_SESSION="Called to order.",
    RECESS="Paused until a time that all are told.",
    ADJOURNED="Over; its minutes can be drafted.",
    MINUTES_DRAFT="Its minutes are being written.",
    MINUTES_CONFIRMED="Its minutes are confirmed.",
    PUBLISHED="Its minutes are public.",
    CANCELLED="Called off before it began, for a stated reason.",
)
describe(
    MeetingMode,
    "Where people meet.",
    ONLINE="Online.",
    ON_SITE="In one place.",
    HYBRID="In one place, and online.",
)
describe(
    Capacity,
    "What somebody is invited to do.",
    ORGANISE="To organise the meeting.",
    DECIDE="To deliberate and decide; they alone vote.",
    ADVISE="To advise, or to listen.",
)
describe(
    AttendeeKind,
    "As what somebody comes.",
    MEMBER="As one whom it concerns.",
    EXPERT="As an expert; advises.",
    DEPUTY="As a deputy to a congress, or a political adviser.",
    OBSERVER="To listen.",
)
describe(
    Response,
    "What somebody answered to an invitation.",
    AWAITED="Nothing yet.",
    ACCEPTED="They come.",
    TENTATIVE="They may come.",
    DECLINED="They do not come, and are excused.",
)
describe(
    Standing,
    "Whether somebody who is invited is in the room.",
    ABSENT="They have not come.",
    PRESENT="They are in the room.",
    LEFT="They were in the room, and left it.",
    EXCUSED="They told that they cannot come.",
)
describe(
    CheckInMethod,
    "How somebody's coming was recorded.",
    ONLINE="Online, by themselves.",
    CODE="On the spot, by the code that the room shows.",
    LIST="By a helper's list.",
)
describe(
    AgendaItemKind,
    "What a point of the agenda is there for.",
    INFORM="To inform.",
    DISCUSS="To be talked about.",
    DECIDE="To be decided.",
)
describe(
    AgendaItemState,
    "How far a point of the agenda has come.",
    WAITING="It waits for a meeting of its body.",
    ON_AGENDA="It is on the agenda of a meeting.",
    CURRENT="It is being dealt with.",
    CONCLUDED="It is done with.",
    UNRESOLVED="It was left open, or was not reached.",
    RAISED="It went up to the body of the next level.",
    WITHDRAWN="It was taken off, for a stated reason.",
)
describe(
    InvitedGroup,
    "Whom an invitation to many is for, as they are on the day of the meeting.",
    ADULTS="Every adult with political rights who lives in the area.",
    HOUSEHOLD_REPRESENTATIVES="One adult a household.",
    RESIDENTS_REPRESENTATIVES="The residents' representatives.",
    BUILDING_CAPTAINS="The captains of its buildings.",
)

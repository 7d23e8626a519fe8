"""The words of the floor, of motions and of votes, described for the contract."""

from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd
from domains.meetings.values.motions import (
    MotionKind,
    MotionState,
    VoidReason,
    VoteCall,
    VoteForm,
    VoteState,
    Withdrawal,
)
from schema.enums import describe

describe(
    SpeakingSide,
    "For what somebody asks to speak.",
    FOR="In favour.",
    AGAINST="Against.",
    QUESTION="To ask something; on no side.",
    POINT_OF_ORDER="To say that the rules are not kept; called at once.",
)
describe(
    RequestState,
    "How far a request to speak has come.",
    WAITING="The hand is up.",
    SPEAKING="Has the floor.",
    INTERRUPTED="Goes on once a point of order is dealt with.",
    SPOKEN="The speech is over.",
    WITHDRAWN="The hand was taken down.",
    LAPSED="What it was about is over, or who asked has left.",
)
describe(
    SpeechEnd,
    "How a speech ended.",
    FINISHED="The speaker had finished.",
    TIME_UP="The time was up.",
    STOPPED="The chair stopped it.",
    LEFT="The speaker left the room.",
)
describe(
    MotionKind,
    "What a motion asks for; from the lowest rank to the highest.",
    MAIN="To decide on a matter of the agenda.",
    AMENDMENT="To change the text of a motion, two deep.",
    REFER="To give the main motion to a body.",
    POSTPONE="To put the main motion off to a day.",
    CLOSE_DEBATE="To vote now on what is before the meeting.",
    RECESS="To pause the meeting.",
    WITHDRAWAL="To let a proposer take a motion back.",
    APPEAL="To reverse the chair's ruling.",
    POINT_OF_ORDER="To have the chair rule on whether the rules are kept.",
)
describe(
    MotionState,
    "How far a motion has come.",
    PROPOSED="It waits for its seconders.",
    SECONDED="It waits for the chair to put it to the meeting.",
    PENDING="It is before the meeting; nobody has spoken to it yet.",
    DEBATING="It is spoken to.",
    READY="Debate is over: it can be voted on.",
    VOTING="It is being voted on.",
    CARRIED="The meeting wants it; of a point of order: well taken.",
    LOST="The meeting does not want it, or nobody seconded it; a tie is lost.",
    TABLED="It was referred or postponed.",
    WITHDRAWN="It was taken back.",
)
describe(
    VoteForm,
    "How a vote is taken.",
    SHOW_OF_HANDS="Those in favour, then those against; minutes tell the numbers.",
    ROLL_CALL="By name; minutes tell who voted how.",
    SECRET="Nobody can know how somebody voted.",  # noqa: S106  # a form of voting
    UNANIMOUS_CONSENT="Who objects says so; where nobody does, all agree.",
)
describe(
    VoteCall,
    "Whom a vote calls at the moment; nobody is ever asked to abstain.",
    IN_FAVOUR="Those in favour.",
    AGAINST="Those against.",
    EVERYBODY="Everybody but the chair.",
    OBJECTIONS="Those who object to deciding without a vote.",
    CHAIR="The chair, last.",
)
describe(
    VoteState,
    "How far a vote has come.",
    OPEN="It is being taken.",
    CARRIED="The motion was carried.",
    LOST="The motion was lost.",
    OBJECTED="Somebody wanted a vote: the motion is ready for one.",
    VOID="It does not stand, and is taken again.",
)
describe(
    Withdrawal,
    "Whose a motion is once the chair has put it to the meeting.",
    PROPOSER="The proposer's, to take back alone.",
    MEETING="The meeting's: it is asked for leave.",
    NEVER="It is not taken back.",
)
describe(
    VoidReason,
    "Why a vote does not stand.",
    QUORUM_LOST="Too few were present before it was over.",
    RULED_OUT="It was cancelled in the ballot box.",
)

"""Who may on the floor, with motions and in votes; states are the commands' to judge."""

from domains.kernel.actor import Authority, Rule
from domains.meetings.policy.places import decides, helps, presides, sees_meeting, takes_part

FLOOR: Authority = {
    "raiseHand": Rule(may=takes_part, sees=sees_meeting),
    "withdrawHand": Rule(may=takes_part, sees=sees_meeting),
    "callSpeaker": Rule(may=presides, sees=sees_meeting),
    "endSpeech": Rule(may=takes_part, sees=sees_meeting),
    "stopSpeech": Rule(may=presides, sees=sees_meeting),
    # Points of order are for all who are there; what else is moved, for who decides.
    "proposeMotion": Rule(may=takes_part, sees=sees_meeting),
    "secondMotion": Rule(may=decides, sees=sees_meeting),
    "stateMotion": Rule(may=presides, sees=sees_meeting),
    "dropMotion": Rule(may=presides, sees=sees_meeting),
    "withdrawMotion": Rule(may=takes_part, sees=sees_meeting),
    "declareReady": Rule(may=presides, sees=sees_meeting),
    "ruleOnPoint": Rule(may=presides, sees=sees_meeting),
    "openVote": Rule(may=presides, sees=sees_meeting),
    "callVote": Rule(may=presides, sees=sees_meeting),
    # Whether the caller is there, entitled and called, the vote itself tells apart.
    "castVote": Rule(may=takes_part, sees=sees_meeting),
    "countHands": Rule(may=helps, sees=sees_meeting),
    "endVote": Rule(may=presides, sees=sees_meeting),
}

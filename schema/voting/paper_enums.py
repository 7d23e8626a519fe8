"""The words of paper and of what follows a count, described once for the contract."""

from domains.voting.rules.paper import LineVerdict
from domains.voting.values import BatchState, ChallengeState
from schema.enums import describe

describe(
    LineVerdict,
    "What a paper came to.",
    VALID="It says something, and no more than it may.",
    BLANK="It says nothing.",
    VOID="It was in the box and is invalid; its voter took part.",
    SPOILED="It was handed back and exchanged: it was not in the box.",
)
describe(
    BatchState,
    "How far a batch of papers has come.",
    OPEN="Nobody has entered it.",
    ENTERED="One person has entered it.",
    DIFFERS="Two people have entered it, not alike; it is reopened and entered anew.",
    AGREED="Two people have entered it alike: it counts.",
    DISCARDED="It was left out, for a stated reason.",
)
describe(
    ChallengeState,
    "What became of a challenge.",
    OPEN="It waits to be decided.",
    UPHELD="It was right: the poll was annulled.",
    DISMISSED="It was not: the poll goes on.",
    CLOSED="Another challenge annulled the poll, so that this one has nothing left to challenge.",
)

"""The words of elections and recalls, described once for the contract."""

from domains.voting.rules.procedure import WomanRule
from domains.voting.values import (
    CandidateState,
    Kin,
    Petitioners,
    RecallState,
    TellerDuty,
    Verdict,
    VettingGround,
)
from schema.enums import describe

describe(
    CandidateState,
    "How far a candidate has come.",
    NOMINATED="Nominated; to be vetted.",
    REFUSED="May not stand, for the grounds given.",
    WITHDRAWN="Declined, or withdrew.",
    STANDING="Stands; on the paper once it is fixed.",
    ELECTED="Elected.",
    NOT_ELECTED="Stood and was not elected in this poll.",
)
describe(
    VettingGround,
    "Why somebody may not stand.",
    NOT_ON_ROLL="Not on the roll of voters.",
    UNDER_AGE="Too young on the day of the first ballot.",
    NO_POLITICAL_RIGHTS="Deprived of political rights.",
    TOO_FEW_NOMINATORS="Nominated by fewer voters than the rule asks.",
    OTHER="For the reason given.",
)
describe(
    TellerDuty,
    "What somebody does at the count.",
    TELLER="Counts.",
    SCRUTINEER="Watches the count.",
)
describe(
    Kin,
    "How two people are near relatives; said of both at once.",
    SPOUSE="Married to one another.",
    PARENT="Parent and child.",
    SIBLING="Brothers and sisters.",
    GRANDPARENT="Grandparent and grandchild.",
)
describe(
    Verdict,
    "What an election's count found of a candidate.",
    ELECTED="Elected.",
    TIED="Reached the share with as many votes as another for the last seats.",
    GAVE_WAY="A near relative with more votes, or one elected before, holds a seat.",
    REPLACED="Gave the last seat up, so that a woman may hold it.",
    NO_SEAT="Reached the share after all seats were filled.",
    BELOW_SHARE="Did not reach the share.",
)
describe(
    Petitioners,
    "Who signs for a recall.",
    VOTERS="Voters of the area.",
    REPRESENTATIVES="Residents' representatives.",
)
describe(
    RecallState,
    "How far a petition for a recall has come.",
    OPEN="Being signed.",
    SUPPORTED="Signed by enough: a vote is to be held.",
    VOTED="The vote has been convened.",
)
describe(
    WomanRule,
    "What is done, besides saying so, where no woman is elected though the rules want one.",
    REPLACE="The woman with the most votes above the share takes the last seat; where several have"
    " as many, they run off for it.",
    RUNOFF="The last seat stays open, and women run off for it.",
)

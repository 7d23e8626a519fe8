"""The enums of counting rules, ballots and stages, described once for the contract."""

from domains.voting.rules import BallotForm, CountingRule
from domains.voting.rules.records import ProjectDecision, StageAction, TieBreak, TieQuestion
from schema.enums import describe

describe(
    CountingRule,
    "How ballots become winners.",
    PLURALITY="One option a ballot; those named most win.",
    APPROVAL="Any options a ballot; those named most win.",
    SCORE="A score for each option; the greatest sums win.",
    BORDA="A ranking; each place is worth one point less than the one before it.",
    INSTANT_RUN_OFF="A ranking; the weakest is excluded until one has a majority.",
    SCOTTISH_STV="A ranking; seats are filled by quota and transfer as in Scotland's councils.",
    SCHULZE="A ranking; who wins every comparison by the strongest path.",
    RANKED_PAIRS="A ranking; majorities are locked in from the strongest, without a circle.",
    MAJORITY_JUDGEMENT="A grade for each option; the best grade of the middle wins.",
    SEQUENTIAL_PHRAGMEN="Any options a ballot; seats are shared out in proportion.",
    GREEDY_SKIP="A budget goes to the projects wanted most; what does not fit is passed over.",
    GREEDY_STOP="A budget goes to the projects wanted most, until one does not fit.",
    GREEDY_MINIMUM="As GREEDY_SKIP, among the projects that reach a least score.",
    EQUAL_SHARES="Everybody has an equal share of the budget and pays for what they want.",
)
describe(
    BallotForm,
    "What a voter writes on the paper.",
    CHOICE="One option.",
    APPROVAL="Any options.",
    RANKING="Options in order of preference, the first first.",
    SCORE="A score for each option, 0 where none is given.",
    GRADE="A grade for each option, 1 the worst.",
    BUDGET_APPROVAL="Any projects of a budget.",
    BUDGET_POINTS="Points for projects of a budget.",
)
describe(
    TieQuestion,
    "What a tie was about.",
    ELECTION="Who is chosen.",
    SURPLUS="Whose surplus moves first.",
    EXCLUSION="Who is excluded.",
    FUNDING="Which project comes first.",
)
describe(
    TieBreak,
    "What broke a tie.",
    EARLIER_STAGE="The latest earlier stage at which they differed.",
    LOWER_COST="The lower cost.",
    MORE_VOTES="More supporters.",
    SEED="The lot, drawn by the published seed.",
)
describe(
    StageAction,
    "What moved votes at a stage.",
    FIRST_PREFERENCES="First preferences were counted.",
    SURPLUS="Votes above the quota moved on.",
    EXCLUSION="The votes of who was excluded moved on.",
)
describe(
    ProjectDecision,
    "What became of a project.",
    FUNDED="It is paid for.",
    TOO_COSTLY="It costs more than was left.",
    AFTER_STOP="It came after the project at which the rule stopped.",
    BELOW_MINIMUM="Nobody wanted it, or too few.",
)

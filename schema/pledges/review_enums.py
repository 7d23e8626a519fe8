"""Reviews' enums, described once for the contract; the domain's own classes are used."""

from domains.pledges.values.reviews import (
    AppraisalGrade,
    Half,
    RaterSource,
    RectificationState,
    ReportFormat,
    ReviewAnswer,
    RevieweeKind,
    ReviewState,
)
from schema.enums import describe

describe(Half, "Half of a year.", H1="January to June.", H2="July to December.")
describe(
    ReviewState,
    "How far a review has come.",
    SCHEDULED="It will be held.",
    REPORTS_DUE="Work reports are taken; then there is a meeting.",
    RATING="Ratings are taken in secret.",
    TALLIED="Counted; enough rated.",
    VOID="Too few rated: the round does not stand.",
    PUBLISHED="The result is public with its working.",
    RECTIFYING="Something is being put right.",
    RE_REVIEWED="It has been reviewed again.",
    LINKED="It has gone into the year's appraisal.",
)
describe(RevieweeKind, "Who is under review.", PERSON="One of the staff.", BODY="An organisation.")
describe(
    RaterSource,
    "How the reviewers of a group come together.",
    ROLE="Who holds one of the roles that the rules name.",
    DRAWN="Residents drawn by lot, in the order of SHA-256 over review and person.",
    OPEN="All adult residents who are in no other group.",
    LIST="Who is named by hand.",
)
describe(
    ReviewAnswer,
    "What a reviewer says of an item.",
    SATISFIED="满意.",
    BASICALLY_SATISFIED="基本满意: counts as content.",
    UNSATISFIED="不满意.",
    UNKNOWN="不了解: told apart, and in no rate unless the rules say so.",
)
describe(
    RectificationState,
    "How far an order to put something right has come.",
    ORDERED="It is to be put right.",
    REPORTED="Whoever has to says that it is.",
    PASSED="Somebody else says that it is.",
    FAILED="It is not.",
)
describe(
    AppraisalGrade,
    "What a year's appraisal comes to.",
    EXCELLENT="优秀.",
    COMPETENT="称职.",
    BASICALLY_COMPETENT="基本称职.",
    NOT_COMPETENT="不称职.",
)
describe(ReportFormat, "As what kind of file.", PDF="To be read.", XLSX="To be counted with.")

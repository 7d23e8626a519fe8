"""Enums of resources, projects and money, described once; the domain's own classes are used."""

from domains.matching.values.funds import (
    FundEntryKind,
    FundKind,
    FundState,
    PayeeKind,
    SpendingState,
)
from domains.matching.values.projects import (
    BudgetShiftState,
    MilestoneState,
    ProjectRoundMode,
    ProjectRoundState,
    ServiceProjectState,
)
from domains.matching.values.resources import (
    MatchingSubject,
    ResourceKind,
    ResourceReservationState,
    ResourceState,
)
from schema.enums import describe
from schema.volunteering import enums as _classes  # noqa: F401  # describes classes of service

describe(
    ResourceKind,
    "What is offered.",
    TIME="People's time.",
    VENUE="A place, for so many people at a time.",
    GOODS="Things, by number.",
    MONEY="Money that is bound to a purpose.",
    EXPERTISE="What somebody is versed in.",
)
describe(
    ResourceState,
    "How far a resource has come; while something of it is free, it is available.",
    OFFERED="It waits to be looked at.",
    REFUSED="It was not taken.",
    VERIFIED="It is as offered, and valid from a day to come.",
    AVAILABLE="It may be reserved.",
    RESERVED="All of it is kept, some of it not committed yet.",
    COMMITTED="All of it is promised.",
    DELIVERED="All of it is handed over, some of it not signed for.",
    RECEIPTED="All of it is signed for.",
    WITHDRAWN="It is offered no more.",
    EXPIRED="Its time is over.",
)
describe(
    ResourceReservationState,
    "How far a part of a resource has come that is kept for something.",
    RESERVED="Kept until its time is over.",
    COMMITTED="Its provider stands by it.",
    DELIVERED="Handed over, or served.",
    RECEIPTED="Signed for by another.",
    RELEASED="Given back.",
    EXPIRED="Nobody committed it in time.",
)
describe(
    MatchingSubject,
    "What a template is of.",
    RESOURCE="A resource.",
    PROJECT="A project.",
)
describe(
    ServiceProjectState,
    "How far a project has come.",
    DRAFT="Being written.",
    SUBMITTED="Handed in.",
    APPROVED="The community stands by it; money is being found.",
    REJECTED="The community does not stand by it.",
    FUNDED="Every line of its budget is covered.",
    RUNNING="It serves.",
    SUSPENDED="It rests.",
    EVALUATED="Those whom it served have spoken.",
    CLOSED="It is over, with its report.",
    CANCELLED="It was called off.",
)
describe(
    MilestoneState,
    "Whether a milestone is reached.",
    WAITING="It is still to come, or late.",
    REACHED="It is reached, with proof.",
    MISSED="It will not be reached; the reason stands.",
)
describe(
    BudgetShiftState,
    "Whether money may move between lines of a budget.",
    ASKED="It waits for somebody else.",
    APPROVED="It moved.",
    REFUSED="It did not.",
)
describe(
    ProjectRoundMode,
    "How applications are chosen.",
    CRITERIA="By the weighted scores of reviewers.",
    POLL="By a secret poll of the residents.",
)
describe(
    ProjectRoundState,
    "How far a round of applications has come.",
    OPEN="Applications are taken.",
    REVIEWING="Reviewers score.",
    VOTING="Residents vote.",
    SETTLED="It is known what was chosen.",
    CANCELLED="It ended without a choice.",
)
describe(
    FundKind,
    "Where a fund's money comes from, and what it does.",
    PURPOSE="Given for a purpose.",
    MATCHING="It adds to what others give.",
    COMMUNITY="A community fund, with conditions.",
)
describe(
    FundState,
    "Whether a fund takes and gives.",
    OPEN="It does.",
    CLOSED="It does no more.",
)
describe(
    FundEntryKind,
    "What moved money.",
    INCOME="It came in, with proof.",
    MATCH_IN="Another fund added it.",
    MATCH_OUT="It was added to another fund.",
    ALLOTMENT="It was set aside for a line of a budget.",
    RELEASE="It was set aside, not spent, and is the fund's again.",
    SPENDING="It was spent, as somebody approved.",
    REFUND="A payee paid it back.",
    RETURN="It went back to who had given it.",
)
describe(
    PayeeKind,
    "Who was paid, as far as the public knows.",
    ENTERPRISE="An enterprise.",
    SOCIAL_ORGANISATION="A social organisation.",
    INSTITUTION="A public institution.",
    PERSON_SERVED="Somebody whom the project serves.",
    VOLUNTEER_EXPENSES="Volunteers, for what they laid out.",
    SERVICE_PROVIDER="Somebody who was paid for a service.",
)
describe(
    SpendingState,
    "Whether a spending stands.",
    ENTERED="It waits for somebody else's approval.",
    APPROVED="It is in the books.",
    REFUSED="It is not.",
)

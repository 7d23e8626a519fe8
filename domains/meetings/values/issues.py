"""The words of issues (议题): closed lists that database, rules and schema share."""

from enum import StrEnum


class IssueState(StrEnum):
    """How far an issue has come."""

    REPORTED = "reported"
    TRIAGED = "triaged"
    RISK_ASSESSED = "risk_assessed"
    SCHEDULED = "scheduled"
    DELIBERATED = "deliberated"
    RESOLVED = "resolved"
    ESCALATED_TO_BALLOT = "escalated_to_ballot"
    REFERRED = "referred"
    IMPLEMENTING = "implementing"
    FED_BACK = "fed_back"
    REVISITED = "revisited"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


# Nothing follows these.
ISSUE_ENDS = frozenset(
    {IssueState.CLOSED, IssueState.DECLINED, IssueState.MERGED, IssueState.WITHDRAWN}
)


class IssueStep(StrEnum):
    """The six steps of work (六步工作法)."""

    COLLECT = "collect"
    SORT_AND_ROUTE = "sort_and_route"
    ASSESS_RISK = "assess_risk"
    RESOLVE = "resolve"
    REVISIT = "revisit"
    SUPERVISE = "supervise"


class IssueAct(StrEnum):
    """What may be done with an issue that moves it on."""

    TRIAGE = "triage"
    DECLINE = "decline"
    MERGE = "merge"
    WITHDRAW = "withdraw"
    ASSESS = "assess"
    SCHEDULE = "schedule"
    DELIBERATE = "deliberate"
    ESCALATE = "escalate"
    DECIDE_BALLOT = "decide_ballot"
    RETURN_BALLOT = "return_ballot"
    REFER = "refer"
    RESOLVE = "resolve"
    IMPLEMENT = "implement"
    FEED_BACK = "feed_back"
    REVISIT = "revisit"
    CLOSE = "close"
    REOPEN = "reopen"


class IssueCategory(StrEnum):
    """What an issue is about; rule sets name categories by these words."""

    ENVIRONMENT = "environment"
    NOISE = "noise"
    WASTE_SORTING = "waste_sorting"
    PETS = "pets"
    PARKING = "parking"
    PUBLIC_SAFETY = "public_safety"
    PUBLIC_FACILITIES = "public_facilities"
    PROPERTY_SERVICE = "property_service"
    COMMON_PROPERTY = "common_property"
    MAINTENANCE_FUND = "maintenance_fund"
    LIFT_RETROFIT = "lift_retrofit"
    HOME_TO_BUSINESS = "home_to_business"
    NEIGHBOURS = "neighbours"
    WELFARE = "welfare"
    CULTURE = "culture"
    COMMITTEE_AFFAIRS = "committee_affairs"
    OTHER = "other"


class RiskLevel(StrEnum):
    """How much may come of an issue if it is handled wrongly or late."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class HandlerKind(StrEnum):
    """Whom an issue or a resolution is given to."""

    PERSON = "person"
    BODY = "body"
    ORGANISATION = "organisation"


class AssignmentState(StrEnum):
    """What became of an assignment."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class WhistleState(StrEnum):
    """What became of a department that the street called."""

    CALLED = "called"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class HistoryKind(StrEnum):
    """What a line of a public history tells of."""

    RAISED = "raised"
    SUPPORTED_ENOUGH = "supported_enough"
    TRIAGED = "triaged"
    DECLINED = "declined"
    MERGED = "merged"
    RECEIVED_MERGED = "received_merged"
    WITHDRAWN = "withdrawn"
    RISK_ASSESSED = "risk_assessed"
    SCHEDULED = "scheduled"
    PLACED = "placed"
    CONVENED = "convened"
    TAKEN_OFF = "taken_off"
    DELIBERATED = "deliberated"
    ESCALATED = "escalated"
    BALLOT_DECIDED = "ballot_decided"
    BALLOT_RETURNED = "ballot_returned"
    REFERRED = "referred"
    RESOLVED = "resolved"
    IMPLEMENTING = "implementing"
    FED_BACK = "fed_back"
    REVISITED = "revisited"
    CLOSED = "closed"
    REOPENED = "reopened"
    ASSIGNED = "assigned"
    ASSIGNMENT_DONE = "assignment_done"
    ASSIGNMENT_WITHDRAWN = "assignment_withdrawn"
    WHISTLE_BLOWN = "whistle_blown"
    WHISTLE_ANSWERED = "whistle_answered"
    WHISTLE_WITHDRAWN = "whistle_withdrawn"
    OVERDUE = "overdue"
    EVALUATED = "evaluated"
    ADOPTED = "adopted"
    PROGRESSED = "progressed"
    DONE_REPORTED = "done_reported"
    KEPT = "kept"
    NOT_KEPT = "not_kept"
    SET_ASIDE = "set_aside"


class Satisfaction(StrEnum):
    """What somebody thinks of how a matter was handled (满意/基本满意/不满意)."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    UNSATISFIED = "unsatisfied"

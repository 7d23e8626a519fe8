"""What a pledge is, where it comes from, how far it has come, and what proves it."""

from enum import StrEnum

# The weights of a pledge's milestones, and of a review's groups, make this together.
WHOLE = 100


class PledgeState(StrEnum):
    """How far a pledge has come."""

    PROPOSED = "proposed"
    DECLINED = "declined"
    SCREENED = "screened"
    PUBLIC_NOTICE = "public_notice"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    IN_PROGRESS = "in_progress"
    OVERDUE = "overdue"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    DEFAULTED = "defaulted"


# It can still be written anew.
UNDER_WAY_TO_NOTICE = frozenset({PledgeState.PROPOSED, PledgeState.SCREENED})
# It can still be withdrawn: nobody has been promised anything.
NOT_YET_COMMITTED = UNDER_WAY_TO_NOTICE | {PledgeState.PUBLIC_NOTICE}
# It is promised, and to be delivered.
TO_DELIVER = frozenset({PledgeState.COMMITTED, PledgeState.IN_PROGRESS, PledgeState.OVERDUE})
# It was promised, whatever became of it.
PROMISED = TO_DELIVER | {
    PledgeState.DELIVERED,
    PledgeState.ACCEPTED,
    PledgeState.CLOSED,
    PledgeState.DEFAULTED,
}
# Those for whom it was promised have accepted what was delivered.
KEPT = frozenset({PledgeState.ACCEPTED, PledgeState.CLOSED})
# What it claims can be contested.
CONTESTABLE = TO_DELIVER | {PledgeState.DELIVERED, PledgeState.ACCEPTED}


class SourceKind(StrEnum):
    """Where a pledge comes from."""

    NEED = "need"
    ISSUE = "issue"
    RESOLUTION = "resolution"
    REVIEW = "review"
    OWN = "own"


class ReportKind(StrEnum):
    """What a report of a pledge claims."""

    PROGRESS = "progress"
    DELIVERY = "delivery"


class EvidenceKind(StrEnum):
    """What a claim is proven by."""

    PICTURE = "picture"
    ATTENDANCE = "attendance"
    DISCLOSURE = "disclosure"
    FINANCE_LINE = "finance_line"


class ChangeState(StrEnum):
    """What became of a change to a pledge that had been committed."""

    NOTICE = "notice"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ObjectionAbout(StrEnum):
    """What an objection is about."""

    NOTICE = "notice"
    CHANGE = "change"
    CLAIM = "claim"


class PledgeObjectionState(StrEnum):
    """What became of an objection to a pledge, or of a contest of what it claims."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class PledgeAct(StrEnum):
    """What is kept in the public history of a pledge."""

    PROPOSED = "proposed"
    EDITED = "edited"
    ACCEPTED_FOR_NOTICE = "accepted_for_notice"
    DECLINED = "declined"
    NOTICED = "noticed"
    OBJECTED = "objected"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_DISMISSED = "objection_dismissed"
    ANSWER_LATE = "answer_late"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    CHANGE_NOTICED = "change_noticed"
    CHANGE_IN_FORCE = "change_in_force"
    CHANGE_REJECTED = "change_rejected"
    CHANGE_WITHDRAWN = "change_withdrawn"
    REPORTED = "reported"
    MILESTONE_REACHED = "milestone_reached"
    CLAIM_CONTESTED = "claim_contested"
    CLAIM_STRUCK = "claim_struck"
    CLAIM_UPHELD = "claim_upheld"
    OVERDUE = "overdue"
    DELIVERED = "delivered"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"
    CLOSED = "closed"
    DEFAULTED = "defaulted"


class Keeping(StrEnum):
    """Whether a pledge was kept, judged by the deadline that it was committed with."""

    PENDING = "pending"
    ON_TIME = "on_time"
    LATE = "late"
    DEFAULTED = "defaulted"

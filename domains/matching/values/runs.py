"""The words of matching runs: how far one has come, and what staff say of a proposal."""

from enum import StrEnum


class MatchingRunState(StrEnum):
    """How far a run has come; whether its answer is exact stands beside."""

    QUEUED = "queued"
    SNAPSHOT = "snapshot"
    SOLVING = "solving"
    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    DISPATCHED = "dispatched"
    SETTLED = "settled"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ProposalOrigin(StrEnum):
    """Who proposes somebody for an order."""

    MATCHER = "matcher"
    STAFF = "staff"


class ProposalDecision(StrEnum):
    """What staff say of a proposed offer, and what became of it."""

    PROPOSED = "proposed"
    PINNED = "pinned"
    TAKEN_OUT = "taken_out"
    OFFERED = "offered"
    REFUSED = "refused"


class RulingKind(StrEnum):
    """What staff have ruled for every run to come."""

    PIN = "pin"
    FORBID = "forbid"

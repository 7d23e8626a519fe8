"""The words of finance line by line: what a statement is, and where a line's money goes."""

from enum import StrEnum


class StatementKind(StrEnum):
    """Whether a statement tells what was, or what is planned."""

    ACTUALS = "actuals"
    BUDGET = "budget"


class Flow(StrEnum):
    """Which way a line's money goes; what stands, like an asset or a debt, moves none."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    STANDING = "standing"


class LineChange(StrEnum):
    """What became of a line from one version to another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"

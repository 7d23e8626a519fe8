"""Enums of finance line by line, described once for the contract."""

from domains.disclosure.values.statements import Flow, LineChange, StatementKind
from schema.enums import describe

describe(
    StatementKind,
    "Whether a statement tells what was, or what is planned.",
    ACTUALS="What came in and went out.",
    BUDGET="What is planned, month by month.",
)
describe(
    Flow,
    "Which way a line's money goes.",
    INCOMING="In.",
    OUTGOING="Out.",
    STANDING="Neither: something that is owned, owed or planned.",
)
describe(
    LineChange,
    "What became of a line from one version to another.",
    ADDED="It is new.",
    REMOVED="It is gone.",
    CHANGED="It says something else.",
)

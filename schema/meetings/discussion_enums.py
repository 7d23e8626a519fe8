"""Enums of discussions, described once for the contract."""

from domains.meetings.service.moderation import TextKind
from domains.meetings.values.discussion import (
    Attitude,
    HidingState,
    ReactionKind,
    ReportGround,
    Side,
)
from schema.enums import describe

describe(
    Side,
    "Where a comment stands.",
    FOR="In favour.",
    AGAINST="Against.",
    NEUTRAL="Neither.",
    QUESTION="It asks.",
)
describe(
    ReactionKind,
    "What a reader answers to a comment without words.",
    AGREE="I think so too.",
    THANKS="Thank you.",
    DOUBT="I am not so sure.",
)
describe(
    ReportGround,
    "Why somebody reports a text.",
    ABUSE="It insults or threatens.",
    PERSONAL_DATA="It tells what is somebody's own.",
    SPAM="It advertises, or repeats itself.",
    OFF_TOPIC="It is about something else.",
    UNTRUE="It is not true.",
    OTHER="Something else; the note says what.",
)
describe(
    HidingState,
    "Whether a hidden text stays hidden.",
    STANDS="Hidden; its author may appeal.",
    APPEALED="Hidden; somebody else is to judge.",
    CONFIRMED="Hidden; somebody else has judged so.",
    LIFTED="Shown again.",
)
describe(
    Attitude,
    "What somebody says to a statement.",
    AGREE="They agree.",
    DISAGREE="They disagree.",
    PASS="They have no opinion, or do not say.",  # noqa: S106  # an answer, no password
)
describe(
    TextKind,
    "What is reported or hidden.",
    COMMENT="A comment.",
    STATEMENT="A short statement.",
)

"""The words of questions: what is asked of what, how far it has come, and what many demand."""

from enum import StrEnum


class QuestionKind(StrEnum):
    """Whether somebody wants to know, or says that it is wrong."""

    QUESTION = "question"
    OBJECTION = "objection"


class QuestionSubject(StrEnum):
    """What a question is put to."""

    DISCLOSURE = "disclosure"
    LINE = "line"
    OBLIGATION = "obligation"


class QuestionState(StrEnum):
    """How far a question has come."""

    OPEN = "open"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    APPEALED = "appealed"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


# Somebody still owes a word on it.
WAITING = (QuestionState.OPEN, QuestionState.ESCALATED, QuestionState.APPEALED)


class AnswerBy(StrEnum):
    """Whose word an answer is."""

    BODY = "body"
    STREET = "street"


class DemandState(StrEnum):
    """How far a demand has come."""

    COLLECTING = "collecting"
    REACHED = "reached"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class DemandReach(StrEnum):
    """Whose share forced an item open."""

    RESIDENTS = "residents"
    REPRESENTATIVES = "representatives"

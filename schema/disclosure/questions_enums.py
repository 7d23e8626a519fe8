"""Enums of questions and demands, described once for the contract."""

from domains.disclosure.values.questions import (
    AnswerBy,
    DemandReach,
    DemandState,
    QuestionKind,
    QuestionState,
    QuestionSubject,
)
from schema.enums import describe

describe(
    QuestionKind,
    "Whether somebody wants to know, or says that it is wrong.",
    QUESTION="A question, 质询.",
    OBJECTION="An objection, 异议: the disclosure stands as objected to until it is answered.",
)
describe(
    QuestionSubject,
    "What a question is put to.",
    DISCLOSURE="A public disclosure.",
    LINE="One line of a public statement.",
    OBLIGATION="A duty to make something public.",
)
describe(
    QuestionState,
    "How far a question has come.",
    OPEN="It waits for the body's answer.",
    ESCALATED="It was not answered in time, and is before the street; the body may answer still.",
    ANSWERED="The body has answered.",
    APPEALED="The answer did not satisfy, and its asker took it up to the street.",
    DECIDED="The street has decided.",
    WITHDRAWN="Its asker took it back.",
)
describe(
    AnswerBy,
    "Whose word an answer is.",
    BODY="That of the body it was put to.",
    STREET="That of the street.",
)
describe(
    DemandState,
    "How far a demand has come.",
    COLLECTING="It looks for support.",
    REACHED="Enough stand behind it: the item is owed.",
    LAPSED="It did not find enough support in its days.",
    WITHDRAWN="Whoever raised it gave it up.",
)
describe(
    DemandReach,
    "Whose share forced an item open.",
    RESIDENTS="A share of the adult residents.",
    REPRESENTATIVES="A share of the residents' representatives.",
)

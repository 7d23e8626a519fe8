"""Questions and objections: asked in time, answered by a deadline or before the street, public."""

from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.disclosure.errors import (
    AnswerRated,
    AppealSpent,
    ExtensionTooLong,
    NotPublic,
    PersonalDataInText,
    QuestionNotWithStreet,
    QuestionOwn,
    QuestionSettled,
    QuestionTooLate,
    QuestionWaiting,
    TakenDown,
)
from domains.disclosure.queries import questions as queries
from domains.disclosure.queries import statements as statement_queries
from domains.disclosure.service import answering, display, drafting, obligations, questions
from domains.disclosure.service.words import Words
from domains.disclosure.values.questions import QuestionKind, QuestionSubject
from domains.kernel import database, settings
from domains.kernel.actor import ANONYMOUS
from domains.kernel.errors import Forbidden, NotFound, SignInRequired, VersionConflict
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories
from tests.disclosure.questions import (
    WORDS,
    answered,
    asked,
    due_of,
    events,
    standing_of,
    state_of,
)
from tests.disclosure.statements import a_published_statement

A_SECOND = timedelta(seconds=1)


async def count() -> int:
    found: int = await database.fetch_value("SELECT count(*) FROM disclosure_question")
    return found


async def one(actor, question_id):
    """The question as the actor reads it."""
    return (await queries.questions_by_id(actor, [question_id]))[0]


@pytest.fixture
def folder(db, tmp_path, monkeypatch):
    """Where files of this test lie."""
    monkeypatch.setenv("GONGYI_DATA_DIR", str(tmp_path))
    settings.current.cache_clear()
    yield tmp_path
    settings.current.cache_clear()


async def test_an_objection_in_the_last_second_is_taken_and_the_disclosure_stands_objected(
    moved_clock,
):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    probe = await asked(town.resident, disclosure)
    until = (await one(town.resident, probe))["open_until"]
    await questions.withdraw_question(town.resident, probe)
    await moved_clock.set(until - A_SECOND)

    await asked(town.resident, disclosure)

    assert await standing_of(disclosure) == "objected"
    assert await events("QuestionAsked") == 2


async def test_an_objection_a_second_late_is_refused(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    probe = await asked(town.resident, disclosure)
    until = (await one(town.resident, probe))["open_until"]
    await questions.withdraw_question(town.resident, probe)
    await moved_clock.set(until + A_SECOND)

    with pytest.raises(QuestionTooLate):
        await asked(town.resident, disclosure)

    assert await standing_of(disclosure) == "published"
    assert await count() == 1


async def test_even_the_database_takes_no_objection_from_the_first_instant_after_its_days(db):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))

    with pytest.raises(asyncpg.CheckViolationError):
        await database.execute(
            "INSERT INTO disclosure_question SELECT (jsonb_populate_record(q, jsonb_build_object("
            "'id', $2::text, 'asker_id', $2::text, 'asked_at', q.open_until))).*"
            " FROM disclosure_question q WHERE id = $1",
            question,
            str(uuid4()),
        )

    assert await count() == 1


async def test_a_question_has_longer_than_an_objection(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    await moved_clock.advance(timedelta(days=12))

    question = await asked(town.resident, disclosure, kind=QuestionKind.QUESTION)

    assert await state_of(question) == "open"
    assert await standing_of(disclosure) == "published"
    with pytest.raises(QuestionTooLate):
        await asked(
            await people.a_resident(town.community), disclosure, kind=QuestionKind.OBJECTION
        )


async def test_the_answer_of_the_body_settles_an_objection(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)

    await answered(town.writer, question)

    assert await state_of(question) == "answered"
    assert await standing_of(disclosure) == "answered"
    assert await events("QuestionAnswered") == 1
    with pytest.raises(QuestionSettled):
        await answered(town.writer, question)


async def test_a_disclosure_stands_objected_until_every_objection_is_answered(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    first = await asked(town.resident, disclosure)
    second = await asked(await people.a_resident(town.community, name="陈静"), disclosure)

    await answered(town.writer, first)
    between = await standing_of(disclosure)
    await answered(town.writer, second)

    assert between == "objected"
    assert await standing_of(disclosure) == "answered"


async def test_an_upheld_objection_leads_to_the_version_that_puts_it_right(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    await answered(town.writer, question, upheld=True)
    await drafting.correct_disclosure(
        town.writer,
        disclosure,
        Words(title="停水通知(更正)", body="<p>改为周日。</p>"),
        reason="日期有误",
        idempotency_key=uuid4(),
    )

    await factories.published(town, disclosure, number=2)

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (row["upheld"], row["corrected_version"]) == (True, 2)
    assert await standing_of(disclosure) == "corrected"
    assert await events("QuestionCorrected") == 1


async def test_what_was_corrected_before_it_was_answered_is_linked_with_the_answer(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    await drafting.correct_disclosure(
        town.writer, disclosure, factories.WORDS, reason="日期有误", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure, number=2)
    still = await standing_of(disclosure)

    await answered(town.writer, question, upheld=True)

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert row["corrected_version"] == 2
    assert (still, await standing_of(disclosure)) == ("objected", "corrected")


async def test_the_worker_puts_what_was_not_answered_in_time_before_the_street(moved_clock):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    await moved_clock.set(await due_of(question) - A_SECOND)
    too_early = await jobs.escalate_late_questions()
    await moved_clock.set(await due_of(question) + A_SECOND)
    before = await one(ANONYMOUS, question)
    assert before is not None

    done = [await jobs.escalate_late_questions() for _ in range(2)]

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (before["state"], before["is_late"]) == ("open", True)
    assert (too_early, done) == (0, [1, 0])
    assert (row["state"], row["late_at"] is not None) == ("escalated", True)
    assert await events("QuestionEscalated") == 1


async def test_the_body_may_answer_late_and_it_stays_late(moved_clock):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    await moved_clock.set(await due_of(question) + A_SECOND)
    await jobs.escalate_late_questions()

    await answered(town.writer, question)

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (row["state"], row["late_at"] is not None) == ("answered", True)


async def test_the_street_decides_what_was_not_answered_in_time(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    with pytest.raises(QuestionNotWithStreet):
        await answering.decide_question(town.approver, question, text="维持。", upheld=False)
    await moved_clock.set(await due_of(question) + A_SECOND)
    await jobs.escalate_late_questions()

    await answering.decide_question(town.approver, question, text="应予更正。", upheld=True)

    assert await state_of(question) == "decided"
    assert await standing_of(disclosure) == "answered"
    assert await events("QuestionDecided") == 1


async def test_the_street_puts_a_deadline_off_once_for_a_reason_and_late_stays_late(moved_clock):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    due = await due_of(question)
    await moved_clock.set(due + A_SECOND)
    await jobs.escalate_late_questions()
    with pytest.raises(ExtensionTooLong):
        await answering.extend_question(
            town.approver, question, until=due + timedelta(days=11), reason="需要调阅凭证"
        )

    await answering.extend_question(
        town.approver, question, until=due + timedelta(days=10), reason="需要调阅凭证"
    )
    extended = await state_of(question)
    await moved_clock.set(due + timedelta(days=10, seconds=1))
    await jobs.escalate_late_questions()

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (extended, row["state"]) == ("open", "escalated")
    assert row["late_at"] < due + timedelta(days=1)
    with pytest.raises(ExtensionTooLong):
        await answering.extend_question(
            town.approver, question, until=due + timedelta(days=15), reason="再等等"
        )


async def test_a_street_that_does_not_decide_in_time_is_seen_to_be_late(moved_clock):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))
    await moved_clock.set(await due_of(question) + A_SECOND)
    await jobs.escalate_late_questions()
    row = await one(ANONYMOUS, question)
    assert row is not None
    await moved_clock.set(row["street_due_at"] + A_SECOND)

    done = [await jobs.note_overdue_decisions() for _ in range(2)]

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (done, row["street_late_at"] is not None) == ([1, 0], True)
    assert await events("QuestionDecisionOverdue") == 1


async def test_what_did_not_satisfy_goes_up_once(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)
    with pytest.raises(AnswerRated):
        await answering.rate_answer(town.resident, question, satisfied=False, comment=None)
    await answered(town.writer, question)
    with pytest.raises(AppealSpent):
        await answering.appeal_answer(town.resident, question, reason="没有回答价格")
    await answering.rate_answer(town.resident, question, satisfied=False, comment="答非所问")

    await answering.appeal_answer(town.resident, question, reason="没有回答价格")
    between = await standing_of(disclosure)
    await answering.decide_question(town.approver, question, text="已核实,价格无误。", upheld=False)
    await answering.rate_answer(town.resident, question, satisfied=False, comment=None)

    assert (between, await standing_of(disclosure)) == ("objected", "answered")
    with pytest.raises(AppealSpent):
        await answering.appeal_answer(town.resident, question, reason="还是不满意")
    with pytest.raises(AnswerRated):
        await answering.rate_answer(town.resident, question, satisfied=True, comment=None)
    (given,) = await queries.answers(ANONYMOUS, [question])
    assert [(row["given_by"], row["satisfied"]) for row in given] == [
        ("body", False),
        ("street", False),
    ]


async def test_an_answer_that_satisfied_or_is_too_old_does_not_go_up(moved_clock):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    pleased = await asked(town.resident, disclosure)
    await answered(town.writer, pleased)
    await answering.rate_answer(town.resident, pleased, satisfied=True, comment=None)
    other = await people.a_resident(town.community, name="陈静")
    slow = await asked(other, disclosure)
    await answered(town.writer, slow)
    await answering.rate_answer(other, slow, satisfied=False, comment=None)

    with pytest.raises(AppealSpent):
        await answering.appeal_answer(town.resident, pleased, reason="改主意了")
    await moved_clock.advance(timedelta(days=25))
    with pytest.raises(AppealSpent):
        await answering.appeal_answer(other, slow, reason="迟了")

    assert [await state_of(each) for each in (pleased, slow)] == ["answered", "answered"]


async def test_a_question_is_worded_anew_before_it_is_answered_and_its_wordings_stay(db):
    town = await factories.a_town()
    question = await asked(town.resident, await factories.a_disclosure(town))

    await questions.edit_question(
        town.resident, question, text="路灯维修是否招标?", expected_revision=1
    )
    with pytest.raises(VersionConflict):
        await questions.edit_question(town.resident, question, text="再改。", expected_revision=1)
    await answered(town.writer, question)
    with pytest.raises(QuestionSettled):
        await questions.edit_question(town.resident, question, text="再改。", expected_revision=2)

    (worded,) = await queries.wordings(ANONYMOUS, [question])
    assert [row["text"] for row in worded] == [WORDS, "路灯维修是否招标?"]


async def test_a_question_is_taken_back_before_it_is_answered_and_that_it_was_asked_stays(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    question = await asked(town.resident, disclosure)

    await questions.withdraw_question(town.resident, question)

    assert await state_of(question) == "withdrawn"
    assert await standing_of(disclosure) == "published"
    with pytest.raises(QuestionSettled):
        await answered(town.writer, question)
    with pytest.raises(asyncpg.RestrictViolationError):
        await database.execute("DELETE FROM disclosure_question WHERE id = $1", question)


async def test_a_line_of_a_statement_is_questioned_by_itself(folder):
    town = await factories.a_town()
    disclosure = await a_published_statement(town)
    (statement,) = await statement_queries.statements(ANONYMOUS, [(disclosure, 1)])
    assert statement is not None
    (lines,) = await statement_queries.first_lines(ANONYMOUS, [(statement["version_id"], 3)])

    question = await asked(town.resident, lines[1]["id"], subject=QuestionSubject.LINE)

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (row["disclosure_id"], row["version"], row["line_number"]) == (disclosure, 1, 2)


async def test_a_line_that_was_corrected_away_is_questioned_no_more(folder):
    town = await factories.a_town()
    disclosure = await a_published_statement(town)
    (statement,) = await statement_queries.statements(ANONYMOUS, [(disclosure, 1)])
    assert statement is not None
    (lines,) = await statement_queries.first_lines(ANONYMOUS, [(statement["version_id"], 1)])
    await drafting.correct_disclosure(
        town.writer, disclosure, factories.WORDS, reason="摘要有误", idempotency_key=uuid4()
    )
    await factories.published(town, disclosure, number=2)

    with pytest.raises(NotPublic):
        await asked(town.resident, lines[0]["id"], subject=QuestionSubject.LINE)

    assert await count() == 0


async def test_a_missed_duty_is_questioned_for_as_long_as_it_is_owed(moved_clock):
    town = await factories.a_town()
    await factories.adopted(town, "R04")
    await obligations.make_begun_obligations()
    await moved_clock.advance(timedelta(days=400))
    await jobs.mark_late_obligations()
    duty = await database.fetch_value(
        "SELECT id FROM disclosure_obligation WHERE state = 'late' ORDER BY due_at LIMIT 1"
    )

    question = await asked(town.resident, duty, subject=QuestionSubject.OBLIGATION)

    row = await one(ANONYMOUS, question)
    assert row is not None
    assert (row["obligation_id"], row["open_until"]) == (duty, None)
    assert row["publisher_id"] == town.publisher_id


async def test_drafts_and_what_was_taken_down_are_not_questioned(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    gone = await factories.a_disclosure(town)
    await display.take_down_disclosure(town.writer, gone, reason="保护隐私")

    with pytest.raises(NotFound):
        await asked(town.resident, draft)
    with pytest.raises(TakenDown):
        await asked(town.resident, gone)

    assert await count() == 0


async def test_strangers_and_neighbours_ask_nothing_and_only_the_body_answers(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    neighbour = await people.a_resident(await people.a_community(name="邻近社区"))
    question = await asked(town.resident, disclosure)

    with pytest.raises(SignInRequired):
        await asked(ANONYMOUS, disclosure)
    with pytest.raises(Forbidden):
        await asked(neighbour, disclosure)
    with pytest.raises(Forbidden):
        await answered(town.resident, question)
    with pytest.raises(Forbidden):
        await questions.withdraw_question(neighbour, question)
    with pytest.raises(Forbidden):
        await answering.decide_question(town.writer, question, text="维持。", upheld=False)

    assert (await count(), await state_of(question)) == (1, "open")


async def test_nobody_answers_their_own_question(db):
    town = await factories.a_town()
    question = await asked(town.writer, await factories.a_disclosure(town))

    with pytest.raises(QuestionOwn):
        await answered(town.writer, question)

    assert await state_of(question) == "open"


async def test_one_question_of_a_person_about_a_thing_waits_at_a_time(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    await asked(town.resident, disclosure)

    with pytest.raises(QuestionWaiting):
        await asked(town.resident, disclosure)

    assert await count() == 1


async def test_who_asks_unnamed_is_known_to_themselves_and_to_staff(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    named = await asked(town.resident, disclosure)
    other = await people.a_resident(town.community, name="陈静")
    unnamed = await asked(other, disclosure, anonymous=True)

    seen = {
        actor: [
            row and row["asker_id"]
            for row in await queries.questions_by_id(actor, [named, unnamed])
        ]
        for actor in (ANONYMOUS, town.resident, other, town.writer)
    }
    assert town.resident.person_id is not None
    names = await queries.masked_names(ANONYMOUS, [town.resident.person_id])

    everybody, resident = [town.resident.person_id, None], town.resident.person_id
    assert seen[ANONYMOUS] == everybody
    assert seen[town.resident] == everybody
    assert seen[other] == [resident, other.person_id]
    assert seen[town.writer] == [resident, other.person_id]
    assert names == ["林*"]


async def test_a_public_question_holds_nobodys_personal_data(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)

    with pytest.raises(PersonalDataInText):
        await asked(town.resident, disclosure, text="请回电 13812345678。")

    assert await count() == 0


async def test_the_same_key_asks_once(db):
    town = await factories.a_town()
    disclosure = await factories.a_disclosure(town)
    key = uuid4()

    answers = [
        await questions.ask_question(
            town.resident,
            QuestionKind.QUESTION,
            (QuestionSubject.DISCLOSURE, disclosure),
            text=WORDS,
            anonymous=False,
            idempotency_key=key,
        )
        for _ in range(2)
    ]

    assert answers == [(answers[0][0], False), (answers[0][0], True)]
    assert await count() == 1

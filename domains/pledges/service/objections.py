"""Residents' objections to a notice and contests of a claim, and their answers.

While a pledge or a change of it is on notice, whoever belongs to the community may object;
what a pledge claims may be contested until it is closed. Each has a day to be answered by,
and somebody else decides: neither who objects, nor who made what is objected to.
"""

from datetime import datetime
from uuid import UUID

import asyncpg

from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM, Actor
from domains.kernel.calendar import Period
from domains.kernel.database import Row, transaction
from domains.kernel.errors import NotFound
from domains.pledges import policy
from domains.pledges.errors import AnswerOwn, ClaimStruck, NotUnderNotice, PledgeObjected
from domains.pledges.events.pledges import (
    PledgeAnswerLate,
    PledgeObjectionAnswered,
    PledgeObjectionFiled,
)
from domains.pledges.models import Pledge
from domains.pledges.service import changes, claims, terms, texts
from domains.pledges.service.held import hold, keep, place_of, procedure_of, require_state, told
from domains.pledges.service.proposing import send_back_to_proposer
from domains.pledges.values.pledges import (
    CONTESTABLE,
    ObjectionAbout,
    PledgeAct,
    PledgeObjectionState,
    PledgeState,
)
from domains.voting.errors import ObjectionDecided

_FILE = """
INSERT INTO pledges_objection
    (id, pledge_id, about, change_id, report_id, by_id, text, filed_at, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_PLEDGE_OF = "SELECT pledge_id FROM pledges_objection WHERE id = $1"
_HELD = "SELECT * FROM pledges_objection WHERE id = $1 FOR UPDATE"
_ANSWER = """
UPDATE pledges_objection
SET state = $2, answer = $3, answered_by_id = $4, answered_at = kernel_now() WHERE id = $1
"""
_OPEN_CHANGE = """
SELECT id FROM pledges_change
WHERE pledge_id = $1 AND state = 'notice' AND notice_until > kernel_now()
"""
_CHANGED_BY = "SELECT by_id FROM pledges_change WHERE id = $1"
_REPORT = "SELECT pledge_id, by_id, struck_at FROM pledges_report WHERE id = $1"


async def object_to_pledge(
    actor: Actor, pledge_id: UUID, *, text: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Object to a pledge on notice, or to a change on notice; returns the objection's id.

    Raises NotUnderNotice from the last instant on, PledgeObjected, NumbersInText.
    """
    said = texts.public(text, longest=1000, path=("input", "text"))
    async with transaction():
        pledge = await hold(actor, pledge_id, "objectToPledge")
        given = {"pledge": pledge_id, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "objectToPledge", given)
        if earlier is not None:
            return UUID(earlier["objection"]), True
        now = await clock.now()
        change_id: UUID | None = None
        about = ObjectionAbout.NOTICE
        if not _is_noticed(pledge, now):
            change_id = await database.fetch_value(_OPEN_CHANGE, pledge.id)
            about = ObjectionAbout.CHANGE
            if change_id is None:
                raise NotUnderNotice(path=("input", "pledgeId"))
        procedure = await procedure_of(pledge)
        objection_id = await _file(
            *(actor, pledge, about, said),
            now=now,
            within=procedure.objection_answer,
            change_id=change_id,
        )
        await keep(actor, pledge, PledgeAct.OBJECTED, subject_id=objection_id, reason=said)
        await idempotency.settle(actor, idempotency_key, {"objection": str(objection_id)})
        await told(actor, pledge, "objectToPledge", {"objection": str(objection_id)})
        return objection_id, False


async def contest_report(
    actor: Actor, report_id: UUID, *, text: str, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Contest what a report claims; returns the contest's id and whether this was a replay.

    Raises ClaimStruck, PledgeStateUnfit once the pledge is closed or defaulted, PledgeObjected.
    """
    said = texts.public(text, longest=1000, path=("input", "text"))
    async with transaction():
        pledge, report = await hold_report(actor, report_id, "contestPledgeReport")
        given = {"report": report_id, "text": text}
        earlier = await idempotency.claim(actor, idempotency_key, "contestPledgeReport", given)
        if earlier is not None:
            return UUID(earlier["objection"]), True
        require_state(pledge, CONTESTABLE)
        if report["struck_at"] is not None:
            raise ClaimStruck(path=("input", "reportId"))
        procedure = await procedure_of(pledge)
        objection_id = await _file(
            *(actor, pledge, ObjectionAbout.CLAIM, said),
            now=await clock.now(),
            within=procedure.contest_answer,
            report_id=report_id,
        )
        await keep(actor, pledge, PledgeAct.CLAIM_CONTESTED, subject_id=objection_id, reason=said)
        await idempotency.settle(actor, idempotency_key, {"objection": str(objection_id)})
        await told(actor, pledge, "contestPledgeReport", {"objection": str(objection_id)})
        return objection_id, False


async def hold_report(actor: Actor, report_id: UUID, action: str) -> tuple[Pledge, Row]:
    """Lock the pledge of a report for a command; raises NotFound, Forbidden."""
    path = ("input", "reportId")
    pledge_id = await database.fetch_value(
        "SELECT pledge_id FROM pledges_report WHERE id = $1", report_id
    )
    if pledge_id is None:
        raise NotFound(path=path)
    pledge = await hold(actor, pledge_id, action, path=path)
    report = await database.fetch_one(_REPORT, report_id)
    assert report is not None, "a report is never removed"
    return pledge, report


async def _file(
    actor: Actor,
    pledge: Pledge,
    about: ObjectionAbout,
    text: str,
    *,
    now: datetime,
    within: Period,
    change_id: UUID | None = None,
    report_id: UUID | None = None,
) -> UUID:
    objection_id = database.new_id()
    try:
        await database.execute(
            _FILE,
            *(objection_id, pledge.id, about, change_id, report_id, actor.person_id, text, now),
            calendar.deadline(now, within).at,
        )
    except asyncpg.UniqueViolationError:
        raise PledgeObjected(path=("input", "text")) from None
    await outbox.record(PledgeObjectionFiled(pledge.id, pledge.area_path, objection_id, about))
    return objection_id


async def answer_objection(actor: Actor, objection_id: UUID, *, upheld: bool, answer: str) -> UUID:
    """Uphold or dismiss an objection or contest, with an answer; returns the pledge's id.

    Upheld, an objection to a notice sends the pledge back to be written anew, one to a change
    rejects the change, and a contest strikes the claim. Raises ObjectionDecided, AnswerOwn.
    """
    said = texts.public(answer, longest=1000, path=("input", "answer"))
    path = ("input", "objectionId")
    pledge_id = await database.fetch_value(_PLEDGE_OF, objection_id)
    if pledge_id is None:
        raise NotFound(path=path)
    async with transaction():
        pledge = await hold(actor, pledge_id, "answerPledgeObjection", path=path)
        row = await database.fetch_one(_HELD, objection_id)
        assert row is not None, "an objection is never removed"
        if row["state"] != PledgeObjectionState.OPEN:
            raise ObjectionDecided(path=path)
        await _require_other(actor, pledge, row)
        state = PledgeObjectionState.UPHELD if upheld else PledgeObjectionState.DISMISSED
        await database.execute(_ANSWER, objection_id, state, said, actor.person_id)
        if upheld:
            await _uphold(actor, pledge, row, said)
        await _kept(actor, pledge, row, upheld=upheld, answer=said)
        about = ObjectionAbout(row["about"])
        await outbox.record(
            PledgeObjectionAnswered(pledge.id, pledge.area_path, objection_id, about, upheld=upheld)
        )
        details = {"objection": str(objection_id), "answered": state.value}
        await told(actor, pledge, "answerPledgeObjection", details)
        return pledge.id


async def _require_other(actor: Actor, pledge: Pledge, row: Row) -> None:
    """Refuse the objector, the author of what is objected to, and who answers for the pledge."""
    concerned: set[UUID | None] = {row["by_id"]}
    match ObjectionAbout(row["about"]):
        case ObjectionAbout.NOTICE:
            concerned |= {await terms.author_of(pledge.id, pledge.terms_version)}
        case ObjectionAbout.CHANGE:
            concerned |= {await database.fetch_value(_CHANGED_BY, row["change_id"])}
        case ObjectionAbout.CLAIM:
            report = await database.fetch_one(_REPORT, row["report_id"])
            concerned |= {report["by_id"]} if report else set()
    if actor.person_id in concerned or policy.answers_for(actor, place_of(pledge)):
        raise AnswerOwn(path=("input", "objectionId"))


async def _uphold(actor: Actor, pledge: Pledge, row: Row, answer: str) -> None:
    match ObjectionAbout(row["about"]):
        case ObjectionAbout.NOTICE:
            if pledge.state is PledgeState.PUBLIC_NOTICE:
                send_back_to_proposer(pledge)
                await pledge.save()
        case ObjectionAbout.CHANGE:
            await changes.reject(actor, pledge, row["change_id"], reason=answer)
        case ObjectionAbout.CLAIM:
            await claims.strike(actor, pledge, row["report_id"], reason=answer)


async def _kept(actor: Actor, pledge: Pledge, row: Row, *, upheld: bool, answer: str) -> None:
    about = ObjectionAbout(row["about"])
    act = PledgeAct.OBJECTION_UPHELD if upheld else PledgeAct.OBJECTION_DISMISSED
    if about is ObjectionAbout.CLAIM and not upheld:
        act = PledgeAct.CLAIM_UPHELD
    await keep(actor, pledge, act, subject_id=row["id"], reason=answer)


_LATE = """
SELECT o.id, o.pledge_id, o.about FROM pledges_objection o
JOIN pledges_pledge p ON p.id = o.pledge_id
WHERE o.state = 'open' AND o.late_since IS NULL AND o.due_at <= kernel_now()
ORDER BY o.due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""


async def note_late_answer() -> UUID | None:
    """Note one objection that was not answered in time, once; returns its id, or None."""
    async with transaction():
        row = await database.fetch_one(_LATE)
        if row is None:
            return None
        pledge = await Pledge.get(id=row["pledge_id"])
        await database.execute(
            "UPDATE pledges_objection SET late_since = kernel_now() WHERE id = $1", row["id"]
        )
        about = ObjectionAbout(row["about"])
        await outbox.record(PledgeAnswerLate(pledge.id, pledge.area_path, row["id"], about))
        await keep(SYSTEM, pledge, PledgeAct.ANSWER_LATE, subject_id=row["id"])
        objection_id: UUID = row["id"]
        return objection_id


def _is_noticed(pledge: Pledge, now: datetime) -> bool:
    until = pledge.notice_until
    return pledge.state is PledgeState.PUBLIC_NOTICE and until is not None and now < until

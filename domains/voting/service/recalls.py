"""Recalling a committee member: a petition, the member's answer, and a vote in time.

The petition is signed by a share of the voters or of the representatives; who is asked
about may answer until ballots are taken; and once enough have signed, a convener drafts
the vote, which has to end within the rule's days.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from domains.kernel import audit, calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import Row, fetch_one, fetch_value, savepoint, transaction
from domains.kernel.errors import Forbidden, InvalidInput, NotFound
from domains.kernel.rules import RuleSet
from domains.membership.queries import electorate, places
from domains.membership.queries.places import AreaPlace
from domains.voting import policy
from domains.voting.errors import (
    MethodUnfit,
    NotAPetitioner,
    NotInOffice,
    RecallSettled,
    RecallTooLate,
    RecallUnderWay,
    RecallUnsupported,
)
from domains.voting.events import RecallBegun, RecallConvened, RecallSupported
from domains.voting.rules.entries import Known, of_age
from domains.voting.rules.procedure import Procedure, RecallProcedure
from domains.voting.service.polls import PollDraft, told, write_poll
from domains.voting.values import Petitioners, PollMethod, RecallState, Secrecy

# Of a community's residents' committee, unless a petition names other rules.
RULES = "RC_RECALL"
_INSERT = """
INSERT INTO voting_recall (id, area_id, area_path, person_id, by_id, petitioners, reason,
                           rule_code, entitled, least_signatures, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, kernel_now())
"""
_HOLD = """
SELECT id, area_id, person_id, petitioners, reason, rule_code, least_signatures, state,
       supported_at, vote_until, poll_id
FROM voting_recall WHERE id = $1 FOR UPDATE
"""
_SIGN = """
INSERT INTO voting_recall_signature (recall_id, by_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""
_SIGNED = "SELECT count(*) FROM voting_recall_signature WHERE recall_id = $1"
_SUPPORTED = """
UPDATE voting_recall SET state = 'supported', supported_at = $2, vote_until = $3 WHERE id = $1
"""
_ANSWER = "UPDATE voting_recall SET defence = $2, defended_at = kernel_now() WHERE id = $1"
_CONVENED = "UPDATE voting_recall SET state = 'voted', poll_id = $2 WHERE id = $1"
_HAS_OPENED = "SELECT opens_at <= kernel_now() FROM voting_poll WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Petition:
    """Whose recall is asked for, why, who signs, and under which rules."""

    person_id: UUID
    petitioners: Petitioners
    reason: str
    rule_code: str = RULES


async def create_recall(
    actor: Actor, area_id: UUID, petition: Petition, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Ask for a committee member's recall, as the first to sign; returns its id and a replay.

    Raises NotAPetitioner, NotInOffice, RecallUnderWay, and NoRuleInForce or MethodUnfit for rules
    under which nobody is recalled.
    """
    _require_length(petition.reason, path="reason", least=1, most=2000)
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, "createRecall", actor, place)
        assert place is not None, "an area out of sight has been refused"
        given = {"area": area_id, **asdict(petition)}
        earlier = await idempotency.claim(actor, idempotency_key, "createRecall", given)
        if earlier is not None:
            return UUID(earlier["recall"]), True
        rule_set = await rulesets.in_force(
            petition.rule_code, on=await _today(), community=place.community_id
        )
        _procedure(rule_set)
        await _require_petitioner(actor, place, petition.petitioners, rule_set)
        entitled = await _entitled(place, petition, rule_set)
        recall_id = await _begin(actor, place, petition, entitled=entitled, rule_set=rule_set)
        await outbox.record(RecallBegun(recall_id, place.area_path))
        await _sign(actor, place, recall_id, rule_set)
        await idempotency.settle(actor, idempotency_key, {"recall": str(recall_id)})
        await _told(actor, place, "createRecall", recall_id)
        return recall_id, False


async def _begin(
    actor: Actor, place: AreaPlace, petition: Petition, *, entitled: int, rule_set: RuleSet
) -> UUID:
    recall_id = database.new_id()
    procedure = _procedure(rule_set)
    share = (
        procedure.voters
        if petition.petitioners is Petitioners.VOTERS
        else procedure.representatives
    )
    try:
        async with savepoint():
            await database.execute(
                _INSERT,
                *(recall_id, place.area_id, place.area_path, petition.person_id),
                *(actor.person_id, petition.petitioners.value, petition.reason.strip()),
                *(rule_set.code, entitled, share.least(entitled)),
            )
    except asyncpg.UniqueViolationError:
        raise RecallUnderWay(path=("input", "personId")) from None
    return recall_id


async def _entitled(place: AreaPlace, petition: Petition, rule_set: RuleSet) -> int:
    """Return of how many a share has to sign, once the person is known to be in office."""
    today = await _today()
    members = await electorate.holders_of(place.area_path, today, Role.COMMITTEE_MEMBER)
    if petition.person_id not in {row["person_id"] for row in members}:
        raise NotInOffice(path=("input", "personId"))
    if petition.petitioners is Petitioners.REPRESENTATIVES:
        role = Role.RESIDENTS_REPRESENTATIVE
        return len(await electorate.holders_of(place.area_path, today, role))
    least_age = Procedure.of(rule_set).least_age
    return len(await electorate.adults_of(place.area_path, today, least_age=least_age))


async def sign_recall(actor: Actor, recall_id: UUID) -> None:
    """Sign a petition; signed twice is once. The last signature needed obliges to a vote.

    Raises NotAPetitioner, RecallSettled once enough have signed.
    """
    async with transaction():
        place, recall = await _hold(actor, recall_id, "signRecall")
        if recall["state"] != RecallState.OPEN:
            raise RecallSettled(path=("input", "recallId"))
        rule_set = await _rules_of(place, recall)
        await _require_petitioner(actor, place, Petitioners(recall["petitioners"]), rule_set)
        await _sign(actor, place, recall_id, rule_set)
        await _told(actor, place, "signRecall", recall_id)


async def _sign(actor: Actor, place: AreaPlace, recall_id: UUID, rule_set: RuleSet) -> None:
    await database.execute(_SIGN, recall_id, actor.person_id)
    least = await fetch_value("SELECT least_signatures FROM voting_recall WHERE id = $1", recall_id)
    if await fetch_value(_SIGNED, recall_id) >= least:
        now = await clock.now()
        until = calendar.deadline(now, _procedure(rule_set).vote_within).at
        await database.execute(_SUPPORTED, recall_id, now, until)
        await outbox.record(RecallSupported(recall_id, place.area_path))


async def answer_recall(actor: Actor, recall_id: UUID, *, defence: str) -> None:
    """Answer what is held against oneself, in one's own words, until ballots are taken.

    Raises Forbidden for anybody else, RecallSettled once the vote has begun.
    """
    _require_length(defence, path="defence", least=1, most=4000)
    async with transaction():
        place, recall = await _hold(actor, recall_id, "answerRecall")
        if actor.person_id is None or actor.person_id != recall["person_id"]:
            raise Forbidden(path=("input", "recallId"))
        if recall["poll_id"] is not None and await fetch_value(_HAS_OPENED, recall["poll_id"]):
            raise RecallSettled(path=("input", "recallId"))
        await database.execute(_ANSWER, recall_id, defence.strip())
        await _told(actor, place, "answerRecall", recall_id)


async def convene_recall(
    actor: Actor, recall_id: UUID, *, opens_at: datetime, closes_at: datetime
) -> UUID:
    """Draft the vote that a supported petition asks for; convened twice is once.

    Raises RecallUnsupported, RecallTooLate, Forbidden for who is to be recalled.
    """
    async with transaction():
        place, recall = await _hold(actor, recall_id, "conveneRecall")
        if actor.person_id == recall["person_id"]:
            raise Forbidden(path=("input", "recallId"))
        if recall["poll_id"] is not None:
            standing: UUID = recall["poll_id"]
            return standing
        await _require_supported(recall, closes_at)
        name = (await electorate.named([recall["person_id"]]))[0]["name"]
        draft = PollDraft(
            title=f"是否罢免{name}的委员会成员职务",
            body=recall["reason"],
            method=PollMethod.MOTION,
            secrecy=Secrecy.SECRET,
            opens_at=opens_at,
            closes_at=closes_at,
            rule_code=recall["rule_code"],
        )
        poll = await write_poll(actor, place, draft, subject=("recall", recall_id))
        await database.execute(_CONVENED, recall_id, poll.id)
        await outbox.record(RecallConvened(recall_id, poll.id, place.area_path))
        await told(actor, poll.id, place.community_id, "conveneRecall", {"recall": str(recall_id)})
        return poll.id


async def _require_supported(recall: Row, closes_at: datetime) -> None:
    if recall["state"] != RecallState.SUPPORTED:
        raise RecallUnsupported(
            path=("input", "recallId"),
            least=recall["least_signatures"],
            signed=await fetch_value(_SIGNED, recall["id"]),
        )
    if closes_at > recall["vote_until"]:
        local = recall["vote_until"].astimezone(clock.SHANGHAI)
        raise RecallTooLate(path=("input", "closesAt"), until=f"{local:%Y-%m-%d %H:%M}")


async def _hold(actor: Actor, recall_id: UUID, action: str) -> tuple[AreaPlace, Row]:
    recall = await fetch_one(_HOLD, recall_id)
    place = await places.place_of(recall["area_id"]) if recall else None
    if recall is None or place is None:
        raise NotFound(path=("input", "recallId"))
    require(policy.AUTHORITY, action, actor, place)
    return place, recall


async def _require_petitioner(
    actor: Actor, place: AreaPlace, petitioners: Petitioners, rule_set: RuleSet
) -> None:
    today = await _today()
    row = None
    if actor.person_id is not None:
        row = await electorate.known_in(place.area_path, today, actor.person_id)
    if row is None:
        raise NotAPetitioner(path=("input",))
    known = Known(
        birth_date=row["birth_date"],
        has_political_rights=row["has_political_rights"],
        lives_since=row["lives_since"],
        was_ever_bound=row["was_ever_bound"],
        represents=row["represents"],
    )
    # The share is of those whose day of birth is known, as on a roll.
    grown = row["birth_date"] is not None and of_age(
        known, on=today, least_age=Procedure.of(rule_set).least_age
    )
    votes = known.lives_since is not None and grown
    if not (known.represents if petitioners is Petitioners.REPRESENTATIVES else votes):
        raise NotAPetitioner(path=("input",))


async def _rules_of(place: AreaPlace, recall: Row) -> RuleSet:
    return await rulesets.in_force(
        recall["rule_code"], on=await _today(), community=place.community_id
    )


def _procedure(rule_set: RuleSet) -> RecallProcedure:
    procedure = Procedure.of(rule_set).recall
    if procedure is None:
        raise MethodUnfit(path=("input", "ruleCode"))
    return procedure


async def _today() -> date:
    return calendar.day_of(await clock.now())


def _require_length(text: str, *, path: str, least: int, most: int) -> None:
    if not least <= len(text.strip()) <= most:
        raise InvalidInput(
            path=("input", path),
            zh=f"须为 {least} 至 {most} 字。",
            en=f"It has {least} to {most} characters.",
        )


async def _told(actor: Actor, place: AreaPlace, command: str, recall_id: UUID) -> None:
    await audit.record(
        actor, command=command, chain=place.community_id, subject=("recall", recall_id), details={}
    )

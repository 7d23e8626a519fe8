"""Proxies: filed in time, made public in time, held by few, passed on by nobody.

What a proxy cast stands when the proxy ends later. Who votes in person takes the place of
their proxy's named ballot, and a proxy never takes that of a ballot cast in person; a secret
ballot stands whoever cast it. The casting statement sees to that: a proxy need not be ended.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg

from domains.kernel import clock, database, idempotency, outbox, uploads
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.kernel.values import UploadState
from domains.membership.queries import places
from domains.membership.service import assistance
from domains.membership.values import ConsentForm
from domains.voting import policy
from domains.voting.errors import (
    CandidateHoldsNoProxy,
    HolderUnfit,
    NotOnRoll,
    ProxiesNotTaken,
    ProxyDocumentMissing,
    ProxyEnded,
    ProxyPassedOn,
    ProxyStands,
    ProxyTooLate,
    ProxyTooMany,
)
from domains.voting.events import ProxiesPublished
from domains.voting.models import Poll
from domains.voting.policy import PollPlace
from domains.voting.rules.procedure import ProxyProcedure
from domains.voting.rules.proxies import filed_until, published_until, related_enough
from domains.voting.service.assisted import require_helper
from domains.voting.service.objections import require_text
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import procedure_of
from domains.voting.values import PollState, ProxyRelation

_LISTED = """
SELECT EXISTS (SELECT FROM voting_roll_entry
               WHERE poll_id = $1 AND voter_id = $2 AND standing = 'admitted')
"""
_HELD = (
    "SELECT count(*) FROM voting_proxy WHERE poll_id = $1 AND holder_id = $2 AND ended_at IS NULL"
)
_STANDS = """
SELECT EXISTS (SELECT FROM voting_candidate WHERE poll_id = $1 AND person_id = $2
               AND state NOT IN ('refused', 'withdrawn'))
"""
_FILE = """
INSERT INTO voting_proxy (id, poll_id, principal_id, holder_id, relation, upload_id, filed_by_id,
                          filed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, kernel_now())
"""
_ONE = "SELECT poll_id, principal_id, holder_id, ended_at FROM voting_proxy WHERE id = $1"
_END = "UPDATE voting_proxy SET ended_at = kernel_now(), end_reason = $2 WHERE id = $1"
_END_CANDIDATES = """
UPDATE voting_proxy x SET ended_at = kernel_now(), end_reason = $2
WHERE x.poll_id = $1 AND x.ended_at IS NULL AND EXISTS (
    SELECT FROM voting_candidate c WHERE c.poll_id = x.poll_id AND c.person_id = x.holder_id
      AND c.state NOT IN ('refused', 'withdrawn'))
"""
_PUBLISH = """
UPDATE voting_proxy SET published_at = kernel_now()
WHERE poll_id = $1 AND ended_at IS NULL AND published_at IS NULL
"""
_END_UNPUBLISHED = """
UPDATE voting_proxy SET ended_at = kernel_now(), end_reason = $2
WHERE poll_id = $1 AND ended_at IS NULL AND published_at IS NULL
"""
# When the days for filing are over; the same reckoning as rules.proxies.days_before.
_TO_PUBLISH = """
SELECT p.id FROM voting_poll p
WHERE p.state IN ('roll_published', 'roll_frozen', 'open')
  AND EXISTS (
    SELECT FROM voting_proxy x
    WHERE x.poll_id = p.id AND x.ended_at IS NULL AND (
        x.published_at IS NULL
        OR NOT (p.frozen_rules #>> '{content,proxies,candidatesMayHold}')::boolean AND EXISTS (
            SELECT FROM voting_candidate c
            WHERE c.poll_id = x.poll_id AND c.person_id = x.holder_id
              AND c.state NOT IN ('refused', 'withdrawn'))))
  AND kernel_now() >= ((p.opens_at AT TIME ZONE 'Asia/Shanghai')::date
      - (p.frozen_rules #>> '{content,proxies,filedDays}')::integer + 1
      )::timestamp AT TIME ZONE 'Asia/Shanghai'
ORDER BY p.opens_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED
"""
# Of whose proxies were filed first, as many as the rules of the run-off let one person hold.
_CARRY_OVER = """
INSERT INTO voting_proxy (id, poll_id, principal_id, holder_id, relation, upload_id, filed_by_id,
                          filed_at, published_at, carried_from_id)
SELECT gen_random_uuid(), $2, y.principal_id, y.holder_id, y.relation, y.upload_id, y.filed_by_id,
       y.filed_at, kernel_now(), y.id
FROM (
    SELECT x.*, row_number() OVER (PARTITION BY x.holder_id ORDER BY x.filed_at, x.id) AS place
    FROM voting_proxy x
    JOIN voting_roll_entry p ON p.poll_id = $2 AND p.voter_id = x.principal_id
    JOIN voting_roll_entry h ON h.poll_id = $2 AND h.voter_id = x.holder_id
    WHERE x.poll_id = $1 AND x.ended_at IS NULL AND x.published_at IS NOT NULL
      AND x.relation = ANY ($3) AND ($4 OR NOT EXISTS (
        SELECT FROM voting_candidate c WHERE c.poll_id = $2 AND c.person_id = x.holder_id
          AND c.state NOT IN ('refused', 'withdrawn')))
) y WHERE y.place <= $5
"""
_BEFORE_OPENING = frozenset({PollState.ROLL_PUBLISHED, PollState.ROLL_FROZEN})
_UNDER_WAY = _BEFORE_OPENING | {PollState.OPEN}

HOLDER_STANDS = "受托人已成为候选人"
NOT_PUBLISHED = "未按期公布"


async def file_proxy(
    actor: Actor,
    poll_id: UUID,
    *,
    holder_id: UUID,
    relation: ProxyRelation,
    upload_id: UUID | None = None,
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Let somebody else of the roll vote for the actor; returns its id and whether replayed.

    Raises ProxiesNotTaken, ProxyTooLate, NotOnRoll, HolderUnfit, CandidateHoldsNoProxy,
    ProxyTooMany, ProxyStands, ProxyPassedOn.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "fileProxy")
        given = {"poll": poll_id, "holder": holder_id, "relation": relation, "upload": upload_id}
        earlier = await idempotency.claim(actor, idempotency_key, "fileProxy", given)
        if earlier is not None:
            return UUID(earlier["proxy"]), True
        assert actor.person_id is not None, "who files is signed in"
        await _require_document(actor, upload_id)
        proxy_id = await _file(
            actor,
            poll,
            principal_id=actor.person_id,
            holder_id=holder_id,
            relation=relation,
            upload_id=upload_id,
        )
        await idempotency.settle(actor, idempotency_key, {"proxy": str(proxy_id)})
        await _told(actor, poll, "fileProxy", {"proxy": str(proxy_id)})
        return proxy_id, False


async def file_proxy_for(
    actor: Actor,
    poll_id: UUID,
    *,
    principal_id: UUID,
    holder_id: UUID,
    relation: ProxyRelation,
    upload_id: UUID,
    consent: ConsentForm,
    note: str = "",
    idempotency_key: UUID,
) -> tuple[UUID, bool]:
    """Enter a written proxy for a voter who asked for help, with the document and the consent.

    Nobody enters one that they would hold themselves: HolderUnfit. Raises what filing raises,
    and ProxyDocumentMissing, HelperStands, HelperIsPerson.
    """
    await require_helper(actor, poll_id, principal_id, action="fileProxyFor")
    if holder_id == actor.person_id:
        raise HolderUnfit(path=("input", "holderId"))
    async with transaction():
        poll = await _held(poll_id)
        given = {
            "poll": poll_id,
            "principal": principal_id,
            "holder": holder_id,
            "relation": relation,
            "upload": upload_id,
            "consent": consent,
        }
        earlier = await idempotency.claim(actor, idempotency_key, "fileProxyFor", given)
        if earlier is not None:
            return UUID(earlier["proxy"]), True
        await _require_document(actor, upload_id)
        proxy_id = await _file(
            actor,
            poll,
            principal_id=principal_id,
            holder_id=holder_id,
            relation=relation,
            upload_id=upload_id,
        )
        await assistance.assist(
            actor,
            person_id=principal_id,
            command="fileProxy",
            subject_id=proxy_id,
            consent=consent,
            note=note,
        )
        await idempotency.settle(actor, idempotency_key, {"proxy": str(proxy_id)})
        await _told(actor, poll, "fileProxyFor", {"proxy": str(proxy_id)})
        return proxy_id, False


async def end_proxy(actor: Actor, proxy_id: UUID, *, reason: str) -> UUID:
    """Revoke a proxy as its principal, give it back as its holder, or end it as a convener.

    What was cast under it stands. Returns the poll's id; raises ProxyEnded, Forbidden.
    """
    require_text(reason, longest=200, path="reason")
    row = await _proxy(proxy_id)
    async with transaction():
        poll = await _held(row["poll_id"])
        target = PollPlace(poll.area_path, poll.state)
        require(policy.AUTHORITY, "endProxy", actor, target)
        row = await _proxy(proxy_id)
        own = actor.person_id in {row["principal_id"], row["holder_id"]}
        if not own and not policy.convenes(actor, target):
            raise Forbidden
        over = poll.state not in _UNDER_WAY or await clock.now() >= poll.closes_at
        if row["ended_at"] is not None or over:
            raise ProxyEnded(path=("input", "proxyId"))
        await database.execute(_END, proxy_id, reason.strip())
        await _told(actor, poll, "endProxy", {"proxy": str(proxy_id)})
        return poll.id


async def publish_proxies(actor: Actor, poll_id: UUID) -> int:
    """Make the filed proxies public; returns how many. Raises ProxiesNotTaken, ProxyTooLate."""
    async with transaction():
        poll = await hold(actor, poll_id, "publishProxies")
        procedure = _procedure(poll)
        until = published_until(procedure, poll.opens_at)
        if poll.state not in _BEFORE_OPENING or await clock.now() >= until:
            raise ProxyTooLate(path=("input", "pollId"), until=_local(until))
        return await _publish(actor, poll, procedure)


async def publish_due_proxies() -> UUID | None:
    """Publish one poll's proxies once the days for filing are over; None where none is due.

    What could not be published in time is ended: nobody could have known of it.
    """
    async with transaction():
        row = await database.fetch_one(_TO_PUBLISH)
        if row is None:
            return None
        poll = await Poll.get(id=row["id"])
        procedure = _procedure(poll)
        if await clock.now() < published_until(procedure, poll.opens_at):
            await _publish(SYSTEM, poll, procedure)
            return poll.id
        ended = await _end_candidates(poll, procedure)
        ended += await database.execute(_END_UNPUBLISHED, poll.id, NOT_PUBLISHED)
        if ended:
            await _told(SYSTEM, poll, "endProxies", {"ended": ended})
        return poll.id


async def carry_over(parent: Poll, runoff: Poll) -> int:
    """Begin a run-off with the proxies of the round before that its rules let stand.

    They were public in time for that round and are published again; who gave or holds one
    may end it as any other. Returns how many there are.
    """
    database.require_open_transaction()
    procedure = procedure_of(runoff).proxies
    if procedure is None or not procedure.carries_over:
        return 0
    relations = [each.value for each in ProxyRelation if related_enough(procedure, each)]
    carried = await database.execute(
        _CARRY_OVER,
        *(parent.id, runoff.id, relations),
        *(procedure.candidates_may_hold, procedure.most_per_holder),
    )
    if carried:
        await outbox.record(ProxiesPublished(runoff.id, runoff.area_path))
    return carried


async def _publish(actor: Actor, poll: Poll, procedure: ProxyProcedure) -> int:
    await _end_candidates(poll, procedure)
    published = await database.execute(_PUBLISH, poll.id)
    if published:
        await outbox.record(ProxiesPublished(poll.id, poll.area_path))
        await _told(actor, poll, "publishProxies", {"published": published})
    return published


async def _end_candidates(poll: Poll, procedure: ProxyProcedure) -> int:
    """End what candidates hold, also where they came to stand after it was published."""
    if procedure.candidates_may_hold:
        return 0
    return await database.execute(_END_CANDIDATES, poll.id, HOLDER_STANDS)


async def _file(
    actor: Actor,
    poll: Poll,
    *,
    principal_id: UUID,
    holder_id: UUID,
    relation: ProxyRelation,
    upload_id: UUID | None,
) -> UUID:
    procedure = _procedure(poll)
    until = filed_until(procedure, poll.opens_at)
    if poll.state not in _BEFORE_OPENING or await clock.now() >= until:
        raise ProxyTooLate(path=("input", "pollId"), until=_local(until))
    if not await database.fetch_value(_LISTED, poll.id, principal_id):
        raise NotOnRoll(path=("input", "pollId"))
    await _require_holder(poll, procedure, principal_id, holder_id, relation)
    proxy_id = database.new_id()
    try:
        await database.execute(
            _FILE,
            *(proxy_id, poll.id, principal_id, holder_id, relation, upload_id, actor.person_id),
        )
    except asyncpg.ExclusionViolationError:
        raise ProxyPassedOn(path=("input", "holderId")) from None
    except asyncpg.UniqueViolationError:
        raise ProxyStands(path=("input", "pollId")) from None
    return proxy_id


async def _require_holder(
    poll: Poll,
    procedure: ProxyProcedure,
    principal_id: UUID,
    holder_id: UUID,
    relation: ProxyRelation,
) -> None:
    listed = await database.fetch_value(_LISTED, poll.id, holder_id)
    if not listed or holder_id == principal_id or not related_enough(procedure, relation):
        raise HolderUnfit(path=("input", "holderId"))
    stands = await database.fetch_value(_STANDS, poll.id, holder_id)
    if stands and not procedure.candidates_may_hold:
        raise CandidateHoldsNoProxy(path=("input", "holderId"))
    # The poll is held: of two who file at once, the second counts the first's.
    if await database.fetch_value(_HELD, poll.id, holder_id) >= procedure.most_per_holder:
        raise ProxyTooMany(path=("input", "holderId"), most=procedure.most_per_holder)


async def _require_document(actor: Actor, upload_id: UUID | None) -> None:
    if upload_id is None:
        return
    found = (await uploads.uploads_by_id(actor, [upload_id]))[0]
    if found is None or found.state is not UploadState.COMPLETE:
        raise ProxyDocumentMissing(path=("input", "uploadId"))


def _procedure(poll: Poll) -> ProxyProcedure:
    procedure = procedure_of(poll).proxies if poll.frozen_rules else None
    if procedure is None:
        raise ProxiesNotTaken(path=("input", "pollId"))
    return procedure


async def _held(poll_id: UUID) -> Poll:
    poll = await Poll.filter(id=poll_id).select_for_update().first()
    assert poll is not None, "a poll is never removed"
    return poll


async def _proxy(proxy_id: UUID) -> Row:
    row = await database.fetch_one(_ONE, proxy_id)
    if row is None:
        raise NotFound(path=("input", "proxyId"))
    return row


def _local(instant: Any) -> str:
    return f"{instant.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M}"


async def _told(actor: Actor, poll: Poll, command: str, details: Mapping[str, Any]) -> None:
    place = await places.place_of(poll.area_id)
    assert place is not None, "a poll's area is never removed"
    await told(actor, poll.id, place.community_id, command, dict(details))

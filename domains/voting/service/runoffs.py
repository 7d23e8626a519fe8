"""Voting again on the seats that stayed open: the same roll, the highest who were not elected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import calendar, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor
from domains.kernel.database import fetch_one, fetch_value, transaction
from domains.kernel.rules import RuleSet, freeze
from domains.voting.errors import RunoffNotRequired, RunoffTooLate, WindowPast
from domains.voting.events import RunoffCreated
from domains.voting.models import Poll
from domains.voting.rules import ElectionFinding, read_result
from domains.voting.rules.procedure import ElectionProcedure
from domains.voting.service import proxies
from domains.voting.service.candidates import election_of
from domains.voting.service.conduct import community_of
from domains.voting.service.polls import hold, told
from domains.voting.service.publishing import freeze_roll
from domains.voting.values import ParentRelation, PollState

_LONG_MS = 60_000
_STANDS = """
SELECT EXISTS (SELECT FROM voting_poll
               WHERE parent_poll_id = $1 AND parent_relation = 'runoff' AND state <> 'cancelled')
"""
_HELD = """
SELECT result IS NOT NULL AS counted FROM voting_poll
WHERE parent_poll_id = $1 AND parent_relation = 'runoff' AND state <> 'cancelled'
"""
_COPY_ROLL = """
INSERT INTO voting_roll_entry (poll_id, voter_id, number, name, household_id, area_centi_m2,
                               unit_count, standing, basis)
SELECT $2, voter_id, number, name, household_id, area_centi_m2, unit_count, standing, basis
FROM voting_roll_entry WHERE poll_id = $1 AND standing = 'admitted' ORDER BY number
"""
_COPY_UNITS = """
INSERT INTO voting_roll_unit (poll_id, voter_id, household_id, unit, area_centi_m2, area_basis)
SELECT $2, voter_id, household_id, unit, area_centi_m2, area_basis
FROM voting_roll_unit WHERE poll_id = $1
"""
_COPY_KINSHIP = """
INSERT INTO voting_kinship (poll_id, one_id, other_id, relation, declared_by_id, declared_at)
SELECT $2, one_id, other_id, relation, declared_by_id, declared_at
FROM voting_kinship WHERE poll_id = $1
"""
_COPY_TELLERS = """
INSERT INTO voting_teller (poll_id, person_id, duty, appointed_by_id, appointed_at)
SELECT $2, person_id, duty, appointed_by_id, kernel_now()
FROM voting_teller WHERE poll_id = $1 AND ended_at IS NULL
"""
# Whoever vetted them did so before the first round.
_COPY_CANDIDATES = """
INSERT INTO voting_candidate (id, poll_id, person_id, name, gender, state, statement,
                              nominated_by_id, nominated_at, vetted_by_id, vetted_at)
SELECT gen_random_uuid(), $2, c.person_id, c.name, c.gender, 'standing', c.statement,
       c.nominated_by_id, c.nominated_at, c.vetted_by_id, COALESCE(c.vetted_at, kernel_now())
FROM voting_candidate c JOIN voting_option o ON o.id = c.option_id
WHERE c.poll_id = $1 AND o.position = ANY ($3::int[])
"""


@dataclass(frozen=True, slots=True)
class Window:
    """When a run-off takes ballots."""

    opens_at: datetime
    closes_at: datetime


async def create_runoff(
    actor: Actor, poll_id: UUID, window: Window, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Vote again on the open seats, on the same frozen roll; returns the poll and a replay.

    The proxies of the round before go on where the rules of the run-off say so. Raises
    RunoffNotRequired, RunoffTooLate past the rule's days, WindowPast.
    """
    async with transaction(timeout_ms=_LONG_MS):
        parent = await hold(actor, poll_id, "createRunoff")
        given = {"poll": poll_id, "opensAt": window.opens_at, "closesAt": window.closes_at}
        earlier = await idempotency.claim(actor, idempotency_key, "createRunoff", given)
        if earlier is not None:
            return UUID(earlier["poll"]), True
        procedure = election_of(parent)
        finding = await _require_runoff(parent)
        await _require_window(parent, procedure, window)
        community_id = await community_of(parent)
        rule_set = await _rules(parent, procedure, window, community_id)
        runoff = await _draft(actor, parent, finding, window, rule_set)
        await _copy(parent, runoff, finding)
        carried = await proxies.carry_over(parent, runoff)
        await freeze_roll(runoff, await clock.now())
        await runoff.save()
        await outbox.record(RunoffCreated(parent.id, runoff.id, parent.area_path))
        await idempotency.settle(actor, idempotency_key, {"poll": str(runoff.id)})
        details: dict[str, Any] = {
            "parent": str(parent.id),
            "seats": runoff.seats,
            "roll": runoff.roll_size or 0,
            "proxies": carried,
        }
        await told(actor, runoff.id, community_id, "createRunoff", details)
        return runoff.id, False


async def is_awaited(poll: Poll) -> bool:
    """Whether an election still waits for its run-off: to be counted, or to be called in time."""
    if poll.state is not PollState.RUNOFF_REQUIRED:
        return False
    held = await fetch_one(_HELD, poll.id)
    if held is not None:
        return not held["counted"]
    return await clock.now() <= _until(poll, election_of(poll))


def _until(parent: Poll, procedure: ElectionProcedure) -> datetime:
    assert procedure.runoff is not None, "a run-off is required"
    assert parent.tallied_at is not None, "a run-off follows a count"
    return calendar.deadline(parent.tallied_at, procedure.runoff.within).at


async def _require_runoff(parent: Poll) -> ElectionFinding:
    if parent.state is not PollState.RUNOFF_REQUIRED or await fetch_value(_STANDS, parent.id):
        raise RunoffNotRequired(path=("input", "pollId"))
    finding = read_result(parent.result or "").election
    assert finding is not None, "only an election requires a run-off"
    return finding


async def _require_window(parent: Poll, procedure: ElectionProcedure, window: Window) -> None:
    if window.closes_at <= max(window.opens_at, await clock.now()):
        raise WindowPast(path=("input", "closesAt"))
    until = _until(parent, procedure)
    if window.closes_at > until:
        local = until.astimezone(clock.SHANGHAI)
        raise RunoffTooLate(path=("input", "closesAt"), until=f"{local:%Y-%m-%d %H:%M}")


async def _rules(
    parent: Poll, procedure: ElectionProcedure, window: Window, community_id: UUID | None
) -> RuleSet:
    """Return the rules of the run-off; the share is the one that the first round's rules name."""
    assert procedure.runoff is not None, "a run-off is required"
    rule_set = await rulesets.in_force(
        procedure.runoff.code, on=calendar.day_of(window.opens_at), community=community_id
    )
    changes: dict[str, Any] = {"electorate": parent.electorate.value}
    if procedure.runoff_share is not None:
        share = procedure.runoff_share.as_json()
        changes["majority"] = dict.fromkeys(rule_set.content["majority"], share)
    return rulesets.with_content(rule_set, changes)


async def _draft(
    actor: Actor, parent: Poll, finding: ElectionFinding, window: Window, rule_set: RuleSet
) -> Poll:
    return await Poll.create(
        id=database.new_id(),
        area_id=parent.area_id,
        area_path=parent.area_path,
        author_id=actor.person_id,
        title=f"{parent.title[:112]}(另行选举)",
        body=parent.body,
        method=parent.method,
        secrecy=parent.secrecy,
        state=PollState.DRAFT,
        least_choices=0,
        most_choices=finding.open_seats,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        rule_code=rule_set.code,
        electorate=parent.electorate,
        seats=finding.open_seats,
        parent_poll_id=parent.id,
        parent_relation=ParentRelation.RUNOFF,
        subject_kind=parent.subject_kind,
        subject_id=parent.subject_id,
        frozen_rules=freeze(rule_set),
        created_at=await clock.now(),
    )


async def _copy(parent: Poll, runoff: Poll, finding: ElectionFinding) -> None:
    """Carry roll, candidates, kinship and tellers over, while the run-off is a draft."""
    for statement in (_COPY_ROLL, _COPY_UNITS, _COPY_KINSHIP, _COPY_TELLERS):
        await database.execute(statement, parent.id, runoff.id)
    await database.execute(_COPY_CANDIDATES, parent.id, runoff.id, list(finding.runoff))

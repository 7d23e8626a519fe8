"""Preparing a poll: drafting, editing, publishing with its roll, cancelling."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, outbox, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.kernel.rules import RuleSet, Threshold, freeze
from domains.membership.queries import electorate, places
from domains.voting import policy
from domains.voting.errors import PollNotDraft, PollOver, QuorumFixed, RollEmpty, WindowPast
from domains.voting.events import PollCancelled, PollPublished
from domains.voting.models import Option, Poll
from domains.voting.service import staging
from domains.voting.values import (
    LARGEST_OPTION_COUNT,
    PollMethod,
    PollState,
    Secrecy,
    Stance,
)


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as its author writes it."""

    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A poll as its author writes it; a motion's options are fixed and need not be given."""

    title: str
    body: str
    method: PollMethod
    secrecy: Secrecy
    opens_at: datetime
    closes_at: datetime
    rule_code: str
    options: tuple[OptionDraft, ...] = ()
    least_choices: int = 1
    most_choices: int = 1
    quorum: tuple[int, int] | None = None


MOTION_OPTIONS = (("赞成", Stance.FOR), ("反对", Stance.AGAINST), ("弃权", Stance.ABSTAIN))


async def create_poll(
    actor: Actor, area_id: UUID, draft: PollDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Draft a poll for an area; returns its id and whether this was a replay.

    Raises NotFound for an area out of sight, Forbidden for who convenes nothing there,
    and InvalidInput, WindowPast or QuorumFixed for a draft that no rule set allows.
    """
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, "createPoll", actor, place)
        given = {"area": area_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "createPoll", given)
        if earlier is not None:
            return UUID(earlier["poll"]), True
        assert place is not None, "an area out of sight has been refused"
        await _require_sound(draft, community_id=place.community_id)
        poll = await Poll.create(
            id=database.new_id(),
            area_id=area_id,
            area_path=place.area_path,
            author_id=actor.person_id,
            state=PollState.DRAFT,
            created_at=await clock.now(),
            **_columns(draft),
        )
        await _write_options(poll.id, draft)
        await idempotency.settle(actor, idempotency_key, {"poll": str(poll.id)})
        await _told(actor, poll.id, place.community_id, "createPoll", {"state": "draft"})
        return poll.id, False


async def update_poll(
    actor: Actor, poll_id: UUID, draft: PollDraft, *, expected_version: int
) -> int:
    """Write a draft anew; returns its new version.

    Raises PollNotDraft once published, VersionConflict where someone was faster.
    """
    async with transaction():
        poll = await _hold(actor, poll_id, "updatePoll")
        if poll.state is not PollState.DRAFT:
            raise PollNotDraft
        if poll.version != expected_version:
            raise VersionConflict(version=poll.version)
        place = await places.place_of(poll.area_id)
        assert place is not None, "a poll's area is never removed"
        await _require_sound(draft, community_id=place.community_id)
        for name, value in _columns(draft).items():
            setattr(poll, name, value)
        poll.version += 1
        await poll.save()
        await Option.filter(poll_id=poll_id).delete()
        await _write_options(poll_id, draft)
        await _told(actor, poll_id, place.community_id, "updatePoll", {"version": poll.version})
        return poll.version


async def publish_poll(actor: Actor, poll_id: UUID) -> None:
    """Freeze the roll and the rules, and let the question stand. Published twice is once.

    The roll: adults on the day the poll opens, whose residency in the area is verified.
    Raises RollEmpty where there are none, WindowPast where the window is over.
    """
    async with transaction(timeout_ms=60_000):
        poll = await _hold(actor, poll_id, "publishPoll")
        if poll.state is PollState.ROLL_FROZEN:
            return
        if poll.state is not PollState.DRAFT:
            raise PollNotDraft
        now = await clock.now()
        if poll.closes_at <= now:
            raise WindowPast(path=("input", "pollId"))
        place = await places.place_of(poll.area_id)
        assert place is not None, "a poll's area is never removed"
        opening = max(poll.opens_at, now).astimezone(clock.SHANGHAI).date()
        rule_set = await rulesets.in_force(poll.rule_code, on=opening, community=place.community_id)
        entries = await electorate.adults_of(poll.area_path, on=opening)
        if not entries:
            raise RollEmpty
        await _freeze_roll(poll_id, entries)
        poll.frozen_rules = freeze(_with_quorum(rule_set, poll.quorum_override))
        poll.roll_size = len(entries)
        poll.roll_fingerprint = _fingerprint(entries)
        poll.state = PollState.ROLL_FROZEN
        poll.published_at = now
        poll.version += 1
        await poll.save()
        if poll.secrecy is Secrecy.SECRET:
            await staging.prepare(poll_id)
        await outbox.record(PollPublished(poll_id, poll.area_path))
        details = {"roll": poll.roll_size, "rules": rule_set.code, "version": rule_set.version}
        await _told(actor, poll_id, place.community_id, "publishPoll", details)


async def cancel_poll(actor: Actor, poll_id: UUID, *, reason: str) -> None:
    """End a poll without a count, for a reason that all can read; what was cast is not counted.

    Raises PollOver once it has closed.
    """
    if not 1 <= len(reason.strip()) <= 500:
        raise InvalidInput(
            path=("input", "reason"),
            zh="理由须为 1 至 500 字。",
            en="A reason has 1 to 500 characters.",
        )
    async with transaction():
        poll = await _hold(actor, poll_id, "cancelPoll")
        if poll.state not in {PollState.DRAFT, PollState.ROLL_FROZEN, PollState.OPEN}:
            raise PollOver
        now = await clock.now()
        if poll.state is not PollState.DRAFT and poll.closes_at <= now:
            raise PollOver
        await staging.exclude_casting(poll_id)
        if poll.secrecy is Secrecy.SECRET:
            await staging.destroy(poll_id)
        poll.state = PollState.CANCELLED
        poll.cancelled_at = now
        poll.cancel_reason = reason.strip()
        poll.version += 1
        await poll.save()
        await outbox.record(PollCancelled(poll_id, poll.area_path))
        place = await places.place_of(poll.area_id)
        community_id = place.community_id if place else None
        await _told(actor, poll_id, community_id, "cancelPoll", {"state": "cancelled"})


async def _hold(actor: Actor, poll_id: UUID, action: str) -> Poll:
    poll = await Poll.filter(id=poll_id).select_for_update().first()
    if poll is None:
        raise NotFound(path=("input", "pollId"))
    target = policy.PollPlace(poll.area_path, poll.state)
    require(policy.AUTHORITY, action, actor, target)
    return poll


def _columns(draft: PollDraft) -> dict[str, Any]:
    motion = draft.method is PollMethod.MOTION
    return {
        "title": draft.title.strip(),
        "body": draft.body.strip(),
        "method": draft.method,
        "secrecy": draft.secrecy,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "rule_code": draft.rule_code,
        "least_choices": 1 if motion else draft.least_choices,
        "most_choices": 1 if motion else draft.most_choices,
        "quorum_override": list(draft.quorum) if draft.quorum else None,
    }


async def _require_sound(draft: PollDraft, *, community_id: UUID | None) -> None:
    _require_text(draft)
    if draft.method is PollMethod.CHOICE:
        _require_options(draft)
    if draft.closes_at <= max(draft.opens_at, await clock.now()):
        raise WindowPast(path=("input", "poll", "closesAt"))
    opening = draft.opens_at.astimezone(clock.SHANGHAI).date()
    rule_set = await rulesets.in_force(draft.rule_code, on=opening, community=community_id)
    if draft.quorum is not None:
        _require_quorum(rule_set, draft.quorum)


def _require_text(draft: PollDraft) -> None:
    if not 2 <= len(draft.title.strip()) <= 120:
        raise InvalidInput(
            path=("input", "poll", "title"),
            zh="标题须为 2 至 120 字。",
            en="A title has 2 to 120 characters.",
        )
    if len(draft.body) > 20_000:
        raise InvalidInput(
            path=("input", "poll", "body"),
            zh="正文不得超过 20000 字。",
            en="A body has 20,000 characters at most.",
        )


def _require_options(draft: PollDraft) -> None:
    labels = [each.label.strip() for each in draft.options]
    if not 2 <= len(labels) <= LARGEST_OPTION_COUNT or len(set(labels)) != len(labels):
        raise InvalidInput(
            path=("input", "poll", "options"),
            zh=f"选项须为 2 至 {LARGEST_OPTION_COUNT} 个,且不得重复。",
            en=f"A choice has 2 to {LARGEST_OPTION_COUNT} options, none of them twice.",
        )
    if not all(1 <= len(label) <= 120 for label in labels):
        raise InvalidInput(
            path=("input", "poll", "options"),
            zh="选项须为 1 至 120 字。",
            en="An option has 1 to 120 characters.",
        )
    if any(len(each.description) > 2000 for each in draft.options):
        raise InvalidInput(
            path=("input", "poll", "options"),
            zh="选项说明不得超过 2000 字。",
            en="An option's description has 2,000 characters at most.",
        )
    if not 0 <= draft.least_choices <= draft.most_choices <= len(labels) or not draft.most_choices:
        raise InvalidInput(
            path=("input", "poll", "mostChoices"),
            zh="可选项数须在 0 与选项总数之间。",
            en="The numbers of choices lie between 0 and the number of options.",
        )


def _require_quorum(rule_set: RuleSet, quorum: tuple[int, int]) -> None:
    if "quorum" not in rule_set.content.get("adjustable", ()):
        raise QuorumFixed(path=("input", "poll", "quorum"))
    numerator, denominator = quorum
    if not (0 <= numerator <= denominator <= 1000 and denominator > 0):
        raise InvalidInput(
            path=("input", "poll", "quorum"),
            zh="法定人数须是 0 与 1 之间的分数。",
            en="A quorum is a fraction between 0 and 1.",
        )


def _with_quorum(rule_set: RuleSet, override: Sequence[int] | None) -> RuleSet:
    if override is None:
        return rule_set
    _require_quorum(rule_set, (override[0], override[1]))
    quorum = Threshold(override[0], override[1], inclusive=True)
    return rulesets.with_content(rule_set, {"quorum": quorum.as_json()})


async def _write_options(poll_id: UUID, draft: PollDraft) -> None:
    lines: list[tuple[str, str, Stance | None]]
    if draft.method is PollMethod.MOTION:
        lines = [(label, "", stance) for label, stance in MOTION_OPTIONS]
    else:
        lines = [(each.label.strip(), each.description.strip(), None) for each in draft.options]
    await Option.bulk_create(
        Option(
            id=database.new_id(),
            poll_id=poll_id,
            position=position,
            label=label,
            description=description,
            stance=stance,
        )
        for position, (label, description, stance) in enumerate(lines, start=1)
    )


async def _freeze_roll(poll_id: UUID, entries: Sequence[Row]) -> None:
    await database.copy(
        "voting_roll_entry",
        ("poll_id", "voter_id", "number", "name", "household_id"),
        [
            (poll_id, entry["person_id"], number, entry["name"], entry["household_id"])
            for number, entry in enumerate(entries, start=1)
        ],
    )


def _fingerprint(entries: Sequence[Row]) -> bytes:
    """Return the SHA-256 over the voters' ids in the roll's order."""
    digest = hashlib.sha256()
    for entry in entries:
        digest.update(entry["person_id"].bytes)
    return digest.digest()


async def _told(
    actor: Actor, poll_id: UUID, community_id: UUID | None, command: str, details: dict[str, Any]
) -> None:
    await audit.record(
        actor, command=command, chain=community_id, subject=("poll", poll_id), details=details
    )

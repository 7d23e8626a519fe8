"""Drafting a poll, and what the commands over polls share."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, rulesets
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound, VersionConflict
from domains.kernel.rules import RuleSet
from domains.membership.queries import places
from domains.voting import policy
from domains.voting.errors import (
    MethodUnfit,
    PollNotDraft,
    QuorumFixed,
    WeightedNotSecret,
    WindowPast,
)
from domains.voting.errors.sittings import TakenInSitting
from domains.voting.models import Option, Poll
from domains.voting.rules import BallotForm, CountingRule
from domains.voting.rules.preferences import (
    Preference,
    require_no_preference,
    require_preference,
)
from domains.voting.rules.procedure import Procedure
from domains.voting.values import (
    LARGEST_OPTION_COUNT,
    Measure,
    PollMethod,
    PollState,
    Secrecy,
    Stance,
)

_IN_SITTING = """
SELECT (frozen_rules #> '{content,sitting}') IS NOT NULL FROM voting_poll WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class OptionDraft:
    """An option as its author writes it."""

    label: str
    description: str = ""
    cost_fen: int | None = None


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
    most_choices: int | None = None
    quorum: tuple[int, int] | None = None
    seats: int = 1
    budget_fen: int | None = None
    counting_rule: CountingRule | None = None
    ballot_form: BallotForm | None = None
    highest: int | None = None
    minimum_score: int = 0
    most_points: int | None = None

    @property
    def most(self) -> int:
        """Return how many options a ballot names at most: one unless it says otherwise.

        Where a rule of preference counts more than a single choice, all of them.
        """
        form = self.preference.form
        if form is BallotForm.CHOICE:
            return 1
        if self.most_choices is not None:
            return self.most_choices
        return 1 if form is None else len(self.options)

    @property
    def preference(self) -> Preference:
        """Return how its ballots are written and counted, by a rule of preference."""
        return Preference(
            self.counting_rule,
            self.ballot_form,
            self.highest,
            self.minimum_score,
            self.most_points,
        ).completed()


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
        poll = await write_poll(actor, place, draft)
        await idempotency.settle(actor, idempotency_key, {"poll": str(poll.id)})
        await told(actor, poll.id, place.community_id, "createPoll", {"state": "draft"})
        return poll.id, False


async def write_poll(
    actor: Actor,
    place: places.AreaPlace,
    draft: PollDraft,
    *,
    subject: tuple[str, UUID] | None = None,
) -> Poll:
    """Write a draft down inside a command, for what it serves; refuses what no rule set allows."""
    database.require_open_transaction()
    procedure = await _require_sound(draft, community_id=place.community_id)
    poll = await Poll.create(
        id=database.new_id(),
        area_id=place.area_id,
        area_path=place.area_path,
        author_id=actor.person_id,
        state=PollState.DRAFT,
        created_at=await clock.now(),
        electorate=procedure.electorate,
        subject_kind=subject[0] if subject else None,
        subject_id=subject[1] if subject else None,
        **_columns(draft),
    )
    await _write_options(poll.id, draft)
    return poll


async def update_poll(
    actor: Actor, poll_id: UUID, draft: PollDraft, *, expected_version: int
) -> int:
    """Write a draft anew; returns its new version.

    Raises PollNotDraft once published, VersionConflict where someone was faster.
    """
    async with transaction():
        poll = await hold(actor, poll_id, "updatePoll")
        if poll.state is not PollState.DRAFT:
            raise PollNotDraft
        if poll.version != expected_version:
            raise VersionConflict(version=poll.version)
        place = await places.place_of(poll.area_id)
        assert place is not None, "a poll's area is never removed"
        procedure = await _require_sound(draft, community_id=place.community_id)
        for name, value in _columns(draft).items():
            setattr(poll, name, value)
        poll.electorate = procedure.electorate
        poll.version += 1
        await poll.save()
        await Option.filter(poll_id=poll_id).delete()
        await _write_options(poll_id, draft)
        await told(actor, poll_id, place.community_id, "updatePoll", {"version": poll.version})
        return poll.version


async def hold(actor: Actor, poll_id: UUID, action: str) -> Poll:
    """Lock a poll for a command that the table allows.

    Raises NotFound, Forbidden, TakenInSitting: of a meeting's vote nothing but its end is ours.
    """
    poll = await Poll.filter(id=poll_id).select_for_update().first()
    if poll is None:
        raise NotFound(path=("input", "pollId"))
    target = policy.PollPlace(poll.area_path, poll.state)
    require(policy.AUTHORITY, action, actor, target)
    if action != "cancelPoll":
        await require_no_sitting(poll_id)
    return poll


async def require_no_sitting(poll_id: UUID) -> None:
    """Refuse what is done to a meeting's vote from outside of the meeting."""
    if await database.fetch_value(_IN_SITTING, poll_id):
        raise TakenInSitting(path=("input", "pollId"))


def _columns(draft: PollDraft) -> dict[str, Any]:
    least, most = draft.least_choices, draft.most
    if draft.method is PollMethod.MOTION:
        least = most = 1
    if draft.method is PollMethod.ELECTION:
        # Who names fewer than there are seats, or nobody, has cast a good ballot.
        least, most = 0, draft.seats
    return {
        "title": draft.title.strip(),
        "body": draft.body.strip(),
        "method": draft.method,
        "secrecy": draft.secrecy,
        "opens_at": draft.opens_at,
        "closes_at": draft.closes_at,
        "rule_code": draft.rule_code,
        "least_choices": least,
        "most_choices": most,
        "quorum_override": list(draft.quorum) if draft.quorum else None,
        "seats": draft.seats,
        "budget_fen": draft.budget_fen,
        "counting_rule": draft.preference.rule,
        "ballot_form": draft.preference.form,
        "highest": draft.highest,
        "minimum_score": draft.minimum_score,
        "most_points": draft.most_points,
    }


async def _require_sound(draft: PollDraft, *, community_id: UUID | None) -> Procedure:
    _require_text(draft)
    if draft.method in {PollMethod.CHOICE, PollMethod.PREFERENCE}:
        _require_options(draft)
    if draft.method is PollMethod.ELECTION:
        _require_seats(draft)
    if draft.closes_at <= max(draft.opens_at, await clock.now()):
        raise WindowPast(path=("input", "poll", "closesAt"))
    opening = draft.opens_at.astimezone(clock.SHANGHAI).date()
    rule_set = await rulesets.in_force(draft.rule_code, on=opening, community=community_id)
    procedure = Procedure.of(rule_set)
    if draft.quorum is not None:
        require_quorum(procedure, draft.quorum)
    unsaid = draft.method is PollMethod.ELECTION and procedure.election is None
    if draft.method not in procedure.methods or unsaid:
        raise MethodUnfit(path=("input", "poll", "method"))
    if draft.secrecy not in procedure.secrecies:
        weighted = Measure.AREA in rule_set.content["measures"]
        refusal: type[DomainError] = WeightedNotSecret if weighted else MethodUnfit
        raise refusal(path=("input", "poll", "secrecy"))
    _require_countable(draft, procedure, rule_set)
    return procedure


def _require_countable(draft: PollDraft, procedure: Procedure, rule_set: RuleSet) -> None:
    costs = [each.cost_fen for each in draft.options]
    if draft.method is not PollMethod.PREFERENCE:
        require_no_preference(draft.preference, costs=costs, budget=draft.budget_fen)
        return
    # A rule of preference counts voters, each once; it knows no area.
    if Measure.AREA in rule_set.content["measures"]:
        raise MethodUnfit(path=("input", "poll", "method"))
    require_preference(
        draft.preference, procedure, seats=draft.seats, costs=costs, budget=draft.budget_fen
    )


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
    largest = draft.preference.largest_option_count()
    if not 2 <= len(labels) <= largest or len(set(labels)) != len(labels):
        raise InvalidInput(
            path=("input", "poll", "options"),
            zh=f"选项须为 2 至 {largest} 个,且不得重复。",
            en=f"A choice has 2 to {largest} options, none of them twice.",
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
    most = draft.most
    if not 0 <= draft.least_choices <= most <= len(labels) or not most:
        raise InvalidInput(
            path=("input", "poll", "mostChoices"),
            zh="可选项数须在 0 与选项总数之间。",
            en="The numbers of choices lie between 0 and the number of options.",
        )


def _require_seats(draft: PollDraft) -> None:
    if draft.options:
        raise InvalidInput(
            path=("input", "poll", "options"),
            zh="选举的候选人由提名产生,不能预先填写。",
            en="The candidates of an election are nominated, not written down beforehand.",
        )
    if not 1 <= draft.seats <= LARGEST_OPTION_COUNT:
        raise InvalidInput(
            path=("input", "poll", "seats"),
            zh=f"应选名额须为 1 至 {LARGEST_OPTION_COUNT} 人。",
            en=f"An election has 1 to {LARGEST_OPTION_COUNT} seats.",
        )


def require_quorum(procedure: Procedure, quorum: tuple[int, int]) -> None:
    """Refuse a quorum of the poll's own where the rules have theirs, or one that is no share."""
    if "quorum" not in procedure.adjustable:
        raise QuorumFixed(path=("input", "poll", "quorum"))
    numerator, denominator = quorum
    if not (0 <= numerator <= denominator <= 1000 and denominator > 0):
        raise InvalidInput(
            path=("input", "poll", "quorum"),
            zh="法定人数须是 0 与 1 之间的分数。",
            en="A quorum is a fraction between 0 and 1.",
        )


async def _write_options(poll_id: UUID, draft: PollDraft) -> None:
    stances: list[Stance | None] = [None] * len(draft.options)
    options: Sequence[OptionDraft] = draft.options
    if draft.method is PollMethod.MOTION:
        options = [OptionDraft(label) for label, _ in MOTION_OPTIONS]
        stances = [stance for _, stance in MOTION_OPTIONS]
    await Option.bulk_create(
        Option(
            id=database.new_id(),
            poll_id=poll_id,
            position=position,
            label=option.label.strip(),
            description=option.description.strip(),
            stance=stance,
            cost_fen=option.cost_fen,
        )
        for position, (option, stance) in enumerate(zip(options, stances, strict=True), start=1)
    )


async def told(
    actor: Actor, poll_id: UUID, community_id: UUID | None, command: str, details: dict[str, Any]
) -> None:
    """Add the command to the community's audit; the last act of a command."""
    await audit.record(
        actor, command=command, chain=community_id, subject=("poll", poll_id), details=details
    )

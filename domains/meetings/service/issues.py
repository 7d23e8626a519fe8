"""Raising issues, for oneself or for somebody who asked for help, and standing behind them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from uuid import UUID

from domains.kernel import clock, database, idempotency, outbox, rulesets, settings
from domains.kernel.actor import SYSTEM, Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.kernel.rules import freeze
from domains.meetings import policy
from domains.meetings.errors import IssueNotReady, OwnIssue
from domains.meetings.events.issues import IssueMustBeHeard, IssueRaised, IssueSupported
from domains.meetings.models import Issue
from domains.meetings.policy.issues import IssuePlace
from domains.meetings.rules import periods, texts
from domains.meetings.rules.issues import IssueProcedure
from domains.meetings.service import issue_holding as holding
from domains.meetings.service import issue_rules, writing
from domains.meetings.values.issues import (
    ISSUE_ENDS,
    HistoryKind,
    IssueCategory,
    IssueState,
)
from domains.membership.errors import HelperIsPerson
from domains.membership.queries import electorate, places
from domains.membership.queries.places import AreaPlace
from domains.membership.service import assistance
from domains.membership.values import ConsentForm

_WORDS = "UPDATE meetings_issue SET words = array_to_tsvector($2::text[]) WHERE id = $1"
_PICTURE = "INSERT INTO meetings_issue_picture (issue_id, position, upload_id) VALUES ($1, $2, $3)"
_SUPPORT = """
INSERT INTO meetings_issue_support (issue_id, person_id, at) VALUES ($1, $2, kernel_now())
ON CONFLICT DO NOTHING
"""
_UNSUPPORT = "DELETE FROM meetings_issue_support WHERE issue_id = $1 AND person_id = $2"
_SUPPORTERS = "SELECT count(*) FROM meetings_issue_support WHERE issue_id = $1"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """An issue as somebody writes it down."""

    title: str
    text: str
    category: IssueCategory
    place: str = ""
    picture_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """For whom staff enter an issue, and how that person agreed."""

    person_id: UUID
    consent: ConsentForm
    note: str = ""


async def raise_issue(
    actor: Actor, area_id: UUID, draft: IssueDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Raise an issue about an area; returns its id and whether this was a replay.

    Raises NotFound for an area out of sight, TooManyAttempts, InvalidInput, PictureUnfit.
    """
    return await _raise(actor, area_id, draft, None, key=idempotency_key)


async def raise_issue_for(
    actor: Actor, area_id: UUID, draft: IssueDraft, on_behalf: OnBehalf, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Enter an issue for a resident who asked for help; it is theirs, and says who entered it.

    Raises besides NotFound for somebody who does not live there.
    """
    return await _raise(actor, area_id, draft, on_behalf, key=idempotency_key)


async def raise_found(area_id: UUID, draft: IssueDraft, *, source: tuple[str, UUID]) -> UUID | None:
    """Raise what the platform found, in the open transaction; it is nobody's, and says from what.

    One of each source: returns None where it was raised before.
    """
    database.require_open_transaction()
    place = await places.place_of(area_id)
    assert place is not None, "areas are not removed"
    if await Issue.filter(source_kind=source[0], source_id=source[1]).exists():
        return None
    issue = await _write(SYSTEM, place, draft, _Whose(source=source))
    await holding.audited(SYSTEM, issue, "raiseIssue", category=issue.category.value)
    return issue.id


async def _raise(
    actor: Actor,
    area_id: UUID,
    draft: IssueDraft,
    on_behalf: OnBehalf | None,
    *,
    key: UUID,
) -> tuple[UUID, bool]:
    command = "raiseIssueFor" if on_behalf else "raiseIssue"
    async with transaction():
        place = await places.place_of(area_id)
        require(policy.AUTHORITY, command, actor, IssuePlace(place.area_path) if place else None)
        assert place is not None, "an area out of sight has been refused"
        given = {"area": area_id, **asdict(draft)}
        if on_behalf is not None:
            given |= asdict(on_behalf)
        earlier = await idempotency.claim(actor, key, command, given)
        if earlier is not None:
            return UUID(earlier["issue"]), True
        if on_behalf is None:
            await _require_pace(actor)
        else:
            await _require_resident(actor, on_behalf.person_id, place)
        issue = await _write(actor, place, draft, _whose(actor, on_behalf))
        if on_behalf is not None:
            await assistance.assist(
                actor,
                person_id=on_behalf.person_id,
                command=command,
                subject_id=issue.id,
                consent=on_behalf.consent,
                note=on_behalf.note,
            )
        await idempotency.settle(actor, key, {"issue": str(issue.id)})
        await holding.audited(actor, issue, command, category=issue.category.value)
        return issue.id, False


async def _require_pace(actor: Actor) -> None:
    await writing.require_pace(
        actor,
        table="meetings_issue",
        who="proposer_id",
        at="created_at",
        limits=((settings.current().issues_per_day, _DAY),),
    )


async def _require_resident(actor: Actor, person_id: UUID, place: AreaPlace) -> None:
    if person_id == actor.person_id:
        raise HelperIsPerson(path=("input", "personId"))
    # Who lives in the community may raise what concerns a building of it.
    community = await places.place_of(place.community_id) if place.community_id else place
    assert community is not None, "a community is never removed"
    known = await electorate.known_in(community.area_path, await clock.today(), person_id)
    if known is None or known["lives_since"] is None:
        raise NotFound(path=("input", "personId"))


@dataclass(frozen=True, slots=True)
class _Whose:
    """Who raises an issue, and who enters it for them; or from what it was found."""

    proposer_id: UUID | None = None
    entered_by_id: UUID | None = None
    source: tuple[str, UUID] | None = None


def _whose(actor: Actor, on_behalf: OnBehalf | None) -> _Whose:
    assert actor.person_id is not None, "who raises an issue is known by name"
    if on_behalf is not None:
        return _Whose(on_behalf.person_id, actor.person_id)
    return _Whose(actor.person_id)


async def _write(actor: Actor, place: AreaPlace, draft: IssueDraft, whose: _Whose) -> Issue:
    title = writing.text(draft.title, path=("input", "title"), longest=80)
    text = writing.text(draft.text, path=("input", "text"), longest=4000)
    where = writing.optional_text(draft.place, path=("input", "place"), longest=200)
    at_pictures = ("input", "pictureIds")
    await writing.require_files(actor, draft.picture_ids, path=at_pictures, pictures=True)
    now = await clock.now()
    rule_set = await rulesets.in_force(
        issue_rules.CODE, on=now.astimezone(clock.SHANGHAI).date(), community=place.community_id
    )
    issue = await Issue.create(
        id=database.new_id(),
        area_id=place.area_id,
        area_path=place.area_path,
        community_id=place.community_id,
        proposer_id=whose.proposer_id,
        entered_by_id=whose.entered_by_id,
        source_kind=whose.source[0] if whose.source else None,
        source_id=whose.source[1] if whose.source else None,
        title=title,
        text=text,
        place=where,
        category=draft.category,
        state=IssueState.REPORTED,
        state_since=now,
        due_at=IssueProcedure.of(rule_set).step_due(IssueState.REPORTED, now),
        frozen_rules=freeze(rule_set),
        created_at=now,
    )
    await database.execute(_WORDS, issue.id, texts.words(f"{title}\n{text}\n{where}"))
    await _attach(issue.id, draft.picture_ids)
    await outbox.record(IssueRaised(issue.id, issue.area_path, whose.proposer_id))
    await holding.tell(actor, issue, HistoryKind.RAISED)
    return issue


async def _attach(issue_id: UUID, upload_ids: Sequence[UUID]) -> None:
    rows = [(issue_id, position, each) for position, each in enumerate(upload_ids, start=1)]
    await database.execute_many(_PICTURE, rows)


async def support_issue(actor: Actor, issue_id: UUID) -> int:
    """Stand behind an issue; returns how many do. Once is as good as twice.

    From so many on as its rules say, it must come before a meeting by a deadline.
    Raises OwnIssue, IssueNotReady for an issue at its end.
    """
    async with transaction():
        issue = await holding.hold(actor, issue_id, "supportIssue")
        if issue.state in ISSUE_ENDS:
            raise IssueNotReady(path=holding.AT_ISSUE)
        if issue.proposer_id == actor.person_id:
            raise OwnIssue(path=holding.AT_ISSUE)
        if await database.execute(_SUPPORT, issue_id, actor.person_id):
            await outbox.record(IssueSupported(issue_id, issue.area_path))
            await hear_if_supported(actor, issue)
        return await _supporters(issue_id)


async def withdraw_support(actor: Actor, issue_id: UUID) -> int:
    """Stand behind an issue no more; returns how many still do. What was ordered stays so."""
    async with transaction():
        issue = await holding.hold(actor, issue_id, "withdrawSupport")
        if issue.state in ISSUE_ENDS:
            raise IssueNotReady(path=holding.AT_ISSUE)
        if await database.execute(_UNSUPPORT, issue_id, actor.person_id):
            await outbox.record(IssueSupported(issue_id, issue.area_path))
        return await _supporters(issue_id)


async def _supporters(issue_id: UUID) -> int:
    count: int = await database.fetch_value(_SUPPORTERS, issue_id)
    return count


async def hear_if_supported(actor: Actor, issue: Issue) -> None:
    """Order once that a locked issue be looked at, where enough support it."""
    procedure = holding.procedure_of(issue)
    if issue.look_due_at is not None or await _supporters(issue.id) < procedure.support_count:
        return
    now = await clock.now()
    issue.look_due_at = periods.due(now, procedure.look)
    if issue.state in holding.NOT_HEARD:
        issue.due_at = min(issue.due_at or issue.look_due_at, issue.look_due_at)
    await outbox.record(IssueMustBeHeard(issue.id, issue.area_path, issue.look_due_at))
    await holding.tell(actor, issue, HistoryKind.SUPPORTED_ENOUGH)

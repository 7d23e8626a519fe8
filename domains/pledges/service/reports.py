"""Progress and delivery, claimed with evidence.

A claim is of something that has happened since the promise was given; its evidence comes
with it, is not dated after it, and neither is altered afterwards. A claim that is reported
late counts for the day on which it was reported.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import asyncpg

from domains.kernel import calendar, clock, database, idempotency, outbox, uploads
from domains.kernel.actor import Actor
from domains.kernel.database import transaction
from domains.kernel.errors import NotFound
from domains.kernel.values import UploadState
from domains.pledges.errors import (
    ClaimTooEarly,
    EvidenceAfterFact,
    EvidenceMissing,
    EvidenceUnfit,
    EvidenceUsed,
    MilestoneReached,
    MilestonesOpen,
    TargetNotReached,
)
from domains.pledges.events.pledges import PledgeDelivered, PledgeProgressed
from domains.pledges.models import Pledge
from domains.pledges.rules import keeping
from domains.pledges.service import claims, terms, texts
from domains.pledges.service.held import hold, keep, procedure_of, require_state, told
from domains.pledges.values.pledges import (
    TO_DELIVER,
    WHOLE,
    EvidenceKind,
    PledgeAct,
    PledgeState,
    ReportKind,
)

MOST_EVIDENCE = 20


@dataclass(frozen=True, slots=True)
class EvidenceDraft:
    """What a claim is proven by, and the day of it."""

    kind: EvidenceKind
    dated_on: date
    caption: str = ""
    upload_id: UUID | None = None
    subject_id: UUID | None = None
    head_count: int | None = None


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A claim as who reports it writes it."""

    text: str
    happened_on: date
    evidence: tuple[EvidenceDraft, ...]
    milestone_key: UUID | None = None
    achieved_number: int | None = None


_REPORT = """
INSERT INTO pledges_report
    (id, pledge_id, kind, milestone_key, text, happened_on, counts_on, achieved_number,
     evidence_count, by_id, reported_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, kernel_now())
"""
_EVIDENCE = """
INSERT INTO pledges_evidence
    (id, report_id, pledge_id, position, kind, upload_id, subject_id, head_count, caption,
     dated_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_LATEST = """
SELECT max(counts_on) FROM pledges_report
WHERE pledge_id = $1 AND struck_at IS NULL AND milestone_key IS NOT NULL
"""


async def report_progress(
    actor: Actor, pledge_id: UUID, draft: ReportDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Report progress, with or without a milestone reached; returns the report's id.

    Raises ClaimTooEarly, EvidenceMissing, EvidenceAfterFact, EvidenceUnfit, EvidenceUsed,
    MilestoneReached, PledgeStateUnfit.
    """
    async with transaction():
        pledge = await hold(actor, pledge_id, "reportPledgeProgress")
        given = {"pledge": pledge_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "reportPledgeProgress", given)
        if earlier is not None:
            return UUID(earlier["report"]), True
        require_state(pledge, TO_DELIVER)
        report_id, _ = await _write(actor, pledge, draft, ReportKind.PROGRESS)
        if pledge.state is PledgeState.COMMITTED:
            pledge.state = PledgeState.IN_PROGRESS
        pledge.reached_weight = await claims.reached_weight(pledge)
        await pledge.save()
        reached = draft.milestone_key is not None
        act = PledgeAct.MILESTONE_REACHED if reached else PledgeAct.REPORTED
        await keep(actor, pledge, act, subject_id=report_id)
        await outbox.record(PledgeProgressed(pledge.id, pledge.area_path, report_id))
        await idempotency.settle(actor, idempotency_key, {"report": str(report_id)})
        await told(actor, pledge, "reportPledgeProgress", {"report": str(report_id)})
        return report_id, False


async def deliver_pledge(
    actor: Actor, pledge_id: UUID, draft: ReportDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Claim that a pledge is delivered: all milestones reached, the target met, with evidence.

    Raises MilestonesOpen, TargetNotReached, and what a report of progress raises.
    """
    async with transaction():
        pledge = await hold(actor, pledge_id, "deliverPledge")
        given = {"pledge": pledge_id, **asdict(draft)}
        earlier = await idempotency.claim(actor, idempotency_key, "deliverPledge", given)
        if earlier is not None:
            return UUID(earlier["report"]), True
        require_state(pledge, TO_DELIVER)
        await _require_complete(pledge, draft)
        report_id, counts_on = await _write(actor, pledge, draft, ReportKind.DELIVERY)
        latest: date | None = await database.fetch_value(_LATEST, pledge.id)
        pledge.state = PledgeState.DELIVERED
        pledge.delivered_at = await clock.now()
        pledge.delivered_on = max(counts_on, latest or counts_on)
        pledge.round += 1
        await pledge.save()
        await keep(actor, pledge, PledgeAct.DELIVERED, subject_id=report_id)
        await outbox.record(PledgeDelivered(pledge.id, pledge.area_path, report_id))
        await idempotency.settle(actor, idempotency_key, {"report": str(report_id)})
        await told(actor, pledge, "deliverPledge", {"report": str(report_id)})
        return report_id, False


async def _require_complete(pledge: Pledge, draft: ReportDraft) -> None:
    if pledge.reached_weight != WHOLE:
        raise MilestonesOpen(path=("input", "pledgeId"), reached=pledge.reached_weight, whole=WHOLE)
    target = (await terms.read(pledge.id, pledge.terms_version)).target.number
    achieved = draft.achieved_number or 0
    if achieved < target:
        raise TargetNotReached(
            path=("input", "report", "achievedNumber"), achieved=achieved, target=target
        )


async def _write(
    actor: Actor, pledge: Pledge, draft: ReportDraft, kind: ReportKind
) -> tuple[UUID, date]:
    text = texts.public(draft.text, longest=2000, path=("input", "report", "text"))
    today = await clock.today()
    assert pledge.committed_at is not None, "what is to be delivered has been committed"
    if not calendar.day_of(pledge.committed_at) <= draft.happened_on <= today:
        raise ClaimTooEarly(path=("input", "report", "happenedOn"))
    evidence = await _sound_evidence(actor, draft)
    await _require_milestone(pledge, draft.milestone_key)
    procedure = await procedure_of(pledge)
    counts_on = keeping.counts_on(draft.happened_on, reported_on=today, within=procedure.report)
    report_id = database.new_id()
    await database.execute(
        _REPORT,
        *(report_id, pledge.id, kind, draft.milestone_key, text, draft.happened_on, counts_on),
        *(draft.achieved_number, len(evidence), actor.person_id),
    )
    try:
        await database.execute_many(
            _EVIDENCE,
            [
                (
                    *(database.new_id(), report_id, pledge.id, place, each.kind, each.upload_id),
                    *(each.subject_id, each.head_count, each.caption.strip(), each.dated_on),
                )
                for place, each in enumerate(evidence, start=1)
            ],
        )
    except asyncpg.UniqueViolationError:
        raise EvidenceUsed(path=("input", "report", "evidence")) from None
    return report_id, counts_on


async def _require_milestone(pledge: Pledge, key: UUID | None) -> None:
    if key is None:
        return
    path = ("input", "report", "milestoneId")
    if key not in await terms.keys_of(pledge.id, pledge.terms_version):
        raise NotFound(path=path)
    if key in await claims.reached_keys(pledge.id):
        raise MilestoneReached(path=path)


async def _sound_evidence(actor: Actor, draft: ReportDraft) -> Sequence[EvidenceDraft]:
    path = ("input", "report", "evidence")
    if not 1 <= len(draft.evidence) <= MOST_EVIDENCE:
        raise EvidenceMissing(path=path, most=MOST_EVIDENCE)
    for each in draft.evidence:
        texts.public(each.caption, longest=200, shortest=0, path=path)
        if each.dated_on > draft.happened_on:
            raise EvidenceAfterFact(path=path)
        if not _is_of_its_kind(each):
            raise EvidenceUnfit(path=path)
    await _require_pictures(actor, draft)
    return draft.evidence


def _is_of_its_kind(evidence: EvidenceDraft) -> bool:
    kind, count = evidence.kind, evidence.head_count
    referred = kind in {EvidenceKind.DISCLOSURE, EvidenceKind.FINANCE_LINE}
    return (
        (evidence.upload_id is not None) == (kind is EvidenceKind.PICTURE)
        and (evidence.subject_id is not None) == referred
        and (count is not None) == (kind is EvidenceKind.ATTENDANCE)
        and (count is None or 0 < count <= terms.LARGEST_NUMBER)
    )


async def _require_pictures(actor: Actor, draft: ReportDraft) -> None:
    path = ("input", "report", "evidence")
    ids = [each.upload_id for each in draft.evidence if each.upload_id is not None]
    if not ids:
        return
    if len(set(ids)) != len(ids):
        raise EvidenceUsed(path=path)
    for found in await uploads.uploads_by_id(actor, ids):
        if found is None:
            raise NotFound(path=path)
        if found.state is not UploadState.COMPLETE or not found.media_type.startswith("image/"):
            raise EvidenceUnfit(path=path)

"""Campaigns: what somebody in office tells those whom it is meant for (政策找人).

Drafted, previewed, sent; where the audience is found by tags, another has to approve it. Who is
counted in a preview is never listed, and small figures are not told: an audience is a question
about people, and asking it narrowly enough would answer who they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domains.kernel import audit, clock, database, idempotency, outbox
from domains.kernel.actor import Actor, Role, require
from domains.kernel.database import Row, transaction
from domains.kernel.errors import InvalidInput, NotFound, VersionConflict
from domains.membership.queries import addressing, places, tags
from domains.membership.queries.addressing import AudienceCount
from domains.membership.rules import texts
from domains.membership.rules.figures import told_roughly
from domains.notifications import policy
from domains.notifications.errors import (
    CampaignNeedsPreview,
    CampaignStateUnfit,
    CampaignYourOwn,
    TooManyCampaigns,
    TooManyPreviews,
)
from domains.notifications.events import (
    CampaignReturned,
    CampaignSent,
    CampaignSubmitted,
    CampaignWithdrawn,
)
from domains.notifications.policy import CampaignPlace
from domains.notifications.queries import campaigns as queries
from domains.notifications.values import CampaignState, CampaignSubject

MOST_A_DAY = 20
MOST_AREAS = 50
MOST_TAGS = 20
OLDEST = 150
# Asked often enough, even rough figures would tell of people.
MOST_LOOKS_A_DAY = 30

_INSERT = """
INSERT INTO notifications_campaign
    (id, area_id, area_path, subject_kind, subject_id, title, body, purpose, basis, audience,
     uses_tags, is_sensitive, state, author_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, 'draft', $13, kernel_now())
"""
_EDIT = """
UPDATE notifications_campaign
SET subject_kind = $2, subject_id = $3, title = $4, body = $5, purpose = $6, basis = $7,
    audience = $8::jsonb, uses_tags = $9, is_sensitive = $10, state = 'draft',
    previewed_at = NULL, previewed_count = NULL, submitted_at = NULL, version = version + 1
WHERE id = $1
"""
_HOLD = "SELECT * FROM notifications_campaign WHERE id = $1 FOR UPDATE"
_TODAY = """
SELECT count(*) FROM notifications_campaign
WHERE area_id = $1 AND sent_at >= date_trunc('day', kernel_now() AT TIME ZONE 'Asia/Shanghai')
                                  AT TIME ZONE 'Asia/Shanghai'
"""
_PREVIEWED = """
UPDATE notifications_campaign SET previewed_at = kernel_now(), previewed_count = $2 WHERE id = $1
"""
_LOOK = """
INSERT INTO notifications_look AS look (person_id, day, count) VALUES ($1, $2, 1)
ON CONFLICT (person_id, day) DO UPDATE SET count = look.count + 1
RETURNING count
"""
_STEP = """
UPDATE notifications_campaign
SET state = $2::text, return_reason = $3,
    submitted_at = CASE WHEN $2::text = 'submitted' THEN kernel_now() ELSE submitted_at END,
    sent_at = CASE WHEN $2::text = 'sent' THEN kernel_now() ELSE sent_at END,
    withdrawn_at = CASE WHEN $2::text = 'withdrawn' THEN kernel_now() ELSE withdrawn_at END,
    approved_by_id = CASE WHEN $2::text = 'sent' THEN $4::uuid ELSE approved_by_id END
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class AudienceDraft:
    """Whom it is meant for; what is left empty does not narrow. Ages are full years."""

    area_ids: tuple[UUID, ...]
    roles: tuple[Role, ...] = ()
    person_tags: tuple[str, ...] = ()
    household_tags: tuple[str, ...] = ()
    without_tags: tuple[str, ...] = ()
    least_age: int | None = None
    most_age: int | None = None

    @property
    def tag_codes(self) -> tuple[str, ...]:
        """Return every kind of tag that it names."""
        return (*self.person_tags, *self.household_tags, *self.without_tags)


@dataclass(frozen=True, slots=True)
class CampaignDraft:
    """What is said, of what, to whom, to what purpose and on what basis."""

    area_id: UUID
    title: str
    body: str
    purpose: str
    basis: str
    audience: AudienceDraft
    subject_kind: CampaignSubject = CampaignSubject.NONE
    subject_id: UUID | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Preview:
    """How many would be told, and why; None where a figure would tell of people."""

    people: int | None
    without_consent: int | None
    without_birth_date: int | None
    by_criterion: Mapping[str, int | None]


async def draft_campaign(
    actor: Actor, draft: CampaignDraft, *, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Write a campaign; returns its id and whether it had been written with the same key.

    Raises InvalidInput, NotFound.
    """
    async with transaction():
        place = await _place(actor, draft.area_id, "draftCampaign")
        given = {"area": draft.area_id, "title": draft.title, "body": draft.body}
        before = await idempotency.claim(actor, idempotency_key, "draftCampaign", given)
        if before is not None:
            return UUID(before["id"]), True
        columns = await _columns(actor, draft, place.area_path)
        campaign_id = database.new_id()
        await database.execute(
            _INSERT, campaign_id, draft.area_id, place.area_path, *columns, actor.person_id
        )
        await idempotency.settle(actor, idempotency_key, {"id": str(campaign_id)})
        await _audited(actor, "draftCampaign", draft.area_id, campaign_id)
    return campaign_id, False


async def edit_campaign(
    actor: Actor, campaign_id: UUID, draft: CampaignDraft, *, expected_version: int
) -> None:
    """Change what was not sent yet; it has to be previewed anew.

    Raises VersionConflict, CampaignStateUnfit, InvalidInput.
    """
    async with transaction():
        row = await _held(actor, campaign_id, "editCampaign")
        _require(row, CampaignState.DRAFT)
        if row["version"] != expected_version:
            raise VersionConflict(path=("input", "expectedVersion"), version=row["version"])
        columns = await _columns(actor, draft, row["area_path"])
        await database.execute(_EDIT, campaign_id, *columns)
        await _audited(actor, "editCampaign", row["area_id"], campaign_id)


async def preview_campaign(actor: Actor, campaign_id: UUID) -> Preview:
    """Count whom it would reach, and why; a look through tags is audited, and told roughly.

    Raises CampaignStateUnfit, TooManyPreviews.
    """
    async with transaction(timeout_ms=60_000):
        row = await _held(actor, campaign_id, "previewCampaign")
        _require(row, CampaignState.DRAFT, CampaignState.SUBMITTED)
        if row["uses_tags"]:
            await _look(actor)
        counted = await addressing.count(queries.audience_of(row), on=await clock.today())
        await database.execute(_PREVIEWED, campaign_id, counted.people)
        await _audited(actor, "previewCampaign", row["area_id"], campaign_id)
    return _roughly(counted) if row["uses_tags"] else _exactly(counted)


async def _look(actor: Actor) -> None:
    """Count a look through tags: each person has so many a day. Raises TooManyPreviews."""
    if actor.person_id is None:
        return
    looked = await database.fetch_value(_LOOK, actor.person_id, await clock.today())
    if looked > MOST_LOOKS_A_DAY:
        raise TooManyPreviews(path=("input", "campaignId"), most=MOST_LOOKS_A_DAY)


def _exactly(counted: AudienceCount) -> Preview:
    return Preview(
        people=counted.people,
        without_consent=counted.without_consent,
        without_birth_date=counted.without_birth_date,
        by_criterion=counted.by_criterion,
    )


def _roughly(counted: AudienceCount) -> Preview:
    """Return what may be told where tags find people: where and how old they are is no tag."""
    alone = counted.by_criterion
    return Preview(
        people=told_roughly(counted.people, among=counted.candidates),
        without_consent=told_roughly(counted.without_consent),
        without_birth_date=counted.without_birth_date,
        by_criterion={
            name: told_roughly(count, among=alone["area"]) if name in _OF_TAGS else count
            for name, count in alone.items()
        },
    )


_OF_TAGS = frozenset({"personTags", "householdTags", "withoutTags"})


async def send_campaign(actor: Actor, campaign_id: UUID) -> CampaignState:
    """Send it, or hand it in where its audience is found by tags, so that another approves.

    Raises CampaignNeedsPreview, CampaignStateUnfit, TooManyCampaigns.
    """
    async with transaction():
        row = await _held(actor, campaign_id, "sendCampaign")
        _require(row, CampaignState.DRAFT)
        if row["previewed_at"] is None:
            raise CampaignNeedsPreview(path=("input", "campaignId"))
        if row["uses_tags"]:
            await _step(row, CampaignState.SUBMITTED)
            await outbox.record(
                CampaignSubmitted(campaign_id=campaign_id, area_path=row["area_path"])
            )
        else:
            await _sent(row, approved_by=None)
        await _audited(actor, "sendCampaign", row["area_id"], campaign_id)
    return CampaignState.SUBMITTED if row["uses_tags"] else CampaignState.SENT


async def approve_campaign(actor: Actor, campaign_id: UUID) -> None:
    """Send what another wrote and handed in. Raises CampaignYourOwn, CampaignStateUnfit."""
    async with transaction():
        row = await _held(actor, campaign_id, "approveCampaign")
        _require(row, CampaignState.SUBMITTED)
        _require_another(actor, row)
        await _sent(row, approved_by=actor.person_id)
        await _audited(actor, "approveCampaign", row["area_id"], campaign_id)


async def return_campaign(actor: Actor, campaign_id: UUID, *, reason: str) -> None:
    """Give back what another handed in. Raises CampaignYourOwn, CampaignStateUnfit."""
    async with transaction():
        row = await _held(actor, campaign_id, "returnCampaign")
        _require(row, CampaignState.SUBMITTED)
        _require_another(actor, row)
        said = texts.line(reason, path=("input", "reason"), longest=200)
        await _step(row, CampaignState.DRAFT, reason=said)
        await outbox.record(
            CampaignReturned(
                campaign_id=campaign_id, area_path=row["area_path"], author_id=row["author_id"]
            )
        )
        await _audited(actor, "returnCampaign", row["area_id"], campaign_id)


async def withdraw_campaign(actor: Actor, campaign_id: UUID, *, reason: str) -> None:
    """Take it back: what was neither read nor sent on disappears. Raises CampaignStateUnfit."""
    async with transaction():
        row = await _held(actor, campaign_id, "withdrawCampaign")
        if row["state"] == CampaignState.WITHDRAWN:
            raise CampaignStateUnfit(path=("input", "campaignId"))
        said = texts.line(reason, path=("input", "reason"), longest=200)
        await _step(row, CampaignState.WITHDRAWN, reason=said)
        await outbox.record(CampaignWithdrawn(campaign_id=campaign_id, area_path=row["area_path"]))
        await _audited(actor, "withdrawCampaign", row["area_id"], campaign_id)


async def _sent(row: Row, *, approved_by: UUID | None) -> None:
    if await database.fetch_value(_TODAY, row["area_id"]) >= MOST_A_DAY:
        raise TooManyCampaigns(path=("input", "campaignId"), most=MOST_A_DAY)
    await _step(row, CampaignState.SENT, approved_by=approved_by)
    await outbox.record(
        CampaignSent(
            campaign_id=row["id"], area_path=row["area_path"], is_sensitive=row["is_sensitive"]
        )
    )


async def _step(
    row: Row, to: CampaignState, *, reason: str | None = None, approved_by: UUID | None = None
) -> None:
    await database.execute(_STEP, row["id"], to.value, reason, approved_by)


async def _columns(actor: Actor, draft: CampaignDraft, area_path: str) -> tuple[Any, ...]:
    if (draft.subject_kind is CampaignSubject.NONE) != (draft.subject_id is None):
        raise InvalidInput(
            path=("input", "subjectId"), zh="须与事项种类相符。", en="it must fit its kind."
        )
    if draft.subject_id is not None:
        found = await queries.subject_path(actor, draft.subject_kind, draft.subject_id)
        if found is None or not (found.startswith(area_path) or area_path.startswith(found)):
            raise NotFound(path=("input", "subjectId"))
    audience, uses_tags, is_sensitive = await _audience(draft.audience, area_path)
    return (
        *(draft.subject_kind.value, draft.subject_id),
        texts.line(draft.title, path=("input", "title"), longest=80),
        _text(draft.body),
        texts.line(draft.purpose, path=("input", "purpose"), longest=200),
        texts.line(draft.basis, path=("input", "basis"), longest=200),
        *(json.dumps(audience), uses_tags, is_sensitive),
    )


def _text(given: str) -> str:
    said = given.strip()
    if not 0 < len(said) <= 1_000:
        raise InvalidInput(path=("input", "body"), zh="1 至 1000 字。", en="1 to 1,000 characters.")
    return said


async def _audience(draft: AudienceDraft, area_path: str) -> tuple[dict[str, Any], bool, bool]:
    """Check whom it is meant for: only of one's own area, only by kinds that there are."""
    path = ("input", "audience")
    if not 0 < len(draft.area_ids) <= MOST_AREAS or len(draft.tag_codes) > MOST_TAGS:
        raise InvalidInput(
            path=path,
            zh=f"须指定 1 至 {MOST_AREAS} 个区域,标签最多 {MOST_TAGS} 个。",
            en=f"1 to {MOST_AREAS} areas, and {MOST_TAGS} tags at most.",
        )
    paths = []
    for area_id in draft.area_ids:
        found = await places.place_of(area_id)
        if found is None or not found.area_path.startswith(area_path):
            raise NotFound(path=(*path, "areaIds"))
        paths.append(found.area_path)
    least, most = draft.least_age or 0, OLDEST if draft.most_age is None else draft.most_age
    if not 0 <= least <= most <= OLDEST:
        raise InvalidInput(path=path, zh="年龄范围有误。", en="these ages are no range.")
    kinds = await tags.kinds_by_code(_NOBODY, list(draft.tag_codes))
    if None in kinds:
        raise NotFound(path=(*path, "personTags"))
    is_sensitive = any(kind["needs_consent"] for kind in kinds if kind is not None)
    said = {
        "areas": [str(each) for each in draft.area_ids],
        "paths": paths,
        "roles": [str(each) for each in draft.roles],
        "personTags": list(draft.person_tags),
        "householdTags": list(draft.household_tags),
        "withoutTags": list(draft.without_tags),
        "leastAge": draft.least_age,
        "mostAge": draft.most_age,
    }
    return said, bool(draft.tag_codes), is_sensitive


_NOBODY = Actor(person_id=None)


async def _place(actor: Actor, area_id: UUID, command: str) -> CampaignPlace:
    found = await places.place_of(area_id)
    if found is None:
        raise NotFound(path=("input", "areaId"))
    place = CampaignPlace(area_path=found.area_path)
    require(policy.AUTHORITY, command, actor, place)
    return place


async def _held(actor: Actor, campaign_id: UUID, command: str) -> Row:
    row = await database.fetch_one(_HOLD, campaign_id)
    if row is None:
        raise NotFound(path=("input", "campaignId"))
    require(policy.AUTHORITY, command, actor, CampaignPlace(area_path=row["area_path"]))
    return row


def _require(row: Row, *states: CampaignState) -> None:
    if row["state"] not in states:
        raise CampaignStateUnfit(path=("input", "campaignId"))


def _require_another(actor: Actor, row: Row) -> None:
    if actor.person_id == row["author_id"]:
        raise CampaignYourOwn(path=("input", "campaignId"))


async def _audited(actor: Actor, command: str, area_id: UUID, campaign_id: UUID) -> None:
    place = await places.place_of(area_id)
    await audit.record(
        actor,
        command=command,
        chain=None if place is None else place.community_id,
        subject=("campaign", campaign_id),
        details={},
    )

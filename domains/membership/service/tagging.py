"""Tags: said of people and households with a source, looked at again, contested, consented to.

A tag is used to reach somebody only while it stands, its day of review has not passed, no
contest of it is open and, where its kind asks for that, whom it is said of has allowed it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import asyncpg

from domains.kernel import audit, clock, crypto, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.database import Row
from domains.kernel.errors import Forbidden, NotFound
from domains.membership import policy
from domains.membership.errors import DayImpossible
from domains.membership.errors.tags import (
    TagContestOpen,
    TagEnded,
    TagNeedsNoConsent,
    TagNotContested,
    TagSetByYou,
    TagStands,
)
from domains.membership.events import TagContested, TagContestSettled, TagEntered
from domains.membership.policy import Tagged
from domains.membership.queries import tags
from domains.membership.queries.tags import TagTold, kind_index
from domains.membership.rules import texts
from domains.membership.service import once, tag_kinds, targets
from domains.membership.values import Made, TagConsent, TagDraft, TagSubject

TABLE = "membership_tag"
# What people read before they allow that a tag is used; a new text is a new version.
CONSENT_TEXT_VERSION = 1
_MONTH = timedelta(days=30)
_LONGEST_AHEAD = timedelta(days=5 * 366)

_ENTER = """
INSERT INTO membership_tag
    (id, person_id, household_id, kind_index, kind_sealed, source_sealed, is_sensitive,
     needs_consent, since, review_on, set_by_id, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, kernel_now())
"""
_TAG = "SELECT * FROM membership_tag WHERE id = $1 FOR UPDATE"
# The adults of a household speak for it.
_MEMBERS = """
SELECT DISTINCT r.person_id FROM membership_residency r
JOIN membership_person p ON p.id = r.person_id
WHERE r.household_id = $1 AND r.state = 'verified'
  AND p.birth_date <= ($2::date - interval '18 years')::date
"""
_ALLOW = """
UPDATE membership_tag
SET consented_at = kernel_now(), consent_form = $2, consent_text_version = $3, consent_by_id = $4
WHERE id = $1
"""
_WITHDRAW = """
UPDATE membership_tag
SET consented_at = NULL, consent_form = NULL, consent_text_version = NULL, consent_by_id = NULL
WHERE id = $1
"""
_RENEW = "UPDATE membership_tag SET review_on = $2 WHERE id = $1"
_END = "UPDATE membership_tag SET ended_at = kernel_now(), ended_by_id = $2 WHERE id = $1"
_CONTEST = """
UPDATE membership_tag
SET contested_at = kernel_now(), contested_by_id = $2, contest_sealed = $3,
    settled_at = NULL, settled_by_id = NULL, answer_sealed = NULL
WHERE id = $1
"""
_SETTLE = """
UPDATE membership_tag
SET settled_at = kernel_now(), settled_by_id = $2::uuid, answer_sealed = $3,
    ended_at = CASE WHEN $4 THEN NULL ELSE kernel_now() END,
    ended_by_id = CASE WHEN $4 THEN NULL ELSE $2::uuid END
WHERE id = $1
"""


async def tag_person(
    actor: Actor, person_id: UUID, draft: TagDraft, *, idempotency_key: UUID | None = None
) -> Made:
    """Say something of a person; of oneself, it is allowed to be used at once.

    Raises NotFound, TagKindUnfit, TagStands, DayImpossible.
    """
    async with database.transaction():
        path = ("input", "personId")
        _, someone, community_id = await targets.person(person_id, path=path)
        target = Tagged(people=frozenset({person_id}), area_paths=someone.area_paths)
        require(policy.AUTHORITY, "tagPerson", actor, target)
        whom = (TagSubject.PERSON, person_id)
        made = await _entered(actor, whom, target, draft, key=idempotency_key)
        if not made.replayed and actor.person_id == person_id:
            await database.execute(_ALLOW, made.id, None, CONSENT_TEXT_VERSION, person_id)
        return await _kept(actor, "tagPerson", made, community_id, key=idempotency_key)


async def tag_household(
    actor: Actor, household_id: UUID, draft: TagDraft, *, idempotency_key: UUID | None = None
) -> Made:
    """Say something of a household. Raises NotFound, TagKindUnfit, TagStands, DayImpossible."""
    async with database.transaction():
        row, place = await targets.household(household_id, path=("input", "householdId"))
        target = await _household_target(household_id, place.area_path)
        require(policy.AUTHORITY, "tagHousehold", actor, target)
        whom = (TagSubject.HOUSEHOLD, household_id)
        made = await _entered(actor, whom, target, draft, key=idempotency_key)
        return await _kept(actor, "tagHousehold", made, row["community_id"], key=idempotency_key)


async def _household_target(household_id: UUID, area_path: str) -> Tagged:
    rows = await database.fetch(_MEMBERS, household_id, await clock.today())
    return Tagged(people=frozenset(row["person_id"] for row in rows), area_paths=(area_path,))


async def _entered(
    actor: Actor,
    whom: tuple[TagSubject, UUID],
    target: Tagged,
    draft: TagDraft,
    *,
    key: UUID | None,
) -> Made:
    subject, subject_id = whom
    today = await clock.today()
    index = kind_index(draft.code)
    given: Mapping[str, object] = {"of": subject_id, "kind": index.hex(), "since": draft.since}
    if before := await once.earlier(actor, key, "tag", given):
        return before
    kind = await tag_kinds.kind_for(draft.code, subject, target.area_paths)
    source = texts.line(draft.source, path=("input", "source"), longest=200)
    since = draft.since or today
    review_on = draft.review_on or today + _MONTH * int(kind["review_months"])
    _require_days(since, review_on, today=today)
    tag_id = database.new_id()
    person_id = subject_id if subject is TagSubject.PERSON else None
    household_id = None if subject is TagSubject.PERSON else subject_id
    try:
        await database.execute(
            _ENTER,
            *(tag_id, person_id, household_id, index),
            *(_sealed(draft.code, "kind_sealed", tag_id), _sealed(source, "source_sealed", tag_id)),
            *(kind["sensitivity"] == "sensitive", kind["needs_consent"]),
            *(since, review_on, actor.person_id),
        )
    except asyncpg.UniqueViolationError:
        raise TagStands(path=("input", "code")) from None
    await outbox.record(TagEntered(tag_id=tag_id, person_id=person_id, household_id=household_id))
    return Made(id=tag_id)


def _require_days(since: date, review_on: date, *, today: date) -> None:
    if not date(1900, 1, 1) <= since <= today:
        raise DayImpossible(path=("input", "since"))
    if not today < review_on <= today + _LONGEST_AHEAD:
        raise DayImpossible(path=("input", "reviewOn"))


def _sealed(text: str, column: str, tag_id: UUID) -> bytes:
    return crypto.seal(text, table=TABLE, column=column, row=tag_id)


async def _kept(
    actor: Actor, command: str, made: Made, community_id: UUID | None, *, key: UUID | None
) -> Made:
    if made.replayed:
        return made
    await once.made(actor, key, made.id)
    await _audited(actor, command, community_id, made.id)
    return made


async def _audited(actor: Actor, command: str, community_id: UUID | None, tag_id: UUID) -> None:
    """Keep who did it; of which kind the tag is, the chain does not say."""
    await audit.record(
        actor, command=command, chain=community_id, subject=("tag", tag_id), details={}
    )


async def _held(actor: Actor, command: str, tag_id: UUID) -> tuple[Row, UUID | None]:
    """Lock a tag that stands, and judge whether the actor may. Raises NotFound, TagEnded."""
    row = await database.fetch_one(_TAG, tag_id)
    if row is None:
        raise NotFound(path=("input", "tagId"))
    if row["person_id"] is not None:
        _, someone, community_id = await targets.person(row["person_id"], path=("input", "tagId"))
        target = Tagged(people=frozenset({row["person_id"]}), area_paths=someone.area_paths)
    else:
        household, place = await targets.household(row["household_id"], path=("input", "tagId"))
        community_id = household["community_id"]
        target = await _household_target(row["household_id"], place.area_path)
    require(policy.AUTHORITY, command, actor, target)
    if row["ended_at"] is not None:
        raise TagEnded(path=("input", "tagId"))
    return row, community_id


async def renew_tag(actor: Actor, tag_id: UUID, *, review_on: date) -> None:
    """Find that a tag is still true, until a later day. Raises DayImpossible, TagEnded."""
    async with database.transaction():
        row, community_id = await _held(actor, "renewTag", tag_id)
        _require_days(row["since"], review_on, today=await clock.today())
        await database.execute(_RENEW, tag_id, review_on)
        await _audited(actor, "renewTag", community_id, tag_id)


async def end_tag(actor: Actor, tag_id: UUID) -> None:
    """Let a tag be said no more, by staff or by whom it is said of."""
    async with database.transaction():
        _, community_id = await _held(actor, "endTag", tag_id)
        await database.execute(_END, tag_id, actor.person_id)
        await _audited(actor, "endTag", community_id, tag_id)


async def allow_tag_use(actor: Actor, tag_id: UUID, consent: TagConsent | None = None) -> None:
    """Allow that a tag is used to reach whom it is said of.

    They do it themselves; staff enter a consent that was given on paper, aloud or by a guardian.
    Raises TagNeedsNoConsent; Forbidden where staff bring no such consent.
    """
    async with database.transaction():
        row, community_id = await _held(actor, "allowTagUse", tag_id)
        if not row["needs_consent"]:
            raise TagNeedsNoConsent(path=("input", "tagId"))
        own = actor.person_id is not None and row["person_id"] == actor.person_id
        if consent is None and not own and row["person_id"] is not None:
            raise Forbidden
        await database.execute(
            _ALLOW,
            tag_id,
            consent.form if consent else None,
            consent.text_version if consent else CONSENT_TEXT_VERSION,
            actor.person_id,
        )
        await _audited(actor, "allowTagUse", community_id, tag_id)


async def withdraw_tag_use(actor: Actor, tag_id: UUID) -> None:
    """Take the consent back; from now on the tag reaches nobody. Raises TagNeedsNoConsent."""
    async with database.transaction():
        row, community_id = await _held(actor, "withdrawTagUse", tag_id)
        if not row["needs_consent"]:
            raise TagNeedsNoConsent(path=("input", "tagId"))
        await database.execute(_WITHDRAW, tag_id)
        await _audited(actor, "withdrawTagUse", community_id, tag_id)


async def contest_tag(actor: Actor, tag_id: UUID, *, reason: str) -> None:
    """Say that a tag is not true; until somebody else has answered it reaches nobody.

    Raises TagContestOpen.
    """
    async with database.transaction():
        row, community_id = await _held(actor, "contestTag", tag_id)
        if row["contested_at"] is not None and row["settled_at"] is None:
            raise TagContestOpen(path=("input", "tagId"))
        said = texts.line(reason, path=("input", "reason"), longest=200)
        sealed = _sealed(said, "contest_sealed", tag_id)
        await database.execute(_CONTEST, tag_id, actor.person_id, sealed)
        path = await _path_of(row)
        await outbox.record(TagContested(tag_id=tag_id, area_path=path))
        await _audited(actor, "contestTag", community_id, tag_id)


_PATH = """
SELECT a.path FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id
JOIN membership_area a ON a.id = h.area_id
WHERE (r.person_id = $1 OR r.household_id = $2) AND r.state IN ('claimed', 'verified')
ORDER BY r.id LIMIT 1
"""


async def _path_of(row: Row) -> str:
    return await database.fetch_value(_PATH, row["person_id"], row["household_id"]) or ""


async def settle_tag_contest(actor: Actor, tag_id: UUID, *, stands: bool, answer: str) -> None:
    """Answer whom the tag is said of: it stands, or it ends.

    Raises TagNotContested, and TagSetByYou for whoever set it.
    """
    async with database.transaction():
        row, community_id = await _held(actor, "settleTagContest", tag_id)
        if row["contested_at"] is None or row["settled_at"] is not None:
            raise TagNotContested(path=("input", "tagId"))
        if actor.person_id in {row["set_by_id"], row["contested_by_id"]}:
            raise TagSetByYou(path=("input", "tagId"))
        said = texts.line(answer, path=("input", "answer"), longest=200)
        sealed = _sealed(said, "answer_sealed", tag_id)
        await database.execute(_SETTLE, tag_id, actor.person_id, sealed, stands)
        await outbox.record(
            TagContestSettled(tag_id=tag_id, person_id=row["contested_by_id"], stands=stands)
        )
        await _audited(actor, "settleTagContest", community_id, tag_id)


async def open_tags(
    actor: Actor, *, person_id: UUID | None = None, household_id: UUID | None = None
) -> list[TagTold]:
    """Read what is said of somebody, as staff; each tag read is audited."""
    assert (person_id is None) != (household_id is None), "of exactly one"
    async with database.transaction():
        if person_id is not None:
            path = ("input", "personId")
            _, someone, community_id = await targets.person(person_id, path=path)
            target = Tagged(people=frozenset({person_id}), area_paths=someone.area_paths)
        else:
            assert household_id is not None
            household, place = await targets.household(household_id, path=("input", "householdId"))
            community_id = household["community_id"]
            target = await _household_target(household_id, place.area_path)
        require(policy.AUTHORITY, "openTags", actor, target)
        rows = await tags.tags_of(person_id=person_id, household_id=household_id)
        if rows:
            ids = [row["id"] for row in rows]
            await audit.record_read(
                actor, chain=community_id, kind="tag", ids=ids, fields=["kind", "source"]
            )
        return [tags.told(row) for row in rows]

"""Who is told what another is told, and who is here no more.

The helped name a helper themselves, or staff enter one on a paper; the helped, the helper and
staff may end it. That somebody died is recorded by staff; one's account one closes oneself, and
signing in again opens it.
"""

from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, database, outbox
from domains.kernel.actor import Actor, require
from domains.kernel.errors import NotFound, SignInRequired
from domains.membership import policy
from domains.membership.errors import DayImpossible, HelperIsPerson
from domains.membership.errors.care import (
    DepartureMissing,
    DepartureRecorded,
    GuardianConsentUnfit,
    HelperEnded,
    HelperNamed,
    OwnDeparture,
    TooManyHelpers,
)
from domains.membership.events import (
    PersonDeparted,
    PersonHelperEnded,
    PersonHelperNamed,
    PersonReturned,
)
from domains.membership.queries import people
from domains.membership.rules import texts
from domains.membership.service import once, sessions, targets
from domains.membership.values import ConsentForm, DepartureKind, HelperKind, Made

MOST_HELPERS = 5

_NAME = """
INSERT INTO membership_person_helper
    (id, person_id, helper_id, kind, consent, note, starts_on, ends_on, entered_by_id, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kernel_now())
ON CONFLICT (person_id, helper_id) WHERE ended_at IS NULL DO NOTHING
"""
_LIVE = """
SELECT count(*) FROM membership_person_helper WHERE person_id = $1 AND ended_at IS NULL
"""
_BOND = "SELECT * FROM membership_person_helper WHERE id = $1 FOR UPDATE"
_END = """
UPDATE membership_person_helper SET ended_at = kernel_now(), ended_by_id = $2 WHERE id = $1
"""
_DEPART = """
INSERT INTO membership_departure (id, person_id, kind, since, note, recorded_by_id, recorded_at)
VALUES ($1, $2, $3, $4, $5, $6, kernel_now())
ON CONFLICT (person_id) WHERE undone_at IS NULL DO NOTHING
"""
_RETURN = """
UPDATE membership_departure SET undone_at = kernel_now(), undone_by_id = $2
WHERE person_id = $1 AND undone_at IS NULL AND ($3::text IS NULL OR kind = $3)
"""


async def name_helper(
    actor: Actor, helper_id: UUID, *, idempotency_key: UUID | None = None
) -> Made:
    """Let somebody whom the actor knows be told what the actor is told."""
    require(policy.AUTHORITY, "nameHelper", actor)
    person_id = _oneself(actor)
    async with database.transaction():
        row, _, community_id = await targets.person(person_id, path=("input",))
        await _require_helper(actor, row["id"], helper_id)
        given = {"helper": helper_id}
        if before := await once.earlier(actor, idempotency_key, "nameHelper", given):
            return before
        made_id = await _name(actor, person_id, helper_id, kind=HelperKind.HELPER)
        made = await once.made(actor, idempotency_key, made_id)
        await _told(actor, "nameHelper", community_id, "personHelper", made_id)
        return made


async def name_helper_for(
    actor: Actor,
    person_id: UUID,
    helper_id: UUID,
    *,
    kind: HelperKind,
    consent: ConsentForm,
    note: str,
    ends_on: date | None = None,
    idempotency_key: UUID | None = None,
) -> Made:
    """Enter a helper or guardian for somebody, on a paper that the note names."""
    async with database.transaction():
        row, someone, community_id = await targets.person(person_id, path=("input", "personId"))
        require(policy.AUTHORITY, "nameHelperFor", actor, someone)
        if (kind is HelperKind.GUARDIAN) != (consent is ConsentForm.GUARDIAN):
            raise GuardianConsentUnfit(path=("input", "consent"))
        note = texts.line(note, path=("input", "note"), longest=200)
        await _require_helper(actor, row["id"], helper_id)
        given = {"person": person_id, "helper": helper_id, "kind": kind, "consent": consent}
        if before := await once.earlier(actor, idempotency_key, "nameHelperFor", given):
            return before
        made_id = await _name(
            actor, person_id, helper_id, kind=kind, consent=consent, note=note, ends_on=ends_on
        )
        made = await once.made(actor, idempotency_key, made_id)
        await _told(actor, "nameHelperFor", community_id, "personHelper", made_id)
        return made


async def end_helper(actor: Actor, bond_id: UUID) -> None:
    """End it: the helped, the helper, or staff. Raises HelperEnded where it has ended."""
    async with database.transaction():
        bond = await database.fetch_one(_BOND, bond_id)
        if bond is None:
            raise NotFound(path=("input", "helperId"))
        _, someone, community_id = await targets.person(bond["person_id"], path=("input",))
        care = policy.Care(someone.person_id, someone.area_paths, bond["helper_id"])
        require(policy.AUTHORITY, "endHelper", actor, care)
        if bond["ended_at"] is not None:
            raise HelperEnded(path=("input", "helperId"))
        await database.execute(_END, bond_id, actor.person_id)
        await outbox.record(PersonHelperEnded(bond_id, bond["person_id"], bond["helper_id"]))
        await _told(actor, "endHelper", community_id, "personHelper", bond_id)


async def record_death(actor: Actor, person_id: UUID, *, since: date, note: str = "") -> None:
    """Record that somebody died: nothing is told to them any more, and their sessions close."""
    async with database.transaction():
        _, someone, community_id = await targets.person(person_id, path=("input", "personId"))
        require(policy.AUTHORITY, "recordDeath", actor, someone)
        if actor.person_id == person_id:
            raise OwnDeparture(path=("input", "personId"))
        if since > await clock.today():
            raise DayImpossible(path=("input", "since"))
        said = texts.optional_line(note, path=("input", "note"), longest=200) or ""
        await _depart(actor, person_id, DepartureKind.DECEASED, since, said)
        await _told(actor, "recordDeath", community_id, "person", person_id)


async def undo_departure(actor: Actor, person_id: UUID) -> None:
    """Take back that somebody is here no more. Raises DepartureMissing."""
    async with database.transaction():
        _, someone, community_id = await targets.person(person_id, path=("input", "personId"))
        require(policy.AUTHORITY, "undoPersonDeparture", actor, someone)
        if not await database.execute(_RETURN, person_id, actor.person_id, None):
            raise DepartureMissing(path=("input", "personId"))
        await outbox.record(PersonReturned(person_id))
        await _told(actor, "undoPersonDeparture", community_id, "person", person_id)


async def close_account(actor: Actor) -> None:
    """Close the actor's own account: nothing is told any more, and every session closes."""
    require(policy.AUTHORITY, "closeAccount", actor)
    person_id = _oneself(actor)
    async with database.transaction():
        _, _, community_id = await targets.person(person_id, path=("input",))
        await _depart(actor, person_id, DepartureKind.CLOSED, await clock.today(), "")
        await _told(actor, "closeAccount", community_id, "person", person_id)


async def _depart(
    actor: Actor, person_id: UUID, kind: DepartureKind, since: date, note: str
) -> None:
    written = await database.execute(
        _DEPART, database.new_id(), person_id, kind, since, note, actor.person_id
    )
    if not written:
        raise DepartureRecorded(path=("input", "personId"))
    await sessions.close_all(person_id)
    await outbox.record(PersonDeparted(person_id, kind))


async def _name(
    actor: Actor,
    person_id: UUID,
    helper_id: UUID,
    *,
    kind: HelperKind,
    consent: ConsentForm | None = None,
    note: str = "",
    ends_on: date | None = None,
) -> UUID:
    """Bind two people; the helped person's row is held, so that nobody gets one too many."""
    today = await clock.today()
    if ends_on is not None and ends_on < today:
        raise DayImpossible(path=("input", "endsOn"))
    bond_id = database.new_id()
    written = await database.execute(
        _NAME, bond_id, person_id, helper_id, kind, consent, note, today, ends_on, actor.person_id
    )
    if not written:
        raise HelperNamed(path=("input", "helperId"))
    if await database.fetch_value(_LIVE, person_id) > MOST_HELPERS:
        raise TooManyHelpers(path=("input",), most=MOST_HELPERS)
    await outbox.record(PersonHelperNamed(bond_id, person_id, helper_id))
    return bond_id


async def _require_helper(actor: Actor, person_id: UUID, helper_id: UUID) -> None:
    if person_id == helper_id:
        raise HelperIsPerson(path=("input", "helperId"))
    if (await people.people_by_id(actor, [helper_id]))[0] is None:
        raise NotFound(path=("input", "helperId"))


async def _told(
    actor: Actor, command: str, community_id: UUID | None, kind: str, subject_id: UUID
) -> None:
    await audit.record(
        actor, command=command, chain=community_id, subject=(kind, subject_id), details={}
    )


def _oneself(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise SignInRequired
    return actor.person_id

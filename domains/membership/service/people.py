"""Commands over people. Phone and identity numbers are sealed, and found by blind index."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domains.kernel import audit, clock, crypto, database
from domains.kernel.actor import Actor, require
from domains.kernel.errors import Forbidden
from domains.membership import policy
from domains.membership.errors import DayImpossible, IdentityContradicted
from domains.membership.queries import people
from domains.membership.rules import numbers, phones, texts
from domains.membership.service import conflicts, once, residencies, targets
from domains.membership.values import Gender, Made, PersonDetails, ResidencyKind

EARLIEST_BIRTH = date(1900, 1, 1)

_CREATE = """
INSERT INTO membership_person
    (id, name, gender, birth_date, phone_sealed, phone_index, identity_sealed, identity_index,
     has_political_rights, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, kernel_now())
"""
_EDIT = """
UPDATE membership_person
SET name = $2, gender = $3, birth_date = $4,
    phone_sealed = $5, phone_index = $6, identity_sealed = $7, identity_index = $8,
    has_political_rights = $9, version = version + 1
WHERE id = $1
"""


@dataclass(frozen=True, slots=True)
class _Checked:
    """Details that are well formed and agree with one another."""

    name: str
    gender: Gender | None
    birth_date: date | None
    phone: str | None
    identity_number: str | None
    has_political_rights: bool

    def indexes(self) -> dict[str, str | None]:
        """Return the blind indexes, for the idempotency hash."""
        return {
            name: index.hex() if index else None
            for name, index in (
                ("phone", _index(self.phone, "phone")),
                ("identity", _index(self.identity_number, "identity")),
            )
        }

    def row(self, person_id: UUID) -> tuple[object, ...]:
        """Return the values of the person's row, with the numbers sealed to it."""
        return (
            *(person_id, self.name, self.gender, self.birth_date),
            _sealed(self.phone, "phone_sealed", person_id),
            _index(self.phone, "phone"),
            _sealed(self.identity_number, "identity_sealed", person_id),
            _index(self.identity_number, "identity"),
            self.has_political_rights,
        )


def _sealed(text: str | None, column: str, person_id: UUID) -> bytes | None:
    if text is None:
        return None
    return crypto.seal(text, table="membership_person", column=column, row=person_id)


def _index(text: str | None, purpose: str) -> bytes | None:
    return None if text is None else crypto.blind_index(text, purpose=purpose)


def _checked(details: PersonDetails, *, today: date) -> _Checked:
    """Read the details; an identity number fills in what was left open, and is never gainsaid."""
    gender, born = details.gender, details.birth_date
    identity = None
    if details.identity_number:
        found = numbers.identity_number(details.identity_number)
        if born not in {None, found.birth_date} or gender not in {None, found.gender}:
            raise IdentityContradicted(path=("input", "identityNumber"))
        identity, born, gender = found.text, found.birth_date, found.gender
    if born is not None and not EARLIEST_BIRTH <= born <= today:
        raise DayImpossible(path=("input", "birthDate"))
    return _Checked(
        name=texts.line(details.name, path=("input", "name"), longest=60),
        gender=gender,
        birth_date=born,
        phone=phones.normalised(details.phone) if details.phone else None,
        identity_number=identity,
        has_political_rights=details.has_political_rights,
    )


async def create_person(
    actor: Actor,
    *,
    area_id: UUID,
    details: PersonDetails,
    household_id: UUID | None = None,
    kind: ResidencyKind = ResidencyKind.MEMBER,
    since: date | None = None,
    idempotency_key: UUID | None = None,
) -> Made:
    """Enter a person; with a household, as verified resident of it.

    Without a household only the platform's administrators (and the system) may enter somebody:
    those who work in an area and do not live there.
    """
    async with database.transaction():
        if household_id is not None:
            row, place = await targets.household(household_id, path=("input", "householdId"))
        else:
            row, place = await targets.area(area_id, path=("input", "areaId"))
        require(policy.AUTHORITY, "createPerson", actor, place)
        if household_id is None:
            nowhere = policy.Someone(person_id=database.new_id(), area_paths=())
            if not policy.AUTHORITY["editPerson"].may(actor, nowhere):
                raise Forbidden
        today = await clock.today()
        checked = _checked(details, today=today)
        given = {
            "household": household_id,
            "name": checked.name,
            "born": checked.birth_date,
            "kind": kind,
            "since": since,
        } | checked.indexes()
        if before := await once.earlier(actor, idempotency_key, "createPerson", given):
            return before
        person_id = database.new_id()
        with conflicts.told():
            await database.execute(_CREATE, *checked.row(person_id))
        if household_id is not None:
            await residencies.enter_verified(
                actor, person_id, household_id, kind=kind, since=since or today, today=today
            )
        made = await once.made(actor, idempotency_key, person_id)
        await audit.record(
            actor,
            command="createPerson",
            chain=row["community_id"],
            subject=("person", person_id),
            details={},
        )
    return made


async def edit_person(
    actor: Actor, person_id: UUID, *, details: PersonDetails, expected_version: int
) -> None:
    """Put what is known of a person right. A number left open (None) stays as it is."""
    async with database.transaction():
        row, target, community_id = await targets.person(person_id, path=("input", "personId"))
        require(policy.AUTHORITY, "editPerson", actor, target)
        targets.require_version(row, expected_version)
        checked = _checked(_completed(details, row), today=await clock.today())
        with conflicts.told():
            await database.execute(_EDIT, *checked.row(person_id))
        await audit.record(
            actor,
            command="editPerson",
            chain=community_id,
            subject=("person", person_id),
            details={"version": row["version"] + 1},
        )


def _completed(details: PersonDetails, row: database.Row) -> PersonDetails:
    """Fill the numbers that were left open with those that are kept."""
    kept = numbers_of(row)
    return PersonDetails(
        name=details.name,
        gender=details.gender,
        birth_date=details.birth_date,
        phone=details.phone or kept.phone,
        identity_number=details.identity_number or kept.identity_number,
        has_political_rights=details.has_political_rights,
    )


@dataclass(frozen=True, slots=True)
class PersonalNumbers:
    """A person's numbers, unmasked: shown once, to who may, and never logged."""

    phone: str | None
    identity_number: str | None

    def __repr__(self) -> str:
        """Show nothing."""
        return "PersonalNumbers(…)"


def numbers_of(row: database.Row) -> PersonalNumbers:
    """Open the sealed numbers of a person's row."""

    return PersonalNumbers(
        phone=people.opened(row, "phone_sealed"),
        identity_number=people.opened(row, "identity_sealed"),
    )


async def reveal_personal_numbers(actor: Actor, person_id: UUID) -> PersonalNumbers:
    """Read a person's phone and identity number unmasked; the reading is audited."""
    async with database.transaction():
        row, target, community_id = await targets.person(person_id, path=("input", "personId"))
        require(policy.AUTHORITY, "revealPersonalNumbers", actor, target)
        found = numbers_of(row)
        await audit.record_read(
            actor,
            chain=community_id,
            kind="person",
            ids=[person_id],
            fields=["identity_number", "phone"],
        )
    return found

"""Issuing: minutes come into being for a confirmed record of service, once a record.

The scheme in force on the day of the service says what it earns and where it is capped;
what is over a cap goes to the donation pool or is refused, with the reason. Caps are
reckoned over all that a person is credited, wherever they served.

Everything here runs inside the transaction of the command that it follows from.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from domains.kernel import clock, database, idempotency, outbox
from domains.kernel.actor import SYSTEM
from domains.kernel.database import Row
from domains.kernel.errors import InvalidInput
from domains.timebank.errors import (
    MinutesOutOfRange,
    ServiceDiffers,
    ServiceInFuture,
    TransferReversed,
)
from domains.timebank.events import MinutesIssued, MinutesTakenBack
from domains.timebank.rules import earning
from domains.timebank.rules.earning import Split
from domains.timebank.rules.scheme import Scheme
from domains.timebank.service import accounts, ledger, schemes
from domains.timebank.service.schemes import InForce
from domains.timebank.values import (
    MOST_MINUTES,
    AccountKind,
    CapKind,
    IssueReason,
    Reference,
    TransferKind,
)

# One person's records are issued for one after the other: caps are sums over many rows.
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('timebank.issuing:' || $1::uuid::text, 0))"
_STANDING = """
SELECT i.*, t.record_id IS NOT NULL AS is_taken_back FROM timebank_issuing i
LEFT JOIN timebank_taken_back t ON t.record_id = i.record_id
WHERE i.record_id = $1
"""
_CREDITED = """
SELECT coalesce(sum(credited_minutes) FILTER (WHERE served_on = $2), 0)::bigint AS day,
       coalesce(sum(credited_minutes) FILTER (
           WHERE date_trunc('year', served_on) = date_trunc('year', $2::date)), 0)::bigint AS year,
       coalesce(sum(credited_minutes), 0)::bigint AS total
FROM timebank_issuing i
WHERE person_id = $1
  AND NOT EXISTS (SELECT FROM timebank_taken_back t WHERE t.record_id = i.record_id)
"""
_HELD = """
SELECT balance_minutes + pending_in_minutes AS held, ceiling_minutes
FROM timebank_account WHERE id = $1 FOR NO KEY UPDATE
"""
_BORN = "SELECT birth_date FROM membership_person WHERE id = $1"
_KEEP = """
INSERT INTO timebank_issuing (record_id, person_id, account_id, community_id, rule_set_id,
    input_hash, service_class, service_minutes, served_on, in_group, credited_minutes,
    donated_minutes, refused_minutes, reasons, credit_id, donation_id, issued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, kernel_now())
"""
_TAKE_BACK = """
INSERT INTO timebank_taken_back (record_id, reason, at) VALUES ($1, $2, kernel_now())
"""


@dataclass(frozen=True, slots=True)
class Service:
    """A confirmed record of service: whose, where, of what class, how long, on what day.

    `record_id` is that of the record's version: a corrected record is taken back, and issued
    for anew under its new version's id.
    """

    record_id: UUID
    person_id: UUID
    community_id: UUID
    service_class: str
    minutes: int
    served_on: date
    in_group: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """What a service earned, in the ledger's minutes; `account_id` is None where no scheme is."""

    credited_minutes: int
    donated_minutes: int
    refused_minutes: int
    reasons: tuple[IssueReason, ...]
    account_id: UUID | None
    replayed: bool = False


_NO_SCHEME = Issued(0, 0, 0, (IssueReason.NO_SCHEME,), None)


async def issue_for(service: Service) -> Issued:
    """Issue minutes for a service record, once a record; runs inside the open transaction.

    Where the community had no scheme on the day, nothing is issued or kept. Raises
    ServiceInFuture, ServiceDiffers where the record was issued for with other content,
    MinutesOutOfRange, InvalidInput where the person is unknown.
    """
    database.require_open_transaction()
    if not 1 <= service.minutes <= MOST_MINUTES:
        raise MinutesOutOfRange(path=("input", "minutes"), most=MOST_MINUTES)
    if service.served_on > await clock.today():
        raise ServiceInFuture(path=("input", "servedOn"))
    await database.execute(_LOCK, service.person_id)
    digest = idempotency.hash_of(_said(service))
    earlier = await database.fetch_one(_STANDING, service.record_id)
    if earlier is not None:
        if bytes(earlier["input_hash"]) != digest:
            raise ServiceDiffers
        return _issued(earlier, replayed=True)
    found = await schemes.standing(service.community_id, on=service.served_on)
    return _NO_SCHEME if found is None else await _issue(found, service, digest)


async def take_back(record_id: UUID, *, reason: str) -> bool:
    """Reverse what a record earned, once; returns whether there was anything to take back.

    Runs inside the open transaction, for records that are corrected or revoked. Raises
    InsufficientBalance where the minutes are spent already.
    """
    database.require_open_transaction()
    row = await database.fetch_one(_STANDING, record_id)
    if row is None or row["is_taken_back"]:
        return False
    await database.execute(_LOCK, row["person_id"])
    await send_back(row, reason=reason)
    await _mark(row, reason=reason)
    return True


async def release(record_id: UUID, *, reason: str) -> Row:
    """Let a record that was issued for count no more, before its minutes are sent back."""
    row = await database.fetch_one(_STANDING, record_id)
    assert row is not None, "it was issued for"
    await database.execute(_LOCK, row["person_id"])
    await _mark(row, reason=reason)
    return row


async def send_back(
    row: Row, *, reason: str, names: Sequence[str] = ("credit_id", "donation_id")
) -> None:
    """Reverse the transfers of what was issued; raises InsufficientBalance, AccountClosed."""
    for name in names:
        if row[name] is not None:
            key = uuid5(row["record_id"], f"take back {name}")
            # Where two of the staff reversed it before, nothing is left to take.
            with suppress(TransferReversed):
                await ledger.reverse(SYSTEM, row[name], memo=reason, idempotency_key=key)


async def _mark(row: Row, *, reason: str) -> None:
    await database.execute(_TAKE_BACK, row["record_id"], reason)
    event = MinutesTakenBack(row["community_id"], row["account_id"], row["record_id"])
    await outbox.record(event)


async def issued_for(record_ids: Sequence[UUID]) -> dict[UUID, Issued]:
    """Return what records earned, whoever asks; those for which nothing was issued are absent."""
    rows = await database.fetch(
        "SELECT * FROM timebank_issuing WHERE record_id = ANY ($1::uuid[])", list(record_ids)
    )
    return {row["record_id"]: _issued(row, replayed=False) for row in rows}


async def _issue(found: InForce, service: Service, digest: bytes) -> Issued:
    place = await schemes.place_of(service.community_id)
    assert place is not None, "a scheme stands in a community"
    account_id = await accounts.opened(
        found.scheme,
        place.area_path,
        service.community_id,
        kind=AccountKind.PERSON,
        owner_id=service.person_id,
    )
    split = await _split(found.scheme, service, account_id)
    own = await ledger.open_scheme(service.community_id, place.area_path)
    credit_id = await _move(service, own, account_id, split.credited)
    donation_id = await _move(service, own, own[AccountKind.DONATION_POOL], split.donated)
    await database.execute(
        _KEEP,
        *(service.record_id, service.person_id, account_id, service.community_id),
        *(found.rule_set.id, digest, service.service_class, service.minutes, service.served_on),
        *(service.in_group, split.credited, split.donated, split.refused),
        *(list(split.reasons), credit_id, donation_id),
    )
    event = MinutesIssued(
        service.community_id,
        account_id,
        service.record_id,
        *(split.credited, split.donated, split.refused),
    )
    await outbox.record(event)
    return Issued(split.credited, split.donated, split.refused, split.reasons, account_id)


async def _split(scheme: Scheme, service: Service, account_id: UUID) -> Split:
    minutes = earning.earned(scheme, service.service_class, service.minutes)
    if minutes is None:
        return Split(0, 0, 0, (IssueReason.CLASS_NOT_COUNTED,))
    barred = await _barred(scheme, service)
    if barred is not None:
        return Split(0, 0, minutes, (barred,))
    before, room = await _credited_before(service, account_id)
    split = earning.split(scheme, minutes, credited_before=before, in_group=service.in_group)
    return earning.within(split, room)


async def _barred(scheme: Scheme, service: Service) -> IssueReason | None:
    """Return why the person may not earn, by their age on the day; None where they may."""
    row = await database.fetch_one(_BORN, service.person_id)
    if row is None:
        raise InvalidInput(path=("input", "personId"), zh="查无此人。", en="nobody has this id.")
    if scheme.earn_from_age is None:
        return None
    if row["birth_date"] is None:
        return IssueReason.AGE_UNKNOWN
    age = earning.age_on(row["birth_date"], service.served_on)
    return IssueReason.TOO_YOUNG if age < scheme.earn_from_age else None


async def _credited_before(
    service: Service, account_id: UUID
) -> tuple[Mapping[CapKind, int], int | None]:
    """Return what caps are reckoned over, and what the account's own ceiling leaves free."""
    sums = await database.fetch_one(_CREDITED, service.person_id, service.served_on)
    held = await database.fetch_one(_HELD, account_id)
    assert sums is not None, "an aggregate is one row"
    assert held is not None, "the account was opened"
    before = {
        CapKind.DAY: sums["day"],
        CapKind.YEAR: sums["year"],
        CapKind.TOTAL: sums["total"],
        CapKind.BALANCE: held["held"],
    }
    ceiling = held["ceiling_minutes"]
    return before, None if ceiling is None else max(0, ceiling - held["held"])


async def _move(
    service: Service, own: Mapping[AccountKind, UUID], to_id: UUID, minutes: int
) -> UUID | None:
    if minutes == 0:
        return None
    movement = ledger.Movement(
        TransferKind.ISSUE,
        own[AccountKind.ISSUANCE],
        to_id,
        minutes,
        Reference("service_record", service.record_id),
    )
    key = uuid5(service.record_id, f"issue to {to_id}")
    return (await ledger.move(SYSTEM, movement, idempotency_key=key)).transfer_id


def _said(service: Service) -> dict[str, Any]:
    return {
        "person": service.person_id,
        "community": service.community_id,
        "class": service.service_class,
        "minutes": service.minutes,
        "servedOn": service.served_on,
        "inGroup": service.in_group,
    }


def _issued(row: Row, *, replayed: bool) -> Issued:
    return Issued(
        row["credited_minutes"],
        row["donated_minutes"],
        row["refused_minutes"],
        tuple(IssueReason(each) for each in row["reasons"]),
        row["account_id"],
        replayed,
    )

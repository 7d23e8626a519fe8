import asyncio
import contextvars
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from domains.kernel import clock, database
from domains.kernel.errors import IdempotencyKeyReused, NotFound
from domains.timebank.errors import (
    BalanceTooHigh,
    InsufficientBalance,
    MinutesOutOfRange,
    OtherCommunity,
    TransferLapsed,
    TransferNotPending,
    TransferNotReversible,
    TransferResolved,
    TransferReversed,
    TransferToSelf,
)
from domains.timebank.queries.ledger import balances, faults
from domains.timebank.service import ledger
from domains.timebank.values import AccountKind, TransferKind
from tests.timebank.factories import a_movement, a_scheme, an_account, somebody

SOUND = {
    "global_sum": 0,
    "accounts_unlike_their_entries": 0,
    "accounts_unlike_what_waits": 0,
    "accounts_out_of_bounds": 0,
    "transfers_without_legs": 0,
    "resolutions_without_legs": 0,
}


async def _held(*accounts):
    found = await balances(accounts)
    return [found[each]["balance_minutes"] for each in accounts]


async def test_minutes_go_from_one_account_to_another(db):
    lin, wang = await an_account(120), await an_account()

    moved = await ledger.move(somebody(), a_movement(lin, wang, 50), idempotency_key=uuid4())

    assert moved.balance_minutes == 70
    assert await _held(lin, wang) == [70, 50]
    assert await faults() == SOUND


async def test_what_is_issued_stands_against_the_scheme(db):
    scheme = await a_scheme()
    await an_account(90)

    assert await _held(scheme[AccountKind.ISSUANCE]) == [-90]


async def test_the_same_key_moves_minutes_once(db):
    lin, wang, giver, key = await an_account(100), await an_account(), somebody(), uuid4()

    first = await ledger.move(giver, a_movement(lin, wang, 30), idempotency_key=key)
    again = await ledger.move(giver, a_movement(lin, wang, 30), idempotency_key=key)

    assert (again.transfer_id, again.replayed) == (first.transfer_id, True)
    assert await _held(lin, wang) == [70, 30]


async def test_the_same_key_with_other_input_is_refused(db):
    lin, wang, giver, key = await an_account(100), await an_account(), somebody(), uuid4()
    await ledger.move(giver, a_movement(lin, wang, 30), idempotency_key=key)

    with pytest.raises(IdempotencyKeyReused):
        await ledger.move(giver, a_movement(lin, wang, 31), idempotency_key=key)

    assert await _held(lin, wang) == [70, 30]


async def test_of_64_who_spend_one_balance_at_once_as_many_succeed_as_it_holds(db):
    lin, wang = await an_account(200), await an_account()

    outcomes = await asyncio.gather(
        *(
            ledger.move(somebody(), a_movement(lin, wang, 30), idempotency_key=uuid4())
            for _ in range(64)
        ),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, InsufficientBalance)]
    assert (len(refused), len(outcomes) - len(refused)) == (58, 6)
    assert await _held(lin, wang) == [20, 180]
    assert await faults() == SOUND


@pytest.mark.parametrize("minutes", [0, -5, 600_001, 10**30])
async def test_an_amount_out_of_range_is_refused(db, minutes):
    lin, wang = await an_account(100), await an_account()

    with pytest.raises(MinutesOutOfRange):
        await ledger.move(somebody(), a_movement(lin, wang, minutes), idempotency_key=uuid4())

    assert await _held(lin, wang) == [100, 0]


async def test_nobody_transfers_to_the_same_account(db):
    lin = await an_account(100)

    with pytest.raises(TransferToSelf):
        await ledger.move(somebody(), a_movement(lin, lin, 10), idempotency_key=uuid4())

    assert await _held(lin) == [100]


async def test_minutes_do_not_cross_communities_without_a_rule(db):
    lin, far = await an_account(100), await an_account(community=uuid4())

    with pytest.raises(OtherCommunity):
        await ledger.move(somebody(), a_movement(lin, far, 10), idempotency_key=uuid4())
    with_rule = await ledger.move(
        somebody(), a_movement(lin, far, 10, crossing=True), idempotency_key=uuid4()
    )

    assert with_rule.balance_minutes == 90
    assert await _held(far) == [10]


async def test_an_unknown_account_is_not_found(db):
    lin = await an_account(100)

    with pytest.raises(NotFound):
        await ledger.move(somebody(), a_movement(lin, uuid4(), 10), idempotency_key=uuid4())

    assert await _held(lin) == [100]


async def test_a_ceiling_holds(db):
    lin, wang = await an_account(100), await an_account(ceiling=40)

    with pytest.raises(BalanceTooHigh):
        await ledger.move(somebody(), a_movement(lin, wang, 41), idempotency_key=uuid4())
    await ledger.move(somebody(), a_movement(lin, wang, 40), idempotency_key=uuid4())

    assert await _held(lin, wang) == [60, 40]


async def test_what_is_held_back_cannot_be_spent_twice(db):
    lin, wang = await an_account(100), await an_account()
    await ledger.move(somebody(), a_movement(lin, wang, 80, pending=True), idempotency_key=uuid4())

    with pytest.raises(InsufficientBalance) as refused:
        await ledger.move(somebody(), a_movement(lin, wang, 21), idempotency_key=uuid4())

    assert refused.value.details == {"available_minutes": 20}
    assert await _held(lin, wang) == [100, 0]


async def test_a_pending_transfer_is_posted_in_part_and_the_rest_returns(db):
    lin, wang, giver = await an_account(100), await an_account(), somebody()
    held = await ledger.move(
        giver, a_movement(lin, wang, 80, pending=True), idempotency_key=uuid4()
    )

    posted = await ledger.post(giver, held.transfer_id, minutes=50)

    assert posted == 50
    assert await _held(lin, wang) == [50, 50]
    assert (await balances([lin]))[lin]["available_minutes"] == 50
    assert await faults() == SOUND


async def test_a_pending_transfer_is_resolved_once(db):
    lin, wang, giver = await an_account(100), await an_account(), somebody()
    held = await ledger.move(
        giver, a_movement(lin, wang, 80, pending=True), idempotency_key=uuid4()
    )

    outcomes = await asyncio.gather(
        *(ledger.post(giver, held.transfer_id, minutes=each) for each in range(1, 9)),
        *(ledger.void(giver, held.transfer_id) for _ in range(8)),
        return_exceptions=True,
    )

    # Those who asked for what came to be are told so again; all others are refused.
    taken = {each for each in outcomes if not isinstance(each, TransferResolved)}
    assert len(taken) == 1
    assert (await _held(wang))[0] == (taken.pop() or 0)
    assert await faults() == SOUND


async def test_only_what_waits_can_be_resolved(db):
    lin, wang = await an_account(100), await an_account()
    done = await ledger.move(somebody(), a_movement(lin, wang, 10), idempotency_key=uuid4())

    with pytest.raises(TransferNotPending):
        await ledger.post(somebody(), done.transfer_id)
    with pytest.raises(TransferNotPending):
        await ledger.void(somebody(), uuid4())

    assert await _held(lin, wang) == [90, 10]


async def test_a_pending_transfer_expires_once_however_the_clock_jumps(moved_clock):
    lin, wang = await an_account(100), await an_account()
    until = await clock.now() + timedelta(hours=1)
    held = await ledger.move(
        somebody(),
        a_movement(lin, wang, 80, pending=True, expires_at=until),
        idempotency_key=uuid4(),
    )
    too_early = await ledger.expire_due_transfer()
    await moved_clock.advance(timedelta(hours=2))

    with pytest.raises(TransferLapsed):
        await ledger.post(somebody(), held.transfer_id)
    expired = await asyncio.gather(*(ledger.expire_due_transfer() for _ in range(4)))
    await moved_clock.advance(timedelta(hours=-2))
    again = await ledger.expire_due_transfer()

    assert (too_early, again) == (None, None)
    assert set(expired) <= {held.transfer_id, None}
    assert (await balances([lin]))[lin]["available_minutes"] == 100
    assert await database.fetch_value("SELECT count(*) FROM timebank_resolution") == 1


async def test_a_reversal_sends_back_what_was_posted_once(db):
    lin, wang, staff = await an_account(100), await an_account(), somebody()
    done = await ledger.move(somebody(), a_movement(lin, wang, 60), idempotency_key=uuid4())

    outcomes = await asyncio.gather(
        *(
            ledger.reverse(staff, done.transfer_id, memo="记错了", idempotency_key=uuid4())
            for _ in range(8)
        ),
        return_exceptions=True,
    )

    refused = [each for each in outcomes if isinstance(each, TransferReversed)]
    assert len(refused) == 7
    assert await _held(lin, wang) == [100, 0]
    assert await faults() == SOUND


async def test_what_was_spent_already_cannot_be_sent_back(db):
    lin, wang, zhao = await an_account(100), await an_account(), await an_account()
    done = await ledger.move(somebody(), a_movement(lin, wang, 60), idempotency_key=uuid4())
    await ledger.move(somebody(), a_movement(wang, zhao, 10), idempotency_key=uuid4())

    with pytest.raises(InsufficientBalance):
        await ledger.reverse(somebody(), done.transfer_id, memo="", idempotency_key=uuid4())

    assert await _held(lin, wang, zhao) == [40, 50, 10]


async def test_a_reversal_is_not_reversed(db):
    lin, wang = await an_account(100), await an_account()
    done = await ledger.move(somebody(), a_movement(lin, wang, 60), idempotency_key=uuid4())
    back = await ledger.reverse(somebody(), done.transfer_id, memo="", idempotency_key=uuid4())

    with pytest.raises(TransferNotReversible):
        await ledger.reverse(somebody(), back, memo="", idempotency_key=uuid4())

    assert await _held(lin, wang) == [100, 0]


async def test_crossing_payments_in_batches_do_not_wait_for_one_another_for_ever(db):
    lin, wang = await an_account(600), await an_account(600)

    await asyncio.gather(
        *(
            ledger.move(
                somebody(),
                a_movement(*((lin, wang) if each % 2 else (wang, lin)), 1),
                idempotency_key=uuid4(),
            )
            for each in range(200)
        )
    )

    assert await _held(lin, wang) == [600, 600]
    assert await faults() == SOUND


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timebank_entry SET minutes = minutes + 1",
        "DELETE FROM timebank_entry",
        "TRUNCATE timebank_entry",
        "UPDATE timebank_transfer SET minutes = 1",
        "DELETE FROM timebank_transfer",
        "DELETE FROM timebank_account",
    ],
)
async def test_the_ledger_refuses_to_be_changed(db, statement):
    lin = await an_account(100)

    with pytest.raises((asyncpg.RestrictViolationError, asyncpg.InsufficientPrivilegeError)):
        await database.execute(statement)

    assert await _held(lin) == [100]
    assert await faults() == SOUND


async def test_legs_that_do_not_sum_to_zero_are_refused_by_the_database(db):
    lin, wang = await an_account(100), await an_account()
    moved = await ledger.move(
        somebody(), a_movement(lin, wang, 10, pending=True), idempotency_key=uuid4()
    )

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await database.execute(
            "INSERT INTO timebank_entry (account_id, transfer_id, minutes, at)"
            " VALUES ($1, $2, 10, kernel_now())",
            wang,
            moved.transfer_id,
        )

    assert refused.value.constraint_name == "timebank_entry_zero_sum"
    assert await faults() == SOUND


async def test_the_database_itself_keeps_the_floor(db):
    lin = await an_account(100)

    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await database.execute(
            "UPDATE timebank_account SET balance_minutes = -1 WHERE id = $1", lin
        )

    assert refused.value.constraint_name == "timebank_account_floor"


async def test_a_holder_has_one_account_in_a_community(db):
    owner, here = uuid4(), uuid4()

    opened = await asyncio.gather(
        *(
            ledger.open_account(AccountKind.PERSON, owner, community_id=here, area_path="/1/")
            for _ in range(8)
        )
    )

    assert len(set(opened)) == 1


async def test_the_scheme_s_own_accounts_are_locked_by_nobody(db):
    scheme = await a_scheme()
    holders = [await an_account() for _ in range(2)]
    issue = [
        a_movement(scheme[AccountKind.ISSUANCE], each, 60, kind=TransferKind.ISSUE)
        for each in holders
    ]

    async with database.transaction():
        await ledger.move(somebody(), issue[0], idempotency_key=uuid4())
        # Another connection pays the other meanwhile, and does not wait.
        other = asyncio.create_task(_apart(issue[1]))
        assert await asyncio.wait_for(other, 30) == 60

    assert await _held(*holders, scheme[AccountKind.ISSUANCE]) == [60, 60, -120]


async def _apart(movement):
    return await asyncio.get_running_loop().create_task(
        _pay(movement), context=contextvars.Context()
    )


async def _pay(movement):
    await ledger.move(somebody(), movement, idempotency_key=uuid4())
    return (await balances([movement.to_id]))[movement.to_id]["balance_minutes"]


async def test_replaying_the_books_finds_what_was_changed_behind_their_back(db):
    lin, wang = await an_account(120), await an_account()
    await ledger.move(somebody(), a_movement(lin, wang, 10), idempotency_key=uuid4())

    async with database.transaction():
        for table in ("timebank_entry", "timebank_account"):
            await database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        await database.execute("GRANT UPDATE ON timebank_entry TO CURRENT_USER")
        await database.execute("UPDATE timebank_entry SET minutes = -20 WHERE minutes = -10")
        await database.execute("REVOKE UPDATE ON timebank_entry FROM CURRENT_USER")
        await database.execute(
            "UPDATE timebank_account SET pending_out_minutes = 5 WHERE id = $1", wang
        )
        for table in ("timebank_entry", "timebank_account"):
            await database.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    assert await faults() == SOUND | {
        "global_sum": -10,
        "accounts_unlike_their_entries": 1,
        "accounts_unlike_what_waits": 1,
    }

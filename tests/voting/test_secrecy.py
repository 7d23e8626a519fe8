"""Attempts to join a voter to a secret ballot, with all that the database keeps."""

import asyncio
import os
import re
import shutil
from datetime import timedelta
from uuid import uuid4

import pytest

from api.postgres import PostgresUnavailable, binaries
from domains.kernel import database
from domains.voting import queries, service
from domains.voting.errors import AlreadyVoted, ReceiptTaken
from domains.voting.service import staging
from domains.voting.values import Secrecy
from tests.voting.factories import a_draft, a_town, an_open_poll, cast, options_of


async def a_closed_secret_poll(moved_clock, *, residents=12):
    """Everybody votes in the order of the roll; those in the first half vote for."""
    town = await a_town(residents=residents)
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    receipts = [
        await cast(resident, poll_id, 1 if number < residents // 2 else 2)
        for number, resident in enumerate(town.residents)
    ]
    await moved_clock.advance(timedelta(days=1))
    await service.close_due_poll()
    return town, poll_id, receipts


async def test_a_secret_ballot_is_cast_once(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1)

    with pytest.raises(AlreadyVoted):
        await cast(town.residents[0], poll_id, 2)

    staged = await database.fetch(f"SELECT marks FROM {staging.table_of(poll_id)}")
    assert [row["marks"] for row in staged] == [1]


async def test_a_repeated_secret_ballot_is_answered_without_content(db):
    town, key = await a_town(), uuid4()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1, key=key)

    for position in (1, 2):
        with pytest.raises(AlreadyVoted) as refusal:
            await cast(town.residents[0], poll_id, position, key=key)
        assert refusal.value.details == {}

    assert await database.fetch_value("SELECT count(*) FROM kernel_idempotency") == 1


async def test_no_table_holds_both_a_voter_and_a_secret_choice(moved_clock):
    _town, poll_id, _ = await a_closed_secret_poll(moved_clock)

    assert await database.fetch_value("SELECT count(*) FROM voting_ballot") == 0
    assert (
        await database.fetch_value(
            "SELECT count(*) FROM voting_sealed_ballot WHERE poll_id = $1", poll_id
        )
        == 12
    )
    columns = await database.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = 'voting_sealed_ballot' ORDER BY column_name"
    )
    assert [row["column_name"] for row in columns] == ["id", "marks", "poll_id", "wide"]


async def test_where_secret_ballots_wait_nothing_names_a_voter_or_a_place_on_the_roll(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))

    columns = await database.fetch(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = $1 ORDER BY column_name",
        staging.table_of(poll_id),
    )

    assert [row["column_name"] for row in columns] == ["marks", "receipt", "wide"]


async def test_the_staging_table_is_gone_after_the_close(moved_clock):
    _, poll_id, _ = await a_closed_secret_poll(moved_clock)

    left = await database.fetch_value("SELECT to_regclass($1)", staging.table_of(poll_id))

    assert left is None


async def test_transaction_ids_join_no_ballot_to_a_voter_after_the_close(moved_clock):
    _, poll_id, _ = await a_closed_secret_poll(moved_clock)

    ballots = await database.fetch(
        "SELECT DISTINCT xmin::text AS xmin FROM voting_sealed_ballot WHERE poll_id = $1", poll_id
    )
    receipts = await database.fetch(
        "SELECT DISTINCT xmin::text AS xmin FROM voting_receipt WHERE poll_id = $1", poll_id
    )
    voters = await database.fetch("SELECT xmin::text AS xmin FROM voting_participation")

    assert len(ballots) == len(receipts) == 1
    assert {row["xmin"] for row in voters} & {row["xmin"] for row in ballots} == set()
    assert {row["xmin"] for row in voters} & {row["xmin"] for row in receipts} == set()


async def test_the_physical_order_of_ballots_and_receipts_is_not_the_order_of_casting(moved_clock):
    _, poll_id, receipts = await a_closed_secret_poll(moved_clock, residents=24)

    ballots = await database.fetch(
        "SELECT marks FROM voting_sealed_ballot WHERE poll_id = $1 ORDER BY ctid", poll_id
    )
    codes = await database.fetch(
        "SELECT code FROM voting_receipt WHERE poll_id = $1 ORDER BY ctid", poll_id
    )

    # In the order of casting all twelve for come before all twelve against: by chance the
    # shuffle leaves that once in 2.7 million runs, and the receipts once in 24!.
    cast_order = [1] * 12 + [2] * 12
    assert sorted(row["marks"] for row in ballots) == cast_order
    assert [row["marks"] for row in ballots] != cast_order
    assert {row["code"] for row in codes} == set(receipts)
    assert [row["code"] for row in codes] != receipts


async def test_ids_of_sealed_ballots_hold_no_time(moved_clock):
    _, poll_id, _ = await a_closed_secret_poll(moved_clock)

    rows = await database.fetch("SELECT id FROM voting_sealed_ballot WHERE poll_id = $1", poll_id)

    assert {row["id"].version for row in rows} == {4}


async def test_no_event_audit_line_or_key_tells_of_a_single_secret_ballot(moved_clock):
    _town, _poll_id, _ = await a_closed_secret_poll(moved_clock)

    events = await database.fetch("SELECT name FROM kernel_outbox")
    audited = await database.fetch("SELECT command FROM kernel_audit")
    keys = await database.fetch("SELECT command FROM kernel_idempotency")

    assert sorted(row["name"] for row in events) == [
        "voting.PollClosed",
        "voting.PollOpened",
        "voting.PollPublished",
    ]
    assert {row["command"] for row in audited} == {"createPoll", "publishPoll"}
    assert {row["command"] for row in keys} == {"createPoll"}


async def test_a_receipt_proves_that_the_ballot_is_there_and_not_what_it_says(moved_clock):
    _town, poll_id, receipts = await a_closed_secret_poll(moved_clock)

    found = await database.fetch("SELECT * FROM voting_receipt WHERE poll_id = $1", poll_id)

    assert {row["code"] for row in found} == set(receipts)
    assert {tuple(row.keys()) for row in found} == {("poll_id", "code")}


async def test_a_code_drawn_by_the_voters_device_is_kept(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    option = (await options_of(poll_id))[0]
    drawn = "a-code-of-the-device-0001"

    receipt = await service.cast_ballot(
        town.residents[0], poll_id, [option], idempotency_key=uuid4(), receipt=drawn
    )
    with pytest.raises(ReceiptTaken):
        await service.cast_ballot(
            town.residents[1], poll_id, [option], idempotency_key=uuid4(), receipt=drawn
        )

    assert receipt.receipt == drawn
    assert await database.fetch_value("SELECT count(*) FROM voting_participation") == 1


async def test_an_open_poll_leaks_no_count_to_anybody(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1)

    row = (await queries.polls_by_id(town.committee, [poll_id]))[0]
    mine = (await queries.my_ballots(town.residents[0], [poll_id]))[0]

    assert (row["result"], row["outcome"]) == (None, None)
    assert await queries.ballot_groups(poll_id, Secrecy.SECRET, weighted=False) == []
    assert (mine["marks"], mine["cast_at"]) == (None, None)


async def test_cancelling_destroys_the_ballots(db):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    await cast(town.residents[0], poll_id, 1)

    await service.cancel_poll(town.committee, poll_id, reason="题目有误")

    assert await database.fetch_value("SELECT to_regclass($1)", staging.table_of(poll_id)) is None
    assert await database.fetch_value("SELECT count(*) FROM voting_sealed_ballot") == 0


async def test_logs_of_casting_hold_neither_choice_nor_receipt(db, caplog):
    town = await a_town()
    poll_id = await an_open_poll(town, await a_draft(secrecy=Secrecy.SECRET))
    caplog.set_level("DEBUG")
    caplog.clear()

    receipt = await cast(town.residents[0], poll_id, 1)

    said = "\n".join(record.getMessage() for record in caplog.records)
    assert receipt not in said
    assert re.search(r"voting_cast", said) is None


async def test_the_server_is_told_to_log_no_parameters_of_failing_statements(db):
    assert await database.fetch_value("SHOW log_parameter_max_length_on_error") == "0"


def _pg_dump() -> str | None:
    """A pg_dump of the server's own release, or of the machine's."""
    try:
        return str(binaries.installation() / "bin" / "pg_dump")
    except PostgresUnavailable:
        return shutil.which("pg_dump")


async def test_a_dump_after_the_close_joins_nobody_to_a_ballot(moved_clock, db):
    program = _pg_dump()
    if program is None:
        pytest.skip("a dump needs pg_dump, and there is none on this machine")
    town, poll_id, receipts = await a_closed_secret_poll(moved_clock, residents=24)
    await service.tally_due_poll()
    given = database.connection_arguments(db)

    process = await asyncio.create_subprocess_exec(
        program,
        *("--host", given["host"], "--port", str(given["port"]), "--username", given["user"]),
        *("--data-only", given["database"]),
        env=os.environ | {"PGPASSWORD": given["password"] or ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    dumped, complaint = await process.communicate()
    assert process.returncode == 0, complaint.decode()
    tables = dict(re.findall(r"COPY public\.(\w+) [^;]*;\n(.*?)\\\.\n", dumped.decode(), re.S))
    sealed = [line.split("\t")[2] for line in tables["voting_sealed_ballot"].splitlines()]
    codes = [line.split("\t")[1] for line in tables["voting_receipt"].splitlines()]
    order = [line.split("\t")[1] for line in tables["voting_participation"].splitlines()]

    voters = {str(each.person_id) for each in town.residents}
    assert staging.table_of(poll_id) not in tables
    assert not any(voter in tables["voting_sealed_ballot"] for voter in voters)
    assert not any(
        code in text
        for code in receipts
        for name, text in tables.items()
        if name != "voting_receipt"
    )
    # Voters stand in the order in which they cast; ballots and receipts do not.
    assert order == [str(number) for number in range(1, 25)]
    assert sorted(sealed) == ["1"] * 12 + ["2"] * 12
    assert sealed != ["1"] * 12 + ["2"] * 12
    assert sorted(codes) == sorted(receipts)
    assert codes != receipts

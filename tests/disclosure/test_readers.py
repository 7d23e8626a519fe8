"""Readers are counted and forgotten: no table knows who read what."""

import hashlib
from datetime import timedelta
from uuid import UUID

from domains.disclosure.service import reading
from domains.kernel import database
from jobs import disclosure as jobs
from tests.disclosure import factories

_TABLES = """
SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
WHERE schemaname = 'public' ORDER BY 1
"""


async def rows_with(*marks: str) -> dict[str, int]:
    """How many rows of every table hold all of the marks, in whatever column and spelling."""
    found = {}
    for table in await database.fetch(_TABLES):
        every = " AND ".join(
            f"strpos(replace(t::text, '-', ''), ${number}) > 0"
            for number in range(1, len(marks) + 1)
        )
        count = await database.fetch_value(
            f"SELECT count(*) FROM {table['name']} AS t WHERE {every}", *marks
        )
        if count:
            found[table["name"]] = count
    return found


async def test_once_the_day_is_over_no_row_of_any_table_joins_a_reader_and_what_they_read(
    moved_clock,
):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)
    reader = town.resident.person_id
    assert isinstance(reader, UUID)
    before = await rows_with(reader.hex)

    await reading.record_reading(town.resident, disclosure_id)
    during = await database.fetch_value("SELECT encode(reader, 'hex') FROM disclosure_reader")
    salt = await database.fetch_value("SELECT encode(salt, 'hex') FROM disclosure_reading_salt")
    of_the_day = await rows_with(during)
    await moved_clock.advance(timedelta(days=1))
    await jobs.forget_readers()

    assert of_the_day == {"public.disclosure_reader": 1}
    assert (await rows_with(reader.hex, disclosure_id.hex), await rows_with(reader.hex)) == (
        {},
        before,
    )
    assert (await rows_with(during), await rows_with(salt)) == ({}, {})
    assert await database.fetch_value("SELECT readings FROM disclosure_read_count") == 1


async def test_even_on_the_day_two_disclosures_do_not_show_the_same_reader(db):
    town = await factories.a_town()
    reader = town.resident.person_id
    assert reader is not None

    for _ in range(2):
        await reading.record_reading(town.resident, await factories.a_disclosure(town))

    hashes = await database.fetch("SELECT reader FROM disclosure_reader")
    plain = hashlib.sha256(b"person" + reader.bytes).digest()
    assert len({row["reader"] for row in hashes} - {plain}) == 2

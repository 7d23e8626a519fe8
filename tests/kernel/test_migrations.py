"""Migrations: the models' own, forward only, and safe for what is there already."""

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import asyncpg

from domains.kernel import database
from tests.conftest import _address_of, _administer, _drop

ROOT = Path(__file__).parents[2]

_FIRST_RELEASE = """
import asyncio, sys
from domains.kernel import database

async def main():
    config = database.tortoise_config(sys.argv[1])
    await database.Tortoise.init(config=config)
    pool = database.get_connection("default")
    executor = database.migrating.Executor(pool, config["apps"])
    target = database.MigrationTarget
    await executor.migrate([
        target(app_label="kernel", name="__latest__"),
        target(app_label="membership", name="__latest__"),
        target(app_label="voting", name="0002_ballot_box"),
    ])
    await database.Tortoise.close_connections()

asyncio.run(main())
"""

_DATA = """
INSERT INTO voting_poll (id, area_id, area_path, title, method, secrecy, state, least_choices,
    most_choices, opens_at, closes_at, rule_code, created_at)
VALUES ('00000000-0000-4000-8000-000000000001', gen_random_uuid(), 'x/', '旧的表决', 'motion',
    'open', 'draft', 1, 1, now(), now() + interval '1 day', 'RESIDENTS_MEETING', now());
INSERT INTO voting_option (id, poll_id, position, label, stance) VALUES
    (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 1, '赞成', 'for'),
    (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', 2, '反对', 'against');
INSERT INTO voting_roll_entry (poll_id, voter_id, number, name)
SELECT '00000000-0000-4000-8000-000000000001', gen_random_uuid(), n, '居民' || n
FROM generate_series(1, 3) AS n;
INSERT INTO voting_participation (poll_id, voter_id, channel)
SELECT poll_id, voter_id, 'online' FROM voting_roll_entry WHERE number < 3;
INSERT INTO voting_ballot (poll_id, voter_id, revision, marks, idempotency_key, cast_at)
SELECT poll_id, voter_id, 1, 1, gen_random_uuid(), now() FROM voting_participation;
INSERT INTO voting_ballot (poll_id, voter_id, revision, marks, idempotency_key, cast_at)
SELECT poll_id, voter_id, 2, 2, '00000000-0000-4000-8000-00000000000b', now()
FROM voting_roll_entry WHERE number = 2;
UPDATE voting_participation t SET casts = 2 FROM voting_roll_entry r
WHERE r.voter_id = t.voter_id AND r.number = 2;
UPDATE voting_poll SET state = 'open', roll_size = 3, roll_fingerprint = '', published_at = now(),
    frozen_rules = '{"content": {"recast": false}}';
"""

_KEPT = """
SELECT r.number, t.casts, b.revision, b.marks FROM voting_roll_entry r
JOIN voting_poll p ON p.id = r.poll_id
JOIN voting_participation t ON t.poll_number = p.number AND t.voter_number = r.number
JOIN voting_ballot b ON b.poll_number = p.number AND b.voter_number = r.number
ORDER BY r.number, b.revision
"""
_CAST = """
SELECT outcome, revision FROM voting_cast('00000000-0000-4000-8000-000000000001',
    (SELECT voter_id FROM voting_roll_entry WHERE number = $1), 2, NULL, $2, NULL, 'online', NULL)
"""


async def _run(*command: str, url: str) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, env=os.environ | {"DATABASE_URL": url}, cwd=ROOT
    )
    return await process.wait()


async def test_later_migrations_keep_what_an_earlier_release_left(server):
    name = f"gongyi_migrate_{secrets.token_hex(6)}"
    await _administer(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = _address_of(server, name)
    try:
        assert await _run("-c", _FIRST_RELEASE, url, url=url) == 0
        connection = await asyncpg.connect(**database.connection_arguments(url))
        await connection.execute(_DATA)

        code = await _run("-m", "api", "migrate", url=url)

        poll = await connection.fetchrow("SELECT title, state, electorate, seats FROM voting_poll")
        roll = await connection.fetch("SELECT standing, unit_count FROM voting_roll_entry")
        kept = await connection.fetch(_KEPT)
        again, cast = [
            await connection.fetchrow(_CAST, number, key)
            for number, key in ((2, "00000000-0000-4000-8000-00000000000b"), (3, uuid4()))
        ]
        await connection.close()
    finally:
        await _drop(server, name)

    assert code == 0
    assert dict(poll) == {
        "title": "旧的表决",
        "state": "open",
        "electorate": "persons",
        "seats": 1,
    }
    assert [tuple(row) for row in roll] == [("admitted", 0)] * 3
    assert [tuple(row) for row in kept] == [(1, 1, 1, 1), (2, 2, 1, 1), (2, 2, 2, 2)]
    assert (tuple(again), tuple(cast)) == (("replayed", 2), ("cast", 1))


def test_the_models_ask_for_nothing_that_no_migration_makes(tmp_path):
    for package in ("domains", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / package).is_dir() else shutil.copy
        copy(ROOT / package, tmp_path / package)
    before = {path.name for path in tmp_path.glob("domains/*/migrations/*.py")}

    made = subprocess.run(
        [Path(sys.executable).with_name("tortoise"), "makemigrations"],
        cwd=tmp_path,
        env=os.environ | {"DATABASE_URL": "postgresql://127.0.0.1/none"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 0, made.stdout + made.stderr
    assert {path.name for path in tmp_path.glob("domains/*/migrations/*.py")} == before

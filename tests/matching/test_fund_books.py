"""The books of a fund beside a model of them: no fen is made, and none is lost.

Ordinarily several hundred steps; GONGYI_BOOKS_STEPS asks for more.
"""

import asyncio
import os
from typing import Any
from uuid import uuid4

import asyncpg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from domains.kernel import database
from domains.matching.service import books
from tests.matching.exchange import a_fund, an_exchange, lines_of, running

STEPS = int(os.environ.get("GONGYI_BOOKS_STEPS", "400"))
A_RUN = 50
ROOM = 600
AMOUNT = st.integers(min_value=1, max_value=400)
LINE = st.integers(min_value=0, max_value=1)
_UPLOAD = """
INSERT INTO kernel_upload (id, owner_id, file_name, media_type, sniffed_type, size_bytes, sha256,
    state, created_at, completed_at)
VALUES ($1, $2, '凭证.pdf', 'application/pdf', 'application/pdf', 1, sha256($3),
        'complete', kernel_now(), kernel_now())
"""
_SPENT = """
INSERT INTO matching_spending
    (id, fund_id, project_id, line_id, amount_fen, payee_kind, payee, purpose, spent_on,
     proof_upload_id, state, entered_by_id, entered_at, decided_by_id, decided_at)
VALUES ($1, $2, $3, $4, $5, 'enterprise', '商店', '采购', current_date, $6, 'approved', $7,
        kernel_now(), $8, kernel_now())
"""
_FUND = "SELECT received_fen, left_fen, allotted_fen, spent_fen, returned_fen FROM matching_fund"


class Books(RuleBasedStateMachine):
    """Gives, allots, releases, spends, takes back and returns."""

    url = ""
    runner: asyncio.Runner
    project: tuple[Any, ...]

    def __init__(self):
        super().__init__()
        self.connection = self.run(asyncpg.connect(**database.connection_arguments(self.url)))
        self.project_id, self.lines, self.fund_id, self.people = self.project
        self.trial = self.connection.transaction()
        self.run(self.trial.start())
        self.received = self.left = self.returned = 0
        self.allotted, self.spent = [0, 0], [0, 0]
        self.spendings = []

    def run(self, work):
        return self.runner.run(_awaited(work))

    def proof(self):
        upload_id = uuid4()
        self.run(self.connection.execute(_UPLOAD, upload_id, self.people[0], upload_id.bytes))
        return upload_id

    def takes(self, kind, fen, *, line=None, spending=None, proof=None):
        """Whether the books take the entry."""
        step = self.connection.transaction()
        self.run(step.start())
        try:
            self.run(
                self.connection.execute(
                    books._ENTRY,
                    *(uuid4(), self.fund_id, kind, fen),
                    *(None if line is None else self.lines[line],),
                    *(None if line is None else self.project_id,),
                    *(spending, None, None, proof, "说明", None),
                )
            )
        except asyncpg.CheckViolationError:
            self.run(step.rollback())
            return False
        self.run(step.commit())
        return True

    @rule(fen=AMOUNT)
    def give(self, fen):
        assert self.takes("income", fen, proof=self.proof())
        self.received += fen
        self.left += fen

    @rule(fen=AMOUNT)
    def give_back(self, fen):
        took = self.takes("return", fen, proof=self.proof())

        assert took == (fen <= self.left)
        self.left -= fen * took
        self.returned += fen * took

    @rule(fen=AMOUNT, line=LINE)
    def allot(self, fen, line):
        took = self.takes("allotment", fen, line=line)

        assert took == (fen <= self.left and self.allotted[line] + fen <= ROOM)
        self.left -= fen * took
        self.allotted[line] += fen * took

    @rule(fen=AMOUNT, line=LINE)
    def release(self, fen, line):
        took = self.takes("release", fen, line=line)

        assert took == (fen <= self.allotted[line] - self.spent[line])
        self.left += fen * took
        self.allotted[line] -= fen * took

    @rule(fen=AMOUNT, line=LINE)
    def spend(self, fen, line):
        spending = uuid4()
        self.run(
            self.connection.execute(
                _SPENT,
                *(spending, self.fund_id, self.project_id, self.lines[line], fen, self.proof()),
                *self.people,
            )
        )
        took = self.takes("spending", fen, line=line, spending=spending)

        assert took == (fen <= self.allotted[line] - self.spent[line])
        self.spent[line] += fen * took
        if took:
            self.spendings.append([spending, line, fen])

    @rule(fen=AMOUNT, at=st.integers(min_value=0, max_value=9))
    def take_back(self, fen, at):
        if not self.spendings:
            return
        paid = self.spendings[at % len(self.spendings)]
        took = self.takes("refund", fen, line=paid[1], spending=paid[0], proof=self.proof())

        assert took == (fen <= paid[2])
        paid[2] -= fen * took
        self.spent[paid[1]] -= fen * took

    @invariant()
    def every_fen_is_somewhere(self):
        row = self.run(self.connection.fetchrow(f"{_FUND} WHERE id = $1", self.fund_id))
        allotted, spent = sum(self.allotted), sum(self.spent)
        assert tuple(row) == (self.received, self.left, allotted - spent, spent, self.returned)
        assert self.received == self.left + allotted + self.returned
        assert min(self.left, *self.allotted, *self.spent) >= 0

    def teardown(self):
        self.run(self.trial.rollback())
        self.run(self.connection.close())


async def _awaited(work):
    return await work


async def test_the_books_do_what_their_model_does(db):
    exchange = await an_exchange()
    project_id, covers = await running(exchange)
    await database.execute("UPDATE matching_budget_line SET amount_fen = allotted_fen + $1", ROOM)
    lines = [row["id"] for row in await lines_of(project_id)]
    people = (exchange.leader.person_id, exchange.officer.person_id)
    project = (project_id, lines, await a_fund(exchange, name="试账"), people)

    def machine():
        with asyncio.Runner() as runner:
            Books.url, Books.runner, Books.project = db, runner, project
            run_state_machine_as_test(
                Books,
                settings=settings(
                    max_examples=max(1, STEPS // A_RUN),
                    stateful_step_count=A_RUN,
                    deadline=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )

    await asyncio.to_thread(machine)

    sql = "SELECT spent_fen, allotted_fen FROM matching_fund WHERE id = $1"
    row = await database.fetch_one(sql, covers)
    assert (row["spent_fen"], row["allotted_fen"]) == (0, 500_000)

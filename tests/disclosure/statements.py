"""Files of lines for tests, uploaded and brought in by the product's own commands."""

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from domains.disclosure.rules.statement_file import Column
from domains.disclosure.rules.statements import Period, Statement
from domains.disclosure.service import statements
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.statements import Imported
from domains.disclosure.values import Affair, DisclosureKind
from domains.disclosure.values.statements import StatementKind
from domains.kernel import uploads
from domains.kernel.actor import Actor
from domains.membership.values import ImportMode
from tests.disclosure import factories
from tests.disclosure.factories import Town

FINANCE = Placing(kind=DisclosureKind.STRUCTURED, affair=Affair.FINANCE)
QUARTER = Period(date(2026, 7, 1), date(2026, 9, 30))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cells = dict[str, str]


def income(amount: str, *, on: str = "2026-07-05", **more: str) -> Cells:
    """A line of rent that came in."""
    voucher = f"S{on}-{amount}"
    return {
        "日期": on,
        "类别": "收入",
        "摘要": "场地租金",
        "收入金额": amount,
        "对方": "同心物业",
        "凭证号": voucher,
    } | more


def spending(amount: str, *, on: str = "2026-08-10", **more: str) -> Cells:
    """A line of a repair that was paid."""
    voucher = f"F{on}-{amount}"
    return {
        "日期": on,
        "类别": "支出",
        "摘要": "路灯维修",
        "支出金额": amount,
        "对方": "徐州路灯公司",
        "凭证号": voucher,
        "审批人": "王建国",
    } | more


LINES = (income("1200.50"), spending("300"), income("99.50", on="2026-09-30"))


def a_file(lines: Sequence[Cells] = LINES) -> bytes:
    """A CSV with these lines."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, [column.value for column in Column], restval="")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue().encode()


async def an_upload(
    actor: Actor, content: bytes, *, name: str = "三季度.csv", media_type: str = "text/csv"
) -> UUID:
    """A complete upload of the actor's."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    announced = await uploads.create_upload(
        actor, file_name=name, media_type=media_type, size_bytes=len(content), key=uuid4()
    )
    assert announced.put_address is not None
    await uploads.receive(announced.put_address.rpartition("/")[2], chunks())
    digest = hashlib.sha256(content).digest()
    return (await uploads.complete_upload(actor, announced.upload.id, sha256=digest)).id


def a_statement(**changes: Any) -> Statement:
    """The third quarter: 100.00 at the opening, 1300.00 in and 300.00 out."""
    given: dict[str, Any] = {
        "kind": StatementKind.ACTUALS,
        "book": "居委会经费",
        "period": QUARTER,
        "opening_fen": 10_000,
        "closing_fen": 110_000,
    }
    return Statement(**(given | changes))


async def brought_in(
    actor: Actor,
    disclosure_id: UUID,
    lines: Sequence[Cells] = LINES,
    *,
    statement: Statement | None = None,
    mode: ImportMode = ImportMode.ALL_OR_NOTHING,
    key: UUID | None = None,
) -> Imported:
    """Upload the lines and bring them in."""
    return await statements.import_statement(
        actor,
        disclosure_id,
        statement or a_statement(),
        upload_id=await an_upload(actor, a_file(lines)),
        mode=mode,
        idempotency_key=key or uuid4(),
    )


async def a_published_statement(
    town: Town, lines: Sequence[Cells] = LINES, *, statement: Statement | None = None
) -> UUID:
    """A disclosure of finances with its lines, approved and public."""
    draft = await factories.a_draft(town, FINANCE)
    await brought_in(town.writer, draft, lines, statement=statement)
    return await factories.published(town, draft)

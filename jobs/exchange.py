"""What is due of resources, projects and money; and what is disclosed of them.

Every fen that came in or was spent, every thing that was signed for, and every closing report
is public as it stands, once. Late, twice or on two machines: the same result.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from domains.disclosure.rules import texts
from domains.disclosure.service import sourced
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import calendar, database
from domains.kernel.actor import SYSTEM
from domains.matching.queries import funds, projects, resources
from domains.matching.rules.closing_report import PAYEES
from domains.matching.rules.money import yuan
from domains.matching.service import (
    closing_reports,
    milestones,
    offering_resources,
    reserving,
    selecting,
)
from domains.matching.values.funds import FundEntryKind, PayeeKind
from domains.matching.values.resources import ResourceKind
from domains.meetings.rules import minutes_html
from domains.voting.values import Outcome
from jobs.due import until_none
from jobs.minutes import LONGEST_BODY, LONGEST_TITLE, impersonal

Payload = Mapping[str, Any]


async def make_due_resources_available() -> int:
    """Make verified resources available whose first day has come."""
    return await until_none(offering_resources.make_available)


async def expire_due_resources() -> int:
    """End resources whose last day is over."""
    return await until_none(offering_resources.expire_resource)


async def expire_due_reservations() -> int:
    """Free what nobody committed in time."""
    return await until_none(reserving.expire_reservation)


async def remind_of_due_milestones() -> int:
    """Tell of milestones that come due."""
    return await until_none(milestones.remind_of_milestone)


async def note_overdue_milestones() -> int:
    """Tell of milestones whose day has passed."""
    return await until_none(milestones.note_overdue_milestone)


async def begin_due_choices() -> int:
    """End the time of applications: to the reviewers, or to the residents."""
    return await until_none(selecting.begin_due_choice)


async def settle_poll(event_id: UUID, payload: Payload) -> None:
    """Choose among applications what the residents chose; a cancelled poll chose nothing."""
    outcome = payload.get("outcome")
    await selecting.settle_poll(UUID(payload["poll_id"]), Outcome(outcome) if outcome else None)


async def disclose_spending(event_id: UUID, payload: Payload) -> None:
    """Publish a spending that stands in the books: from which money, for what, to whom."""
    (row,) = await funds.approved_spendings(spending_id=UUID(payload["spending_id"]))
    (project,) = await projects.projects_by_id(SYSTEM, [row["project_id"]])
    assert project is not None, "money is spent for a project"
    await _disclose(
        ("spending", row["id"]),
        project["area_id"],
        title=f"专项资金支出公开:{project['title']}(第 {row['number']} 号)",
        lines=(
            f"项目:{project['title']}(编号 {project['number']})",
            f"承办:{project['organisation_name']}",
            f"资金:{row['fund_name']};预算科目:{row['line_title']}",
            f"支出日期:{row['spent_on'].isoformat()};金额:{yuan(row['amount_fen'])} 元",
            f"收款方:{PAYEES[PayeeKind(row['payee_kind'])]} {row['payee']}",
            f"用途:{row['purpose']}",
            "凭证已存档,经录入人以外的人员审批。",
        ),
    )


_MOVED = {
    FundEntryKind.INCOME: "收入",
    FundEntryKind.MATCH_IN: "配捐收入",
    FundEntryKind.RETURN: "退回",
    FundEntryKind.REFUND: "退款",
}


async def disclose_entry(event_id: UUID, payload: Payload) -> None:
    """Publish money that came into a fund, went back to its giver, or was paid back to it."""
    entry = await funds.entry(UUID(payload["entry_id"]))
    assert entry is not None, "an entry stands"
    (fund,) = await funds.funds_by_id(SYSTEM, [entry["fund_id"]])
    assert fund is not None, "an entry is of a fund"
    moved = _MOVED[FundEntryKind(entry["kind"])]
    await _disclose(
        ("fund_entry", entry["id"]),
        fund["area_id"],
        title=f"专项资金{moved}公开:{fund['name']}(第 {entry['number']} 号)",
        lines=(
            f"资金:{fund['name']};管理方:{fund['keeper_name']}",
            f"约定用途:{fund['purpose']}",
            f"日期:{calendar.day_of(entry['at']).isoformat()};金额:{yuan(entry['amount_fen'])} 元",
            f"说明:{entry['said'] or '按配捐约定转入'}",
        ),
    )


async def disclose_receipt(event_id: UUID, payload: Payload) -> None:
    """Publish a thing that was given and signed for; money is told by its fund's books."""
    (row,) = await resources.reservations_by_id(SYSTEM, [UUID(payload["reservation_id"])])
    assert row is not None, "a reservation stands"
    (resource,) = await resources.resources_by_id(SYSTEM, [row["resource_id"]])
    assert resource is not None, "a reservation is of a resource"
    if resource["kind"] == ResourceKind.MONEY:
        return
    what = "按需求提供"
    if row["project_id"] is not None:
        (project,) = await projects.projects_by_id(SYSTEM, [row["project_id"]])
        what = f"项目:{project['title']}(编号 {project['number']})" if project else what
    await _disclose(
        ("receipt", row["id"]),
        resource["area_id"],
        title=f"捐助资源使用公开:{resource['title']}(第 {resource['number']} 号)",
        lines=(
            f"资源:{resource['title']},{row['quantity']} {row['unit']}",
            f"提供方:{resource['organisation_name'] or '居民'}",
            f"去向:{what}",
            f"签收日期:{calendar.day_of(row['receipted_at']).isoformat()}",
            f"签收说明:{row['receipt_note']}",
        ),
    )


async def disclose_closing(event_id: UUID, payload: Payload) -> None:
    """Publish the closing report of a project as it stands."""
    project_id = UUID(payload["project_id"])
    document = await closing_reports.report_of(SYSTEM, project_id)
    (project,) = await projects.projects_by_id(SYSTEM, [project_id])
    assert document is not None, "a project that was closed has its report"
    assert project is not None
    await sourced.disclose(
        source=("project_report", project_id),
        area_id=project["area_id"],
        kind=DisclosureKind.STRUCTURED,
        affair=Affair.FINANCE,
        title=impersonal(document.title)[:LONGEST_TITLE],
        body=minutes_html.within(document, most=LONGEST_BODY, change=impersonal),
        occurred_on=calendar.day_of(project["closed_at"]),
    )


async def _disclose(
    source: tuple[str, UUID], area_id: UUID, *, title: str, lines: tuple[str, ...]
) -> None:
    database.require_open_transaction()
    await sourced.disclose(
        source=source,
        area_id=area_id,
        kind=DisclosureKind.STRUCTURED,
        affair=Affair.FINANCE,
        title=impersonal(title)[:LONGEST_TITLE],
        body=texts.paragraphs(impersonal("\n\n".join(lines))),
    )

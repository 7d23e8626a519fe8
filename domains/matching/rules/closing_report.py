"""What a project that is over came to, on paper: parties, milestones, money, things. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domains.kernel.documents import Block, Document, Facts, Heading, Paragraph, Table
from domains.matching.rules.evaluation import Evaluation
from domains.matching.rules.money import yuan
from domains.matching.values.funds import PayeeKind
from domains.matching.values.projects import MilestoneState

PAYEES = {
    PayeeKind.ENTERPRISE: "企业",
    PayeeKind.SOCIAL_ORGANISATION: "社会组织",
    PayeeKind.INSTITUTION: "事业单位",
    PayeeKind.PERSON_SERVED: "服务对象",
    PayeeKind.VOLUNTEER_EXPENSES: "志愿者垫支",
    PayeeKind.SERVICE_PROVIDER: "服务提供者",
}
_MILESTONES = {
    MilestoneState.WAITING: "未完成",
    MilestoneState.REACHED: "已完成",
    MilestoneState.MISSED: "未达成",
}


@dataclass(frozen=True, slots=True)
class MilestoneSaid:
    """A milestone, and what became of it."""

    title: str
    due_on: date
    state: MilestoneState
    note: str


@dataclass(frozen=True, slots=True)
class LineSaid:
    """A line of the budget: planned, allotted, spent."""

    title: str
    amount_fen: int
    allotted_fen: int
    spent_fen: int


@dataclass(frozen=True, slots=True)
class SpendingSaid:
    """Money that was paid."""

    number: int
    spent_on: date
    fund: str
    line: str
    payee_kind: PayeeKind
    payee: str
    purpose: str
    net_fen: int


@dataclass(frozen=True, slots=True)
class ThingSaid:
    """A thing that came, and its receipt."""

    title: str
    quantity: int
    unit: str
    note: str


@dataclass(frozen=True, slots=True)
class ProjectSaid:
    """A project as its report tells of it."""

    number: int
    title: str
    aims: str
    area: str
    host: str
    standing: str
    place: str
    starts_on: date
    ends_on: date
    closed_on: date
    outcome: str
    milestones: Sequence[MilestoneSaid]
    lines: Sequence[LineSaid]
    spendings: Sequence[SpendingSaid]
    things: Sequence[ThingSaid]
    evaluation: Evaluation


def document(said: ProjectSaid) -> Document:
    """Return the closing report."""
    blocks: list[Block] = [
        Facts(
            (
                ("项目编号", str(said.number)),
                ("承办组织", said.host),
                ("实施地点", said.place),
                ("起止日期", f"{said.starts_on.isoformat()} 至 {said.ends_on.isoformat()}"),
                ("结项日期", said.closed_on.isoformat()),
                ("社区意见", said.standing),
            )
        ),
        Heading("一、项目目标"),
        Paragraph(said.aims),
        Heading("二、完成情况"),
        Paragraph(said.outcome),
        Table(
            ("里程碑", "应完成日期", "状态", "说明"),
            [
                (each.title, each.due_on.isoformat(), _MILESTONES[each.state], each.note)
                for each in said.milestones
            ],
            shares=(3, 2, 1, 4),
        ),
        Heading("三、经费决算(元)"),
        *_money(said),
        Heading("四、物资与资源签收"),
        *_things(said),
        Heading("五、服务对象评价"),
        Paragraph(_evaluated(said.evaluation)),
    ]
    return Document(
        title=f"{said.title}结项报告",
        subtitle=said.area,
        blocks=blocks,
        foot=f"项目编号 {said.number};每笔支出均附凭证并经他人审批",
    )


def _money(said: ProjectSaid) -> list[Block]:
    if not said.lines:
        return [Paragraph("本项目未使用资金。")]
    whole = LineSaid(
        "合计",
        sum(each.amount_fen for each in said.lines),
        sum(each.allotted_fen for each in said.lines),
        sum(each.spent_fen for each in said.lines),
    )
    blocks: list[Block] = [
        Table(
            ("预算科目", "预算", "拨付", "支出"),
            [
                (each.title, yuan(each.amount_fen), yuan(each.allotted_fen), yuan(each.spent_fen))
                for each in (*said.lines, whole)
            ],
            shares=(3, 2, 2, 2),
            figures=(1, 2, 3),
        )
    ]
    if said.spendings:
        blocks.append(
            Table(
                ("编号", "日期", "资金", "科目", "收款方", "用途", "金额"),
                [
                    (
                        str(each.number),
                        each.spent_on.isoformat(),
                        each.fund,
                        each.line,
                        f"{PAYEES[each.payee_kind]} {each.payee}",
                        each.purpose,
                        yuan(each.net_fen),
                    )
                    for each in said.spendings
                ],
                shares=(1, 2, 2, 2, 3, 3, 2),
                figures=(6,),
            )
        )
    return blocks


def _things(said: ProjectSaid) -> list[Block]:
    if not said.things:
        return [Paragraph("本项目未使用物资或场地。")]
    rows = [(each.title, f"{each.quantity} {each.unit}", each.note) for each in said.things]
    return [Table(("资源", "数量", "签收说明"), rows, shares=(3, 2, 4), figures=(1,))]


def _evaluated(said: Evaluation) -> str:
    if said.mean_hundredths is None or said.by_score is None:
        return f"共 {said.count} 人评价,人数不足,不公布结果。"
    mean = f"{said.mean_hundredths // 100}.{said.mean_hundredths % 100:02d}"
    each = "、".join(f"{score} 分 {number} 人" for score, number in enumerate(said.by_score, 1))
    return f"共 {said.count} 人评价,平均 {mean} 分(满分 5 分):{each}。"

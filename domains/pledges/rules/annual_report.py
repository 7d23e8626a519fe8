"""A community's year of promises on paper: the same facts as PDF and as a workbook. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from domains.kernel.documents import Block, Document, Facts, Heading, Paragraph, Table
from domains.pledges.rules.figures import NOTHING, percent, yuan
from domains.pledges.rules.keeping import Score
from domains.pledges.rules.result_page import HALVES, ReviewResult, summary, turnout_rows
from domains.pledges.values.pledges import WHOLE, Keeping, PledgeState
from domains.pledges.values.reviews import Half, RectificationState

KEEPINGS = {
    Keeping.PENDING: "未了结",
    Keeping.ON_TIME: "按期兑现",
    Keeping.LATE: "逾期兑现",
    Keeping.DEFAULTED: "未兑现",
}
STATES = {
    PledgeState.COMMITTED: "已承诺",
    PledgeState.IN_PROGRESS: "践诺中",
    PledgeState.OVERDUE: "已逾期",
    PledgeState.DELIVERED: "待验收",
    PledgeState.ACCEPTED: "已验收",
    PledgeState.CLOSED: "已办结",
    PledgeState.DEFAULTED: "未兑现",
}
ORDERS = {
    RectificationState.ORDERED: "整改中",
    RectificationState.REPORTED: "待评定",
    RectificationState.PASSED: "合格",
    RectificationState.FAILED: "不合格",
}
Keyed = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """A pledge in a line."""

    number: int
    title: str
    body: str
    budget_fen: int
    first_deadline: date
    deadline: date
    delivered_on: date | None
    state: PledgeState
    keeping: Keeping
    reached: int


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Something that was to be put right."""

    half: Half
    name: str
    demand: str
    due_on: date
    is_late: bool
    state: RectificationState


@dataclass(frozen=True, slots=True)
class ItemRates:
    """An item's weighted rates in the year's reviews, all under review together."""

    label: str
    rates: Sequence[Fraction | None]


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year beside the others."""

    year: int
    score: Score
    rates: Sequence[tuple[Half, Fraction | None]]

    def rate(self, half: Half) -> Fraction | None:
        """Return the rate over all of a half; None where it was not reviewed."""
        return dict(self.rates).get(half)


@dataclass(frozen=True, slots=True)
class AnnualReport:
    """What a year of promises came to."""

    community: str
    year: int
    as_of: date
    score: Score
    pledges: Sequence[PledgeLine]
    bodies: Sequence[tuple[str, Score]]
    reviews: Sequence[ReviewResult]
    items: Sequence[ItemRates]
    orders: Sequence[OrderLine]
    years: Sequence[YearLine]

    @property
    def title(self) -> str:
        """Return what the report is called."""
        return f"{self.community}{self.year}年项目承诺与民主评议年度报告"


def document(report: AnnualReport) -> Document:
    """Describe the report."""
    return Document(
        report.title,
        [
            *_overview(report),
            *_pledges(report),
            *_bodies(report),
            *_reviews(report),
            *_orders(report),
            *_years(report),
        ],
        subtitle=f"数据截至 {shown(report.as_of)}",
        foot=report.title,
    )


def shown(day: date | None) -> str:
    """Return a day as it is written; a dash for none."""
    return NOTHING if day is None else f"{day.year}年{day.month}月{day.day}日"


def facts(report: AnnualReport) -> list[Keyed]:
    """Return the year's figures with their names."""
    score = report.score
    return [
        ("承诺事项", f"{score.promised} 项"),
        ("按期兑现", f"{score.on_time} 项"),
        ("逾期兑现", f"{score.late} 项"),
        ("未兑现", f"{score.defaulted} 项"),
        ("未了结", f"{score.pending} 项（其中已逾期 {score.overdue} 项）"),
        ("变更过期限", f"{score.moved} 项"),
        ("按期兑现率", f"{percent(score.kept_on_time)}（占已了结事项）"),
        ("平均进度", f"{percent(score.progress)}（按节点权重）"),
        ("预算合计", f"{yuan(sum(each.budget_fen for each in report.pledges))} 元"),
    ]


def _overview(report: AnnualReport) -> list[Block]:
    return [
        Heading("一、总体情况"),
        Facts(facts(report)),
        Paragraph(
            "是否按期一律以首次承诺的期限为准；期限变更须说明理由并重新公示，首次期限始终保留。"
        ),
    ]


def _pledges(report: AnnualReport) -> list[Block]:
    if not report.pledges:
        return [Heading("二、承诺事项"), Paragraph("本年度没有正式承诺的事项。")]
    return [
        Heading("二、承诺事项"),
        Table(
            ("序号", "事项", "责任单位", "首次期限", "完成日期", "进度", "结果"),
            [
                (
                    *(str(each.number), each.title, each.body, _short(each.first_deadline)),
                    *(_short(each.delivered_on), _progress(each), outcome_of(each)),
                )
                for each in report.pledges
            ],
            (5, 14, 14, 8, 8, 6, 8),
            (0, 5),
        ),
    ]


def _short(day: date | None) -> str:
    return NOTHING if day is None else f"{day.month}月{day.day}日"


def _progress(each: PledgeLine) -> str:
    return f"{each.reached * 100 // WHOLE}%"


def outcome_of(each: PledgeLine) -> str:
    """Return how a pledge was kept, or how far it is, and whether its deadline was moved."""
    settled = each.keeping is not Keeping.PENDING
    said = KEEPINGS[each.keeping] if settled else STATES[each.state]
    return f"{said}\n（改期）" if each.deadline != each.first_deadline else said


def _bodies(report: AnnualReport) -> list[Block]:
    if not report.bodies:
        return []
    return [
        Heading("三、各责任单位兑现情况"),
        Table(
            ("责任单位", "承诺", "按期", "逾期", "未兑现", "未了结", "按期兑现率"),
            [
                (name, *map(str, counts(score)), percent(score.kept_on_time))
                for name, score in report.bodies
            ],
            (6, 2, 2, 2, 2, 2, 3),
            (1, 2, 3, 4, 5, 6),
        ),
    ]


def counts(score: Score) -> tuple[int, int, int, int, int]:
    """Return how many were promised, kept on time, kept late, not kept, and not settled."""
    return score.promised, score.on_time, score.late, score.defaulted, score.pending


def _reviews(report: AnnualReport) -> list[Block]:
    blocks: list[Block] = [Heading("四、民主评议")]
    if not report.reviews:
        return [*blocks, Paragraph("本年度没有已公布的民主评议。")]
    names = [short_name(each) for each in report.reviews]
    blocks.append(
        Table(
            ("评议项目（加权满意率）", *names),
            [(each.label, *map(percent, each.rates)) for each in report.items],
            (5, *(3 for _ in names)),
            tuple(range(1, len(names) + 1)),
        )
    )
    for name, each in zip(names, report.reviews, strict=True):
        turnout = "；".join(
            f"{title} {counted}（要求 {needed}）"
            for title, counted, needed, _ in turnout_rows(each)
        )
        blocks += [Paragraph(f"{name}：{turnout}。"), summary(each.reviewees)]
    return blocks


def short_name(review: ReviewResult) -> str:
    """Return a review's name within its year."""
    return f"{HALVES[review.half]}{'（整改后）' if review.is_second else ''}"


def _orders(report: AnnualReport) -> list[Block]:
    if not report.orders:
        return []
    return [
        Heading("五、整改"),
        Table(
            ("评议", "对象", "整改要求", "期限", "结论"),
            [
                (
                    *(HALVES[each.half], each.name, each.demand, _short(each.due_on)),
                    f"{ORDERS[each.state]}{'（逾期）' if each.is_late else ''}",
                )
                for each in report.orders
            ],
            (3, 5, 9, 3, 4),
        ),
    ]


def _years(report: AnnualReport) -> list[Block]:
    return [
        Heading("六、历年对比" if report.orders else "五、历年对比"),
        Table(
            ("年份", "承诺", "按期兑现率", "平均进度", "上半年满意率", "下半年满意率"),
            [
                (
                    *(str(each.year), str(each.score.promised)),
                    *(percent(each.score.kept_on_time), percent(each.score.progress)),
                    *(percent(each.rate(half)) for half in (Half.H1, Half.H2)),
                )
                for each in report.years
            ],
            (2, 2, 3, 3, 3, 3),
            (1, 2, 3, 4, 5),
        ),
        Paragraph("满意率为全体评议对象合并计算：各组（满意 + 基本满意）÷ 有效评价，按权重加权。"),
    ]

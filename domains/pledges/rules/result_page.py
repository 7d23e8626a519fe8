"""A published review on paper: what it came to, with its working. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from domains.kernel.documents import Block, Document, Facts, Heading, Paragraph, Table
from domains.pledges.rules.figures import percent, rate
from domains.pledges.rules.ratings import Answers, TurnoutStep
from domains.pledges.values.reviews import Half

HALVES = {Half.H1: "上半年", Half.H2: "下半年"}
# Beyond so many under review, what each came to is told in a line.
MOST_IN_FULL = 30


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What a group that may be told said over all."""

    title: str
    weight: int
    answers: Answers
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What all groups said of an item, and the weighted rate."""

    label: str
    answers: Answers
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class RevieweeResult:
    """What somebody under review came to."""

    name: str
    issued: int
    returned: int
    void: int
    valid: int
    items: Sequence[ItemResult]
    groups: Sequence[GroupResult]
    topics: Sequence[tuple[str, int]]

    @property
    def overall(self) -> Fraction | None:
        """Return the weighted rate over all, the last item."""
        return self.items[-1].rate


@dataclass(frozen=True, slots=True)
class ReviewResult:
    """A review as it is published."""

    community: str
    year: int
    half: Half
    is_second: bool
    legal_basis: str
    counts_unknown: bool
    weights: Sequence[tuple[str, str, int]]
    steps: Sequence[TurnoutStep]
    reviewees: Sequence[RevieweeResult]

    @property
    def name(self) -> str:
        """Return what the review is called."""
        again = "（整改后再评议）" if self.is_second else ""
        return f"{self.year}年{HALVES[self.half]}民主评议{again}"


def document(result: ReviewResult) -> Document:
    """Describe the published result with its working."""
    blocks: list[Block] = [
        Facts(
            (
                ("评议依据", result.legal_basis),
                ("评议方式", "无记名，经投票箱逐人逐项评议"),
                (
                    "各组权重",
                    "；".join(f"{title} {weight}%" for _, title, weight in result.weights),
                ),
                ("计算办法", _method(result)),
            )
        ),
        Heading("参评人数核对"),
        Table(("项目", "实际", "要求", "是否达到"), turnout_rows(result), (4, 1, 1, 1), (1, 2)),
    ]
    if len(result.reviewees) > MOST_IN_FULL:
        blocks += [Heading("评议结果"), summary(result.reviewees)]
    else:
        for each in result.reviewees:
            blocks += _in_full(each)
    return Document(f"{result.community}{result.name}结果", blocks)


def _method(result: ReviewResult) -> str:
    unknown = "“不了解”计入" if result.counts_unknown else "“不了解”不计入"
    return (
        f"满意率 =（满意 + 基本满意）÷ 有效评价，{unknown}；各组满意率按权重加权，"
        "某组对某项均未作评价的，该组权重不计。不足五人的分组不单列。"
    )


def turnout_rows(result: ReviewResult) -> list[tuple[str, str, str, str]]:
    """Return the comparisons that the round's standing hung on."""
    titles = {f"group:{code}": f"{title}有效票" for code, title, _ in result.weights}
    titles |= {"raters": "参评总人数", "residents": "其中居民"}
    return [
        (
            *(titles.get(each.name, each.name), str(each.counted), str(each.needed)),
            "达到" if each.holds else "未达到",
        )
        for each in result.steps
    ]


def summary(reviewees: Sequence[RevieweeResult]) -> Table:
    """Return a line for each under review."""
    return Table(
        ("评议对象", "发出", "收回", "有效", "总体满意率"),
        [
            (each.name, str(each.issued), str(each.returned), str(each.valid), rate(each.overall))
            for each in reviewees
        ],
        (4, 1, 1, 1, 3),
        (1, 2, 3, 4),
    )


def _in_full(each: RevieweeResult) -> list[Block]:
    blocks: list[Block] = [
        Heading(each.name),
        Paragraph(
            f"发出 {each.issued} 票，收回 {each.returned} 票，其中有效 {each.valid} 票、"
            f"无效 {each.void} 票。总体满意率 {rate(each.overall)}。"
        ),
        Table(
            ("评议项目", "满意", "基本满意", "不满意", "不了解", "加权满意率"),
            [(item.label, *_counts(item.answers), rate(item.rate)) for item in each.items],
            (4, 1, 2, 2, 2, 4),
            (1, 2, 3, 4, 5),
        ),
    ]
    if each.groups:
        blocks.append(
            Table(
                ("分组（总体评价）", "权重", "满意", "基本满意", "不满意", "不了解", "满意率"),
                [
                    (group.title, f"{group.weight}%", *_counts(group.answers), percent(group.rate))
                    for group in each.groups
                ],
                (4, 2, 1, 2, 2, 2, 2),
                (1, 2, 3, 4, 5, 6),
            )
        )
    if each.topics:
        said = "、".join(f"{title}（{count} 条）" for title, count in each.topics)
        blocks.append(Paragraph(f"意见建议归类：{said}。"))
    return blocks


def _counts(answers: Answers) -> tuple[str, str, str, str]:
    return (
        str(answers.satisfied),
        str(answers.basically_satisfied),
        str(answers.unsatisfied),
        str(answers.unknown),
    )

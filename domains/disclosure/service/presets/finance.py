"""Financial affairs (财务): 8 classes with 44 items, after 农经发〔2011〕13号, art. 6.

农村集体经济组织财务公开规定 lists 44 items in six of its eight classes (7, 11, 10, 6, 4, 6) and
leaves two whole, resources and what else is to be public: these two stand here as an item each,
and after them the four matters of special disclosure (专项公开), due at once. It binds residents'
committees that act for a former village collective; elsewhere it is a model. Names are from
general knowledge of the text and marked so. Finance is public line by line, at least quarterly.
"""

from collections.abc import Iterator
from datetime import date

from domains.disclosure.service.presets.drafts import Preset, after_end, after_start
from domains.disclosure.values import Affair, FinanceClass, Frequency

_BASIS = "《农村集体经济组织财务公开规定》(农经发〔2011〕13号)第六条"
_SPECIAL_BASIS = "《农村集体经济组织财务公开规定》(农经发〔2011〕13号)专项公开"
_SOURCE = "项目名称据一般知识整理,施行前请与原文核对"
_SINCE = date(2011, 11, 21)

_CLASSES: tuple[tuple[FinanceClass, tuple[tuple[str, str], ...]], ...] = (
    (
        FinanceClass.PLAN,
        (
            ("财务收支计划", "Plan of income and spending"),
            ("固定资产购建计划", "Plan of purchases and construction of fixed assets"),
            ("农业基本建设计划", "Plan of basic agricultural works"),
            (
                "公益事业建设及“一事一议”筹资筹劳计划",
                "Plan of public works and of money and labour raised case by case",
            ),
            (
                "集体资产经营与处置、资源开发利用、对外投资等计划",
                "Plan of running and disposing of assets, of resources and investments",
            ),
            ("收益分配计划", "Plan of distribution"),
            ("经成员会议或成员代表会议讨论确定的其他财务计划", "Other plans decided by members"),
        ),
    ),
    (
        FinanceClass.INCOME,
        (
            ("产品销售、租赁、服务等集体经营收入", "Sales, rents and services"),
            ("发包及上交收入", "Contract fees and payments handed over"),
            ("投资收入", "Income from investments"),
            ("“一事一议”筹资及以资代劳款项", "Money raised case by case, or in place of labour"),
            ("村级组织运转经费财政补助款项", "Public subsidies for running the organisation"),
            ("上级专项补助款项", "Earmarked subsidies from above"),
            ("征占土地补偿款项", "Compensation for land taken"),
            ("救济扶贫款项", "Relief and poverty funds"),
            ("社会捐赠款项", "Donations received"),
            ("资产处置收入", "Proceeds of assets disposed of"),
            ("其他收入", "Other income"),
        ),
    ),
    (
        FinanceClass.SPENDING,
        (
            ("集体经营支出", "Running costs of collective business"),
            ("村组(社)干部报酬", "Pay of officers"),
            ("报刊费支出", "Newspapers and journals"),
            (
                "办公费、差旅费、会议费、卫生费、治安费等管理费支出",
                "Administration: office, travel, meetings, hygiene, security",
            ),
            ("集体公益福利支出", "Public welfare"),
            ("固定资产购建支出", "Purchases and construction of fixed assets"),
            ("征占土地补偿支出", "Compensation paid out for land taken"),
            ("救济扶贫专项支出", "Relief and poverty spending"),
            ("社会捐赠支出", "Spending of donations"),
            ("其他支出", "Other spending"),
        ),
    ),
    (
        FinanceClass.ASSETS,
        (
            ("现金及银行存款", "Cash and bank deposits"),
            ("产品物资", "Products and stores"),
            ("固定资产", "Fixed assets"),
            ("农业资产", "Agricultural assets"),
            ("对外投资", "Investments"),
            ("其他资产", "Other assets"),
        ),
    ),
    (
        FinanceClass.RESOURCES,
        (
            (
                "集体所有的耕地、林地、草地、园地、滩涂、水面、“四荒地”、集体建设用地等资源",
                "Land, woods, waters and other resources of the collective",
            ),
        ),
    ),
    (
        FinanceClass.DEBTS,
        (
            ("应收单位和个人欠款", "Owed by organisations and persons"),
            ("银行(信用社)贷款", "Loans from banks"),
            ("欠单位和个人款", "Owed to organisations and persons"),
            ("其他债权债务", "Other claims and debts"),
        ),
    ),
    (
        FinanceClass.DISTRIBUTION,
        (
            ("收益总额", "Total of the year's yield"),
            ("提取公积公益金数额", "Set aside for reserves and public welfare"),
            ("提取福利费数额", "Set aside for welfare"),
            ("外来投资分利数额", "Paid to outside investors"),
            ("成员分配数额", "Distributed to members"),
            ("其他分配数额", "Other distributions"),
        ),
    ),
    (FinanceClass.OTHER, (("其他需要公开的财务事项", "Other financial matters to be public"),)),
)
_SPECIAL = (
    ("集体土地征占补偿及分配情况", "Compensation for land and its distribution"),
    (
        "集体资产资源发包、租赁、出让、投资及收益情况",
        "Letting, leasing, selling and investing assets and resources",
    ),
    ("集体工程招投标及预决算情况", "Bids, estimates and final accounts of works"),
    ("“一事一议”筹资筹劳及使用情况", "Money and labour raised case by case, and their use"),
)
_YEARLY = frozenset({FinanceClass.PLAN, FinanceClass.DISTRIBUTION, FinanceClass.RESOURCES})


def presets() -> Iterator[Preset]:
    """Yield the items of financial affairs."""
    for number, (finance_class, items) in enumerate(_CLASSES, start=1):
        yearly = finance_class in _YEARLY
        # A plan is due when its year begins, the rest when the period is over.
        due = after_start(60) if finance_class is FinanceClass.PLAN else after_end(10)
        for place, (title_zh, title_en) in enumerate(items, start=1):
            yield Preset(
                code=f"F{number}{place:02d}",
                affair=Affair.FINANCE,
                finance_class=finance_class,
                title_zh=title_zh,
                title_en=title_en,
                frequency=Frequency.YEARLY if yearly else Frequency.QUARTERLY,
                due_rule=due,
                legal_basis=_BASIS,
                source=_SOURCE,
                effective_from=_SINCE,
                retention_months=60,
            )
    for place, (title_zh, title_en) in enumerate(_SPECIAL, start=1):
        yield Preset(
            code=f"F9{place:02d}",
            affair=Affair.FINANCE,
            finance_class=FinanceClass.OTHER,
            title_zh=title_zh,
            title_en=title_en,
            frequency=Frequency.AT_ONCE,
            due_rule=after_start(5),
            legal_basis=_SPECIAL_BASIS,
            source=_SOURCE,
            effective_from=_SINCE,
            retention_months=60,
        )

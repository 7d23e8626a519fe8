"""Residents' affairs (居务), after 上海市居民委员会工作条例 17, by analogy 村民委员会组织法 30.

General matters at least quarterly, major ones at once (村民委员会组织法 30); lists of people who
receive relief are masked field by field (个人信息保护法 25) and come off display.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domains.disclosure.rules.forms import Field
from domains.disclosure.service.presets.drafts import (
    ACCOUNT,
    ADDRESS,
    HARDSHIP,
    IDENTITY,
    PERSON,
    PHONE,
    REMARKS,
    Preset,
    after_end,
    after_start,
    open_field,
)
from domains.disclosure.values import Affair, Frequency

_BASIS = "《上海市居民委员会工作条例》第十七条;《村民委员会组织法》第三十条(参照)"
_SOURCE = "事项据条例条文;频次据《村民委员会组织法》第三十条“至少每季度一次”,城市社区参照"
_SINCE = date(2019, 1, 1)
_AMOUNT = open_field("amountYuan", "金额(元)", "Amount in yuan")
_RELIEF = (PERSON, ADDRESS, IDENTITY, ACCOUNT, HARDSHIP, _AMOUNT, REMARKS)
_GOODS = (
    *(PERSON, PHONE),
    open_field("goods", "物资名称", "Goods"),
    open_field("quantity", "数量", "Quantity"),
)

_ITEMS: tuple[
    tuple[str, str, str, Frequency, dict[str, Any], tuple[Field, ...], int | None], ...
] = (
    (
        *("R01", "居民会议、居民代表会议决定及办理情况", "Decisions of residents' meetings"),
        *(Frequency.QUARTERLY, after_end(10), (), 60),
    ),
    (
        *("R02", "听证会、协调会、评议会情况", "Hearings, mediations and appraisals"),
        *(Frequency.QUARTERLY, after_end(10), (), 60),
    ),
    (
        *("R03", "协商成果落实情况", "What became of what was deliberated"),
        *(Frequency.QUARTERLY, after_end(10), (), 60),
    ),
    (
        *("R04", "居民委员会工作经费与公益金使用", "Working funds and public welfare money"),
        *(Frequency.QUARTERLY, after_end(10), (), 60),
    ),
    (
        *("R05", "最低生活保障对象及金额", "Recipients of subsistence allowances"),
        *(Frequency.MONTHLY, after_end(10), _RELIEF, 3),
    ),
    (
        *("R06", "临时救助与困难补助", "Emergency relief and hardship subsidies"),
        *(Frequency.AT_ONCE, after_start(5), _RELIEF, 3),
    ),
    (
        *("R07", "捐赠款物接收与发放", "Donated money and goods: taken in, handed out"),
        *(Frequency.QUARTERLY, after_end(10), _GOODS, 12),
    ),
    (
        *(
            "R08",
            "居民委员会成员及分工、办公与联系方式",
            "The committee, its tasks and how to reach it",
        ),
        *(Frequency.LONG_TERM, after_start(30), (), None),
    ),
    (
        *("R09", "居民公约与自治章程", "The residents' covenant and charter"),
        *(Frequency.LONG_TERM, after_start(30), (), None),
    ),
    (
        *("R10", "居民委员会换届选举", "Election of the residents' committee"),
        *(Frequency.AT_ONCE, after_start(5), (), 60),
    ),
    (
        *("R11", "公共设施建设与维修项目", "Public works and repairs"),
        *(Frequency.AT_ONCE, after_start(5), (), 60),
    ),
    (
        *("R12", "年度工作计划与总结", "The year's plan and report"),
        *(Frequency.YEARLY, after_end(30), (), 60),
    ),
    (
        *("R13", "涉及居民利益的其他重大事项", "Other major matters of residents' interest"),
        *(Frequency.AT_ONCE, after_start(5), (), 60),
    ),
)


def presets() -> Iterator[Preset]:
    """Yield the items of residents' affairs."""
    for code, title_zh, title_en, frequency, due, form, months in _ITEMS:
        yield Preset(
            code=code,
            affair=Affair.RESIDENTS,
            title_zh=title_zh,
            title_en=title_en,
            frequency=frequency,
            due_rule=due,
            legal_basis=_BASIS,
            source=_SOURCE,
            effective_from=_SINCE,
            retention_months=months,
            form=form,
        )

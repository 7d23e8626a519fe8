"""Schemes to begin with, after four cities; `migrate` puts them in, once a version.

None holds anywhere by itself: a community adopts one, with what it changes. Where a city's
text was not found to say something (succession, moving away), the preset says what binds
least, and the community decides.
"""

from datetime import date
from typing import Any

from domains.kernel import clock, rulesets
from domains.kernel.rules import LegalEffect, RuleSet
from domains.timebank.rules.scheme import Scheme

TIME_BANK = "TIME_BANK"
HOUR = 60

_EIGHT = (
    ("company", "精神慰藉"),
    ("daily_life", "生活照料"),
    ("outings", "陪同出行"),
    ("health", "健康指导"),
    ("repairs", "维修服务"),
    ("culture", "文体活动"),
    ("digital", "智能设备辅导"),
    ("law", "法律援助"),
)
_NEEDS: list[dict[str, Any]] = [
    {"code": "alone_80", "title": "80 周岁以上空巢独居", "rank": 1, "leastAge": 80},
    {"code": "low_income_disabled", "title": "低保、失能老年人", "rank": 1, "leastAge": 60},
    {"code": "other_need", "title": "经评估的其他困难", "rank": 2, "leastAge": None},
]
_BASE: dict[str, Any] = {
    "timeBank": True,
    "pointMinutes": HOUR,
    "classes": [{"code": c, "title": t, "minutesPerPoint": HOUR} for c, t in _EIGHT],
    "caps": {"day": None, "year": None, "total": None, "balance": None},
    "groupDonates": False,
    "earnFromAge": 18,
    "holders": ["person", "household", "organisation", "community"],
    "giftsTo": ["household", "relatives", "needy"],
    "crossing": "none",
    "useFromAge": 60,
    "useFromAgeInNeed": None,
    "redeemable": ["service"],
    "needGroups": _NEEDS,
    "grants": None,
    "expiry": None,
    "succession": "heir",
    "movingAway": "keep",
    "reservationDays": 14,
}


def _capped(**caps: tuple[int, str]) -> dict[str, Any]:
    said = {kind: {"minutes": most, "excess": excess} for kind, (most, excess) in caps.items()}
    return {**_BASE["caps"], **said}


# 1,500 hours at most, the rest donated; hours of a group only for the pool; the fund grants
# hours to the needy.
_NANJING = _BASE | {
    "caps": _capped(balance=(1_500 * HOUR, "donate")),
    "groupDonates": True,
    "crossing": "city",
    "grants": {"monthMinutes": 10 * HOUR, "yearMinutes": None},
}
# An hour is a coin all over the city, used from 60 or given to direct relatives.
_BEIJING = _BASE | {"crossing": "city", "giftsTo": ["household", "relatives"]}
# Two coins a day and 600 a person; used from 65, in hardship from 60; family, friends, donation.
_SHANGHAI = _BASE | {
    "caps": _capped(day=(2 * HOUR, "refuse"), total=(600 * HOUR, "refuse")),
    "crossing": "district",
    "giftsTo": ["anyone"],
    "useFromAge": 65,
    "useFromAgeInNeed": 60,
}
# Services at prices of their own: what is hard to find earns a point in less time.
_CHENGDU = _BASE | {
    "classes": [
        {"code": "company", "title": "陪伴聊天", "minutesPerPoint": 60},
        {"code": "daily_life", "title": "生活照料", "minutesPerPoint": 40},
        {"code": "outings", "title": "陪同就医出行", "minutesPerPoint": 40},
        {"code": "health", "title": "健康指导", "minutesPerPoint": 45},
        {"code": "repairs", "title": "水电维修", "minutesPerPoint": 30},
        {"code": "culture", "title": "文体活动", "minutesPerPoint": 60},
        {"code": "digital", "title": "智能设备辅导", "minutesPerPoint": 60},
        {"code": "law", "title": "法律援助", "minutesPerPoint": 30},
    ],
    "useFromAge": None,
    "giftsTo": ["household", "relatives", "needy", "anyone"],
}
_PRESETS = (
    ("NANJING", "南京式", "as in Nanjing", "南京市养老服务时间银行实施方案(试行,2019)", _NANJING),
    (
        *("BEIJING", "北京式", "as in Beijing"),
        *("北京市养老服务时间银行实施方案(试行,2022)", _BEIJING),
    ),
    (
        *("SHANGHAI", "上海式", "as in Shanghai"),
        *("上海市养老服务时间银行(沪助养老时光汇)与长宁区试点办法", _SHANGHAI),
    ),
    (
        *("CHENGDU", "成都郫都式", "as in Pidu, Chengdu"),
        *("成都市郫都区时间银行服务清单与计价", _CHENGDU),
    ),
)


async def sync_presets() -> None:
    """Put the preset schemes in; a version that stands is left as it is."""
    for name, title_zh, title_en, legal_basis, content in _PRESETS:
        Scheme.of(content)
        await rulesets.put(
            code=f"{TIME_BANK}_{name}",
            version=1,
            title_zh=f"时间银行:{title_zh}",
            title_en=f"A time bank {title_en}",
            legal_basis=legal_basis,
            legal_effect=LegalEffect.ADVISORY,
            effective_from=date(2019, 7, 1),
            content=content,
        )


async def standing() -> list[RuleSet]:
    """Return the presets in force today."""
    today = await clock.today()
    return [
        await rulesets.in_force(f"{TIME_BANK}_{name}", on=today, community=None)
        for name, *_ in _PRESETS
    ]

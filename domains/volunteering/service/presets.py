"""The rules that every installation begins with; `migrate` puts them in, once a version."""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect
from domains.volunteering.values.codes import STAR_POLICY, VOLUNTEER_SERVICE, VOLUNTEER_SHIFTS

_CONTENT: dict[str, Any] = {
    "leastAge": 8,
    "adultAge": 18,
    "minorsBarred": ["emergency_rescue", "disaster_relief"],
    "excludedNatures": [
        *("training", "meeting", "lecture", "duty_shift", "banquet", "rehearsal"),
        *("donation", "paid_work"),
    ],
    "dayCapMinutes": 480,
    "checkInsADay": 3,
    "checkInBeforeMinutes": 30,
    "checkOutAfterMinutes": 60,
    "codeSeconds": 15,
    "record": {"workingDays": 10},
    "confirmers": 2,
    "notice": {"workingDays": 5},
    "stationHaves": [
        {"code": "place", "title": "有场所"},
        {"code": "sign", "title": "有标识"},
        {"code": "team", "title": "有队伍"},
        {"code": "projects", "title": "有项目"},
        {"code": "rules", "title": "有制度"},
        {"code": "support", "title": "有保障"},
    ],
    "suspicion": {
        "ringConfirmations": 3,
        "ringDays": 90,
        "dayMinutes": 600,
        "burstDays": 15,
        "burstPercent": 40,
        "burstLeastMinutes": 1200,
        "dutyBegins": "09:00",
        "dutyEnds": "17:00",
    },
}
_STARS: dict[str, Any] = {
    "notice": {"workingDays": 5},
    "levels": [
        {
            "level": level,
            "hours": hours,
            "months": months,
            "qualityTenths": quality,
            "approvers": approvers,
        }
        for level, hours, months, quality, approvers in (
            (1, 100, 6, 30, ["street_reviewer", "platform_administrator"]),
            (2, 300, 6, 30, ["street_reviewer", "platform_administrator"]),
            (3, 600, 12, 35, ["platform_administrator"]),
            (4, 1000, 12, 40, ["platform_administrator"]),
            (5, 1500, 12, 40, ["platform_administrator"]),
        )
    ],
    "medals": [
        {
            "code": f"medal{hours}",
            "titleZh": f"{title}奖章",
            "titleEn": f"{english} medal",
            "hours": hours,
            "communityHours": own,
            "approvers": ["platform_administrator"],
        }
        for hours, own, title, english in (
            (2000, 120, "铜质", "Bronze"),
            (3000, 150, "银质", "Silver"),
            (4000, 200, "金质", "Gold"),
        )
    ],
    "banYears": {"least": 1, "most": 3},
}
_SHIFTS: dict[str, Any] = {
    "tomorrowHours": 24,
    "soonMinutes": 120,
    "absentAfterMinutes": 60,
    "declineHours": 12,
    "mostWaiting": 200,
}
_PRESETS = (
    (
        *(VOLUNTEER_SERVICE, "志愿服务登记与记录", "Registering volunteers and their service"),
        "民政部令第67号《志愿服务记录与证明出具办法(试行)》第5、7至11、13、19条;"
        "《志愿服务条例》第12、17条;未成年人限制依《山东省志愿服务条例》第10条;"
        "每日上限、公示与核查由各地另定",
        _CONTENT,
    ),
    (
        *(STAR_POLICY, "志愿者星级认定与嘉许", "Volunteers' stars and medals"),
        "时长100/300/600/1000/1500小时依民政部志愿服务记录制度;"
        "服务期限、公示与禁评期参照广东省、深圳市龙岗区、博罗县的做法,由各地另定",
        _STARS,
    ),
    (
        *(VOLUNTEER_SHIFTS, "志愿服务班次与候补", "Shifts, waiting lists and substitutes"),
        "《志愿服务条例》第24条(应急志愿服务接受应急指挥机构统一指挥);"
        "提醒、候补与缺席的期限由各地另定",
        _SHIFTS,
    ),
)


async def sync_presets() -> None:
    """Put the preset rules in; a version that stands is left as it is."""
    for code, title_zh, title_en, legal_basis, content in _PRESETS:
        await rulesets.put(
            code=code,
            version=1,
            title_zh=title_zh,
            title_en=title_en,
            legal_basis=legal_basis,
            legal_effect=LegalEffect.ADVISORY,
            effective_from=date(2021, 2, 1),
            content=content,
        )

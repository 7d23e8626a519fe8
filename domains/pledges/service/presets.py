"""The rules that every installation begins with; `migrate` puts them in, once a version.

The programme of promises, with its half-yearly review, follows a city's plan of work for
urban communities (point 15: promises published with content, body and deadline, under the
residents' eyes). It leaves the days to the place, so the figures here are a beginning.
"""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect, Threshold

PLEDGE_PROGRAMME = "PLEDGE_PROGRAMME"
PLEDGE_REVIEW = "PLEDGE_REVIEW"
REVIEW_RATING = "REVIEW_RATING"
REVIEW_FOLLOW_UP = "REVIEW_FOLLOW_UP"

_CONTENT: dict[str, Any] = {
    "notice": {"naturalDays": 7},
    "objectionAnswer": {"naturalDays": 5},
    "changeNotice": {"naturalDays": 7},
    "contestAnswer": {"workingDays": 10},
    # Within these days after it happened a claim counts for the day that it names.
    "report": {"workingDays": 10},
    "milestoneRemindDays": 7,
    "acceptance": {
        "roles": ["resident", "residents_representative"],
        "least": 3,
        "refusals": 3,
    },
    # The days on which the reviews of the two halves begin.
    "reviewBegins": {"h1": {"month": 6, "day": 20}, "h2": {"month": 12, "day": 1}},
}
# Weights and least numbers as in a district of Jiaxing: street 30, peers 10, public 60; 50
# raters at least, 70 of a hundred of them residents. A group of fewer than five is not rated
# by: what few say tells who said it.
_REVIEW: dict[str, Any] = {
    "reports": {"workingDays": 5},
    "beforeRating": {"naturalDays": 3},
    "rating": {"naturalDays": 7},
    "items": ["践诺完成情况", "服务态度", "办事效率", "廉洁自律"],
    "overall": "总体评价",
    "groups": [
        {"code": "street", "title": "街道评议", "weight": 30, "least": 5, "source": "list"},
        {
            "code": "peers",
            "title": "同事互评",
            "weight": 10,
            "least": 5,
            "source": "role",
            "roles": ["committee_member", "social_worker", "grid_worker", "building_captain"],
        },
        {
            "code": "residents",
            "title": "居民评议",
            "weight": 60,
            "least": 35,
            "source": "open",
            "residents": True,
        },
    ],
    "leastRaters": 50,
    "residentShare": Threshold(7, 10, inclusive=True).as_json(),
    "countsUnknown": False,
    "revieweeRoles": ["committee_member", "social_worker"],
    "reviewsBodies": True,
    "ratingRules": REVIEW_RATING,
}
# The ballot box of one group for one reviewee: each item gets one of four grades.
_RATING: dict[str, Any] = {
    "electorate": "list",
    "measures": ["heads"],
    "quorum": {"heads": Threshold(0, 1, inclusive=True).as_json()},
    "majority": {"heads": Threshold(1, 2, inclusive=False).as_json()},
    "majorityOf": "participating",
    "choiceShare": Threshold(0, 1, inclusive=True).as_json(),
    "methods": ["preference"],
    "countingRules": ["majority_judgement"],
    "secrecies": ["secret"],
    "recast": False,
    "remindHours": 24,
    "adjustable": ["quorum"],
}
# What follows a published review. Two failures in a row end an office under a province's rules
# (Zhejiang); elsewhere a community's street adopts what its own rules say. It is only flagged.
_FOLLOW_UP: dict[str, Any] = {
    "content": Threshold(6, 10, inclusive=True).as_json(),
    "failures": {
        "inARow": 2,
        "kinds": ["person"],
        # Whether a review after a rectification counts like others.
        "countsSecond": False,
        "consequence": "连续两次评议不称职,依法依规终止职务;本系统只作提示,由有权机关认定办理",
        "legalBasis": "浙江省有关民主评议的规定;其他地方按当地规定采用",
    },
    "answer": {"workingDays": 10},
    "rectification": {"naturalDays": 30},
    "reply": {"workingDays": 10},
}
_PLAN = "市级城市社区治理体系和治理能力现代化建设三年提升工作要点第15条"


_PRESETS = (
    (
        *(PLEDGE_PROGRAMME, "社区项目承诺", "A community's pledges"),
        *(f"{_PLAN}(项目承诺机制);期限由各地另定", _CONTENT),
    ),
    (
        *(PLEDGE_REVIEW, "半年民主评议", "The half-yearly review"),
        *(f"{_PLAN}(每半年民主评议);权重与人数由各地另定", _REVIEW),
    ),
    (
        *(REVIEW_RATING, "民主评议票", "A review's ballot"),
        *(f"{_PLAN}(民主评议)", _RATING),
    ),
    (
        *(REVIEW_FOLLOW_UP, "民主评议结果运用", "What follows a review"),
        *(f"{_PLAN}(评议结果作为年度考核的重要依据);期限由各地另定", _FOLLOW_UP),
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
            effective_from=date(2021, 1, 1),
            content=content,
        )

"""The rules by which every installation begins to handle issues; a community adopts its own.

Sources: 中办发〔2015〕41号《关于加强城乡社区协商的意见》 (from the raising of an issue to the
feedback; what concerns many or stays disputed goes to the residents' or representatives'
meeting); 《北京市街道办事处条例》第十一条 and 《北京市接诉即办工作条例》, by analogy (the street
calls departments, which answer in time); 《民法典》第二百七十八条, 第二百七十九条 (what owners
decide together). Where a text leaves a period to local rules, the figure is a beginning.
"""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect

CODE = "ISSUE_HANDLING"

_CONTENT: dict[str, Any] = {
    # So many supporters, and the issue has to come before a meeting within `look`.
    "supportCount": 10,
    "look": {"workingDays": 15},
    # How long an issue may stay in a state.
    "steps": {
        "reported": {"workingDays": 2},
        "triaged": {"workingDays": 3},
        "risk_assessed": {"workingDays": 5},
        "deliberated": {"workingDays": 10},
        "referred": {"workingDays": 15},
        "resolved": {"workingDays": 5},
        "implementing": {"naturalDays": 60},
        "fed_back": {"workingDays": 10},
        "revisited": {"workingDays": 10},
    },
    "assignment": {
        "low": {"workingDays": 15},
        "medium": {"workingDays": 10},
        "high": {"workingDays": 5},
        "critical": {"workingDays": 1},
    },
    "whistle": {
        "low": {"workingDays": 7},
        "medium": {"workingDays": 5},
        "high": {"workingDays": 2},
        "critical": {"workingDays": 1},
    },
    # At these levels an issue may be resolved without a meeting.
    "directLevels": ["low"],
    # What the law lets only a ballot decide, and under which rules.
    "ballots": {
        "maintenance_fund": "OWNERS_GENERAL",
        "common_property": "OWNERS_SPECIAL",
        "lift_retrofit": "OWNERS_SPECIAL",
        "home_to_business": "HOME_TO_BUSINESS",
    },
    # Which departments such an issue is for, by words of their names: the street calls them.
    "routes": {
        "environment": ["城市管理", "综合行政执法"],
        "noise": ["派出所", "综合行政执法"],
        "waste_sorting": ["城市管理", "综合行政执法"],
        "pets": ["派出所", "综合行政执法"],
        "parking": ["交警", "派出所"],
        "public_safety": ["消防", "派出所", "应急"],
        "public_facilities": ["城市管理", "住房"],
        "property_service": ["住房"],
        "lift_retrofit": ["住房", "市场监管"],
        "home_to_business": ["市场监管", "综合行政执法"],
        "neighbours": ["司法所", "派出所"],
        "welfare": ["民政", "社会事务"],
        "culture": ["文化"],
    },
    # How long whoever raised an issue has to evaluate it, and a resolution that came of it.
    "evaluation": {"naturalDays": 7},
}


async def sync() -> None:
    """Put the rules in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="议题办理",
        title_en="Handling of issues",
        legal_basis="中办发〔2015〕41号;《北京市街道办事处条例》第十一条(参照);《民法典》第二百七十八、二百七十九条",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 1, 1),
        content=_CONTENT,
    )

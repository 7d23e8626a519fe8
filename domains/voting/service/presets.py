"""The rule sets that every installation begins with; `migrate` puts them in, once a version.

Figures and bases: 民法典 1259 for bounds; the residents' meeting as the organic law has it.
Both are advisory here: no law was found that lets residents' ballots be cast over a network.
"""

from datetime import date

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect, Threshold

_HALF_OR_MORE = Threshold(1, 2, inclusive=True)
_MORE_THAN_HALF = Threshold(1, 2, inclusive=False)
_ANY_SHARE = Threshold(0, 1, inclusive=True)


async def sync_presets() -> None:
    """Put the preset rule sets in; a version that stands is left as it is."""
    await rulesets.put(
        code="COMMUNITY_CONSULTATION",
        version=1,
        title_zh="社区意见征询",
        title_en="Community consultation",
        legal_basis="居民公约与议事规则",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content={
            "quorum": _HALF_OR_MORE.as_json(),
            "majority": _MORE_THAN_HALF.as_json(),
            "majorityOf": "for_and_against",
            "choiceShare": _ANY_SHARE.as_json(),
            "recast": True,
            "adjustable": ["quorum"],
        },
    )
    await rulesets.put(
        code="RESIDENTS_MEETING",
        version=1,
        title_zh="居民会议表决",
        title_en="Residents' meeting",
        legal_basis="城市居民委员会组织法",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content={
            "quorum": _MORE_THAN_HALF.as_json(),
            "majority": _MORE_THAN_HALF.as_json(),
            "majorityOf": "participating",
            "choiceShare": _MORE_THAN_HALF.as_json(),
            "recast": False,
            "adjustable": [],
        },
    )

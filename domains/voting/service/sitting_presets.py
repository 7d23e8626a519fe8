"""The rules by which a meeting's votes are counted: who is present is the roll.

议事规则12条: 多数裁决, a tie fails, abstentions are not called. 村民委员会组织法 22 and 26 ask for
more than half of those present, so where they govern, who abstains weighs against.
"""

from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect, Threshold
from domains.voting.service.presets import ALL, ANY, OVER_HALF, TWO_THIRDS, Preset

_RULES = "议事规则12条"
_PRESENT = "《村民委员会组织法》第二十二条、第二十六条;《城市居民委员会组织法》参照适用"
_BEGINS = date(2020, 1, 1)


def _content(
    majority: Threshold, of: str, *, secrecies: tuple[str, ...] = ("open", "secret")
) -> dict[str, Any]:
    return {
        "electorate": "list",
        "measures": ["heads"],
        # Enough are there before the vote begins; how many then take part is theirs.
        "quorum": {},
        "majority": {"heads": majority.as_json()},
        "majorityOf": of,
        "choiceShare": ANY.as_json(),
        "methods": ["motion"],
        "secrecies": list(secrecies),
        "recast": False,
        "sitting": {"endsEarly": ["all_voted", "chair"]},
    }


PRESETS = (
    Preset(
        code="MEETING_MOTION",
        title_zh="会议表决",
        title_en="Vote in a meeting",
        legal_basis=_RULES,
        legal_effect=LegalEffect.ADVISORY,
        effective_from=_BEGINS,
        content=_content(OVER_HALF, "for_and_against"),
    ),
    Preset(
        code="MEETING_MOTION_TWO_THIRDS",
        title_zh="会议表决(三分之二)",
        title_en="Vote in a meeting, two thirds",
        legal_basis=_RULES,
        legal_effect=LegalEffect.ADVISORY,
        effective_from=_BEGINS,
        content=_content(TWO_THIRDS, "for_and_against"),
    ),
    Preset(
        code="MEETING_MOTION_PRESENT",
        title_zh="会议表决(到会人员过半数)",
        title_en="Vote in a meeting, more than half of those present",
        legal_basis=_PRESENT,
        effective_from=_BEGINS,
        content=_content(OVER_HALF, "roll"),
    ),
    Preset(
        code="MEETING_CONSENT",
        title_zh="一致同意",
        title_en="Unanimous consent",
        legal_basis=_RULES,
        legal_effect=LegalEffect.ADVISORY,
        effective_from=_BEGINS,
        content=_content(ALL, "participating", secrecies=("open",)),
    ),
)


async def sync_presets() -> None:
    """Put the rules of meetings' votes in; a version that stands is left as it is."""
    for each in PRESETS:
        await rulesets.put(
            code=each.code,
            version=each.version,
            title_zh=each.title_zh,
            title_en=each.title_en,
            legal_basis=each.legal_basis,
            legal_effect=each.legal_effect,
            effective_from=each.effective_from,
            content=each.content,
        )

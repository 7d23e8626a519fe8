"""Which bodies publish what, on whose approval, and what may be shown of which class of field.

谁发布谁负责: a community's body is approved by its supervisors (山东省村务公开条例 11), by a
privacy review (个人信息保护法 25) and by the street office; a department by its head; the
party by its own (党务公开条例(试行) 15: 提出, 审核(含保密审查), 审批); an owners' committee and a
property company by their own. A community may have a rule set of its own under the same code.
"""

from datetime import date
from typing import Any
from uuid import UUID

from domains.kernel import clock, rulesets
from domains.kernel.rules import LegalEffect, RuleSet

CODE = "DISCLOSURE_PUBLISHING"

_EVERYDAY = ["notice", "activity", "announcement", "news"]
_ALL = [*_EVERYDAY, "policy", "structured"]


def _step(step: str, *takers: dict[str, str]) -> dict[str, Any]:
    return {"step": step, "by": list(takers)}


def _body(
    kinds: list[str],
    affairs: list[str],
    writers: list[dict[str, str]],
    *chain: dict[str, Any],
) -> dict[str, Any]:
    return {
        "kinds": kinds,
        "affairs": affairs,
        "writers": writers,
        "chain": list(chain),
        "eachAnother": True,
    }


CONTENT: dict[str, Any] = {
    "publishers": {
        "community": _body(
            _ALL,
            ["residents", "finance"],
            [{"role": "committee_member"}, {"role": "social_worker"}, {"officer": "writer"}],
            _step("supervisor_review", {"role": "supervisor"}),
            _step("privacy_review", {"officer": "privacy_reviewer"}, {"role": "committee_member"}),
            _step("approval", {"role": "street_reviewer"}),
        ),
        "department": _body(
            [*_EVERYDAY, "policy"],
            [],
            [{"organisation_role": "department_publisher"}],
            _step("approval", {"organisation_role": "department_head"}),
        ),
        "party": _body(
            _ALL,
            ["party"],
            [{"officer": "writer"}],
            _step("privacy_review", {"officer": "privacy_reviewer"}),
            _step("approval", {"officer": "approver"}),
        ),
        "owners_committee": _body(
            _EVERYDAY,
            [],
            [{"organisation_role": "organisation_administrator"}, {"officer": "writer"}],
            _step(
                "approval",
                {"organisation_role": "organisation_administrator"},
                {"officer": "approver"},
            ),
        ),
        "property_company": _body(
            _EVERYDAY,
            [],
            [{"organisation_role": "organisation_administrator"}, {"officer": "writer"}],
            _step(
                "approval",
                {"organisation_role": "organisation_administrator"},
                {"officer": "approver"},
            ),
        ),
    },
    "masks": {
        "public": ["none"],
        "internal": ["hidden"],
        "personal": ["name", "phone", "address", "hidden"],
        "sensitive": ["identity_number", "account", "hidden"],
    },
    "mostPins": 3,
}


async def in_force(community_id: UUID | None) -> RuleSet:
    """Return the rules of publishing for a community today: its own where they are such rules."""
    today = await clock.today()
    found = await rulesets.in_force(CODE, on=today, community=community_id)
    if CONTENT.keys() <= found.content.keys():
        return found
    return await rulesets.in_force(CODE, on=today, community=None)


async def sync() -> None:
    """Put the rules of publishing in; a version that stands is left as it is."""
    await rulesets.put(
        code=CODE,
        version=1,
        title_zh="公开事项的发布与审核",
        title_en="Publishing and approving disclosures",
        legal_basis=(
            "《中国共产党党务公开条例(试行)》第十五条;《山东省村务公开条例》第十一条(参照);"
            "《个人信息保护法》第二十五条"
        ),
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2021, 11, 1),
        content=CONTENT,
    )

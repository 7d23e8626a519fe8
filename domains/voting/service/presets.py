"""The rule sets that every installation begins with; `migrate` puts them in, once a version.

Sources: 民法典 (278, 279, 1259), 建筑物区分所有权解释 (8-11), 物业管理条例 14, 城市居民委员会组织法
(in force since 2026-01-01), 村民委员会组织法 (6, 13-16, 21, 22, 26), 上海市村民委员会选举办法
16-19, 重庆市居民委员会选举办法 5, 6, 33-36, 山西省村民委员会选举办法 38. Where a text leaves a
figure to local rules, the figure here is a beginning that a community replaces by a rule set of
its own. No text was found that lets residents' ballots be cast over a network, so what the law
orders is STATUTORY_IMPORTED: the product keeps registers, proxies, publication and arithmetic,
and takes certified paper in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect, Threshold
from domains.voting.rules import CountingRule

HALF = Threshold(1, 2, inclusive=True)
OVER_HALF = Threshold(1, 2, inclusive=False)
TWO_THIRDS = Threshold(2, 3, inclusive=True)
THREE_QUARTERS = Threshold(3, 4, inclusive=True)
FIFTH = Threshold(1, 5, inclusive=True)
A_THIRD = Threshold(1, 3, inclusive=True)
ALL = Threshold(1, 1, inclusive=True)
ANY = Threshold(0, 1, inclusive=True)
TENTH = Threshold(1, 10, inclusive=True)

_OF_BUDGETS = (
    CountingRule.GREEDY_SKIP,
    CountingRule.GREEDY_STOP,
    CountingRule.GREEDY_MINIMUM,
    CountingRule.EQUAL_SHARES,
)

_CIVIL_CODE = date(2021, 1, 1)
_NEW_COMMITTEE_LAW = date(2026, 1, 1)

# 重庆 34: whoever certifies looks each of them through.
INVALIDITY_GROUNDS = (
    "more_returned_than_issued",
    "roll_not_published",
    "unentitled_voters",
    "candidates_not_published",
    "not_secret",
    "bribery_or_threat",
    "count_not_public",
    "quorum_not_reached",
)


@dataclass(frozen=True, slots=True)
class Preset:
    """One rule set to put in."""

    code: str
    title_zh: str
    title_en: str
    legal_basis: str
    effective_from: date
    content: Mapping[str, Any]
    legal_effect: LegalEffect = LegalEffect.STATUTORY_IMPORTED
    version: int = 1


def _content(
    electorate: str,
    *,
    quorum: Threshold | None,
    majority: Threshold,
    of: str = "participating",
    measures: tuple[str, ...] = ("heads",),
    methods: tuple[str, ...] = ("motion", "choice"),
    secrecies: tuple[str, ...] = ("open", "secret"),
    choice: Threshold = OVER_HALF,
    **more: Any,
) -> dict[str, Any]:
    return {
        "electorate": electorate,
        "measures": list(measures),
        "quorum": {each: quorum.as_json() for each in measures} if quorum else {},
        "majority": {each: majority.as_json() for each in measures},
        "majorityOf": of,
        "choiceShare": choice.as_json(),
        "methods": list(methods),
        "secrecies": list(secrecies),
        "recast": False,
        "remindHours": 24,
    } | more


_ROLL = {
    "published": {"naturalDays": 20},
    "objection": {"naturalDays": 5},
    "decision": {"naturalDays": 3},
}
# 村委会法 13: registered in one place only; who is not registered has lived there for a year.
_VOTERS_ROLL = _ROLL | {"onePlace": True, "residence": {"months": 12}}
_AFTER_COUNT = {
    "grounds": list(INVALIDITY_GROUNDS),
    "publicity": {"naturalDays": 7},
    "answer": {"naturalDays": 30},
}


def _proxies(holders: str, *, most: int = 3, candidates: bool = False) -> dict[str, Any]:
    return {
        "holders": holders,
        "mostPerHolder": most,
        "filedDays": 5,
        "publishedDays": 2,
        "candidatesMayHold": candidates,
    }


# 村委会法 6 wants a woman on a village committee, 重庆 5-6 on a residents' committee; neither
# says what follows where none is elected. Shanxi does (山西省村民委员会选举办法 38: a woman who was
# not elected runs off, and where none is elected then, the seat may stay empty); elsewhere it is
# a beginning, which a community replaces: by the woman with the most votes above the share
# taking the last seat, or by saying so and no more.
_WOMAN_RULES = ["runoff"]


def _election(**changes: Any) -> dict[str, Any]:
    return {
        "surplusRequired": False,
        "writeIns": True,
        "atLeastOneWoman": True,
        "avoidsRelatives": True,
        "leastElected": 3,
        "runoffShare": A_THIRD.as_json(),
        "womanRules": _WOMAN_RULES,
        "nomination": {"naturalDays": 7},
        "leastNominators": 1,
        "selfNomination": True,
    } | changes


def _runoff(code: str, *, fills: str = "all_seats") -> dict[str, Any]:
    """Return who runs off under which rules: twice as many as there are open seats."""
    return {"code": code, "perSeat": 2, "within": {"naturalDays": 30}, "fills": fills}


def _advisory() -> Iterator[Preset]:
    yield Preset(
        code="COMMUNITY_CONSULTATION",
        title_zh="社区意见征询",
        title_en="Community consultation",
        legal_basis="居民公约与议事规则",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content=_content(
            "persons",
            quorum=HALF,
            majority=OVER_HALF,
            of="for_and_against",
            choice=ANY,
            recast=True,
            adjustable=["quorum"],
            methods=("motion", "choice", "preference"),
            countingRules=[each.value for each in CountingRule],
        ),
    )
    yield Preset(
        code="PARTICIPATORY_BUDGET",
        title_zh="参与式预算",
        title_en="Participatory budget",
        legal_basis="居民公约与议事规则",
        legal_effect=LegalEffect.ADVISORY,
        effective_from=date(2020, 1, 1),
        content=_content(
            "persons",
            quorum=TENTH,
            majority=OVER_HALF,
            choice=ANY,
            recast=True,
            adjustable=["quorum"],
            methods=("preference",),
            countingRules=[each.value for each in _OF_BUDGETS],
        ),
    )


def _owners() -> Iterator[Preset]:
    common: dict[str, Any] = {
        "measures": ("area", "heads"),
        "secrecies": ("open",),
        "notice": {"naturalDays": 15},
        "roll": _ROLL | {"published": {"naturalDays": 15}},
        "proxies": _proxies("voters", candidates=True),
        "afterCount": _AFTER_COUNT | {"publicity": {"naturalDays": 15}},
    }
    for code, zh, en, majority in (
        ("OWNERS_GENERAL", "业主共同决定(一般事项)", "Owners' general matters", OVER_HALF),
        ("OWNERS_SPECIAL", "业主共同决定(特别事项)", "Owners' special matters", THREE_QUARTERS),
    ):
        yield Preset(
            code=code,
            title_zh=zh,
            title_en=en,
            legal_basis="《民法典》第二百七十八条;《物业管理条例》第十四条",
            effective_from=_CIVIL_CODE,
            content=_content("owners", quorum=TWO_THIRDS, majority=majority, **common),
        )
    yield Preset(
        code="HOME_TO_BUSINESS",
        title_zh="住宅改为经营性用房",
        title_en="Home to business",
        legal_basis="《民法典》第二百七十九条;建筑物区分所有权解释第十条、第十一条",
        effective_from=_CIVIL_CODE,
        content=_content(
            "owners",
            quorum=None,
            majority=ALL,
            of="roll",
            methods=("motion",),
            secrecies=("open",),
        ),
    )


def _meetings() -> Iterator[Preset]:
    residents, villagers = "《城市居民委员会组织法》", "《村民委员会组织法》"
    for code, zh, en, basis, electorate, quorum, notice in (
        (
            *("RESIDENTS_MEETING", "居民会议表决", "Residents' meeting", residents, "persons"),
            *(OVER_HALF, None),
        ),
        (
            *("RESIDENTS_MEETING_HOUSEHOLDS", "居民会议表决(户代表)"),
            *("Residents' meeting by households", residents, "households", OVER_HALF, None),
        ),
        (
            *("VILLAGERS_MEETING", "村民会议表决", "Villagers' meeting", villagers + "第二十二条"),
            *("persons", OVER_HALF, 10),
        ),
        (
            *("VILLAGERS_MEETING_HOUSEHOLDS", "村民会议表决(户代表)"),
            *("Villagers' meeting by households", villagers + "第二十二条", "households"),
            *(TWO_THIRDS, 10),
        ),
        (
            *("REP_MEETING", "居民(村民)代表会议表决", "Representatives' meeting"),
            *(villagers + "第二十六条", "representatives", TWO_THIRDS, None),
        ),
    ):
        measure = "households" if electorate == "households" else "heads"
        more: dict[str, Any] = {"notice": {"naturalDays": notice}} if notice else {}
        yield Preset(
            code=code,
            title_zh=zh,
            title_en=en,
            legal_basis=basis,
            effective_from=date(2020, 1, 1),
            content=_content(
                electorate, quorum=quorum, majority=OVER_HALF, measures=(measure,), **more
            ),
        )


def _elections() -> Iterator[Preset]:
    common: dict[str, Any] = {
        "methods": ("election",),
        "roll": _VOTERS_ROLL,
        "afterCount": _AFTER_COUNT,
    }
    for code, zh, en, basis, electorate, holders, begins in (
        (
            *("RC_ELECTION", "居民委员会选举(居民)", "Residents' committee election"),
            *("《城市居民委员会组织法》", "persons", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("RC_ELECTION_HOUSEHOLDS", "居民委员会选举(户代表)"),
            "Residents' committee election by households",
            *("《城市居民委员会组织法》", "households", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("RC_ELECTION_REPRESENTATIVES", "居民委员会选举(居民代表)"),
            "Residents' committee election by representatives",
            *("《城市居民委员会组织法》", "representatives", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("VC_ELECTION", "村民委员会选举", "Village committee election"),
            *("《村民委员会组织法》第十五条", "persons", "near_relatives", date(2019, 1, 1)),
        ),
    ):
        measure = "households" if electorate == "households" else "heads"
        yield Preset(
            code=code,
            title_zh=zh,
            title_en=en,
            legal_basis=basis,
            effective_from=begins,
            content=_content(
                electorate,
                quorum=OVER_HALF,
                majority=OVER_HALF,
                measures=(measure,),
                election=_election(runoff=_runoff(code.replace("ELECTION", "RUNOFF"))),
                proxies=_proxies(holders),
                **common,
            ),
        )
    yield from _runoffs()
    yield from _recalls()


def _runoffs() -> Iterator[Preset]:
    for code, zh, en, basis, electorate, holders, begins in (
        (
            *("RC_RUNOFF", "居民委员会另行选举(居民)", "Residents' committee run-off"),
            *("《城市居民委员会组织法》", "persons", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("RC_RUNOFF_HOUSEHOLDS", "居民委员会另行选举(户代表)"),
            "Residents' committee run-off by households",
            *("《城市居民委员会组织法》", "households", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("RC_RUNOFF_REPRESENTATIVES", "居民委员会另行选举(居民代表)"),
            "Residents' committee run-off by representatives",
            *("《城市居民委员会组织法》", "representatives", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("VC_RUNOFF", "村民委员会另行选举", "Village committee run-off"),
            *("《村民委员会组织法》第十五条", "persons", "near_relatives", date(2019, 1, 1)),
        ),
    ):
        yield Preset(
            code=code,
            title_zh=zh,
            title_en=en,
            legal_basis=basis,
            effective_from=begins,
            content=_content(
                electorate,
                quorum=None,
                majority=A_THIRD,
                measures=("households" if electorate == "households" else "heads",),
                election=_election(
                    runoffShare=None,
                    writeIns=False,
                    runoff=_runoff(code, fills="least_elected"),
                ),
                # No text was found that speaks of proxies in a run-off, which is the same vote.
                proxies=_proxies(holders) | {"carriesOver": True},
                methods=("election",),
                afterCount=_AFTER_COUNT,
            ),
        )


def _recalls() -> Iterator[Preset]:
    # What the new committee law says of recalls was not found: the village law's figures are
    # where a community begins.
    for code, zh, en, basis, holders, begins in (
        (
            *("RC_RECALL", "居民委员会成员罢免", "Recall from a residents' committee"),
            *("《城市居民委员会组织法》", "voters", _NEW_COMMITTEE_LAW),
        ),
        (
            *("VC_RECALL", "村民委员会成员罢免", "Recall from a village committee"),
            *("《村民委员会组织法》第十六条", "near_relatives", date(2019, 1, 1)),
        ),
    ):
        yield Preset(
            code=code,
            title_zh=zh,
            title_en=en,
            legal_basis=basis,
            effective_from=begins,
            content=_content(
                "persons",
                quorum=OVER_HALF,
                majority=OVER_HALF,
                methods=("motion",),
                roll=_VOTERS_ROLL,
                proxies=_proxies(holders),
                afterCount=_AFTER_COUNT,
                recall={
                    "voters": FIFTH.as_json(),
                    "representatives": A_THIRD.as_json(),
                    "voteWithin": {"naturalDays": 30},
                },
            ),
        )


def presets() -> Iterator[Preset]:
    """Yield every preset rule set."""
    yield from _advisory()
    yield from _owners()
    yield from _meetings()
    yield from _elections()


async def sync_presets() -> None:
    """Put the preset rule sets in; a version that stands is left as it is."""
    for each in presets():
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

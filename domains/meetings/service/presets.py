"""The rules of each form of meeting that every installation begins with.

Sources: 中办发〔2015〕41号《关于加强城乡社区协商的意见》 (who deliberates, in which forms, and that
what stays unresolved goes to the residents' or representatives' meeting); 《城市居民委员会组织法》
(in force since 2026-01-01) and 《村民委员会组织法》第二十六条, by analogy (two thirds of the
representatives); 《上海市居民委员会工作条例》第十六条 (hearing, coordination and review meetings).
Where a text leaves a figure to local rules, the figure here is a beginning that a community
replaces by a rule set of its own, and the result is worth an advice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domains.kernel import rulesets
from domains.kernel.rules import LegalEffect, Threshold
from domains.meetings.service import issue_rules, presets_floor, presets_minutes
from domains.meetings.values import MeetingForm
from domains.voting.service import sitting_presets

OVER_HALF = Threshold(1, 2, inclusive=False)
TWO_THIRDS = Threshold(2, 3, inclusive=True)

_DELIBERATION = "中办发〔2015〕41号《关于加强城乡社区协商的意见》"
_THREE_MEETINGS = "《上海市居民委员会工作条例》第十六条"
_REPRESENTATIVES = "《城市居民委员会组织法》(2026年施行);参照《村民委员会组织法》第二十六条"
_OWN_PRACTICE = "社区自治章程;" + _DELIBERATION

_DELIBERATION_FROM = date(2015, 7, 1)
_NEW_COMMITTEE_LAW = date(2026, 1, 1)

# 三类主体: who organises, who alone decides, who advises.
_CAPACITIES = {
    "member": ["organise", "decide"],
    "deputy": ["organise", "decide", "advise"],
    "expert": ["advise"],
    "observer": ["advise"],
}
# Where nothing is decided, nobody is invited to decide.
_TALK_ONLY = {
    "member": ["organise", "advise"],
    "deputy": ["organise", "advise"],
    "expert": ["advise"],
    "observer": ["advise"],
}
_SUBSTITUTES = {"kinds": ["member", "deputy"], "untilMinutes": 60, "mostPerPerson": 1}


@dataclass(frozen=True, slots=True)
class Preset:
    """One rule set to put in."""

    form: MeetingForm
    title_zh: str
    title_en: str
    legal_basis: str
    effective_from: date
    content: Mapping[str, Any]


def code_of(form: MeetingForm) -> str:
    """Return the code of a form's rules."""
    return f"MEETING_{form.value.upper()}"


def _content(
    form: MeetingForm,
    *,
    notice: Mapping[str, int],
    quorum: Threshold | None = None,
    decides: bool = True,
    substitutes: Mapping[str, Any] | None = _SUBSTITUTES,
    **more: Any,
) -> dict[str, Any]:
    return {
        "form": form.value,
        "decides": decides,
        "notice": dict(notice),
        "quorum": quorum.as_json() if quorum else None,
        "capacities": _CAPACITIES if decides else _TALK_ONLY,
        "modes": ["online", "on_site", "hybrid"],
        "substitutes": dict(substitutes) if substitutes else None,
        "remindHours": [24, 1],
        "checkInMinutes": 30,
        "codeSeconds": 30,
        "shiftsFromRestDays": True,
        **presets_floor.content(form),
        **presets_minutes.content(form),
    } | more


def _assemblies() -> Iterator[Preset]:
    yield Preset(
        form=MeetingForm.DELIBERATION_COUNCIL,
        title_zh="议事会",
        title_en="Deliberation council",
        legal_basis=_DELIBERATION,
        effective_from=_DELIBERATION_FROM,
        content=_content(
            MeetingForm.DELIBERATION_COUNCIL,
            notice={"naturalDays": 3},
            quorum=OVER_HALF,
            monthDay=17,
        ),
    )
    yield Preset(
        form=MeetingForm.RESIDENTS_REPRESENTATIVES,
        title_zh="居民代表会议",
        title_en="Residents' representatives' meeting",
        legal_basis=_REPRESENTATIVES,
        effective_from=_NEW_COMMITTEE_LAW,
        # A mandate is personal: nobody stands in for a representative.
        content=_content(
            MeetingForm.RESIDENTS_REPRESENTATIVES,
            notice={"naturalDays": 5},
            quorum=TWO_THIRDS,
            substitutes=None,
        ),
    )


def _three_meetings() -> Iterator[Preset]:
    for form, title_zh, title_en, content in (
        (
            *(MeetingForm.HEARING, "听证会", "Hearing"),
            {"notice": {"naturalDays": 5}},
        ),
        (
            *(MeetingForm.COORDINATION, "协调会", "Coordination meeting"),
            {"notice": {"workingDays": 2}},
        ),
        (
            *(MeetingForm.REVIEW_MEETING, "评议会", "Review meeting"),
            {"notice": {"workingDays": 3}, "substitutes": None},
        ),
    ):
        yield Preset(
            form=form,
            title_zh=title_zh,
            title_en=title_en,
            legal_basis=_THREE_MEETINGS,
            effective_from=_DELIBERATION_FROM,
            content=_content(form, quorum=OVER_HALF, **content),
        )


def _talking() -> Iterator[Preset]:
    for form, title_zh, title_en, notice in (
        (MeetingForm.ROUND_TABLE, "圆桌会", "Round table", {"workingDays": 1}),
        (MeetingForm.OPEN_INTERVIEW_DAY, "群众访谈日", "Open interview day", {"naturalDays": 2}),
        (MeetingForm.PRESS_CONFERENCE, "社情发布会", "Press conference", {"workingDays": 1}),
    ):
        yield Preset(
            form=form,
            title_zh=title_zh,
            title_en=title_en,
            legal_basis=_OWN_PRACTICE,
            effective_from=_DELIBERATION_FROM,
            content=_content(form, notice=notice, decides=False),
        )


def presets() -> Iterator[Preset]:
    """Yield the rules of every form."""
    yield from _assemblies()
    yield from _three_meetings()
    yield from _talking()


async def sync_presets() -> None:
    """Put the rules of every form in, and those that its votes are counted by.

    A version that stands is left as it is.
    """
    await sitting_presets.sync_presets()
    for each in presets():
        await rulesets.put(
            code=code_of(each.form),
            version=1,
            title_zh=each.title_zh,
            title_en=each.title_en,
            legal_basis=each.legal_basis,
            legal_effect=LegalEffect.ADVISORY,
            effective_from=each.effective_from,
            content=each.content,
        )
    await issue_rules.sync()

"""Texts with variables: checked when they are written, and again when they are filled in.

A text names its variables as `{title}`; a brace itself is doubled. A variable that is not
there is a refusal, never a gap: half a text tells something that is not so.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domains.notifications.errors import VariableMissing, VariableUnknown
from domains.notifications.values import Locale, VariableKind

_SHANGHAI = ZoneInfo("Asia/Shanghai")
_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_GROUPED_FROM = 10_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def named_in(text: str, *, path: tuple[str, ...] = ()) -> list[str]:
    """Return the variables that a text names, each once, in their order.

    Raises VariableUnknown where a brace stands alone or holds what is no name.
    """
    found: list[str] = []
    for each in _PARTS.finditer(text):
        if each[0] in {"{{", "}}"}:
            continue
        name = each[1]
        if name is None or not _NAME.fullmatch(name):
            raise VariableUnknown(path=path, variable=each[0][:40])
        if name not in found:
            found.append(name)
    return found


def require_known(
    texts: Sequence[str], variables: Mapping[str, VariableKind], *, path: tuple[str, ...] = ()
) -> list[str]:
    """Return what the texts name together; raises VariableUnknown for what a kind does not have."""
    found: list[str] = []
    for text in texts:
        for name in named_in(text, path=path):
            if name not in variables:
                raise VariableUnknown(path=path, variable=name)
            if name not in found:
                found.append(name)
    return found


def filled(text: str, spoken: Mapping[str, str]) -> str:
    """Return the text with its variables as they are said; raises VariableMissing."""

    def said(match: re.Match[str]) -> str:
        if match[0] in {"{{", "}}"}:
            return match[0][0]
        name = match[1]
        if name not in spoken:
            raise VariableMissing(variable=name)
        return spoken[name]

    return _PARTS.sub(said, text)


def spoken_values(
    values: Mapping[str, str | int | Mapping[str, str] | None],
    kinds: Mapping[str, VariableKind],
    *,
    locale: Locale,
    names: Mapping[str, str],
) -> dict[str, str]:
    """Return each variable as it is said in a language; one without a value is left out.

    `names` are those of the people whom variables hold the ids of.
    """
    spoken: dict[str, str] = {}
    for name, kind in kinds.items():
        value = values.get(name)
        if isinstance(value, Mapping):
            value = value.get(locale)
        if value is None:
            continue
        if kind is VariableKind.PERSON:
            if str(value) in names:
                spoken[name] = names[str(value)]
            continue
        spoken[name] = said_as(value, kind, locale)
    return spoken


def said_as(value: str | int, kind: VariableKind, locale: Locale) -> str:
    """Return a value as a language writes it; instants as they are in Shanghai."""
    if kind is VariableKind.DATE:
        return _day(date.fromisoformat(str(value)), locale)
    if kind is VariableKind.DATETIME:
        at = datetime.fromisoformat(str(value)).astimezone(_SHANGHAI)
        return f"{_day(at.date(), locale)} {at:%H:%M}"
    if kind is VariableKind.FEN:
        amount = int(value)
        sign, whole, fen = "-" if amount < 0 else "", abs(amount) // 100, abs(amount) % 100
        return (
            f"{sign}{whole:,}.{fen:02} 元"
            if locale is Locale.ZH_HANS
            else f"{sign}¥{whole:,}.{fen:02}"
        )
    if kind is VariableKind.MINUTES:
        return f"{int(value):,} 分钟" if locale is Locale.ZH_HANS else f"{int(value):,} min"
    if kind is VariableKind.INTEGER:
        # Four figures stand together, as those of a year do.
        return f"{int(value):,}" if abs(int(value)) >= _GROUPED_FROM else str(int(value))
    return str(value)


def _day(day: date, locale: Locale) -> str:
    if locale is Locale.ZH_HANS:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def for_another(subject: str, name: str, locale: Locale) -> str:
    """Return a line that says first for whom its reader is told it."""
    return f"【代{name}】{subject}" if locale is Locale.ZH_HANS else f"[For {name}] {subject}"


def ordered(variables: Sequence[str], spoken: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return a provider's variables in its order; raises VariableMissing."""
    for name in variables:
        if name not in spoken:
            raise VariableMissing(variable=name)
    return tuple((name, spoken[name]) for name in variables)

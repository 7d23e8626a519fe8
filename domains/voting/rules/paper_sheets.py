"""A batch of papers as a sheet: rows of text into lines, each fault with its row and column. Pure.

One row is one paper. The heading names the columns, in Chinese or English, in any order:
结论 verdict, 选项 options, 评分 values, 名册号 voter, 理由 reason. Only the first must be there.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domains.kernel.errors import DomainError
from domains.membership.errors import FormulaInCell, RegisterColumnsWrong, RegisterEmpty
from domains.voting.errors import FigureUnreadable, VerdictUnknown
from domains.voting.rules.paper import LineVerdict

_COLUMNS = {
    "结论": "verdict",
    "选项": "options",
    "评分": "values",
    "名册号": "voter",
    "理由": "reason",
    **{each: each for each in ("verdict", "options", "values", "voter", "reason")},
}
_VERDICTS = {
    "有效": LineVerdict.VALID,
    "空白": LineVerdict.BLANK,
    "废票": LineVerdict.VOID,
    "作废": LineVerdict.SPOILED,
    **{each.value: each for each in LineVerdict},
}
_BETWEEN = re.compile(r"[\s,,、;;|]+")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_FORMULA = ("=", "+", "-", "@")
_FIRST_ROW = 2


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One paper as its reader writes it down.

    `positions` are places on the paper, the preferred first; `values` are places and what is
    given to them, where the paper asks for that.
    """

    verdict: LineVerdict
    positions: tuple[int, ...] = ()
    voter: int | None = None
    reason: str | None = None
    values: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """A row that says nothing that can be entered: its place in the file, and what is wrong."""

    row: int
    column: str | None
    refusal: DomainError


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: each row that could be read, by its place, and those that could not."""

    drafts: Mapping[int, LineDraft]
    refused: tuple[RowRefusal, ...]

    @property
    def row_count(self) -> int:
        """Return how many rows hold anything."""
        return len({*self.drafts, *(each.row for each in self.refused)})


class _Unreadable(Exception):
    """A cell that cannot be read, on its way to its row."""

    def __init__(self, column: str, refusal: DomainError) -> None:
        self.column = column
        self.refusal = refusal


def read(rows: Sequence[Sequence[str]]) -> Sheet:
    """Read a sheet, its heading first; raises RegisterColumnsWrong, RegisterEmpty."""
    columns = _columns(rows[0] if rows else ())
    drafts: dict[int, LineDraft] = {}
    refused = []
    for number, cells in enumerate(rows[1:], start=_FIRST_ROW):
        said = {name: _cell(cells, place) for name, place in columns.items()}
        if not any(said.values()):
            continue
        try:
            drafts[number] = _draft(said)
        except _Unreadable as fault:
            refused.append(RowRefusal(number, fault.column, fault.refusal))
    if not drafts and not refused:
        raise RegisterEmpty(path=("input", "uploadId"))
    return Sheet(drafts, tuple(refused))


def _columns(heading: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    repeated = set()
    for place, words in enumerate(heading):
        name = _COLUMNS.get(words.strip().lower())
        if name in found:
            repeated.add(name)
        elif name is not None:
            found[name] = place
    wrong = repeated or {"verdict"} - found.keys()
    if wrong:
        raise RegisterColumnsWrong(path=("input", "uploadId"), columns=", ".join(sorted(wrong)))
    return found


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _draft(said: Mapping[str, str]) -> LineDraft:
    for column, words in said.items():
        if words.startswith(_FORMULA):
            raise _Unreadable(column, FormulaInCell())
    verdict = _VERDICTS.get(said["verdict"].lower())
    if verdict is None:
        raise _Unreadable("verdict", VerdictUnknown())
    voter = said.get("voter", "")
    return LineDraft(
        verdict=verdict,
        positions=tuple(_whole("options", each) for each in _parts(said.get("options", ""))),
        values=tuple(_value(each) for each in _parts(said.get("values", ""))),
        voter=_whole("voter", voter) if voter else None,
        reason=said.get("reason") or None,
    )


def _parts(words: str) -> list[str]:
    return [each for each in _BETWEEN.split(words) if each]


def _value(words: str) -> tuple[int, int]:
    position, _, value = words.replace(":", "=").replace("：", "=").partition("=")
    return _whole("values", position), _whole("values", value)


def _whole(column: str, words: str) -> int:
    if not _WHOLE.fullmatch(words):
        raise _Unreadable(column, FigureUnreadable())
    return int(words)

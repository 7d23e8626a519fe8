"""Minutes as a paper: who met, who was there, what happened, what is to be done. Pure.

Each line ends with the numbers of the log that it is made of; a line that was edited shows
what the log said beside it. In public, attendees' names stand as the rules say.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domains.kernel.documents import Block, Document, Facts, Heading, Paragraph, Table
from domains.meetings.rules import minutes_words as words
from domains.meetings.values import MeetingForm, MeetingMode
from domains.meetings.values.minutes import (
    LineOrigin,
    MinutesObjectionState,
    MinutesPart,
    SignatoryRole,
)
from domains.membership.rules import masks

_MOST_SHOWN_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands: `text` is what is valid, `drafted` what the log said."""

    part: MinutesPart
    origin: LineOrigin
    seq: int
    covers: tuple[int, ...]
    at: datetime
    drafted: str
    edited: str | None = None
    edit_reason: str | None = None
    is_heading: bool = False
    names: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """Return what is valid."""
        return self.drafted if self.edited is None else self.edited


@dataclass(frozen=True, slots=True)
class Signature:
    """Somebody's confirmation."""

    name: str
    role: SignatoryRole
    at: datetime


@dataclass(frozen=True, slots=True)
class Objection:
    """What somebody who was present objected, and what became of it."""

    name: str
    text: str
    state: MinutesObjectionState
    answer: str | None


@dataclass(frozen=True, slots=True)
class Paper:
    """All that stands on the paper."""

    title: str
    body_name: str
    form: MeetingForm
    mode: MeetingMode
    place: str | None
    opened_at: datetime
    adjourned_at: datetime
    chair: str
    secretary: str | None
    version: int
    log_seq: int
    lines: Sequence[Line]
    signatures: Sequence[Signature] = ()
    objections: Sequence[Objection] = ()
    confirmed_at: datetime | None = None
    published_at: datetime | None = None


def document(paper: Paper, *, masked: bool = False) -> Document:
    """Return the paper; masked, attendees' names are those that everybody may read."""
    officers = {paper.chair, paper.secretary or paper.chair}
    hidden = _Hidden(officers) if masked else _Shown()
    return Document(
        title=f"{paper.title} 会议纪要",
        subtitle=paper.body_name,
        blocks=list(_blocks(paper, hidden)),
        foot=f"依据会议记录第 1 至 {paper.log_seq} 号生成，第 {paper.version} 版",
    )


def line_for(line: Line, *, masked: bool, officers: Collection[str]) -> Line:
    """Return a line with the names that a reader may see."""
    if not masked:
        return line
    hidden = _Hidden(set(officers))
    edited = None if line.edited is None else hidden.told(line.edited, line.names)
    return replace(
        line,
        drafted=hidden.told(line.drafted, line.names),
        edited=edited,
        names=tuple(hidden.name(each) for each in line.names),
        cells=tuple((label, hidden.told(value, line.names)) for label, value in line.cells),
    )


class _Shown:
    """Names as they are."""

    def told(self, text: str, names: Sequence[str]) -> str:
        return text

    def name(self, name: str) -> str:
        return name


class _Hidden(_Shown):
    """Names masked, but for who presides and who keeps the minutes."""

    def __init__(self, officers: set[str]) -> None:
        self._officers = officers

    def told(self, text: str, names: Sequence[str]) -> str:
        for each in sorted(set(names), key=len, reverse=True):
            text = text.replace(each, self.name(each))
        return text

    def name(self, name: str) -> str:
        return name if not name or name in self._officers else masks.name(name)


def _blocks(paper: Paper, hidden: _Shown) -> Iterator[Block]:
    yield Facts(list(_facts(paper)))
    yield Heading("出席情况")
    yield from _attendance(paper, hidden)
    yield Heading("会议经过")
    for line in paper.lines:
        if line.part is MinutesPart.PROCEEDINGS:
            yield from _line(line, hidden)
    resolutions = [each for each in paper.lines if each.part is MinutesPart.RESOLUTIONS]
    if resolutions:
        yield Heading("决议")
        for line in resolutions:
            yield from _line(line, hidden)
    yield from _afterwards(paper, hidden)


def _facts(paper: Paper) -> Iterator[tuple[str, str]]:
    yield "会议形式", f"{words.FORMS[paper.form]}（{words.MODES[paper.mode]}）"
    yield "开会时间", words.day_and_time(paper.opened_at)
    yield "散会时间", words.day_and_time(paper.adjourned_at)
    if paper.place:
        yield "会议地点", paper.place
    yield "主持人", paper.chair
    if paper.secretary:
        yield "记录人", paper.secretary
    if paper.published_at:
        yield "纪要状态", f"已公布（{words.day_and_time(paper.published_at)}）"
    elif paper.confirmed_at:
        yield "纪要状态", f"已确认（{words.day_and_time(paper.confirmed_at)}）"
    else:
        yield "纪要状态", "草稿，待确认"


def _attendance(paper: Paper, hidden: _Shown) -> Iterator[Block]:
    lines = [each for each in paper.lines if each.part is MinutesPart.ATTENDANCE]
    listed = [each for each in lines if each.cells and each.edited is None]
    if listed:
        head = [label for label, _ in listed[0].cells] + ["记录号"]
        rows = [
            [hidden.told(value, each.names) for _, value in each.cells] + [_numbers(each)]
            for each in listed
        ]
        yield Table(head, rows, shares=(2, 4, 7, 2))
    for line in lines:
        if not line.cells or line.edited is not None:
            yield from _line(line, hidden, timed=False)


def _line(line: Line, hidden: _Shown, *, timed: bool = True) -> Iterator[Block]:
    text = hidden.told(line.text, line.names)
    if line.is_heading:
        yield Heading(f"{text} [{line.seq}]")
        return
    before = f"{words.time_of(line.at)}  " if timed and line.origin is LineOrigin.LOG else ""
    if line.origin is LineOrigin.REMARK:
        before = "〔记录人补记〕"
    told = f"{before}{text} [{_numbers(line)}]"
    if line.edited is not None:
        drafted = hidden.told(line.drafted, line.names)
        told += f"\n〔已修改，理由：{line.edit_reason}；会议记录原文：{drafted}〕"
    yield Paragraph(told)
    if line.cells and line.part is not MinutesPart.ATTENDANCE:
        yield from _figures(line, hidden)


def _figures(line: Line, hidden: _Shown) -> Iterator[Block]:
    """Show a vote's figures in one row, and beneath it who voted how where names were called."""
    cells = [(label, hidden.told(value, line.names)) for label, value in line.cells]
    row = [each for each in cells if each[0] not in words.CALLED_BY_NAME]
    yield Table([label for label, _ in row], [[value for _, value in row]])
    for label, value in cells:
        if label in words.CALLED_BY_NAME:
            yield Paragraph(f"{label}：{value}")


def _numbers(line: Line) -> str:
    shown = line.covers or (line.seq,)
    told = "、".join(str(each) for each in shown[:_MOST_SHOWN_NUMBERS])
    return told if len(shown) <= _MOST_SHOWN_NUMBERS else f"{told}等{len(shown)}条"


def _afterwards(paper: Paper, hidden: _Shown) -> Iterator[Block]:
    if paper.signatures:
        yield Heading("纪要确认")
        rows = [
            [hidden.name(each.name), words.ROLES[each.role], words.day_and_time(each.at)]
            for each in paper.signatures
        ]
        yield Table(["确认人", "身份", "时间"], rows, shares=(2, 2, 4))
    if paper.objections:
        yield Heading("异议和答复")
        objections = [
            [
                hidden.name(each.name),
                each.text,
                words.OBJECTIONS[each.state],
                each.answer or "",
            ]
            for each in paper.objections
        ]
        yield Table(["异议人", "异议", "处理", "答复"], objections, shares=(2, 6, 2, 6))

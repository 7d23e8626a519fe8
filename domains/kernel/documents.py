"""Papers that people keep: one description, printed as PDF and as plain text.

A document is a title and blocks; what it says is decided by who describes it, never here.
The same document gives the same bytes. Letters stand in Song as PDF readers have it (the
font is named, not embedded) unless `document_font` names a TrueType font, which is then
embedded as far as it is used.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

import segno
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Paragraph as Printed
from reportlab.platypus import Table as PrintedTable

from domains.kernel import settings

_NAMED = "STSong-Light"
_EMBEDDED = "Gongyi"
_UNPRINTABLE = "〓"  # what printers put where a letter is missing from the case
_MARGIN = 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_TEXT_WIDTH = 72


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text; line breaks in it are kept."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what stands beside them."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; `shares` are the columns' widths, `figures` those set to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[int] = ()
    figures: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code that holds a text, and what it is for."""

    holds: str
    caption: str


Block = Heading | Paragraph | Facts | Table | Code


@dataclass(frozen=True, slots=True)
class Document:
    """A paper: its title, what stands under it, its blocks, and the foot of every page."""

    title: str
    blocks: Sequence[Block]
    subtitle: str = ""
    foot: str = ""
    author: str = field(default="Gongyi 共议", kw_only=True)


def to_pdf(document: Document) -> bytes:
    """Return the document as PDF on A4; long ones take a while, so call it in a thread."""
    file = io.BytesIO()
    template = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=document.title,
        author=document.author,
        lang="zh-Hans",
        invariant=1,
    )

    def foot(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont(_font(), 8)
        canvas.setFillColor(colors.grey)
        canvas.drawString(_MARGIN, _MARGIN / 2, _printable(document.foot))
        canvas.drawRightString(A4[0] - _MARGIN, _MARGIN / 2, str(canvas.getPageNumber()))

    story = [
        Printed(_marked(document.title), _style(18, alignment=TA_CENTER, spaceAfter=6)),
        *([_subtitle(document.subtitle)] if document.subtitle else []),
        Spacer(1, 10),
    ]
    for block in document.blocks:
        story += [*_printed(block), Spacer(1, 6)]
    template.build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()


def to_text(document: Document) -> str:
    """Return the document as plain text, tables in columns."""
    parts = [document.title, *([document.subtitle] if document.subtitle else [])]
    for block in document.blocks:
        parts += ["", *_lines(block)]
    if document.foot:
        parts += ["", document.foot]
    return "\n".join(parts) + "\n"


@lru_cache(maxsize=1)
def _font() -> str:
    chosen = settings.current().document_font
    if chosen is None:
        pdfmetrics.registerFont(UnicodeCIDFont(_NAMED))
        return _NAMED
    pdfmetrics.registerFont(TTFont(_EMBEDDED, str(chosen)))
    return _EMBEDDED


def _style(size: int, **more: object) -> ParagraphStyle:
    style = ParagraphStyle(
        "ours", fontName=_font(), fontSize=size, leading=size * 1.6, wordWrap="CJK"
    )
    for name, value in more.items():
        setattr(style, name, value)
    return style


def _printable(text: str) -> str:
    """Replace letters beyond the first plane where the font is only named: they come out wrong."""
    if _font() == _EMBEDDED:
        return text
    return "".join(letter if ord(letter) < 0x10000 else _UNPRINTABLE for letter in text)


def _marked(text: str) -> str:
    return escape(_printable(text)).replace("\n", "<br/>")


def _subtitle(text: str) -> Flowable:
    return Printed(_marked(text), _style(11, alignment=TA_CENTER, textColor=colors.grey))


def _printed(block: Block) -> list[Flowable]:
    match block:
        case Heading(text):
            return [Printed(_marked(text), _style(13, spaceBefore=6, keepWithNext=1))]
        case Paragraph(text):
            return [Printed(_marked(text), _style(11))]
        case Facts(rows):
            return [_grid([list(row) for row in rows], shares=(1, 3))] if rows else []
        case Table(head, rows, shares, figures):
            table = [list(head), *(list(row) for row in rows)]
            return [_grid(table, shares=shares or (1,) * len(head), figures=figures, headed=True)]
        case Code(holds, caption):
            return [_square(holds), Printed(_marked(caption), _style(9, textColor=colors.grey))]


def _grid(
    rows: list[list[str]],
    *,
    shares: Sequence[int],
    figures: Sequence[int] = (),
    headed: bool = False,
) -> Flowable:
    right = _style(10, alignment=TA_RIGHT)
    left = _style(10)
    cells = [
        [Printed(_marked(cell), right if at in figures else left) for at, cell in enumerate(row)]
        for row in rows
    ]
    style = TableStyle(
        [("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    )
    if headed:
        style.add("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)
    return PrintedTable(
        cells,
        colWidths=[_WIDTH * share / sum(shares) for share in shares],
        repeatRows=1 if headed else 0,
        style=style,
    )


def _square(holds: str) -> Flowable:
    picture = io.BytesIO()
    segno.make(holds, error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    picture.seek(0)
    return Image(picture, width=32 * mm, height=32 * mm, hAlign="LEFT")


def _lines(block: Block) -> list[str]:
    match block:
        case Heading(text):
            return [text, "-" * min(_width(text), _TEXT_WIDTH)]
        case Paragraph(text):
            return text.split("\n")
        case Facts(rows):
            widest = max((_width(label) for label, _ in rows), default=0)
            return [f"{_padded(label, widest)}  {value}" for label, value in rows]
        case Table(head, rows, _, figures):
            return _columns([head, *rows], figures)
        case Code(holds, caption):
            return [f"{caption}: {holds}"]


def _columns(rows: Sequence[Sequence[str]], figures: Sequence[int]) -> list[str]:
    flat = [[cell.replace("\n", " ") for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(*flat, strict=True)]
    return [
        "  ".join(
            _padded(cell, width, right=at in figures)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in flat
    ]


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank

"""A paper as the small part of HTML that public texts may have. Pure."""

import html
from collections.abc import Callable, Iterator, Sequence

from domains.kernel.documents import Block, Code, Document, Facts, Heading, Paragraph, Table

_CUT = "纪要全文较长，此处有删节；全文见会议纪要文件。"

Change = Callable[[str], str]


def within(document: Document, *, most: int, change: Change) -> str:
    """Return the paper's blocks, each text changed; cut off between blocks, and said so."""
    parts: list[str] = []
    length = 0
    for part in _parts(document, change):
        length += len(part)
        if length > most:
            return "".join(parts) + f"<p>{_CUT}</p>"
        parts.append(part)
    return "".join(parts)


def _parts(document: Document, change: Change) -> Iterator[str]:
    if document.subtitle:
        yield f"<p>{_said(document.subtitle, change)}</p>"
    for block in document.blocks:
        yield from _block(block, change)
    if document.foot:
        yield f"<p>{_said(document.foot, change)}</p>"


def _block(block: Block, change: Change) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"<h3>{_said(text, change)}</h3>"
        case Paragraph(text):
            yield f"<p>{'<br>'.join(_said(each, change) for each in text.split(chr(10)))}</p>"
        case Facts(rows):
            yield _table(rows, change)
        case Table(head, rows, _, _):
            yield _table(rows, change, head=head)
        case Code(holds, caption):
            yield f"<p>{_said(caption, change)}: {_said(holds, change)}</p>"


def _table(rows: Sequence[Sequence[str]], change: Change, *, head: Sequence[str] = ()) -> str:
    told = _row(head, change, cell="th") if head else ""
    return f"<table>{told}{''.join(_row(each, change) for each in rows)}</table>"


def _row(cells: Sequence[str], change: Change, *, cell: str = "td") -> str:
    return f"<tr>{''.join(f'<{cell}>{_said(each, change)}</{cell}>' for each in cells)}</tr>"


def _said(text: str, change: Change) -> str:
    return html.escape(change(text), quote=False)

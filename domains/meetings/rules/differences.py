"""Amendments as differences between texts: what is taken out where, and what is put in. Pure.

Where little differs it is found by characters, else by clauses trimmed to the characters
that differ. The work is bounded whatever the text: past `MOST_PARTS` clauses the changed
middle is one difference.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

MOST_PARTS = 200
_CLAUSE = re.compile(r"[^，。；：！？、,.;:!?\n]*[，。；：！？、,.;:!?\n]?")


@dataclass(frozen=True, slots=True)
class Edit:
    """Instead of what stands from `start` on, `removed`, put `inserted`."""

    start: int
    removed: str
    inserted: str


def difference(before: str, after: str) -> list[Edit]:
    """Return what turns one text into the other; nothing where they are the same."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = before[head : len(before) - tail], after[head : len(after) - tail]
    short = max(map(len, middle)) <= MOST_PARTS
    ours, theirs = (list(text) if short else _clauses(text) for text in middle)
    if len(ours) > MOST_PARTS or len(theirs) > MOST_PARTS:
        return [Edit(head, *middle)]
    return [_trimmed(edit) for edit in _edits(head, ours, theirs) if edit.removed != edit.inserted]


def _clauses(text: str) -> list[str]:
    return [each for each in _CLAUSE.findall(text) if each]


def _edits(start: int, ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Edit]:
    for _, a, b, c, d in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        removed = "".join(ours[a:b])
        yield Edit(start, removed, "".join(theirs[c:d]))
        start += len(removed)


def _trimmed(edit: Edit) -> Edit:
    head = _common(edit.removed, edit.inserted)
    removed, inserted = edit.removed[head:], edit.inserted[head:]
    tail = _common(removed[::-1], inserted[::-1])
    end = -tail or None
    return Edit(edit.start + head, removed[:end], inserted[:end])


def _common(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def fits(text: str, edits: Iterable[Edit]) -> bool:
    """Whether what the differences take out stands in the text where they say."""
    return all(text.startswith(each.removed, each.start) for each in edits)


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the differences made; it must be the text that they were found in."""
    assert fits(text, edits), "differences belong to the text that they were found in"
    parts, at = [], 0
    for each in edits:
        parts += [text[at : each.start], each.inserted]
        at = each.start + len(each.removed)
    return "".join((*parts, text[at:]))

"""The form of a structured disclosure: its fields, how closely each is kept, what is shown. Pure.

Which masks a class of field may have is data of the rule set: a sensitive field cannot be shown
as it stands, whoever writes the form.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domains.disclosure.rules import texts
from domains.disclosure.values import FieldClass, Mask
from domains.kernel.errors import InvalidInput

MOST_FIELDS = 20
MOST_ROWS = 2_000
LONGEST_CELL = 500

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

Cells = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    name: str
    title_zh: str
    title_en: str
    field_class: FieldClass
    mask: Mask

    def as_json(self) -> dict[str, str]:
        """Return it as a catalogue item's form holds it."""
        return {
            "name": self.name,
            "titleZh": self.title_zh,
            "titleEn": self.title_en,
            "class": self.field_class.value,
            "mask": self.mask.value,
        }


def fields_of(form: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Read a form as data."""
    return tuple(
        Field(
            name=each["name"],
            title_zh=each["titleZh"],
            title_en=each["titleEn"],
            field_class=FieldClass(each["class"]),
            mask=Mask(each["mask"]),
        )
        for each in form
    )


def require_form(
    fields: Sequence[Field], masks: Mapping[str, Sequence[str]], *, path: tuple[str, ...]
) -> None:
    """Refuse a form with a name twice, too many fields, or a mask that its class may not have."""
    names = [each.name for each in fields]
    if len(set(names)) < len(names) or len(names) > MOST_FIELDS:
        raise InvalidInput(
            path=path,
            zh=f"字段最多 {MOST_FIELDS} 个,名称不得重复。",
            en=f"A form has {MOST_FIELDS} fields at most, each with a name of its own.",
        )
    for each in fields:
        texts.line(each.name, path=path, longest=40, least=1)
        texts.line(each.title_zh, path=path, longest=60, least=1)
        texts.line(each.title_en, path=path, longest=120, least=1)
        if each.mask.value not in masks[each.field_class.value]:
            raise InvalidInput(
                path=path,
                zh=f"字段“{each.title_zh}”的遮盖方式不符合其等级。",
                en=f"The field {each.name!r} may not be shown in this way: its class forbids it.",
            )


def shown(fields: Sequence[Field], cells: Cells) -> dict[str, str | None]:
    """Return the public version of a row: each field as its mask has it."""
    return {each.name: masked(each.mask, cells.get(each.name)) for each in fields}


def is_cell(text: str | None) -> bool:
    """Whether a cell is short enough and holds no control characters."""
    return text is None or (len(text) <= LONGEST_CELL and not _CONTROL.search(text))


def is_kept(fields: Sequence[Field]) -> bool:
    """Whether some field is not shown as it stands, so that full rows are kept apart."""
    return any(each.mask is not Mask.NONE for each in fields)


def masked(mask: Mask, text: str | None) -> str | None:
    """Return what is shown of a value."""
    return None if text is None else _SHOWN[mask](text)


def _name(text: str) -> str:
    return f"{text[:1]}*" if len(text) < 3 else f"{text[:1]}*{text[-1:]}"


def _ends(first: int, last: int, *, least: int, stars: int = 4) -> Callable[[str], str]:
    def shown_ends(text: str) -> str:
        return f"{text[:first]}{'*' * stars}{text[-last:]}" if len(text) >= least else "****"

    return shown_ends


def _without_numbers(text: str) -> str:
    """Return an address to its building: what comes after the first number is not told."""
    for place, letter in enumerate(text):
        if letter.isdigit():
            return f"{text[:place]}***"
    return text


_SHOWN: Mapping[Mask, Callable[[str], str | None]] = {
    Mask.NONE: lambda text: text,
    Mask.NAME: _name,
    Mask.PHONE: _ends(3, 4, least=11),
    Mask.IDENTITY_NUMBER: _ends(1, 1, least=15, stars=16),
    Mask.ADDRESS: _without_numbers,
    Mask.ACCOUNT: _ends(0, 4, least=12),
    Mask.HIDDEN: lambda text: None,
}

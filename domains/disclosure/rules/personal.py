"""Personal data that a public text must not hold, found by what such numbers are. Pure.

What can be checked is: identity numbers by their check digit (GB 11643), bank cards by Luhn's
sum. What has no check goes by its shape: mobile and landline numbers, e-mail addresses, plates
(GA 36), passports and travel permits. Digits are looked at however they are parted or widened.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from domains.kernel.errors import DomainError
from domains.membership.rules import numbers


class PersonalKind(StrEnum):
    """What was found."""

    IDENTITY_NUMBER = "identity_number"
    MOBILE = "mobile"
    LANDLINE = "landline"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    PLATE = "plate"
    PASSPORT = "passport"


NAMES: dict[PersonalKind, tuple[str, str]] = {
    PersonalKind.IDENTITY_NUMBER: ("身份证号", "identity number"),
    PersonalKind.MOBILE: ("手机号", "mobile number"),
    PersonalKind.LANDLINE: ("固定电话", "landline number"),
    PersonalKind.BANK_CARD: ("银行卡号", "bank card"),
    PersonalKind.EMAIL: ("电子邮箱", "e-mail address"),
    PersonalKind.PLATE: ("车牌号", "number plate"),
    PersonalKind.PASSPORT: ("护照或通行证号", "passport or travel permit"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something personal, at its place in the text; `hint` tells it without giving it away."""

    kind: PersonalKind
    start: int
    end: int
    hint: str
    said: str = field(repr=False)


# Once folded: whatever parts a number for the eye, or is not seen at all.
_GAP = r"_{0,2}[ .\-·]?_{0,2}"
_DIGITS = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{_GAP}(?:[0-9]|[Xx](?![0-9A-Za-z])))+")
_PLAIN = {"Zs": " ", "Pd": "-", "Cf": "_"}
_PLAIN_SIGNS = {"\t": " ", "−": "-", "•": "·"}
_PARTS = re.compile(r"[0-9Xx]+")
_MOST_PARTS = 8
_LEAST_AREA = 3
_MOBILE = re.compile(r"(?:86|0086)?1[3-9][0-9]{9}")
_AREA_AND_NUMBER = re.compile(r"0(?:10|2[0-9]|[3-9][0-9]{2})[2-8][0-9]{6,7}")
_LANDLINE = re.compile(r"(?<![0-9])\(0[1-9][0-9]{1,2}\)[ -]?[2-8][0-9]{3}[ -]?[0-9]{3,4}(?![0-9])")
_EMAIL = re.compile(r"(?<![\w.+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,100}\.[A-Za-z]{2,10}")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
    r"[A-HJ-NP-Z][·. ]?(?:[0-9]{5}[A-HJ-K]|[A-HJ-K][A-HJ-NP-Z0-9][0-9]{4}"
    r"|[A-HJ-NP-Z0-9]{4}[A-HJ-NP-Z0-9挂学警港澳])(?![A-Za-z0-9])"
)
_PASSPORT = re.compile(
    r"(?<![A-Za-z0-9])(?:[EeGg][0-9]{8}|[Ee][A-HJ-NP-Za-hj-np-z][0-9]{7}|[HhMmCc][0-9]{8}(?:[0-9]{2})?)(?![A-Za-z0-9])"
)


def find(text: str) -> list[Finding]:
    """Return what is personal in a text, in order; where two overlap, the surer."""
    normal = _folded(text)
    taken: list[Finding] = []
    for each in (*_numbers(normal), *_shapes(normal)):
        if all(each.end <= other.start or other.end <= each.start for other in taken):
            taken.append(each)
    return sorted(taken, key=lambda each: each.start)


def _folded(text: str) -> str:
    """Return the text with wide letters, gaps and dashes made plain, so that places stay."""
    return "".join(_plain(each) for each in text)


def _plain(sign: str) -> str:
    if sign.isascii() and sign != "\t":
        return sign
    folded = unicodedata.normalize("NFKC", sign)
    one = folded if len(folded) == 1 else sign
    return _PLAIN_SIGNS.get(one) or _PLAIN.get(unicodedata.category(one), one)


def _numbers(text: str) -> Iterator[Finding]:
    for run in _DIGITS.finditer(text):
        yield from _in_run(run.group(), run.start())


def _in_run(run: str, start: int) -> Iterator[Finding]:
    """Look at a run of digits that may be parted: at each stretch of its parts, long ones first."""
    parts = list(_PARTS.finditer(run))
    first = 0
    while first < len(parts):
        for last in range(min(len(parts), first + _MOST_PARTS), first, -1):
            digits = "".join(part.group() for part in parts[first:last]).upper()
            kind = _kind_of(digits)
            # Nobody parts an area code; the end of one day and the next day look like one.
            is_days = kind is PersonalKind.LANDLINE and len(parts[first].group()) < _LEAST_AREA
            if kind is not None and not is_days:
                begin, end = parts[first].start(), parts[last - 1].end()
                yield Finding(kind, start + begin, start + end, _hint(digits), digits)
                first = last - 1
                break
        first += 1


def _kind_of(digits: str) -> PersonalKind | None:
    if len(digits) == 18 and _is_identity_number(digits):
        return PersonalKind.IDENTITY_NUMBER
    if _MOBILE.fullmatch(digits):
        return PersonalKind.MOBILE
    if _AREA_AND_NUMBER.fullmatch(digits):
        return PersonalKind.LANDLINE
    if 15 <= len(digits) <= 19 and digits.isdigit() and digits[0] in "3456" and is_luhn(digits):
        return PersonalKind.BANK_CARD
    return None


def _is_identity_number(digits: str) -> bool:
    try:
        numbers.identity_number(digits)
    except DomainError:
        return False
    return True


def is_luhn(digits: str) -> bool:
    """Whether the last digit is the check of the others (ISO/IEC 7812)."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        digit = int(letter) * (2 if place % 2 else 1)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _shapes(text: str) -> Iterator[Finding]:
    for pattern, kind in (
        (_LANDLINE, PersonalKind.LANDLINE),
        (_EMAIL, PersonalKind.EMAIL),
        (_PLATE, PersonalKind.PLATE),
        (_PASSPORT, PersonalKind.PASSPORT),
    ):
        for found in pattern.finditer(text):
            said = found.group()
            yield Finding(kind, found.start(), found.end(), _hint(said), said)


_CONTACTS = frozenset({PersonalKind.MOBILE, PersonalKind.LANDLINE, PersonalKind.EMAIL})
_BETWEEN = re.compile(r"[^0-9]")


def contact(text: str) -> str | None:
    """Return a telephone number or e-mail address in one spelling; None where it is no such."""
    found = find(text)
    if len(found) != 1 or found[0].kind not in _CONTACTS:
        return None
    return _spelt(found[0])


def _spelt(finding: Finding) -> str:
    if finding.kind is PersonalKind.EMAIL:
        return finding.said.lower()
    digits = _BETWEEN.sub("", finding.said)
    return digits[-11:] if finding.kind is PersonalKind.MOBILE else digits


def find_but(text: str, contacts: Collection[str]) -> list[Finding]:
    """Return what is personal in a text, but for these contacts, which everybody is to know."""
    return [
        each for each in find(text) if each.kind not in _CONTACTS or _spelt(each) not in contacts
    ]


def _hint(found: str) -> str:
    """Return the first and the last sign and stars: enough to find it, too little to use it."""
    return f"{found[0]}{'*' * 4}{found[-1]}"


def named(findings: Iterable[Finding], *, chinese: bool) -> str:
    """Say what was found, each with its hint, at most five."""
    told = [f"{NAMES[each.kind][0 if chinese else 1]} {each.hint}" for each in findings]
    return ("、" if chinese else ", ").join(told[:5])

"""National numbers that check themselves: of residents and of organisations."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

from domains.membership.errors import CreditCodeMalformed, IdentityNumberMalformed
from domains.membership.values import Gender

_IDENTITY = re.compile(r"[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", re.ASCII)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(r"[1-9A-GY][1-59]\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdentityNumber:
    """A resident identity number, and what it says about its bearer."""

    text: str = field(repr=False)
    birth_date: date
    gender: Gender


def identity_number(given: str) -> IdentityNumber:
    """Read a resident identity number (GB 11643-1999, check digit by ISO 7064 MOD 11-2).

    Raises IdentityNumberMalformed where a place, the day of birth or the check digit is wrong.
    """
    text = unicodedata.normalize("NFKC", given[:40]).replace(" ", "").upper()
    found = _IDENTITY.fullmatch(text)
    if found is None or text[17] != _identity_check(text):
        raise IdentityNumberMalformed(path=("input", "identityNumber"))
    try:
        born = date(*(int(part) for part in found.groups()))
    except ValueError:
        raise IdentityNumberMalformed(path=("input", "identityNumber")) from None
    gender = Gender.MALE if int(text[16]) % 2 else Gender.FEMALE
    return IdentityNumber(text=text, birth_date=born, gender=gender)


def _identity_check(text: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(text, _IDENTITY_WEIGHTS, strict=False))
    return _IDENTITY_CHECKS[total % 11]


def credit_code(given: str) -> str:
    """Return a unified social credit code in its one spelling (GB 32100-2015).

    Raises CreditCodeMalformed where a place or the check character is wrong.
    """
    text = unicodedata.normalize("NFKC", given[:40]).replace(" ", "").upper()
    if not _CREDIT.fullmatch(text) or text[17] != _credit_check(text):
        raise CreditCodeMalformed(path=("input", "creditCode"))
    return text


def _credit_check(text: str) -> str:
    total = sum(
        _CREDIT_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(text[:17])
    )
    return _CREDIT_ALPHABET[-total % 31]

"""Mobile numbers of mainland China, in one spelling: eleven digits."""

import re
import unicodedata

from domains.membership.errors import PhoneMalformed

_MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})")
_BETWEEN = re.compile(r"[\s().-]")


def normalised(phone: str) -> str:
    """Return the eleven digits of a mobile number as people write it, `+86 138-0013-8000` too.

    Raises PhoneMalformed for anything else.
    """
    if len(phone) > 40:
        raise PhoneMalformed(path=("input", "phone"))
    text = _BETWEEN.sub("", unicodedata.normalize("NFKC", phone))
    found = _MOBILE.fullmatch(text)
    if found is None:
        raise PhoneMalformed(path=("input", "phone"))
    return found.group(1)

"""The shape in which preset catalogue items are written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from domains.disclosure.rules.forms import Field
from domains.disclosure.values import (
    Affair,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
)


@dataclass(frozen=True, slots=True)
class Preset:
    """One version of an item to put in."""

    code: str
    affair: Affair
    title_zh: str
    title_en: str
    frequency: Frequency
    due_rule: Mapping[str, Any]
    legal_basis: str
    source: str
    effective_from: date
    finance_class: FinanceClass | None = None
    retention_months: int | None = None
    form: tuple[Field, ...] = ()
    version: int = 1


def after_end(days: int) -> dict[str, Any]:
    """Due so many natural days after the period."""
    return {"from": "end", "within": {"naturalDays": days}}


def after_start(days: int) -> dict[str, Any]:
    """Due so many natural days after it occurred, or after the item was adopted."""
    return {"from": "start", "within": {"naturalDays": days}}


def open_field(name: str, title_zh: str, title_en: str) -> Field:
    """A field that is shown as it stands."""
    return Field(name, title_zh, title_en, FieldClass.PUBLIC, Mask.NONE)


PERSON = Field("name", "姓名", "Name", FieldClass.PERSONAL, Mask.NAME)
PHONE = Field("phone", "联系电话", "Telephone", FieldClass.PERSONAL, Mask.PHONE)
ADDRESS = Field("address", "住址", "Address", FieldClass.PERSONAL, Mask.ADDRESS)
IDENTITY = Field(
    "identityNumber", "身份证号", "Identity number", FieldClass.SENSITIVE, Mask.IDENTITY_NUMBER
)
ACCOUNT = Field("account", "收款账号", "Account", FieldClass.SENSITIVE, Mask.ACCOUNT)
HARDSHIP = Field("hardship", "困难情况", "Hardship", FieldClass.SENSITIVE, Mask.HIDDEN)
REMARKS = Field("remarks", "内部备注", "Internal remarks", FieldClass.INTERNAL, Mask.HIDDEN)

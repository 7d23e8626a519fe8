"""Disclosure's words: closed lists and small frozen shapes, by noun."""

from domains.disclosure.values.catalogue import (
    Affair,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
    ObligationState,
)
from domains.disclosure.values.disclosures import (
    PUBLIC,
    STANDING,
    AttachmentUse,
    Change,
    Decision,
    DisclosureKind,
    DisclosureState,
    VersionState,
)
from domains.disclosure.values.publishers import OfficerPart, PublisherKind, StepKind

__all__ = [
    "PUBLIC",
    "STANDING",
    "Affair",
    "AttachmentUse",
    "Change",
    "Decision",
    "DisclosureKind",
    "DisclosureState",
    "FieldClass",
    "FinanceClass",
    "Frequency",
    "Mask",
    "ObligationState",
    "OfficerPart",
    "PublisherKind",
    "StepKind",
    "VersionState",
]

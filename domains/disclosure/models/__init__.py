"""Disclosure's tables, by noun; what only SQL reads and writes stands in the migrations."""

from domains.disclosure.models.catalogue import Adoption, CatalogueItem, Obligation
from domains.disclosure.models.disclosures import Disclosure, DisclosureVersion
from domains.disclosure.models.publishers import Publisher

__all__ = [
    "Adoption",
    "CatalogueItem",
    "Disclosure",
    "DisclosureVersion",
    "Obligation",
    "Publisher",
]

"""Meetings in the contract; their enums are described before any type uses them."""

from schema.meetings import enums

__all__ = ["enums"]

"""The ballot box in the contract; its enums are described before any type uses them."""

from schema.voting import enums

__all__ = ["enums"]

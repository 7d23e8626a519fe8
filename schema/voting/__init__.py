"""The ballot box in the contract; its enums are described before any type uses them."""

from schema.voting import counting_enums, enums

__all__ = ["counting_enums", "enums"]

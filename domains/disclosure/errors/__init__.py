"""What disclosure refuses, by noun."""

from domains.disclosure.errors.disclosures import PersonalDataInText

__all__ = ["PersonalDataInText"]

"""The database's unique constraints, said as refusals: they have the last word, we the words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import asyncpg

from domains.kernel.errors import DomainError
from domains.membership.errors import (
    AlreadyResident,
    AreaCodeTaken,
    CreditCodeTaken,
    IdentityTaken,
    OrganisationNameTaken,
    PhoneTaken,
    RoleHeld,
    UnitTaken,
)

_REFUSALS: Mapping[str, tuple[type[DomainError], str]] = {
    "membership_area_path_key": (AreaCodeTaken, "code"),
    "membership_area_sibling_code": (AreaCodeTaken, "code"),
    "uid_membership__area_id_a81a0e": (UnitTaken, "unit"),
    "membership_person_phone_index": (PhoneTaken, "phone"),
    "membership_person_identity_index": (IdentityTaken, "identityNumber"),
    "membership_residency_live": (AlreadyResident, "kind"),
    "uid_membership__area_id_5d06bb": (OrganisationNameTaken, "name"),
    "membership_organisation_credit_code_key": (CreditCodeTaken, "creditCode"),
    "membership_role_grant_live": (RoleHeld, "role"),
}


@contextmanager
def told() -> Iterator[None]:
    """Turn a broken unique constraint into the refusal that names it."""
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        found = _REFUSALS.get(error.constraint_name or "")
        if found is None:
            raise
        refusal, field = found
        raise refusal(path=("input", field)) from None

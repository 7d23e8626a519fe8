"""Membership's rules, without a database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.actor import Role
from domains.membership import policy
from domains.membership.errors import (
    CreditCodeMalformed,
    IdentityNumberMalformed,
    RegisterEncodingUnknown,
)
from domains.membership.rules import masks, numbers, places, register, register_files
from domains.membership.values import AreaKind, Gender, OrganisationKind

IDENTITY = "320302198005174529"


def test_an_identity_number_tells_birth_and_gender():
    found = numbers.identity_number(IDENTITY)

    assert (found.birth_date, found.gender) == (date(1980, 5, 17), Gender.FEMALE)
    assert "3203" not in repr(found)


def test_an_identity_number_may_end_in_x_in_any_width_and_case():
    assert numbers.identity_number("11010519491231002x").text == "11010519491231002X"
    assert numbers.identity_number("１１０１０５１９４９１２３１００２Ｘ").gender is Gender.FEMALE


@given(st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(place, change):
    digit = str((int(IDENTITY[place]) + change) % 10)

    with pytest.raises(IdentityNumberMalformed):
        numbers.identity_number(IDENTITY[:place] + digit + IDENTITY[place + 1 :])


@pytest.mark.parametrize(
    "text", ["", "1", IDENTITY[:-1], IDENTITY + "0", "32030219801317452X", "x"]
)
def test_what_is_not_an_identity_number_is_refused(text):
    with pytest.raises(IdentityNumberMalformed):
        numbers.identity_number(text)


def test_a_credit_code_is_read_in_any_case():
    assert numbers.credit_code(" 91350100m000100y43 ") == "91350100M000100Y43"


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_one_wrong_character_of_a_credit_code_never_passes(place, character):
    code = "91350100M000100Y43"
    changed = code[:place] + character + code[place + 1 :]

    if changed == code:
        assert numbers.credit_code(changed) == code
    else:
        with pytest.raises(CreditCodeMalformed):
            numbers.credit_code(changed)


def test_masks_show_no_more_than_they_say():
    assert masks.name("欧阳海棠") == "欧*"
    assert masks.name("") == "*"
    assert masks.phone("13800138000") == "138****8000"
    assert masks.identity_number(IDENTITY) == "3****************9"


def test_a_tree_grows_downwards_only():
    roots = [kind for kind in AreaKind if places.may_lie_under(kind, None)]

    assert roots == [AreaKind.CITY]
    assert places.may_lie_under(AreaKind.BUILDING, AreaKind.ESTATE)
    assert not places.may_lie_under(AreaKind.BUILDING, AreaKind.STREET)
    assert not places.may_lie_under(AreaKind.COMMUNITY, AreaKind.COMMUNITY)


def test_residency_is_never_granted_and_every_other_role_has_a_seat():
    assert set(places.SEATS) == set(Role) - {Role.RESIDENT}
    assert not any(Role.RESIDENT in grantable for grantable in policy.GRANTABLE.values())
    assert not any(places.may_be_held_over(Role.RESIDENT, kind) for kind in AreaKind)
    assert places.may_be_held_over(Role.DEPARTMENT_HEAD, OrganisationKind.DEPARTMENT)
    assert not places.may_be_held_over(Role.DEPARTMENT_HEAD, OrganisationKind.ENTERPRISE)


def test_nobody_but_administrators_may_grant_their_own_role():
    for granter, grantable in policy.GRANTABLE.items():
        if granter is not Role.PLATFORM_ADMINISTRATOR:
            assert granter not in grantable


@given(st.text(alphabet=st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"])))
def test_text_in_gb18030_is_read_as_it_was_written_or_not_at_all(text):
    content = text.encode("gb18030")

    try:
        found = register_files.decoded(content)
    except RegisterEncodingUnknown:
        return

    # Few bytes may be good UTF-8 by chance; then they are that, as everywhere.
    assert found == text or found.encode() == content or found.encode("utf-8-sig") == content


def test_a_line_in_another_encoding_is_found():
    lines = ["楼栋,房号,姓名,居住关系".encode(), "1号楼,101,林芳,业主".encode("gb18030")]

    with pytest.raises(RegisterEncodingUnknown) as refused:
        register_files.decoded(b"\n".join(lines))

    assert refused.value.details == {"line": 1}


@given(st.lists(st.lists(st.text(max_size=30), max_size=14), max_size=12))
def test_whatever_the_rows_each_is_accepted_or_refused(rows):
    heading = [column.value for column in register.Column]
    filled = [row for row in rows if any(cell.strip() for cell in row)]

    if not filled:
        return
    reading = register.read([heading, *rows], today=date(2026, 11, 22))

    assert reading.row_count == len(filled)
    assert len(reading.drafts) + len(reading.refusals) == len(filled)

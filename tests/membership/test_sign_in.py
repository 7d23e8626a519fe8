import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

from domains.kernel import crypto, database
from domains.kernel.actor import ANONYMOUS
from domains.membership.service.sign_in import phone_index, sweep_sign_in
from tests import factories
from tests.membership.doors import (
    PHONE,
    REQUEST,
    SIGN_IN,
    ask,
    known,
    other_than,
    printed_code,
    request_code,
    row,
    sign_in,
)

ENGLISH = replace(ANONYMOUS, locale="en")


async def _count(table: str) -> int:
    count: int = await database.fetch_value(f"SELECT count(*) FROM membership_{table}")
    return count


async def _a_registered_person(phone: str = PHONE):
    person = await factories.a_person("林芳")
    await database.execute(
        "UPDATE membership_person SET phone_sealed = $2, phone_index = $3 WHERE id = $1",
        person.id,
        crypto.seal(phone, table="membership_person", column="phone_sealed", row=person.id),
        phone_index(phone),
    )
    return person


async def test_a_resident_of_the_register_signs_in_as_that_person(db, capsys):
    person = await _a_registered_person()

    signed_in = await sign_in(capsys)

    assert (await known(signed_in["token"])).person_id == person.id
    assert await _count("person") == 1


async def test_an_unknown_phone_makes_a_new_person_without_any_role(db, capsys):
    signed_in = await sign_in(capsys)

    actor = await known(signed_in["token"])
    assert actor.grants == frozenset()
    assert await _count("person") == 1
    sealed = await row("SELECT id, phone_sealed FROM membership_person")
    opened = crypto.unseal(
        sealed["phone_sealed"], table="membership_person", column="phone_sealed", row=sealed["id"]
    )
    assert opened == PHONE


async def test_who_signs_in_sees_their_own_name_and_phone_in_the_same_answer(db, capsys):
    await _a_registered_person()
    code = await request_code(capsys)

    answer = await ask(
        """mutation ($phone: String!, $code: String!) {
            signInWithCode(input: {phone: $phone, code: $code}) {
                ... on SignedIn { person { name isNameMasked phone } } } }""",
        phone=PHONE,
        code=code,
    )

    assert answer == {"person": {"name": "林芳", "isNameMasked": False, "phone": "138****8000"}}


async def test_a_phone_signs_in_twice_as_one_person(db, capsys, moved_clock):
    first = await sign_in(capsys)
    await moved_clock.advance(timedelta(minutes=2))

    second = await sign_in(capsys, f"+86 {PHONE[:3]}-{PHONE[3:7]}-{PHONE[7:]}")

    assert first["personId"] == second["personId"]


async def test_known_and_unknown_phones_are_answered_alike(db, statements):
    await _a_registered_person()

    statements.clear()
    known_phone = await ask(REQUEST, phone=PHONE)
    of_known = list(statements)
    statements.clear()
    unknown_phone = await ask(REQUEST, phone="13900139000")

    assert known_phone == unknown_phone
    assert of_known == list(statements)
    assert not any("membership_person" in each for each in statements)


async def test_a_wrong_code_is_refused_in_the_callers_language_and_changes_nothing(db, capsys):
    code = await request_code(capsys)

    chinese = await ask(SIGN_IN, phone=PHONE, code=other_than(code))
    english = await ask(SIGN_IN, ENGLISH, phone=PHONE, code="")

    assert chinese == {
        "__typename": "Refused",
        "code": "CODE_WRONG",
        "message": "验证码不正确,请核对后重试。",
        "path": ["input", "code"],
    }
    assert english["message"] == "This code is wrong; check it and try again."
    assert (await _count("session"), await _count("person")) == (0, 0)


async def test_a_phone_that_never_asked_is_refused_like_a_wrong_code(db):
    answer = await ask(SIGN_IN, phone=PHONE, code="000000")

    assert answer["code"] == "CODE_WRONG"
    assert await _count("person") == 0


async def test_the_fifth_wrong_attempt_is_the_last(db, capsys):
    code = await request_code(capsys)
    for _ in range(5):
        await ask(SIGN_IN, phone=PHONE, code=other_than(code))

    answer = await ask(SIGN_IN, phone=PHONE, code=code)

    assert (answer["__typename"], answer["code"]) == ("Throttled", "TOO_MANY_ATTEMPTS")
    assert 290 <= answer["retryAfterS"] <= 300
    assert await _count("session") == 0


async def test_wrong_attempts_at_once_are_all_counted(db, capsys):
    code = await request_code(capsys)

    answers = await asyncio.gather(
        *(ask(SIGN_IN, phone=PHONE, code=other_than(code)) for _ in range(9))
    )

    codes = sorted(each["code"] for each in answers)
    assert codes == ["CODE_WRONG"] * 5 + ["TOO_MANY_ATTEMPTS"] * 4
    assert await database.fetch_value("SELECT attempts FROM membership_sign_in_code") == 5


async def test_a_code_expires_after_five_minutes(db, capsys, moved_clock):
    code = await request_code(capsys)
    await moved_clock.advance(timedelta(minutes=5))

    answer = await ask(SIGN_IN, ENGLISH, phone=PHONE, code=code)

    assert (answer["code"], answer["message"]) == (
        "CODE_EXPIRED",
        "This code is no longer valid; ask for a new one.",
    )
    assert await _count("session") == 0


async def test_a_used_code_opens_no_second_door(db, capsys):
    code = await request_code(capsys)
    await ask(SIGN_IN, phone=PHONE, code=code)

    answer = await ask(SIGN_IN, phone=PHONE, code=code)

    assert answer["code"] == "CODE_EXPIRED"
    assert await _count("session") == 1


async def test_one_code_used_by_many_at_once_opens_one_door(db, capsys):
    code = await request_code(capsys)

    answers = await asyncio.gather(*(ask(SIGN_IN, phone=PHONE, code=code) for _ in range(8)))

    kinds = sorted(each["__typename"] for each in answers)
    assert kinds == ["Refused"] * 7 + ["SignedIn"]
    assert (await _count("session"), await _count("person")) == (1, 1)


async def test_a_new_code_voids_the_one_before(db, capsys, moved_clock):
    first = await request_code(capsys)
    await moved_clock.advance(timedelta(seconds=61))
    second = await request_code(capsys)

    answer = await ask(SIGN_IN, phone=PHONE, code=first)

    assert first == second or answer["code"] == "CODE_WRONG"


async def test_a_code_of_one_phone_does_not_open_another(db, capsys):
    await request_code(capsys, "13900139000")
    code = await request_code(capsys, "13700137000")

    answer = await ask(SIGN_IN, phone="13900139000", code=code)

    assert answer["code"] == "CODE_WRONG"


async def test_a_second_code_within_a_minute_is_refused_with_the_seconds_left(db, capsys):
    await request_code(capsys)

    answer = await ask(REQUEST, phone=PHONE)

    assert (answer["__typename"], answer["code"]) == ("Throttled", "TOO_MANY_ATTEMPTS")
    assert 58 <= answer["retryAfterS"] <= 60
    assert capsys.readouterr().out == ""
    assert await _count("sign_in_code") == 1


async def test_codes_asked_for_at_once_are_sent_once(db, capsys):
    answers = await asyncio.gather(*(ask(REQUEST, phone=PHONE) for _ in range(6)))

    kinds = sorted(each["__typename"] for each in answers)
    assert kinds == ["SignInCodeRequested"] + ["Throttled"] * 5
    assert await _count("sign_in_code") == 1


async def test_a_phone_gets_five_codes_an_hour_and_ten_a_day(db, moved_clock):
    waits = []
    for _ in range(12):
        answer = await ask(REQUEST, phone=PHONE)
        waits.append(answer.get("retryAfterS", 0) // 60)
        await moved_clock.advance(timedelta(minutes=waits[-1] + 2))

    # Every two minutes: the sixth waits for the first one's hour, the eleventh for its day.
    assert waits == [0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 24 * 60 - 72]
    assert await _count("sign_in_code") == 10


async def test_an_address_gets_thirty_codes_an_hour_whatever_the_phone(db, moved_clock):
    here = replace(ANONYMOUS, address="2001:db8:1:2::3")
    neighbour = replace(ANONYMOUS, address="2001:db8:1:2:ffff::9")
    for number in range(30):
        answer = await ask(REQUEST, here, phone=f"138001380{number:02d}")
        assert answer["__typename"] == "SignInCodeRequested"

    same_household = await ask(REQUEST, neighbour, phone="13900139000")
    elsewhere = await ask(REQUEST, replace(here, address="192.0.2.7"), phone="13900139000")

    assert same_household["__typename"] == "Throttled"
    assert elsewhere["__typename"] == "SignInCodeRequested"
    assert await _count("sign_in_code") == 31


async def test_malformed_phones_are_refused_and_nothing_is_sent(db, capsys):
    malformed = [
        "",
        "1",
        "12345678901",
        "+1 650 253 0000",
        "１３８００１３８００",
        "1380013800a",
        "9" * 9999,
    ]

    answers = [await ask(REQUEST, ENGLISH, phone=each) for each in malformed]

    assert {each["code"] for each in answers} == {"PHONE_MALFORMED"}
    assert answers[0]["message"] == "This is not a mobile number: enter its 11 digits."
    assert answers[0]["path"] == ["input", "phone"]
    assert (await _count("sign_in_code"), capsys.readouterr().out) == (0, "")


async def test_a_phone_in_wide_digits_is_the_same_phone(db, capsys):
    code = await request_code(capsys, "１３８００１３８０００")

    answer = await ask(SIGN_IN, phone=PHONE, code=code)

    assert answer["__typename"] == "SignedIn"


async def test_a_device_name_too_long_is_refused_and_the_code_stays_good(db, capsys):
    code = await request_code(capsys)

    refused = await ask(SIGN_IN, phone=PHONE, code=code, device="机" * 101)
    accepted = await ask(SIGN_IN, phone=PHONE, code=code, device="老\n王的\u202e手机")

    assert (refused["code"], refused["path"]) == ("INVALID_INPUT", ["input", "device"])
    assert accepted["__typename"] == "SignedIn"
    assert await database.fetch_value("SELECT device FROM membership_session") == "老 王的 手机"


async def test_a_code_is_kept_only_as_a_keyed_hash(db, capsys):
    code = await request_code(capsys)

    kept = await row("SELECT * FROM membership_sign_in_code")
    stored = b"".join(each for each in kept.values() if isinstance(each, bytes))
    assert len(kept["code_hash"]) == 32
    assert code.encode() not in stored
    assert PHONE.encode() not in stored


async def test_nobodys_phone_or_code_is_logged(db, capsys, caplog):
    caplog.set_level(logging.DEBUG)

    code = await request_code(capsys)
    await ask(SIGN_IN, phone=PHONE, code=code)

    assert PHONE not in caplog.text
    assert code not in caplog.text


async def test_the_console_carries_no_codes_in_production(db, capsys, configured):
    key = crypto.new_key()
    configured(
        GONGYI_ENVIRONMENT="production",
        GONGYI_FIELD_KEYS=f"k1:{key}",
        GONGYI_BLIND_INDEX_KEY=key,
        GONGYI_TOKEN_KEY=key,
        GONGYI_LOG_KEYS=f"l1:{key}",
    )

    answer = await ask(REQUEST, phone=PHONE)

    assert answer["code"] == "CODE_NOT_SENT"
    assert capsys.readouterr().out == ""


async def test_a_new_person_gives_a_name_and_a_verified_one_keeps_it(db, capsys):
    rename = """
    mutation ($name: String!) { updateMyName(input: {name: $name}) {
        __typename ... on MyNameUpdated { name } ... on UserError { code } } }
    """
    actor = await known((await sign_in(capsys))["token"])

    nobody = await ask(rename, name="林芳")
    nameless = await ask(rename, actor, name=" ")
    named = await ask(rename, actor, name=" 林  芳 ")
    verified = await ask(rename, await factories.a_resident(name="王建国"), name="李四")

    assert nobody["code"] == "SIGN_IN_REQUIRED"
    assert nameless["code"] == "INVALID_INPUT"
    assert named == {"__typename": "MyNameUpdated", "name": "林 芳"}
    assert verified["code"] == "NAME_VERIFIED"
    names = await database.fetch("SELECT name FROM membership_person ORDER BY name")
    assert [each["name"] for each in names] == ["林 芳", "王建国"]


async def test_the_sweep_deletes_what_is_over_and_keeps_what_still_counts(db, capsys, moved_clock):
    await sign_in(capsys)
    await moved_clock.advance(timedelta(hours=23))
    kept = await sweep_sign_in()
    await moved_clock.advance(timedelta(hours=2))

    codes = await sweep_sign_in()
    await moved_clock.advance(timedelta(days=31))
    doors = await sweep_sign_in()

    assert (kept, codes, doors) == (0, 1, 1)
    assert (await _count("sign_in_code"), await _count("session")) == (0, 0)


def test_the_printed_code_is_found_in_its_line():
    assert printed_code("\n  one-time code for 138: 012345 (valid 5 minutes)\n") == "012345"

"""What was given up, as staff see and settle it."""

from datetime import timedelta
from typing import Any

from domains.kernel import database
from domains.kernel.actor import Actor, Grant, Role
from domains.notifications.channels.base import Verdict, outcome
from domains.notifications.values import Channel
from tests.factories import a_person
from tests.membership.doors import ask
from tests.notifications.deliveries import Provider, deliveries, drain, people, refusing, states

_REFUSED = "... on UserError { code }"
LIST = """
query ($first: Int, $after: String, $channel: NoticeChannel) {
  deadLetters(first: $first, after: $after, channel: $channel) {
    nodes { id channel kind reason attempts unanswered mayBeSent }
    pageInfo { hasNextPage endCursor }
  } }
"""
RETRY = f"""
mutation ($id: ID!) {{ retryDeadLetter(input: {{deadLetterId: $id}}) {{
  __typename ... on DeadLetterSettled {{ deadLetterId }} {_REFUSED} }} }}
"""
DISMISS = f"""
mutation ($id: ID!) {{ dismissDeadLetter(input: {{deadLetterId: $id}}) {{
  __typename ... on DeadLetterSettled {{ deadLetterId }} {_REFUSED} }} }}
"""
RETRY_MANY = f"""
mutation ($input: RetryDeadLettersInput!) {{ retryDeadLetters(input: $input) {{
  __typename ... on DeadLettersRetried {{ count }} {_REFUSED} }} }}
"""
FIGURES = """
{ deliveryFigures { channel isOn waiting sending dead lateS fault
    lastDay { sent failed dead suppressed unanswered closed } } }
"""
HERE = "xz/gl/pl/tx/"


async def _holding(role: Role, area_path: str) -> Actor:
    return Actor(person_id=(await a_person()).id, grants=frozenset({Grant(role, area_path)}))


async def _given_up(count: int = 1, *, area_path: str = HERE, within: Any = None) -> None:
    await deliveries(await people(count), area_path=area_path, within=within)
    await drain(Provider(lambda _message, _time: outcome(Verdict.REFUSED, "47003")))


async def _ids(actor: Actor) -> list[str]:
    return [each["id"] for each in (await ask(LIST, actor))["nodes"]]


async def test_staff_see_what_was_given_up_and_why_but_neither_whom_nor_what(db):
    await _given_up()
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")

    (node,) = (await ask(LIST, admin))["nodes"]

    assert node | {"id": ""} == {
        "id": "",
        "channel": "CONSOLE",
        "kind": "TEST_RESULT",
        "reason": "47003",
        "attempts": 1,
        "unanswered": 0,
        "mayBeSent": True,
    }


async def test_committees_see_their_own_area_and_residents_see_nothing(db):
    await _given_up(2)
    await _given_up(1, area_path="xz/gl/pl/other/")
    await _given_up(1, area_path="")

    seen = [
        len(await _ids(await _holding(role, path)))
        for role, path in (
            (Role.PLATFORM_ADMINISTRATOR, "xz/"),
            (Role.STREET_REVIEWER, "xz/gl/pl/"),
            (Role.COMMITTEE_MEMBER, HERE),
            (Role.RESIDENT, HERE),
            (Role.COMMITTEE_MEMBER, "xz/gl/pl/third/"),
        )
    ]

    assert seen == [4, 3, 2, 0, 0]


async def test_pages_follow_one_another_at_one_cost(db, statements):
    await _given_up(3)
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")
    statements.clear()
    first = await ask(LIST, admin, first=1)
    one = len(statements)
    statements.clear()
    rest = await ask(LIST, admin, first=3, after=first["pageInfo"]["endCursor"])

    assert (len(first["nodes"]), len(rest["nodes"]), one, len(statements)) == (1, 2, 1, 1)
    assert {each["id"] for each in first["nodes"] + rest["nodes"]} == set(await _ids(admin))
    assert (await ask(LIST, admin, channel="SMS"))["nodes"] == []


async def test_what_was_given_up_goes_out_again_when_staff_say_so(db):
    await _given_up()
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")
    (letter,) = await _ids(admin)
    provider = Provider()

    settled = await ask(RETRY, admin, id=letter)
    await drain(provider)

    assert (settled["deadLetterId"], len(provider.taken)) == (letter, 1)
    assert (await states(), await _ids(admin)) == ({"sent": 1}, [])
    audited = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE command = 'retryDeadLetter'"
    )
    assert audited == 1


async def test_many_are_tried_again_as_far_as_staff_see_them_and_no_more_than_asked(db):
    await _given_up(3)
    await _given_up(2, area_path="xz/gl/pl/other/")
    committee = await _holding(Role.COMMITTEE_MEMBER, HERE)
    asks: tuple[dict[str, Any], ...] = (
        {"channel": "SMS"},
        {"kind": "NOTHING_LIKE_IT"},
        {"reason": "45009"},
        {"kind": "TEST_RESULT", "reason": "47003", "channel": "CONSOLE", "most": 2},
        {},
        {},
    )

    counts = [(await ask(RETRY_MANY, committee, input=each))["count"] for each in asks]

    assert counts == [0, 0, 0, 2, 1, 0]
    assert await states() == {"dead": 2, "waiting": 3}
    audited = await database.fetch_value(
        "SELECT count(*) FROM kernel_audit WHERE command = 'retryDeadLetters'"
    )
    assert audited == 2


async def test_many_that_are_too_late_stay_where_they_are(db, moved_clock):
    await _given_up(2, within=timedelta(minutes=10))
    await moved_clock.advance(timedelta(minutes=11))
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")

    answer = await ask(RETRY_MANY, admin, input={})

    assert (answer["count"], await states()) == (0, {"dead": 2})


async def test_residents_try_nothing_again_and_nobody_without_limit(db):
    await _given_up()
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")
    asks: tuple[tuple[Actor, dict[str, Any]], ...] = (
        (await _holding(Role.RESIDENT, HERE), {}),
        (admin, {"most": 0}),
        (admin, {"most": 1_001}),
    )

    codes = [(await ask(RETRY_MANY, who, input=given))["code"] for who, given in asks]

    assert (codes, await states()) == (["FORBIDDEN"] + ["INVALID_INPUT"] * 2, {"dead": 1})


async def test_what_is_dismissed_stays_unsent(db):
    await _given_up()
    committee = await _holding(Role.COMMITTEE_MEMBER, HERE)
    (letter,) = await _ids(committee)

    await ask(DISMISS, committee, id=letter)
    again = await ask(DISMISS, committee, id=letter)

    assert (again["code"], await states()) == ("NOT_DEAD", {"suppressed": 1})


async def test_what_is_too_late_is_not_sent_again(db, moved_clock):
    await _given_up(within=timedelta(minutes=10))
    await moved_clock.advance(timedelta(minutes=11))
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")
    (letter,) = await _ids(admin)

    answer = await ask(RETRY, admin, id=letter)

    assert (answer["code"], await states()) == ("MATTERS_NO_MORE", {"dead": 1})


async def test_nobody_settles_another_communitys_letters(db):
    await _given_up()
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")
    (letter,) = await _ids(admin)
    others = [
        await _holding(Role.COMMITTEE_MEMBER, "xz/gl/pl/other/"),
        await _holding(Role.RESIDENT, HERE),
    ]

    codes = [
        (await ask(each, who, id=letter))["code"] for each in (RETRY, DISMISS) for who in others
    ]

    assert (codes, await states()) == (["NOT_FOUND"] * 4, {"dead": 1})


async def test_administrators_see_how_each_channel_stands(db, configured):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    await _given_up(2)
    await deliveries(await people(3))
    await drain(Provider(refusing(Verdict.CLOSED)))
    admin = await _holding(Role.PLATFORM_ADMINISTRATOR, "xz/")

    told = {each["channel"]: each for each in await ask(FIGURES, admin)}

    console = told["CONSOLE"]
    assert (console["isOn"], console["waiting"], console["dead"]) == (True, 3, 2)
    assert (console["fault"], console["lastDay"]["closed"]) == ("closed", 1)
    assert console["lastDay"]["dead"] == 2
    assert [told[each.name]["waiting"] for each in (Channel.SMS, Channel.EMAIL)] == [0, 0]
    assert await ask(FIGURES, await _holding(Role.COMMITTEE_MEMBER, HERE)) == []

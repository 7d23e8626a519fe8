"""Sending, marking, trying again, giving up: with a provider that answers as the test says."""

import asyncio
from datetime import date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest

from domains.kernel import clock, database
from domains.membership.models import Departure, Person
from domains.membership.values import DepartureKind, ResidencyState
from domains.notifications.channels.base import Verdict, accepted, outcome
from domains.notifications.kinds.kind import Text
from domains.notifications.service import claims, delivering
from domains.notifications.values import Channel
from tests.factories import a_household, a_residency
from tests.notifications.deliveries import (
    AT_HOME,
    LEGAL,
    Provider,
    a_phone,
    deliveries,
    drain,
    people,
    refusing,
    states,
)

_ROWS = """
SELECT state, reason, attempts, unanswered, provider_message_id, sent_at IS NOT NULL AS was_sent,
       extract(epoch FROM next_attempt_at - kernel_now())::float8 AS wait_s
FROM notifications_delivery ORDER BY person_id, seq
"""
_TALLY = "SELECT outcome, sum(count)::int AS count FROM notifications_tally GROUP BY outcome"


async def _rows() -> list[dict[str, object]]:
    return [dict(each) for each in await database.fetch(_ROWS)]


async def _tally() -> dict[str, int]:
    return {row["outcome"]: row["count"] for row in await database.fetch(_TALLY)}


async def test_what_is_due_is_sent_once_and_marked(db):
    await deliveries(await people(120))
    provider = Provider(lambda _message, _time: accepted("its-id"))

    await drain(provider)
    again = await drain(provider)

    assert (len(provider.taken), provider.repeated) == (120, 0)
    assert (await states(), again[0].claimed) == ({"sent": 120}, 0)
    assert await _tally() == {"sent": 120}
    row = (await _rows())[0]
    assert (row["attempts"], row["provider_message_id"], row["was_sent"]) == (1, "its-id", True)


async def test_two_workers_send_each_message_once(db):
    await deliveries(await people(300))
    provider = Provider(delay_s=0.002)

    await asyncio.gather(*(drain(provider) for _ in range(4)))

    assert (len(provider.taken), provider.repeated) == (300, 0)
    assert await states() == {"sent": 300}


async def test_a_persons_messages_keep_their_order_on_a_channel(db):
    told = await people(20)
    for title in ("一", "二", "三", "四"):
        await deliveries(told, values={"title": title, "number": 1})
    provider = Provider(delay_s=0.001)

    await asyncio.gather(drain(provider), drain(provider))

    order = "SELECT person_id, seq FROM notifications_delivery WHERE id = $1"
    seen: dict[UUID, list[int]] = {}
    for each in provider.taken:
        row = await database.fetch_one(order, each)
        seen.setdefault(row["person_id"], []).append(row["seq"])
    assert list(seen.values()) == [[1, 2, 3, 4]] * 20


async def test_the_next_message_waits_for_one_that_is_tried_again_and_not_for_a_dead_one(db):
    told = await people(1)
    for title in ("一", "二"):
        await deliveries(told, values={"title": title, "number": 1})
    first = await database.fetch_value("SELECT id FROM notifications_delivery WHERE seq = 1")
    provider = Provider(
        lambda message, _time: (
            outcome(Verdict.LATER, "busy", 60.0) if message.id == first else accepted()
        )
    )
    await drain(provider)
    waiting = await states()
    provider.answer = refusing(Verdict.REFUSED, times=1)
    await database.execute("UPDATE notifications_delivery SET next_attempt_at = kernel_now()")
    provider.asked.clear()

    await drain(provider)

    assert waiting == {"failed": 1, "waiting": 1}
    assert await states() == {"dead": 2}
    assert provider.asked[0] == first


async def test_a_failure_that_passes_at_once_is_tried_again_at_once(db):
    await deliveries(await people(1))
    provider = Provider(refusing(Verdict.LATER, times=2))

    await drain(provider)

    assert (len(provider.asked), await states()) == (3, {"sent": 1})
    assert (await _rows())[0]["attempts"] == 1


async def test_a_failure_that_lasts_is_tried_later_and_less_and_less_often(db):
    await deliveries(await people(1))
    provider = Provider(refusing(Verdict.LATER, seconds=0.0))
    waits: list[float] = []

    for _ in range(8):
        await drain(provider)
        row = (await _rows())[0]
        waits.append(float(row["wait_s"]))
        await database.execute("UPDATE notifications_delivery SET next_attempt_at = kernel_now()")

    bounds = [(15 * 2**n - 3, 15 * 2**n * 1.5) for n in range(7)]
    assert [low <= wait <= high for wait, (low, high) in zip(waits, bounds, strict=False)] == [
        True
    ] * 7
    assert (row["state"], row["reason"], row["attempts"]) == ("dead", "later", 8)
    assert len(provider.asked) == 8


async def test_a_provider_that_says_when_to_come_back_is_believed(db):
    await deliveries(await people(1))

    await drain(Provider(refusing(Verdict.LATER, seconds=3_000.0)))

    (row,) = await _rows()
    assert (row["state"], 2_990 < float(str(row["wait_s"])) <= 3_000) == ("failed", True)


async def test_silence_is_counted_and_ends_after_three_times(db):
    await deliveries(await people(1))
    provider = Provider(refusing(Verdict.UNKNOWN))

    for _ in range(5):
        await drain(provider)
        await database.execute("UPDATE notifications_delivery SET next_attempt_at = kernel_now()")

    (row,) = await _rows()
    assert (row["state"], row["unanswered"], row["attempts"]) == ("dead", 3, 3)
    assert len(provider.asked) == 3


async def test_a_message_that_is_refused_is_a_dead_letter_with_its_reason(db):
    await deliveries(await people(2))

    await drain(Provider(lambda _message, _time: outcome(Verdict.REFUSED, "47003")))

    assert await states() == {"dead": 2}
    assert {row["reason"] for row in await _rows()} == {"47003"}


async def test_a_fault_of_the_channel_shuts_it_for_all_and_costs_the_others_no_attempt(db):
    await deliveries(await people(100))
    provider = Provider(refusing(Verdict.CLOSED))

    await drain(provider)
    asked = len(provider.asked)
    shut = await drain(provider)

    assert (asked <= 40, shut[0].claimed) == (True, 0)
    untried = [row for row in await _rows() if row["attempts"] == 0]
    assert len(untried) == 100 - asked
    fault = await database.fetch_one("SELECT fault, faults FROM notifications_channel")
    assert dict(fault) == {"fault": "closed", "faults": 1}


async def test_a_shut_channel_opens_by_one_message_and_then_for_all(db, moved_clock):
    await deliveries(await people(60))
    await drain(Provider(refusing(Verdict.CLOSED)))
    await moved_clock.advance(timedelta(hours=2))
    provider = Provider()

    first = await delivering.deliver_batch(Channel.CONSOLE, provider)
    await drain(provider)

    assert (first.claimed, await states()) == (1, {"sent": 60})
    faults = await database.fetch_value("SELECT faults FROM notifications_channel")
    assert faults == 0


async def test_what_no_longer_matters_is_not_sent(db, moved_clock):
    await deliveries(await people(3), within=timedelta(minutes=10))
    await moved_clock.advance(timedelta(minutes=11))
    provider = Provider()

    await drain(provider)
    await delivering.sweep()

    assert (provider.asked, await states()) == ([], {"suppressed": 3})
    assert {row["reason"] for row in await _rows()} == {"too late"}


async def test_one_sweep_drops_however_many_are_too_late(db, moved_clock):
    await deliveries(await people(claims.SWEPT + 1), within=timedelta(minutes=10))
    await moved_clock.advance(timedelta(minutes=11))

    swept = await delivering.sweep()

    assert (swept, await states()) == (claims.SWEPT + 1, {"suppressed": claims.SWEPT + 1})


async def test_at_night_a_message_waits_for_the_morning_and_an_urgent_one_does_not(db, moved_clock):
    await moved_clock.set(datetime(2030, 3, 5, 23, 30, tzinfo=clock.SHANGHAI))
    told = await people(1)
    await deliveries(told, urgent=False)
    await deliveries(told, urgent=True)
    provider = Provider()

    await drain(provider)
    night = await states()
    await moved_clock.set(datetime(2030, 3, 6, 9, 0, tzinfo=clock.SHANGHAI))
    await drain(provider)

    assert (night, await states()) == ({"sent": 1, "waiting": 1}, {"sent": 2})
    assert [row["attempts"] for row in await _rows()] == [1, 1]


async def test_what_the_law_wants_told_goes_out_in_the_night_where_it_cannot_wait(db, moved_clock):
    await moved_clock.set(datetime(2030, 3, 5, 23, 30, tzinfo=clock.SHANGHAI))
    await deliveries(await people(1), urgent=False, kind=LEGAL, within=timedelta(hours=2))
    await deliveries(await people(1), urgent=False, within=timedelta(hours=2))

    await drain(Provider())

    assert await states() == {"sent": 1, "suppressed": 1}


async def test_a_template_that_lacks_a_variable_is_a_dead_letter_and_never_half_a_text(db):
    await deliveries(await people(2), values={"number": 6})
    provider = Provider()

    await drain(provider)

    assert (provider.asked, await states()) == ([], {"dead": 2})
    assert {row["reason"] for row in await _rows()} == {"variable missing: title"}


async def test_keys_of_a_providers_template_that_are_not_as_many_as_its_variables_send_nothing(db):
    await deliveries(
        await people(1), text=Text("{title}"), provider_code="T1 thing1 time2", variables=("title",)
    )
    provider = Provider()

    await drain(provider)

    assert (provider.asked, await states()) == ([], {"dead": 1})


async def test_an_addressee_who_left_is_told_nothing(db):
    gone, away, here = await people(3)
    await _departed(gone)
    await _moved_away(away)
    await deliveries([gone, away, here], kind=AT_HOME)
    provider = Provider()

    await drain(provider)

    assert await states() == {"sent": 1, "suppressed": 2}
    assert sorted(str(row["reason"]) for row in await _rows()) == ["None", "left", "left"]


async def test_what_was_turned_off_since_is_not_sent(db):
    (person,) = await people(1)
    await deliveries([person])
    await database.execute(
        "INSERT INTO notifications_preference (id, person_id, scope, channel, choice, changed_at)"
        " VALUES (gen_random_uuid(), $1, 'polls', 'console', 'off', kernel_now())",
        person,
    )
    provider = Provider()

    await drain(provider)

    assert (provider.asked, (await _rows())[0]["reason"]) == ([], "turned off")


async def test_what_was_taken_back_is_not_sent(db):
    await deliveries(await people(1))
    await database.execute("UPDATE notifications_notice SET withdrawn_at = kernel_now()")

    await drain(Provider())

    assert (await _rows())[0]["reason"] == "taken back"


async def test_ten_of_one_community_do_not_wait_for_a_thousand_of_another(db):
    await deliveries(await people(1_000), area_path="xz/gl/pl/big/")
    small = await people(10)
    await deliveries(small, area_path="xz/gl/pl/small/b1/")
    await deliveries(await people(10), area_path="xz/gl/pl/small/b2/", urgent=False, kind=LEGAL)
    provider = Provider()

    await delivering.deliver_batch(Channel.CONSOLE, provider)

    sent = await database.fetch_value(
        "SELECT count(*) FROM notifications_delivery WHERE state = 'sent' AND lane = $1",
        "xz/gl/pl/small/",
    )
    assert sent >= 10
    assert (await states())["sent"] == 80


async def test_one_number_is_written_to_with_pauses_and_so_often_a_day(db, tencent, moved_clock):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    for _ in range(10):
        await deliveries(
            [person],
            channel=Channel.SMS,
            text=Text("{title}"),
            provider_code="1110",
            variables=("title",),
        )
    provider = Provider()
    sent_after_s: list[int] = []
    began = await clock.now()
    for _ in range(40):
        before = len(provider.taken)
        await drain(provider, Channel.SMS)
        if len(provider.taken) > before:
            sent_after_s.append(int((await clock.now() - began).total_seconds()))
        next_at = await database.fetch_value(
            "SELECT min(next_attempt_at) FROM notifications_delivery WHERE state = 'waiting'"
        )
        if next_at is None:
            break
        await moved_clock.set(max(next_at, await clock.now()) + timedelta(seconds=1))

    first_hour = sum(each < 3_600 for each in sent_after_s)
    first_day = sum(each < 86_400 for each in sent_after_s)
    pauses = [after - before for before, after in pairwise(sent_after_s)]
    assert (first_hour, first_day, min(pauses) >= 30) == (4, 8, True)
    assert await states() == {"sent": 10}


async def test_a_channel_takes_no_more_a_second_than_settings_say(db, configured):
    configured(GONGYI_NOTICE_RATES="console=20")
    await deliveries(await people(60))
    provider = Provider()

    first = await delivering.deliver_batch(Channel.CONSOLE, provider)
    second = await delivering.deliver_batch(Channel.CONSOLE, provider)

    assert first.claimed == 20
    assert second.claimed < 20


async def test_a_number_that_is_gone_is_never_written_to_again_and_that_is_told(db, tencent):
    (person,) = await people(1)
    await a_phone(person, "13800138000")
    for _ in range(2):
        await deliveries(
            [person],
            channel=Channel.SMS,
            text=Text("{title}"),
            provider_code="1110",
            variables=("title",),
        )
    provider = Provider(refusing(Verdict.GONE))

    await drain(provider, Channel.SMS)

    assert (len(provider.asked), await states()) == (1, {"bounced": 1, "suppressed": 1})
    told = await database.fetch_value(
        "SELECT payload->>'person_id' FROM kernel_outbox"
        " WHERE name = 'notifications.AddressBlocked'"
    )
    assert told == str(person)
    await a_phone(person, "13900139000")
    await deliveries(
        [person],
        channel=Channel.SMS,
        text=Text("{title}"),
        provider_code="1110",
        variables=("title",),
    )
    provider.answer = refusing(Verdict.GONE, times=0)
    await database.execute("UPDATE notifications_delivery SET sent_at = NULL WHERE state <> 'sent'")
    await drain(provider, Channel.SMS)
    assert (await states())["sent"] == 1


@pytest.mark.parametrize("jump", [timedelta(days=-3), timedelta(days=3)])
async def test_a_clock_that_jumps_holds_nothing_up_and_sends_nothing_twice(db, moved_clock, jump):
    await deliveries(await people(30))
    provider = Provider(refusing(Verdict.LATER, seconds=60.0, times=1))
    await drain(provider)
    await moved_clock.advance(jump)

    await delivering.sweep()
    if jump > timedelta(0):
        await drain(provider)
    else:
        await drain(provider)
        await moved_clock.advance(timedelta(minutes=2))
        await drain(provider)

    assert (len(provider.taken), provider.repeated, await states()) == (30, 0, {"sent": 30})


async def test_a_lease_from_before_the_clock_went_back_is_over(db, moved_clock):
    await deliveries(await people(1))
    await database.execute(
        "UPDATE notifications_delivery SET state = 'sending', lease_id = gen_random_uuid(),"
        " lease_until = kernel_now() + interval '2 days', attempts = 1"
    )

    await delivering.sweep()
    provider = Provider()
    await drain(provider)

    assert (len(provider.taken), await states()) == (1, {"sent": 1})


async def test_a_lost_lease_goes_out_again_is_counted_and_ends_after_eight_times(db):
    await deliveries(await people(1))
    lost = (
        "UPDATE notifications_delivery SET state = 'sending', lease_id = gen_random_uuid(),"
        " lease_until = kernel_now() - interval '1 second', attempts = attempts + 1"
    )

    for _ in range(8):
        await database.execute(lost)
        await delivering.sweep()

    (row,) = await _rows()
    assert (row["state"], row["reason"], row["unanswered"]) == ("dead", "no answer", 8)
    assert await _tally() == {"lost": 8, "dead": 1}


async def test_what_was_taken_is_marked_once_the_database_is_back(db):
    await deliveries(await people(30))
    provider = Provider(held=asyncio.Event())
    sending = asyncio.create_task(drain(provider))
    await asyncio.wait_for(provider.began.wait(), 30)
    away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    await database.fetch(f"{away} WHERE datname = current_database() AND pid <> pg_backend_pid()")

    provider.held.set()
    await sending

    assert (len(provider.taken), provider.repeated, await states()) == (30, 0, {"sent": 30})


async def test_a_late_answer_is_kept_although_the_lease_was_lost(db):
    await deliveries(await people(1))
    provider = Provider(held=asyncio.Event())
    sending = asyncio.create_task(drain(provider))
    await asyncio.wait_for(provider.began.wait(), 30)
    await database.execute("UPDATE notifications_delivery SET lease_until = kernel_now()")

    await delivering.sweep()
    lost = await states()
    provider.held.set()
    await sending

    assert lost == {"failed": 1}
    assert await states() == {"sent": 1}
    assert len(provider.taken) == 1


async def _departed(person: UUID) -> None:
    await Departure.create(
        id=database.new_id(),
        person_id=person,
        kind=DepartureKind.DECEASED,
        since=date(2026, 1, 1),
        recorded_at=await clock.now(),
    )


async def _moved_away(person: UUID) -> None:
    lived = await Person.get(id=person)
    await a_residency(
        lived,
        await a_household(),
        state=ResidencyState.ENDED,
        since=date(2020, 1, 1),
        until=date(2021, 1, 1),
    )

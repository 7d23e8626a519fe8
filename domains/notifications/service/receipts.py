"""What providers report afterwards: received, bounced, refused; each report counts once.

A report moves only what was sent and not reported of yet, so that one that comes twice, or
names nothing of ours, changes nothing. An address that is gone is blocked at once, one that
fails five times in a row as well.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database
from domains.kernel.database import Row, transaction
from domains.membership.queries import contacts
from domains.notifications.channels import bounces
from domains.notifications.channels.bounces import Return
from domains.notifications.queries import addresses
from domains.notifications.rules.pacing import FAILURES_TO_BLOCK
from domains.notifications.service import marking
from domains.notifications.values import Channel

MOST_REPORTS = 1_000
_LONGEST = 100
# Errors of operators that say that there is no such number, or that it wants nothing.
_NUMBER_GONE = frozenset({"PHONEERR", "MK:0001", "MK:0012", "MK:0013", "BLACK", "BLOCKED"})

_REPORTED = """
UPDATE notifications_delivery
SET state = $3::varchar, reason = $4,
    received_at = CASE WHEN $3::varchar = 'received' THEN kernel_now() END
WHERE channel = $1 AND provider_message_id = $2 AND state = 'sent'
RETURNING id, person_id
"""
_RETURNED = """
UPDATE notifications_delivery
SET state = $2::varchar, reason = $3,
    received_at = CASE WHEN $2::varchar = 'received' THEN kernel_now() END
WHERE id = $1 AND channel = 'email'
  AND (state = 'sent' OR state = 'received' AND $2::varchar = 'bounced')
RETURNING id, person_id
"""
_FAILED = """
UPDATE notifications_address
SET failures = failures + 1, changed_at = kernel_now(),
    state = CASE WHEN failures + 1 >= $3 OR $4 THEN 'blocked' ELSE state END,
    reason = CASE WHEN failures + 1 >= $3 OR $4 THEN $5 ELSE reason END
WHERE person_id = $1 AND channel = $2 AND state = 'active'
RETURNING id, person_id, channel, state
"""
_NUMBER = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_index, created_at, changed_at)
VALUES ($1, $2, 'sms', 'active', $3, kernel_now(), kernel_now())
ON CONFLICT ON CONSTRAINT notifications_address_once DO NOTHING
"""
_OTHER_NUMBERS = """
DELETE FROM notifications_address
WHERE person_id = $1 AND channel = 'sms' AND state = 'active' AND address_index <> $2
"""
_WELL = """
UPDATE notifications_address SET failures = 0
WHERE person_id = $1 AND channel = $2 AND state = 'active' AND failures > 0
"""
_REFUSED = """
UPDATE notifications_consent c SET left_count = 0, changed_at = kernel_now()
FROM notifications_address a
WHERE a.channel = 'wechat' AND a.address_index = $1 AND c.person_id = a.person_id
  AND c.template_code = $2
"""


@dataclass(frozen=True, slots=True)
class Report:
    """What a provider says of one message."""

    provider_id: str
    is_received: bool
    code: str
    is_gone: bool = False


def sms_reports(given: object) -> list[Report]:
    """Read Tencent's array of delivery reports; what is no report is left out.

    cloud.tencent.com/document/product/382/52077: sid, report_status SUCCESS or FAIL, errmsg.
    """
    if not isinstance(given, list):
        return []
    found: list[Report] = []
    for each in given[:MOST_REPORTS]:
        if not isinstance(each, Mapping) or not isinstance(each.get("sid"), str):
            continue
        status, code = each.get("report_status"), _short(each.get("errmsg"))
        if status in {"SUCCESS", "FAIL"}:
            is_gone = status == "FAIL" and code.upper() in _NUMBER_GONE
            found.append(Report(each["sid"], status == "SUCCESS", code, is_gone))
    return found


async def note_reports(channel: Channel, reports: Sequence[Report]) -> int:
    """Note what a provider reports of messages; returns of how many that was news."""
    counted = 0
    for each in reports:
        state = "received" if each.is_received else "bounced"
        reason = None if each.is_received else each.code or "failed"
        async with transaction():
            rows = await database.fetch(_REPORTED, channel, each.provider_id, state, reason)
            for row in rows:
                await _follow(
                    channel, row, is_well=each.is_received, is_gone=each.is_gone, code=reason or ""
                )
            if rows:
                await marking.count(channel, Counter({state: len(rows)}))
        counted += len(rows)
    return counted


async def note_returned_mail(raw: bytes) -> bool:
    """Note what a letter that came back says; whether it is about one that was sent."""
    bounce = bounces.read(raw)
    if bounce is None or bounce.said is Return.DELAYED:
        return False
    is_well = bounce.said is Return.RECEIVED
    state = "received" if is_well else "bounced"
    async with transaction():
        rows = await database.fetch(
            _RETURNED, bounce.delivery_id, state, None if is_well else bounce.status
        )
        for row in rows:
            is_gone = bounce.said is Return.GONE
            await _follow(Channel.EMAIL, row, is_well=is_well, is_gone=is_gone, code=bounce.status)
        if rows:
            await marking.count(Channel.EMAIL, Counter({state: len(rows)}))
    return bool(rows)


async def note_wechat_event(given: object) -> int:
    """Note an event of WeChat's message push; returns how much was news.

    subscribe_msg_sent_event reports on a message, subscribe_msg_change_event takes consent
    back. Acceptances are counted where the client tells of them, not here: never twice.
    """
    if not isinstance(given, Mapping):
        return 0
    entries = given.get("List")
    entries = [entries] if isinstance(entries, Mapping) else entries
    if not isinstance(entries, list):
        return 0
    plain = [each for each in entries[:MOST_REPORTS] if isinstance(each, Mapping)]
    match given.get("Event"):
        case "subscribe_msg_sent_event":
            return await note_reports(Channel.WECHAT, [_wechat_report(each) for each in plain])
        case "subscribe_msg_change_event":
            return await _note_refusals(str(given.get("FromUserName", "")), plain)
        case _:
            return 0


async def _note_refusals(openid: str, entries: Sequence[Mapping[str, Any]]) -> int:
    index = addresses.index_of(Channel.WECHAT, openid)
    refused = [
        str(each.get("TemplateId"))
        for each in entries
        if each.get("SubscribeStatusString") == "reject"
    ]
    async with transaction():
        return sum([await database.execute(_REFUSED, index, each[:80]) for each in refused])


def _wechat_report(entry: Mapping[str, Any]) -> Report:
    code = _short(entry.get("ErrorCode"))
    status = _short(entry.get("ErrorStatus"))
    return Report(_short(entry.get("MsgID")), code == "0", f"{code} {status}".strip())


async def _follow(channel: Channel, row: Row, *, is_well: bool, is_gone: bool, code: str) -> None:
    """Count an address's failures in a row, and block it where they are too many."""
    person_id: UUID = row["person_id"]
    if is_well:
        await database.execute(_WELL, person_id, channel)
        return
    if channel is Channel.SMS:
        index = (await contacts.phone_indexes_of([person_id])).get(person_id)
        if index is None:
            return
        await database.execute(_OTHER_NUMBERS, person_id, index)
        await database.execute(_NUMBER, database.new_id(), person_id, index)
    changed = await database.fetch(
        _FAILED, person_id, channel, FAILURES_TO_BLOCK, is_gone, code[:_LONGEST] or "failed"
    )
    for each in changed:
        if each["state"] == "blocked":
            await marking.tell_blocked(each)


def _short(value: object) -> str:
    return "" if value is None else str(value)[:_LONGEST]

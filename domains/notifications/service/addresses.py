"""Where somebody wants to be written to: browsers, a mailbox, WeChat; each is proved first.

A browser proves itself by its keys, a mailbox by a code that is sent there, WeChat by a login
code of the mini-program. An address is sealed to its row and shown to its owner masked.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

import structlog

from domains.kernel import crypto, database, idempotency, settings
from domains.kernel.actor import Actor, require
from domains.kernel.database import transaction
from domains.kernel.errors import DomainError, InvalidInput, NotFound, TooManyAttempts
from domains.membership.errors import CodeExpired, CodeWrong, OutsideCodeRefused
from domains.membership.providers import http, wechat
from domains.notifications import policy
from domains.notifications.channels import opening, web_push
from domains.notifications.channels.base import Message, Subscription, Verdict
from domains.notifications.errors import (
    AddressMalformed,
    ChannelOff,
    EmailNotSent,
    TemplateNotOffered,
    TooManyAddresses,
)
from domains.notifications.queries import addresses, templates
from domains.notifications.rules import mails
from domains.notifications.values import Channel

MOST_BROWSERS = 10
MOST_TEMPLATES = 20
CODES_A_DAY = 5
_CODE_DIGITS = 6
_LONGEST_ENDPOINT = 2_000

_COUNT = """
SELECT count(*) FROM notifications_address
WHERE person_id = $1 AND channel = 'web_push' AND address_index <> $2
"""
# A browser or an account that changed hands is its new owner's alone.
_TAKE_OVER = """
DELETE FROM notifications_address
WHERE channel = $1 AND (address_index = $2 AND person_id <> $3
    OR $1 = 'wechat' AND person_id = $3 AND address_index <> $2)
"""
_KEPT = """
SELECT id FROM notifications_address
WHERE person_id = $1 AND channel = $2 AND address_index = $3 FOR UPDATE
"""
_KEEP = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_sealed, address_index, masked, created_at, changed_at)
VALUES ($1, $2, $3, 'active', $4, $5, $6, kernel_now(), kernel_now())
ON CONFLICT (id) DO UPDATE
SET state = 'active', reason = NULL, failures = 0, address_sealed = excluded.address_sealed,
    masked = excluded.masked, changed_at = kernel_now()
"""
_CONSENT = """
INSERT INTO notifications_consent AS c (person_id, template_code, left_count, changed_at)
SELECT $1, t.code, CASE WHEN t.is_lasting THEN NULL ELSE 1 END, kernel_now()
FROM unnest($2::text[], $3::bool[]) AS t (code, is_lasting)
ON CONFLICT (person_id, template_code) DO UPDATE
SET left_count = CASE WHEN excluded.left_count IS NULL THEN NULL
        ELSE LEAST(c.left_count + 1, 1000) END,
    changed_at = excluded.changed_at
"""
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 31))"
_ASKED = """
SELECT id, codes_sent, created_at, created_at + interval '1 day' > kernel_now() AS is_today,
       ceil(extract(epoch FROM created_at + interval '1 day' - kernel_now()))::int AS day_left_s,
       ceil(extract(epoch FROM changed_at - kernel_now()))::int + $2::int AS pause_left_s
FROM notifications_address
WHERE person_id = $1 AND channel = 'email' AND state = 'unverified' FOR UPDATE
"""
_FORGET = "DELETE FROM notifications_address WHERE id = $1"
_ASK = """
INSERT INTO notifications_address
    (id, person_id, channel, state, address_sealed, address_index, masked, code_hash,
     code_expires_at, codes_sent, created_at, changed_at)
SELECT $1, $2, 'email', 'unverified', $3, $4, $5, $6,
       at + make_interval(mins => $7), $8, coalesce($9, at), at
FROM (SELECT kernel_now() AS at) clock
"""
_PROVED = """
SELECT id, address_sealed, code_hash, code_attempts, code_expires_at <= kernel_now() AS is_over,
       ceil(extract(epoch FROM code_expires_at - kernel_now()))::int AS left_s
FROM notifications_address
WHERE person_id = $1 AND channel = 'email' AND state = 'unverified' FOR UPDATE
"""
_TRIED = "UPDATE notifications_address SET code_attempts = code_attempts + 1 WHERE id = $1"
_REPLACED = """
DELETE FROM notifications_address
WHERE person_id = $1 AND channel = 'email' AND state <> 'unverified'
"""
_VERIFIED = """
UPDATE notifications_address
SET state = 'active', address_index = $2, code_hash = NULL, code_expires_at = NULL,
    changed_at = kernel_now()
WHERE id = $1
"""
_REMOVE = """
DELETE FROM notifications_address WHERE id = $1 AND person_id = $2 RETURNING channel
"""
_NO_CONSENTS = "DELETE FROM notifications_consent WHERE person_id = $1"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SentCode:
    """How long a code is valid, and when another may be asked for."""

    valid_for_s: int
    next_after_s: int


async def subscribe_web_push(actor: Actor, *, endpoint: str, p256dh: str, auth: str) -> UUID:
    """Write to this browser from now on; safe to repeat.

    Raises ChannelOff, AddressMalformed for what is no subscription at a known push service,
    TooManyAddresses.
    """
    require(policy.AUTHORITY, "subscribeWebPush", actor)
    _require_on(Channel.WEB_PUSH)
    person_id = _person(actor)
    subscription = Subscription(endpoint, p256dh, auth)
    if len(endpoint) > _LONGEST_ENDPOINT or not web_push.may_reach(settings.current(), endpoint):
        raise AddressMalformed(path=("input", "endpoint"))
    if len(p256dh) + len(auth) > 300 or not web_push.is_whole(subscription):
        raise AddressMalformed(path=("input", "p256dh"))
    index = addresses.index_of(Channel.WEB_PUSH, endpoint)
    async with transaction():
        await database.execute(_LOCK, f"web_push {person_id}")
        if await database.fetch_value(_COUNT, person_id, index) >= MOST_BROWSERS:
            raise TooManyAddresses(path=("input", "endpoint"), most=MOST_BROWSERS)
        host = urlsplit(endpoint).hostname or ""
        return await _keep(person_id, Channel.WEB_PUSH, subscription, index, masked=host[:120])


async def accept_wechat_templates(
    actor: Actor, *, code: str, template_codes: Sequence[str], idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Link the account that a login code stands for, and count one message of each template.

    Returns the address and whether this was a replay. Raises ChannelOff, TemplateNotOffered,
    OutsideCodeRefused.
    """
    require(policy.AUTHORITY, "acceptWechatTemplates", actor)
    _require_on(Channel.WECHAT)
    person_id = _person(actor)
    codes = sorted(set(template_codes))
    if not 1 <= len(codes) <= MOST_TEMPLATES:
        raise InvalidInput(
            path=("input", "templateIds"),
            zh=f"请选择 1 至 {MOST_TEMPLATES} 个模板。",
            en=f"name 1 to {MOST_TEMPLATES} templates.",
        )
    if set(codes) - set(await templates.wechat_templates()):
        raise TemplateNotOffered(path=("input", "templateIds"))
    command = "acceptWechatTemplates"
    earlier = await idempotency.remembered(actor, idempotency_key, command)
    if earlier is not None:
        return UUID(earlier["address"]), True
    openid = await _openid(code)
    async with transaction():
        earlier = await idempotency.claim(actor, idempotency_key, command, {"templates": codes})
        if earlier is not None:
            return UUID(earlier["address"]), True
        index = addresses.index_of(Channel.WECHAT, openid)
        address_id = await _keep(person_id, Channel.WECHAT, openid, index, masked="WeChat")
        lasting = settings.current().wechat_lasting_templates.split()
        await database.execute(_CONSENT, person_id, codes, [each in lasting for each in codes])
        await idempotency.settle(actor, idempotency_key, {"address": str(address_id)})
    return address_id, False


async def request_email_code(actor: Actor, *, email: str) -> SentCode:
    """Send a code to a mailbox that its owner wants to be written to at.

    Raises ChannelOff, AddressMalformed, TooManyAttempts, EmailNotSent.
    """
    require(policy.AUTHORITY, "requestEmailCode", actor)
    _require_on(Channel.EMAIL)
    person_id, chosen = _person(actor), settings.current()
    address = mails.normalised(email) if len(email) <= 2 * mails.LONGEST else None
    if address is None:
        raise AddressMalformed(path=("input", "email"))
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"
    async with transaction():
        await database.execute(_LOCK, f"email {person_id}")
        await _keep_code(person_id, address, code)
    await _send_code(address, code, locale=actor.locale)
    return SentCode(valid_for_s=chosen.code_valid_minutes * 60, next_after_s=chosen.code_pause_s)


async def verify_email(actor: Actor, *, code: str) -> UUID:
    """Write to the mailbox that the code was sent to, instead of any other before.

    Raises CodeWrong, CodeExpired or TooManyAttempts; an attempt counts even so.
    """
    require(policy.AUTHORITY, "verifyEmail", actor)
    person_id = _person(actor)
    async with transaction():
        row = await database.fetch_one(_PROVED, person_id)
        if row is None:
            raise CodeExpired(path=("input", "code"))
        expected, given = bytes(row["code_hash"]), _code_hash(row["id"], code.strip())
        refusal: DomainError | None = None
        if row["is_over"]:
            refusal = CodeExpired(path=("input", "code"))
        elif row["code_attempts"] >= settings.current().code_attempts:
            refusal = TooManyAttempts(retry_after_s=max(1, row["left_s"]))
        elif not secrets.compare_digest(expected, given):
            await database.execute(_TRIED, row["id"])
            refusal = CodeWrong(path=("input", "code"))
        else:
            await database.execute(_REPLACED, person_id)
            index = addresses.index_of(Channel.EMAIL, addresses.unsealed(row))
            await database.execute(_VERIFIED, row["id"], index)
    if refusal is not None:
        raise refusal
    return UUID(str(row["id"]))


async def remove_address(actor: Actor, address_id: UUID) -> UUID:
    """Write to this address no more, or try again a number that was given up."""
    require(policy.AUTHORITY, "removeNoticeAddress", actor)
    async with transaction():
        channel = await database.fetch_value(_REMOVE, address_id, _person(actor))
        if channel is None:
            raise NotFound(path=("input", "addressId"))
        if channel == Channel.WECHAT:
            await database.execute(_NO_CONSENTS, actor.person_id)
    return address_id


async def _keep(
    person_id: UUID, channel: Channel, opened: addresses.Opened, index: bytes, *, masked: str
) -> UUID:
    await database.execute(_LOCK, f"{channel.value} {index.hex()}")
    await database.execute(_TAKE_OVER, channel, index, person_id)
    kept = await database.fetch_value(_KEPT, person_id, channel, index)
    address_id: UUID = kept or database.new_id()
    sealed = addresses.sealed(address_id, opened)
    await database.execute(_KEEP, address_id, person_id, channel, sealed, index, masked)
    return address_id


async def _keep_code(person_id: UUID, address: str, code: str) -> None:
    chosen = settings.current()
    row = await database.fetch_one(_ASKED, person_id, chosen.code_pause_s)
    since, sent = None, 0
    if row is not None:
        if row["pause_left_s"] > 0:
            raise TooManyAttempts(retry_after_s=row["pause_left_s"])
        if row["is_today"]:
            since, sent = row["created_at"], row["codes_sent"]
        if sent >= CODES_A_DAY:
            raise TooManyAttempts(retry_after_s=max(1, row["day_left_s"]))
        await database.execute(_FORGET, row["id"])
    address_id = database.new_id()
    await database.execute(
        _ASK,
        address_id,
        person_id,
        addresses.sealed(address_id, address),
        # What is only asked for does not stand in the way of the same mailbox in use.
        addresses.index_of(Channel.EMAIL, f"asked {address_id}"),
        mails.masked(address)[:120],
        _code_hash(address_id, code),
        chosen.code_valid_minutes,
        sent + 1,
        since,
    )


async def _send_code(address: str, code: str, *, locale: str) -> None:
    is_english = locale.startswith("en")
    minutes = settings.current().code_valid_minutes
    subject = "Your code" if is_english else "邮箱验证码"
    body = (
        f"Your code is {code}. It is valid for {minutes} minutes. If you did not ask for it,"
        " do nothing."
        if is_english
        else f"您的邮箱验证码是 {code},{minutes} 分钟内有效。如非本人操作,请忽略。"
    )
    message = Message(
        id=database.new_id(), address=address, subject=subject, body=body, locale=locale
    )
    async with opening.opened(settings.current(), only=Channel.EMAIL) as carriers:
        outcome = await carriers[Channel.EMAIL].send(message)
    if outcome.verdict is not Verdict.ACCEPTED:
        log.warning("a code was not sent by mail", code=outcome.code)
        raise EmailNotSent(path=("input", "email"))


async def _openid(code: str) -> str:
    try:
        return await wechat.openid_of(code)
    except wechat.WeChatRefused as refused:
        if refused.errcode in {wechat.INVALID_CODE, wechat.USED_CODE}:
            raise OutsideCodeRefused(path=("input", "code")) from None
        log.warning("WeChat refused a login code", code=refused.errcode)
    except http.ProviderFault as fault:
        log.warning("WeChat did not answer", failure=str(fault))
    raise ChannelOff(path=("input", "code"))


def _require_on(channel: Channel) -> None:
    if channel not in opening.are_on(settings.current()):
        raise ChannelOff


def _person(actor: Actor) -> UUID:
    assert actor.person_id is not None, "authority lets only people here"
    return actor.person_id


def _code_hash(address_id: UUID, code: str) -> bytes:
    """Return the keyed hash of a code, of no use at another row."""
    return crypto.blind_index(f"{address_id}:{code}", purpose="code of a mailbox")

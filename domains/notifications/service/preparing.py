"""What a claimed batch says, and to where: read in a few statements for the whole batch.

Everything is asked again at this moment: whether it still concerns its addressee and whether
they are still here, what they chose, whether it is night, what their number had today, where
they are written to. What is not to be sent is marked with the reason, and never half a text.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domains.kernel import database, settings
from domains.kernel.database import Row
from domains.membership.queries import addressees, contacts
from domains.notifications.channels.base import Message
from domains.notifications.errors import VariableMissing
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.queries import addresses, templates
from domains.notifications.queries.addresses import Reachable
from domains.notifications.queries.wishes import Wishes, wishes
from domains.notifications.rules import timing
from domains.notifications.rules.choices import choice
from domains.notifications.rules.pacing import NumberLimits
from domains.notifications.service.claims import Claim
from domains.notifications.service.marking import Mark
from domains.notifications.telling import Telling
from domains.notifications.values import Channel, Choice, Urgency, VariableKind

_NOTICES = """
SELECT id, occasion_id, person_id, second_for_id, reason_data::text AS data,
       withdrawn_at IS NOT NULL AS is_withdrawn
FROM notifications_notice WHERE id = ANY ($1::uuid[])
"""
_OCCASIONS = """
SELECT id, kind, subject_id, slot, area_path, payload::text AS payload,
       variables::text AS variables, template_ids::text AS template_ids
FROM notifications_occasion WHERE id = ANY ($1::uuid[])
"""
_SENT_LATELY = """
SELECT person_id, array_agg(sent_at ORDER BY sent_at DESC) AS sent FROM notifications_delivery
WHERE channel = 'sms' AND person_id = ANY ($1::uuid[])
  AND sent_at > $2::timestamptz - interval '1 day'
GROUP BY person_id
"""
_LONGEST_VALID_S = 2 * 86_400


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery that can be sent: the message, once for each address."""

    row: Row
    messages: Sequence[tuple[Reachable, Message]]


@dataclass(frozen=True, slots=True)
class _Occasion:
    """What a batch's notices of one occasion share."""

    kind: NoticeKind
    telling: Telling
    values: Mapping[str, Any]
    template_ids: templates.Chosen


@dataclass(frozen=True, slots=True)
class _Asked:
    """All that was asked for the batch."""

    notices: Mapping[UUID, Row]
    occasions: Mapping[UUID, _Occasion]
    wishes: Mapping[UUID, Wishes]
    reached: set[tuple[bool, UUID]]
    concerned: Mapping[UUID, set[UUID]]
    addresses: Mapping[UUID, Sequence[Reachable]]
    names: Mapping[str, str]
    wordings: Mapping[UUID, templates.Wording]
    sent_lately: Mapping[UUID, Sequence[Any]]


async def prepare(channel: Channel, claim: Claim) -> tuple[list[Ready], list[Mark]]:
    """Return what is to be sent of a claim, and marks for what is not."""
    asked = await _ask(channel, claim)
    ready: list[Ready] = []
    marks: list[Mark] = []
    for row in claim.rows:
        found = _judged(channel, claim, asked, row)
        if isinstance(found, Ready):
            ready.append(found)
        else:
            marks.append(found)
    return ready, marks


async def _ask(channel: Channel, claim: Claim) -> _Asked:
    notices = {
        row["id"]: row
        for row in await database.fetch(_NOTICES, [row["notice_id"] for row in claim.rows])
    }
    ids = sorted({row["occasion_id"] for row in notices.values()})
    occasions = {row["id"]: _occasion(row) for row in await database.fetch(_OCCASIONS, ids)}
    people = sorted({row["person_id"] for row in claim.rows})
    scopes = sorted({scope for each in occasions.values() for scope in _scopes(each.kind)})
    concerned: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in notices.values():
        concerned[row["occasion_id"]].append(row["second_for_id"] or row["person_id"])
    return _Asked(
        notices=notices,
        occasions=occasions,
        wishes=await wishes(people, scopes=scopes),
        reached=await _reached(notices, occasions),
        concerned={
            occasion_id: await each.kind.concerns(each.telling, concerned[occasion_id])
            for occasion_id, each in occasions.items()
            if each.kind.concerns is not None
        },
        addresses=await addresses.addresses_of(channel, people),
        names=await _names(notices, occasions),
        wordings=await _wordings(channel, occasions),
        sent_lately=await _sent_lately(channel, claim, people),
    )


def _judged(channel: Channel, claim: Claim, asked: _Asked, row: Row) -> Ready | Mark:
    """Return the delivery ready to be sent, or why and until when it is not."""
    notice = asked.notices[row["notice_id"]]
    occasion = asked.occasions[notice["occasion_id"]]
    reason = _why_not(channel, asked, notice, occasion)
    if reason is not None:
        return Mark.suppressed(row["id"], reason)
    wish = asked.wishes[row["person_id"]]
    is_urgent = row["is_urgent"] or occasion.kind.urgency is Urgency.URGENT
    at = timing.leaves_at(claim.now, wish.quiet, is_urgent=is_urgent, until=row["expires_at"])
    if at is None and not occasion.kind.is_legal:
        return Mark.suppressed(row["id"], "too late")
    if channel is Channel.SMS:
        free_at = _limits().free_at(asked.sent_lately.get(row["person_id"], ()), claim.now)
        at = max(at or claim.now, free_at)
    if at is not None and at > claim.now:
        return Mark.put_off(row, until=at, now=claim.now)
    return _written(channel, claim, asked, row)


def _why_not(channel: Channel, asked: _Asked, notice: Row, occasion: _Occasion) -> str | None:
    """Return why something is no longer to be sent, None where it is."""
    kind, person_id = occasion.kind, notice["person_id"]
    subject = notice["second_for_id"] or person_id
    wish = asked.wishes[person_id]
    concerned = asked.concerned.get(notice["occasion_id"])
    wanted = choice(
        wish.chosen,
        channel,
        kind=kind.code,
        category=kind.category,
        by_default=channel in kind.channels,
        is_legal=kind.is_legal,
        is_digestible=kind.is_digestible,
    )
    found = {
        "taken back": notice["is_withdrawn"],
        "left": (kind.reaches_away, person_id) not in asked.reached,
        "concerns no more": concerned is not None and subject not in concerned,
        "turned off": wanted is not Choice.ON,
        "no address": person_id not in asked.addresses,
    }
    return next((reason for reason, holds in found.items() if holds), None)


def _written(channel: Channel, claim: Claim, asked: _Asked, row: Row) -> Ready | Mark:
    """Return the message in its reader's language, or a dead letter where a variable is missing."""
    notice = asked.notices[row["notice_id"]]
    occasion = asked.occasions[notice["occasion_id"]]
    locale = asked.wishes[row["person_id"]].locale
    template_id = templates.template_for(occasion.template_ids, channel, locale)
    if template_id is None:
        return Mark.suppressed(row["id"], "no template")
    values = {**occasion.values, **json.loads(notice["data"] or "{}")}
    helped = notice["second_for_id"]
    try:
        said = templates.write(
            occasion.kind.code,
            asked.wordings[template_id],
            values,
            names=asked.names,
            second_for=asked.names[str(helped)] if helped else None,
        )
        code, variables = _provider_form(said)
    except VariableMissing as missing:
        return Mark.dead(row["id"], f"variable missing: {missing.details['variable']}")
    left_s = _LONGEST_VALID_S
    if row["expires_at"] is not None:
        left_s = min(left_s, int((row["expires_at"] - claim.now).total_seconds()))
    return Ready(
        row,
        [
            (
                to,
                Message(
                    id=row["id"],
                    address=to.opened,
                    subject=said.subject,
                    body=said.body,
                    template_code=code,
                    variables=variables,
                    locale=said.locale.value,
                    is_urgent=row["is_urgent"],
                    valid_for_s=left_s,
                ),
            )
            for to in asked.addresses[row["person_id"]]
        ],
    )


def _provider_form(said: templates.Written) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """Return a provider's template and its keys with what they say.

    A code may name keys behind it, in the variables' order: `VRR0… thing1 time2`, as WeChat's
    templates have them. Raises VariableMissing where they are not as many as the variables.
    """
    if said.provider_code is None:
        return None, said.variables
    code, *keys = said.provider_code.split()
    if not keys:
        return code, said.variables
    if len(keys) != len(said.variables):
        raise VariableMissing(variable=keys[min(len(said.variables), len(keys) - 1)])
    values = (value for _name, value in said.variables)
    return code, tuple(zip(keys, values, strict=True))


def _occasion(row: Row) -> _Occasion:
    return _Occasion(
        kind=registry.BY_CODE[row["kind"]],
        telling=Telling(
            occasion_id=row["id"],
            kind=row["kind"],
            subject_id=row["subject_id"],
            slot=row["slot"],
            area_path=row["area_path"],
            payload=json.loads(row["payload"]),
        ),
        values=json.loads(row["variables"]),
        template_ids=json.loads(row["template_ids"]),
    )


def _scopes(kind: NoticeKind) -> tuple[str, str]:
    return kind.code, kind.category.value


async def _reached(
    notices: Mapping[UUID, Row], occasions: Mapping[UUID, _Occasion]
) -> set[tuple[bool, UUID]]:
    """Return who is still here, by whether their kind reaches those who moved away too."""
    asked: defaultdict[bool, set[UUID]] = defaultdict(set)
    for row in notices.values():
        asked[occasions[row["occasion_id"]].kind.reaches_away].add(row["person_id"])
    return {
        (away_too, person)
        for away_too, people in asked.items()
        for person in await addressees.reached(sorted(people), away_too=away_too)
    }


async def _names(
    notices: Mapping[UUID, Row], occasions: Mapping[UUID, _Occasion]
) -> Mapping[str, str]:
    """Return what the people are called whom texts name."""
    wanted = {row["second_for_id"] for row in notices.values() if row["second_for_id"]}
    for row in notices.values():
        occasion = occasions[row["occasion_id"]]
        data = json.loads(row["data"] or "{}")
        for name, kind in occasion.kind.variables.items():
            if kind is VariableKind.PERSON:
                value = data.get(name, occasion.values.get(name))
                wanted |= {UUID(str(value))} if value else set()
    found = await contacts.names_of(sorted(wanted)) if wanted else {}
    return {str(person): name for person, name in found.items()}


async def _wordings(
    channel: Channel, occasions: Mapping[UUID, _Occasion]
) -> Mapping[UUID, templates.Wording]:
    ids = {
        UUID(text)
        for each in occasions.values()
        for place in (channel.value, Channel.IN_APP.value)
        for text in each.template_ids.get(place, {}).values()
    }
    return await templates.wordings(sorted(ids))


async def _sent_lately(
    channel: Channel, claim: Claim, people: Sequence[UUID]
) -> Mapping[UUID, Sequence[Any]]:
    if channel is not Channel.SMS:
        return {}
    rows = await database.fetch(_SENT_LATELY, people, claim.now)
    return {row["person_id"]: row["sent"] for row in rows}


def _limits() -> NumberLimits:
    chosen = settings.current()
    return NumberLimits(
        pause_s=chosen.sms_notice_pause_s,
        per_hour=chosen.sms_notices_per_hour,
        per_day=chosen.sms_notices_per_day,
    )

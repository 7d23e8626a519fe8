"""One batch of an occasion: the next people, and their notices, boxes and deliveries.

Everybody's box is one row, locked in the order of people; a person's notices are numbered by it,
so that their order is the order of commits. One statement writes boxes and notices together.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domains.kernel import database
from domains.membership.queries import addressees as membership
from domains.notifications.kinds.kind import NoticeKind
from domains.notifications.queries import reach, seconds, templates
from domains.notifications.queries.wishes import Wishes, wishes
from domains.notifications.rules import timing
from domains.notifications.rules.choices import choice
from domains.notifications.telling import Addressee, Telling, Values
from domains.notifications.values import OUTGOING, Channel, Choice, Locale, ReasonCode, Urgency

# Boxes and notices at once. Within a person, notices are numbered in the order of their ids.
_WRITE = """
WITH asked AS (
    SELECT * FROM unnest($6::uuid[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::bool[])
        AS a (id, person_id, second_for_id, reason, reason_data, is_muted)
    WHERE NOT EXISTS (
        SELECT FROM notifications_notice n
        WHERE n.person_id = a.person_id AND n.kind = $2 AND n.subject_id = $3 AND n.slot = $4
          AND n.second_for_id IS NOT DISTINCT FROM a.second_for_id)
), boxes AS (
    INSERT INTO notifications_box AS box (person_id, last_seq, unread)
    SELECT person_id, count(*), count(*) FILTER (WHERE NOT is_muted)
    FROM asked GROUP BY person_id ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE
    SET last_seq = box.last_seq + excluded.last_seq, unread = box.unread + excluded.unread
    RETURNING person_id, last_seq
)
INSERT INTO notifications_notice
    (id, occasion_id, kind, subject_id, slot, category, person_id, second_for_id, reason,
     reason_data, seq, created_at, read_at, archived_at)
SELECT a.id, $1, $2, $3, $4, $5, a.person_id, a.second_for_id, a.reason, a.reason_data::jsonb,
       b.last_seq + 1 - row_number() OVER (PARTITION BY a.person_id ORDER BY a.id DESC), at.at,
       CASE WHEN a.is_muted THEN at.at END, CASE WHEN a.is_muted THEN at.at END
FROM asked a JOIN boxes b ON b.person_id = a.person_id
CROSS JOIN (SELECT kernel_now() AS at) at
RETURNING id, person_id, seq
"""
_SEND = """
INSERT INTO notifications_delivery
    (id, notice_id, person_id, seq, channel, next_attempt_at, kind, area_path, is_urgent,
     expires_at, created_at)
SELECT a.id, a.notice_id, a.person_id, a.seq, a.channel, a.at, $1, $2, $3, $4, kernel_now()
FROM unnest($5::uuid[], $6::uuid[], $7::uuid[], $8::bigint[], $9::text[], $10::timestamptz[])
    AS a (id, notice_id, person_id, seq, channel, at)
ON CONFLICT ON CONSTRAINT notifications_delivery_once DO NOTHING
"""

_BY_OFFICE = frozenset({ReasonCode.HOLDS_ROLE, ReasonCode.RESPONSIBLE})


@dataclass(frozen=True, slots=True)
class Begun:
    """What an occasion says, by which templates, and until when it matters."""

    values: Values
    template_ids: templates.Chosen
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody to be told, for themselves or for whom they help."""

    person_id: UUID
    addressee: Addressee
    second_for_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """The next people of an occasion, and where it goes on."""

    told: Sequence[Told]
    cursor: UUID | None
    is_last: bool
    gone: int


@dataclass(slots=True)
class Counts:
    """What a batch came to."""

    notices: int = 0
    seconds: int = 0
    deliveries: int = 0
    muted: int = 0
    first_id: UUID | None = None
    last_id: UUID | None = None


@dataclass(slots=True)
class _Fresh:
    """A notice that is to be written, and the channels that it takes."""

    id: UUID
    told: Told
    is_muted: bool = False
    leaves: Mapping[Channel, datetime] = field(default_factory=dict)


async def next_batch(
    kind: NoticeKind, telling: Telling, *, after: UUID | None, most: int, begun: Begun
) -> Batch:
    """Return the next people, with their helpers, so many notices at most.

    Who left is counted and told nothing, nor are their helpers. What somebody hears through an
    office is not of themselves, and their helpers do not hear it.
    """
    page = await kind.audience(telling, after, most)
    assert len(page) <= most, "an audience gives no more than it is asked for"
    people = [each.person_id for each in page]
    assert people == sorted(set(people)), "an audience comes by person, each once"
    here = await membership.reached(people, away_too=kind.reaches_away)
    helping = await seconds.seconds_of(sorted(here)) if kind.seconds else {}
    told: list[Told] = []
    gone, cursor = 0, after
    for each in page:
        helpers = () if each.reason in _BY_OFFICE else helping.get(each.person_id, ())
        if told and len(told) + 1 + len(helpers) > most:
            return Batch(told, cursor, is_last=False, gone=gone)
        cursor = each.person_id
        if each.person_id not in here:
            gone += 1
            continue
        told.append(Told(each.person_id, each))
        told += [Told(helper, each, second_for_id=each.person_id) for helper in helpers]
    return Batch(told, cursor, is_last=len(page) < most, gone=gone)


async def write(
    kind: NoticeKind, telling: Telling, batch: Batch, *, begun: Begun, now: datetime
) -> Counts:
    """Write a batch's notices and put down where they go."""
    if not batch.told:
        return Counts()
    chosen = await _chosen(kind, batch.told, begun=begun, now=now)
    counts = Counts(muted=len(batch.told) - len(chosen))
    if not chosen:
        return counts
    rows = await database.fetch(
        _WRITE,
        telling.occasion_id,
        kind.code,
        telling.subject_id,
        telling.slot,
        kind.category,
        [each.id for each in chosen],
        [each.told.person_id for each in chosen],
        [each.told.second_for_id for each in chosen],
        [each.told.addressee.reason for each in chosen],
        [_data(each.told.addressee.data) for each in chosen],
        [each.is_muted for each in chosen],
    )
    written = {row["id"]: row["seq"] for row in rows}
    counts.notices = len(written)
    counts.seconds = sum(
        each.told.second_for_id is not None and each.id in written for each in chosen
    )
    if written:
        counts.first_id, counts.last_id = min(written), max(written)
    counts.deliveries = await _put_down(kind, telling, chosen, written, until=begun.until)
    return counts


async def _put_down(
    kind: NoticeKind,
    telling: Telling,
    chosen: Sequence[_Fresh],
    written: Mapping[UUID, int],
    *,
    until: datetime | None,
) -> int:
    leaving = [
        (database.new_id(), each.id, each.told.person_id, written[each.id], channel.value, at)
        for each in chosen
        if each.id in written
        for channel, at in each.leaves.items()
    ]
    if not leaving:
        return 0
    columns = [list(column) for column in zip(*leaving, strict=True)]
    is_urgent = kind.urgency is Urgency.URGENT
    return await database.execute(_SEND, kind.code, telling.area_path, is_urgent, until, *columns)


async def _chosen(
    kind: NoticeKind, told: Sequence[Told], *, begun: Begun, now: datetime
) -> list[_Fresh]:
    """Return whom to write to and where, by what each wants; who wants nothing is left out."""
    people = sorted({each.person_id for each in told})
    wanted = await wishes(people, scopes=(kind.code, kind.category))
    open_to = {each: await reach.reachable(each, people) for each in OUTGOING}
    writable = await _writable(kind, begun.template_ids)
    fresh: list[_Fresh] = []
    for each in told:
        wish = wanted[each.person_id]
        is_first = each.second_for_id is None
        leaves: dict[Channel, datetime] = {
            channel: at
            for channel in OUTGOING
            if each.person_id in open_to[channel]
            and (writable[channel] if is_first else writable[channel] == _TELLS_WHOM)
            and _wanted(kind, wish, channel) is Choice.ON
            and (at := _leaves_at(kind, wish, begun, now)) is not None
        }
        is_muted = _wanted(kind, wish, Channel.IN_APP) is Choice.OFF
        if leaves or not is_muted:
            fresh.append(_Fresh(database.new_id(), each, is_muted, leaves))
    return fresh


_TELLS_WHOM = 2


async def _writable(kind: NoticeKind, chosen: templates.Chosen) -> dict[Channel, int]:
    """Return by channel whether there are words for it (1), and such as tell for whom (2)."""
    found: dict[Channel, int] = {}
    for channel in OUTGOING:
        template_id = templates.template_for(chosen, channel, Locale.ZH_HANS)
        if template_id is None:
            found[channel] = 0
            continue
        said = (await templates.wordings([template_id]))[template_id]
        found[channel] = _TELLS_WHOM if templates.tells_whom(kind.code, said) else 1
    return found


def _wanted(kind: NoticeKind, wish: Wishes, channel: Channel) -> Choice:
    return choice(
        wish.chosen,
        channel,
        kind=kind.code,
        category=kind.category,
        by_default=channel in kind.channels,
        is_legal=kind.is_legal,
        is_digestible=kind.is_digestible,
    )


def _leaves_at(kind: NoticeKind, wish: Wishes, begun: Begun, now: datetime) -> datetime | None:
    is_urgent = kind.urgency is Urgency.URGENT
    at = timing.leaves_at(now, wish.quiet, is_urgent=is_urgent, until=begun.until)
    # What the law wants told and cannot wait until morning goes out in the night.
    return now if at is None and kind.is_legal else at


def _data(data: Values) -> str | None:
    return json.dumps(dict(data), ensure_ascii=False) if data else None

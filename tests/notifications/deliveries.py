"""Deliveries as an expansion leaves them, and a channel that answers as a test says."""

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domains.kernel import crypto, database
from domains.notifications.channels.base import Message, Outcome, Verdict, accepted, outcome
from domains.notifications.kinds import registry
from domains.notifications.kinds.kind import NoticeKind, Text
from domains.notifications.service import delivering
from domains.notifications.service.delivering import Delivered
from domains.notifications.telling import Addressee, Facts, Telling
from domains.notifications.values import OUTGOING, Category, Channel, Locale, VariableKind


async def _nobody(_telling: Telling, _after: UUID | None, _most: int) -> Sequence[Addressee]:
    return []


async def _nothing(_telling: Telling) -> Facts | None:
    return None


_TEXT = Text("结果:{title}", "「{title}」的结果已经公布。")
KIND = NoticeKind(
    code="TEST_RESULT",
    category=Category.POLLS,
    subject_kind="poll",
    audience=_nobody,
    resolve=_nothing,
    variables={"title": VariableKind.TEXT, "number": VariableKind.INTEGER},
    channels=frozenset(OUTGOING),
    reaches_away=True,
    says=dict.fromkeys(Locale, _TEXT),
)
LEGAL = dataclasses.replace(KIND, code="TEST_LEGAL", is_legal=True)
AT_HOME = dataclasses.replace(KIND, code="TEST_AT_HOME", reaches_away=False)
registry.BY_CODE.update({each.code: each for each in (KIND, LEGAL, AT_HOME)})

_TEMPLATE = """
INSERT INTO notifications_template
    (id, kind, channel, locale, version, subject, body, provider_code, variables, created_at)
SELECT $1, $2::varchar, $3::varchar, 'zh-Hans', 1 + count(*), $4, $5, $6, $7::jsonb, kernel_now()
FROM notifications_template WHERE kind = $2 AND channel = $3
"""
_PEOPLE = """
INSERT INTO membership_person (id, name, created_at)
SELECT id, '居民', kernel_now() FROM unnest($1::uuid[]) AS id
"""
_PHONE = "UPDATE membership_person SET phone_sealed = $2, phone_index = $3 WHERE id = $1"
_OCCASION = """
INSERT INTO notifications_occasion
    (id, kind, subject_kind, subject_id, slot, area_path, payload, state, due_at, turn_at,
     variables, template_ids, created_at, begun_at)
VALUES ($1, $2, 'poll', gen_random_uuid(), '', $3, '{}', 'expanded', kernel_now(), kernel_now(),
        $4::jsonb, $5::jsonb, kernel_now(), kernel_now())
"""
_NOTICES = """
INSERT INTO notifications_notice
    (id, person_id, seq, occasion_id, subject_id, kind, category, slot, reason, created_at)
SELECT gen_random_uuid(), a.person_id, coalesce(b.last_seq, 0) + 1, o.id, o.subject_id, o.kind,
       'polls', '', 'on_roll', kernel_now()
FROM unnest($2::uuid[]) AS a (person_id)
JOIN notifications_occasion o ON o.id = $1
LEFT JOIN (SELECT person_id, max(seq) AS last_seq FROM notifications_notice GROUP BY 1) b
  ON b.person_id = a.person_id
RETURNING id
"""
_DELIVERIES = """
INSERT INTO notifications_delivery
    (id, notice_id, person_id, seq, kind, channel, area_path, is_urgent, next_attempt_at,
     expires_at, created_at)
SELECT gen_random_uuid(), n.id, n.person_id, n.seq, n.kind, $2, $3, $4, kernel_now(),
       kernel_now() + $5::interval, kernel_now()
FROM notifications_notice n WHERE n.id = ANY ($1::uuid[])
"""
_STATES = """
SELECT state, count(*) AS count FROM notifications_delivery GROUP BY state ORDER BY state
"""

Answer = Callable[[Message, int], Outcome]


async def people(count: int) -> list[UUID]:
    """So many people, in the order of their ids."""
    found = sorted(database.new_id() for _ in range(count))
    await database.execute(_PEOPLE, found)
    return found


async def a_phone(person: UUID, digits: str) -> None:
    """Give somebody a number."""
    sealed = crypto.seal(digits, table="membership_person", column="phone_sealed", row=person)
    await database.execute(_PHONE, person, sealed, crypto.blind_index(digits, purpose="phone"))


async def phones(told: Sequence[UUID]) -> None:
    """Give everybody a number of their own."""
    rows = []
    for place, person in enumerate(told):
        digits = f"138{place:08d}"
        sealed = crypto.seal(digits, table="membership_person", column="phone_sealed", row=person)
        rows.append((person, sealed, crypto.blind_index(digits, purpose="phone")))
    await database.execute_many(_PHONE, rows)


async def deliveries(
    told: Sequence[UUID],
    *,
    channel: Channel = Channel.CONSOLE,
    area_path: str = "xz/gl/pl/tx/",
    urgent: bool = True,
    within: Any = None,
    kind: NoticeKind = KIND,
    values: dict[str, Any] | None = None,
    text: Text = _TEXT,
    provider_code: str | None = None,
    variables: Sequence[str] = (),
) -> UUID:
    """An occasion that has been told to these people, whose messages wait on one channel.

    Urgent unless said otherwise: tests run at any hour of the day.
    """
    template_id = database.new_id()
    await database.execute(
        _TEMPLATE, template_id, kind.code, channel, text.subject, text.body, provider_code,
        json.dumps(list(variables)),
    )  # fmt: skip
    occasion_id = database.new_id()
    said = {"title": "加装电梯", "number": 6} if values is None else values
    chosen = {channel.value: {"zh-Hans": str(template_id)}}
    await database.execute(
        _OCCASION, occasion_id, kind.code, area_path, json.dumps(said), json.dumps(chosen)
    )
    rows = await database.fetch(_NOTICES, occasion_id, list(told))
    ids = [row["id"] for row in rows]
    await database.execute(_DELIVERIES, ids, channel, area_path, urgent, within)
    return occasion_id


@dataclass
class Provider:
    """A channel whose provider answers as a test says; it remembers what it took, in order."""

    answer: Answer = lambda _message, _time: accepted()
    taken: list[UUID] = field(default_factory=list)
    asked: list[UUID] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    delay_s: float = 0.0
    held: asyncio.Event | None = None
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, message: Message) -> Outcome:
        self.asked.append(message.id)
        self.began.set()
        if self.held is not None:
            await self.held.wait()
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        said = self.answer(message, self.asked.count(message.id))
        if said.verdict is Verdict.ACCEPTED:
            self.taken.append(message.id)
            self.texts.append(message.subject)
        return said

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def repeated(self) -> int:
        """How many messages were taken more than once."""
        return sum(each > 1 for each in Counter(self.taken).values())


def refusing(verdict: Verdict, *, seconds: float | None = None, times: int = 10**9) -> Answer:
    """Answer so for the first times, and accept afterwards."""

    def answer(_message: Message, time: int) -> Outcome:
        return outcome(verdict, verdict.value, seconds) if time <= times else accepted()

    return answer


async def drain(provider: Provider, channel: Channel = Channel.CONSOLE) -> list[Delivered]:
    """Send batch after batch until nothing is left to do now."""
    done: list[Delivered] = []
    while True:
        batch = await delivering.deliver_batch(channel, provider)
        done.append(batch)
        if not batch.may_go_on and not batch.lacks_tokens:
            return done
        await asyncio.sleep(0.01)


async def states() -> dict[str, int]:
    """How many deliveries are in each state."""
    return {row["state"]: row["count"] for row in await database.fetch(_STATES)}

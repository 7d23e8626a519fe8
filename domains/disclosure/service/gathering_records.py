"""What was asked and answered at a gathering, and its record: written by one, confirmed by another.

A confirmed record is public at once, as a disclosure of the community's own body.
"""

from uuid import UUID

from domains.disclosure.errors import (
    GatheringNotHeld,
    GatheringOver,
    NothingRecorded,
    RecordOwn,
    TooManyTopics,
    TopicOwn,
    TopicsClosed,
    TopicSettled,
)
from domains.disclosure.events import (
    GatheringRecordPublished,
    TopicAnswered,
    TopicRegistered,
)
from domains.disclosure.rules import gatherings as rules
from domains.disclosure.rules import prose, texts
from domains.disclosure.service import checking, papers, sourced
from domains.disclosure.service.gatherings import PATH, held, history, told
from domains.disclosure.service.presets import supervision as presets
from domains.disclosure.values import DisclosureKind
from domains.disclosure.values.gatherings import GatheringAct, GatheringKind, GatheringState
from domains.kernel import calendar, clock, database, idempotency, outbox
from domains.kernel.actor import Actor
from domains.kernel.database import Row, transaction
from domains.kernel.errors import Forbidden, NotFound

TOPIC_PATH = ("input", "topicId")
SOURCE = "gathering"

_COUNT = """
SELECT count(*) FROM disclosure_gathering_topic
WHERE gathering_id = $1 AND person_id = $2 AND withdrawn_at IS NULL
"""
_REGISTER = """
INSERT INTO disclosure_gathering_topic
    (id, gathering_id, person_id, anonymous, text, registered_at)
VALUES ($1, $2, $3, $4, $5, kernel_now())
"""
_OF = "SELECT gathering_id FROM disclosure_gathering_topic WHERE id = $1"
_TOPIC = "SELECT * FROM disclosure_gathering_topic WHERE id = $1 FOR UPDATE"
_WITHDRAW = "UPDATE disclosure_gathering_topic SET withdrawn_at = kernel_now() WHERE id = $1"
_ANSWER = """
UPDATE disclosure_gathering_topic
SET answer = $2, answered_by_id = $3, answered_at = kernel_now() WHERE id = $1
"""
_RECORD = """
UPDATE disclosure_gathering
SET state = 'recorded', record_html = $2, record_text = $3, recorded_at = kernel_now(),
    recorded_by_id = $4, revision = revision + 1, changed_at = kernel_now()
WHERE id = $1
"""
_WROTE = """
INSERT INTO disclosure_gathering_writer (gathering_id, person_id) VALUES ($1, $2)
ON CONFLICT DO NOTHING
"""
_HAS_WRITTEN = """
SELECT EXISTS (SELECT FROM disclosure_gathering_writer WHERE gathering_id = $1 AND person_id = $2)
"""
_TOPICS = """
SELECT text, answer FROM disclosure_gathering_topic
WHERE gathering_id = $1 AND withdrawn_at IS NULL ORDER BY id
"""
_PUBLISH = """
UPDATE disclosure_gathering
SET state = 'published', confirmed_by_id = $2, disclosure_id = $3, revision = revision + 1,
    changed_at = kernel_now()
WHERE id = $1
"""


async def register_topic(
    actor: Actor, gathering_id: UUID, *, text: str, anonymous: bool, idempotency_key: UUID
) -> tuple[UUID, bool]:
    """Register what one wants to ask there; returns its id and whether this was a replay.

    Raises TopicsClosed from the first instant after its time, TooManyTopics.
    """
    said = prose.prose(text, path=("input", "text"), longest=1000)
    checking.require_impersonal(text=said)
    async with transaction():
        row = await held(actor, gathering_id, "registerGatheringTopic")
        given = {"gathering": gathering_id, "text": text, "anonymous": anonymous}
        earlier = await idempotency.claim(actor, idempotency_key, "registerGatheringTopic", given)
        if earlier is not None:
            return UUID(earlier["topic"]), True
        if row["state"] != GatheringState.PLANNED or row["topics_until"] <= await clock.now():
            raise TopicsClosed(path=PATH)
        most = (await presets.in_force(row["community_id"])).content["topicsOfOne"]
        if await database.fetch_value(_COUNT, gathering_id, actor.person_id) >= most:
            raise TooManyTopics(path=PATH, most=most)
        topic_id = database.new_id()
        await database.execute(_REGISTER, topic_id, gathering_id, actor.person_id, anonymous, said)
        await outbox.record(TopicRegistered(gathering_id, topic_id, row["area_path"]))
        await idempotency.settle(actor, idempotency_key, {"topic": str(topic_id)})
        await told(actor, row["community_id"], gathering_id, "registerGatheringTopic")
    return topic_id, False


async def withdraw_topic(
    actor: Actor, topic_id: UUID, *, idempotency_key: UUID | None = None
) -> tuple[UUID, bool]:
    """Take one's own topic back before it is answered; returns its gathering, and replays.

    Raises TopicSettled.
    """
    async with transaction():
        gathering_id = await _gathering_of(topic_id)
        given = {"topic": topic_id}
        if await papers.done_before(actor, idempotency_key, "withdrawGatheringTopic", given):
            return gathering_id, True
        gathering, topic = await _topic(actor, topic_id, "withdrawGatheringTopic")
        if actor.person_id != topic["person_id"]:
            raise Forbidden(path=TOPIC_PATH)
        _require_unsettled(gathering, topic)
        await database.execute(_WITHDRAW, topic_id)
        await told(actor, gathering["community_id"], gathering_id, "withdrawGatheringTopic")
    return gathering_id, False


async def answer_topic(
    actor: Actor, topic_id: UUID, *, text: str, idempotency_key: UUID | None = None
) -> tuple[UUID, bool]:
    """Write down what was answered to a topic, once; returns its gathering, and replays.

    Raises TopicSettled, TopicOwn.
    """
    said = prose.prose(text, path=("input", "text"), longest=4000)
    checking.require_impersonal(text=said)
    async with transaction():
        gathering_id = await _gathering_of(topic_id)
        given = {"topic": topic_id, "text": text}
        if await papers.done_before(actor, idempotency_key, "answerGatheringTopic", given):
            return gathering_id, True
        gathering, topic = await _topic(actor, topic_id, "answerGatheringTopic")
        if actor.person_id == topic["person_id"]:
            raise TopicOwn(path=TOPIC_PATH)
        _require_unsettled(gathering, topic)
        await database.execute(_ANSWER, topic_id, said, actor.person_id)
        await outbox.record(TopicAnswered(gathering["id"], topic_id, gathering["area_path"]))
        await told(actor, gathering["community_id"], gathering_id, "answerGatheringTopic")
    return gathering_id, False


async def _gathering_of(topic_id: UUID) -> UUID:
    gathering_id: UUID | None = await database.fetch_value(_OF, topic_id)
    if gathering_id is None:
        raise NotFound(path=TOPIC_PATH)
    return gathering_id


async def _topic(actor: Actor, topic_id: UUID, action: str) -> tuple[Row, Row]:
    gathering = await held(actor, await _gathering_of(topic_id), action)
    topic = await database.fetch_one(_TOPIC, topic_id)
    assert topic is not None, "a topic is never removed"
    return gathering, topic


def _require_unsettled(gathering: Row, topic: Row) -> None:
    if topic["withdrawn_at"] is not None or topic["answer"] is not None:
        raise TopicSettled(path=TOPIC_PATH)
    if gathering["state"] in {GatheringState.CANCELLED, GatheringState.PUBLISHED}:
        raise GatheringOver(path=TOPIC_PATH)


async def record_gathering(actor: Actor, gathering_id: UUID, *, body: str) -> None:
    """Write, or write anew, what was said at a gathering, once it has begun.

    Raises GatheringNotHeld, GatheringOver.
    """
    shown, plain = texts.body(body)
    if not plain:
        raise NothingRecorded(path=("input", "body"))
    checking.require_impersonal(body=texts.read_of(shown, plain))
    async with transaction():
        row = await held(actor, gathering_id, "recordGathering")
        if row["state"] in {GatheringState.CANCELLED, GatheringState.PUBLISHED}:
            raise GatheringOver(path=PATH)
        if await clock.now() < row["starts_at"]:
            raise GatheringNotHeld(path=PATH)
        await database.execute(_RECORD, gathering_id, shown, plain, actor.person_id)
        await database.execute(_WROTE, gathering_id, actor.person_id)
        await history(gathering_id, GatheringAct.RECORDED, None, row["starts_at"])
        await told(actor, row["community_id"], gathering_id, "recordGathering")


async def confirm_record(
    actor: Actor,
    gathering_id: UUID,
    *,
    expected_revision: int,
    idempotency_key: UUID | None = None,
) -> bool:
    """Confirm a record that others wrote, and make it public at once; tells replays.

    Raises NothingRecorded, RecordOwn.
    """
    async with transaction():
        given = {"gathering": gathering_id, "revision": expected_revision}
        if await papers.done_before(actor, idempotency_key, "confirmGatheringRecord", given):
            return True
        row = await held(actor, gathering_id, "confirmGatheringRecord")
        if row["state"] != GatheringState.RECORDED or row["revision"] != expected_revision:
            raise NothingRecorded(path=PATH)
        if await database.fetch_value(_HAS_WRITTEN, gathering_id, actor.person_id):
            raise RecordOwn(path=PATH)
        topics = await database.fetch(_TOPICS, gathering_id)
        name = rules.NAMES[GatheringKind(row["kind"])]
        disclosure_id = await sourced.disclose(
            source=(SOURCE, gathering_id),
            area_id=row["community_id"],
            kind=DisclosureKind.ANNOUNCEMENT,
            title=f"{name}:{row['title']}"[: texts.LONGEST_TITLE],
            body=rules.record_of(row, topics),
            tags=(name,),
            occurred_on=calendar.day_of(row["starts_at"]),
        )
        await database.execute(_PUBLISH, gathering_id, actor.person_id, disclosure_id)
        await history(gathering_id, GatheringAct.PUBLISHED, None, row["starts_at"])
        event = GatheringRecordPublished(gathering_id, disclosure_id, row["area_path"])
        await outbox.record(event)
        await told(actor, row["community_id"], gathering_id, "confirmGatheringRecord")
    return False

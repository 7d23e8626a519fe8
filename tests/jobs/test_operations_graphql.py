"""The machine room through the schema: seen by administrators alone, lists at one cost."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from domains.kernel import audit, database, outbox
from domains.kernel.actor import ANONYMOUS
from domains.kernel.database import transaction
from domains.kernel.operations import commands
from domains.voting.events import PollOpened
from jobs import outbox as relaying
from schema import node
from schema.context import Context
from schema.root import schema
from tests import factories
from tests.jobs.machine_room import Work, a_worker, an_administrator, ran, time_passes

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"
ROOM = """query ($job: ID) { operations { isAlarmed
  workers { nodes { name state heartbeatAt stoppedAt } }
  jobs { nodes { id name everyS pausedAt pausedReason pausedBy { name } lastStartedAt lastEndedAt
    lastCount lastFailure lastFailedAt consecutiveFailures lateS isLate overdueS isRunAsked ticks
    items failures busyS } }
  runs(jobId: $job) { nodes { state ticks count failure startedAt endedAt job { name }
    worker { name } askedBy { name } } }
  alarms(isStanding: false) { nodes { kind subject raisedAt recoveredAt } }
  outbox { waiting oldestWaitingS parkedCount
    parked { nodes { name attempts failure dismissedBy { name } } }
    delivered { nodes { name replays } } } } }"""
JOBS = """query ($which: JobFilter, $after: String) { operations {
  jobs(which: $which, first: 2, after: $after) {
    nodes { name } pageInfo { hasNextPage endCursor } } } }"""


async def ask(actor, document, **variables):
    """The data of an answer without faults."""
    answer = await schema.execute(document, variable_values=variables, context_value=Context(actor))
    assert answer.errors is None, answer.errors
    return answer.data


async def act(actor, name, fields="", /, **given):
    """Run a mutation; what it answers with, be it a refusal."""
    kind = name[0].upper() + name[1:]
    document = f"""mutation ($input: {kind}Input!) {{ {name}(input: $input) {{
      __typename ... on Refused {{ code }} {fields} }} }}"""
    return (await ask(actor, document, input=given))[name]


async def events(count):
    """So many recorded events, delivered."""
    ids = []
    for _ in range(count):
        async with transaction():
            ids.append(await outbox.record(PollOpened(uuid4(), "xz/")))
    await relaying.relay({})
    return ids


async def park(event_id):
    """Let a delivered event be one that was given up."""
    await database.execute(
        "UPDATE kernel_outbox SET delivered_at = NULL, attempts = 10, parked_at = kernel_now(),"
        " failure = 'ValueError' WHERE id = $1",
        event_id,
    )


async def a_full_room(count, administrator):
    """So many of everything: jobs (paused), runs, workers, alarms, parked and delivered events."""
    works = [Work(f"test.{number}") for number in range(count)]
    for _ in range(count):
        worker = await a_worker(*works)
    for work in works:
        work.answer = 1
        await worker.tick(work.tick)
        await commands.run_job_now(administrator, work.id, key=uuid4())
        await commands.pause_job(administrator, work.id, reason="维护")
    await worker.beat()
    await worker.end()
    for event_id in (await events(count * 2))[:count]:
        await park(event_id)
    await database.execute(
        "INSERT INTO kernel_alarm (id, kind, subject, raised_at)"
        " SELECT gen_random_uuid(), 'job_late', n::text, kernel_now()"
        " FROM generate_series(1, $1) AS n",
        count,
    )


async def test_an_administrator_sees_what_ran_when_how_late_and_what_failed(db):
    administrator, work = await an_administrator(), Work()
    worker = await a_worker(work)
    work.answer = 7
    await worker.tick(work.tick)
    work.failure = KeyError("13800138000")
    await worker.tick(work.tick)
    await worker.tell()
    await commands.pause_job(administrator, work.id, reason="维护")

    room = (await ask(administrator, ROOM, job=node.encode("job", work.id)))["operations"]

    (job,) = room["jobs"]["nodes"]
    assert (job["name"], job["lastCount"], job["lastFailure"]) == ("test.work", 7, "KeyError")
    assert (job["ticks"], job["items"], job["failures"]) == (2, 7, 1)
    assert (job["pausedReason"], job["pausedBy"]) == ("维护", {"name": "何平"})
    assert [(each["state"], each["count"], each["failure"]) for each in room["runs"]["nodes"]] == [
        ("FAILED", 0, "KeyError"),
        ("DONE", 7, None),
    ]
    assert {each["worker"]["name"] for each in room["runs"]["nodes"]} == {worker.name}
    assert [(each["name"], each["state"]) for each in room["workers"]["nodes"]] == [
        (worker.name, "WORKING")
    ]
    assert (room["isAlarmed"], "13800138000" in str(room)) == (False, False)


async def test_what_the_page_of_operations_asks_is_answered(db):
    (document,) = re.findall(r"```graphql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    room = (await ask(await an_administrator(), document))["operations"]

    assert (room["isAlarmed"], room["jobs"], room["outbox"]["waiting"]) == (
        False,
        {"nodes": []},
        0,
    )


async def test_lists_of_one_and_of_three_cost_the_same_number_of_statements(db, statements):
    administrator = await an_administrator()
    costs, sizes = [], []

    for count in (1, 3):
        await database.execute(
            "TRUNCATE kernel_job, kernel_job_run, kernel_worker, kernel_alarm, kernel_outbox"
        )
        await a_full_room(count, administrator)
        statements.clear()
        room = (await ask(administrator, ROOM))["operations"]
        costs.append(len(statements))
        sizes.append(
            [len(room[each]["nodes"]) for each in ("jobs", "workers", "alarms")]
            + [len(room["outbox"][each]["nodes"]) for each in ("parked", "delivered")]
        )

    assert costs[0] == costs[1]
    assert sizes == [[1] * 5, [3] * 5]


async def test_jobs_come_in_pages_and_by_what_is_the_matter_with_them(db):
    administrator = await an_administrator()
    late, failing, paused = Work("test.late"), Work("test.failing"), Work("test.paused")
    worker = await a_worker(late, failing, paused)
    failing.failure = ValueError()
    await commands.pause_job(administrator, paused.id, reason="维护")
    await time_passes(timedelta(hours=1))
    await worker.beat()
    await worker.tick(failing.tick)
    await worker.tell()

    async def names(which=None, after=None):
        page = (await ask(administrator, JOBS, which=which, after=after))["operations"]["jobs"]
        return [each["name"] for each in page["nodes"]], page["pageInfo"]["endCursor"]

    first, cursor = await names()
    second, _ = await names(after=cursor)

    assert (first, second) == (["test.failing", "test.late"], ["test.paused"])
    assert (await names("LATE"))[0] == ["test.late"]
    assert (await names("FAILING"))[0] == ["test.failing"]
    assert (await names("PAUSED"))[0] == ["test.paused"]


async def callers():
    """Everybody who does not run the platform."""
    district = await factories.a_district()
    return [
        ANONYMOUS,
        await factories.a_resident(),
        await factories.a_committee_member(),
        await factories.a_street_reviewer(),
        await factories.a_platform_administrator(district),
    ]


async def test_nobody_else_sees_the_machine_room_nor_what_is_in_it(db):
    administrator, work = await an_administrator(), Work()
    worker = await a_worker(work)
    (event_id,) = await events(1)
    kinds = {"job": work.id, "worker": worker.id, "outbox_event": event_id}
    document = "query ($id: ID!) { node(id: $id) { __typename } }"

    rooms, found = [], []
    for caller in await callers():
        rooms.append(await ask(caller, ROOM))
        for kind, uuid in kinds.items():
            found.append(await ask(caller, document, id=node.encode(kind, uuid)))
    seen = [
        (await ask(administrator, document, id=node.encode(kind, uuid)))["node"]["__typename"]
        for kind, uuid in kinds.items()
    ]

    assert rooms == [{"operations": None}] * 5
    assert found == [{"node": None}] * 15
    assert seen == ["Job", "Worker", "OutboxEvent"]


async def test_nobody_else_acts_in_it_and_nothing_changes(db):
    work = Work()
    await a_worker(work)
    delivered, parked = await events(2)
    await park(parked)
    job, event = node.encode("job", work.id), node.encode("outbox_event", parked)
    given = {
        "pauseJob": {"jobId": job, "reason": "维护"},
        "resumeJob": {"jobId": job},
        "runJobNow": {"jobId": job, "idempotencyKey": str(uuid4())},
        "replayOutboxEvent": {
            "eventId": node.encode("outbox_event", delivered),
            "idempotencyKey": str(uuid4()),
        },
        "retryParkedEvent": {"eventId": event},
        "dismissParkedEvent": {"eventId": event, "reason": "测试"},
    }
    before = await state()

    answers = [
        (await act(caller, name, **each))["code"]
        for caller in await callers()
        for name, each in given.items()
    ]

    assert answers == ["NOT_FOUND"] * 30
    assert await state() == before


async def state():
    """All that acting in the machine room could change."""
    return [
        [dict(row) for row in await database.fetch(f"SELECT * FROM {table} ORDER BY id")]
        for table in ("kernel_job", "kernel_job_run", "kernel_outbox", "kernel_audit")
    ]


@pytest.mark.parametrize("kind", ["job", "outbox_event"])
async def test_an_id_of_nothing_and_of_another_kind_are_not_found(db, kind):
    administrator = await an_administrator()
    ids = [node.encode(kind, uuid4()), node.encode("poll", uuid4()), "nonsense", ""]

    if kind == "job":
        codes = [(await act(administrator, "resumeJob", jobId=each))["code"] for each in ids]
    else:
        codes = [
            (await act(administrator, "retryParkedEvent", eventId=each))["code"] for each in ids
        ]

    assert codes == ["NOT_FOUND"] * 4


async def test_a_job_is_paused_resumed_and_run_through_the_schema_under_audit(db):
    administrator, work = await an_administrator(), Work()
    worker = await a_worker(work)
    job, key = node.encode("job", work.id), str(uuid4())

    paused = await act(
        administrator,
        "pauseJob",
        "... on JobPayload { job { pausedReason } }",
        jobId=job,
        reason=" 维护 ",
    )
    asked = [
        await act(
            administrator,
            "runJobNow",
            "... on JobRunAsked { replayed run { state askedBy { name } } }",
            jobId=job,
            idempotencyKey=key,
        )
        for _ in range(2)
    ]
    resumed = await act(
        administrator, "resumeJob", "... on JobPayload { job { pausedAt isRunAsked } }", jobId=job
    )
    await worker.beat()
    await worker.end()

    assert paused["job"] == {"pausedReason": "维护"}
    assert [(each["replayed"], each["run"]["state"]) for each in asked] == [
        (False, "ASKED"),
        (True, "ASKED"),
    ]
    assert resumed["job"] == {"pausedAt": None, "isRunAsked": True}
    assert (work.runs, [row["state"] for row in await ran()]) == (1, ["done"])
    rows = await database.fetch("SELECT command FROM kernel_audit ORDER BY sequence")
    assert [row["command"] for row in rows] == ["pauseJob", "runJobNow", "resumeJob"]
    assert await audit.verify(None) is None


async def test_a_delivered_event_is_replayed_once_a_key(db):
    administrator = await an_administrator()
    (event_id,) = await events(1)
    heard, key = [], str(uuid4())

    async def note(event, payload):
        heard.append(event)

    for _ in range(2):
        answer = await act(
            administrator,
            "replayOutboxEvent",
            "... on OutboxEventPayload { replayed event { replays deliveredAt } }",
            eventId=node.encode("outbox_event", event_id),
            idempotencyKey=key,
        )
        await relaying.relay({"voting.PollOpened": (note,)})

    assert heard == [event_id]
    assert (answer["replayed"], answer["event"]["replays"]) == (True, 1)


async def test_an_event_that_waits_or_was_parked_is_not_replayed(db):
    administrator = await an_administrator()
    (parked,) = await events(1)
    await park(parked)
    async with transaction():
        waiting = await outbox.record(PollOpened(uuid4(), "xz/"))
    before = await state()

    codes = [
        (
            await act(
                administrator,
                "replayOutboxEvent",
                eventId=node.encode("outbox_event", each),
                idempotencyKey=str(uuid4()),
            )
        )["code"]
        for each in (waiting, parked)
    ]

    assert codes == ["EVENT_NOT_DELIVERED"] * 2
    assert await state() == before


async def test_a_parked_event_is_retried_and_delivered(db):
    administrator = await an_administrator()
    (event_id,) = await events(1)
    await park(event_id)

    answer = await act(
        administrator,
        "retryParkedEvent",
        "... on OutboxEventPayload { event { parkedAt attempts } }",
        eventId=node.encode("outbox_event", event_id),
    )
    delivered = await relaying.relay({})

    assert answer["event"] == {"parkedAt": None, "attempts": 0}
    assert delivered == 1


async def test_a_dismissed_event_is_never_delivered_and_says_why(db):
    administrator = await an_administrator()
    (event_id,) = await events(1)
    await park(event_id)
    given = {"eventId": node.encode("outbox_event", event_id)}
    fields = "... on OutboxEventPayload { event { dismissedReason dismissedBy { name } } }"

    answer = await act(administrator, "dismissParkedEvent", fields, **given, reason="测试数据")
    again = await act(administrator, "dismissParkedEvent", **given, reason="再次")
    retried = await act(administrator, "retryParkedEvent", **given)
    delivered = await relaying.relay({})

    backlog = await outbox.backlog()
    assert answer["event"] == {"dismissedReason": "测试数据", "dismissedBy": {"name": "何平"}}
    assert (again["code"], retried["code"]) == ("EVENT_NOT_PARKED", "EVENT_NOT_PARKED")
    assert (delivered, backlog["parked"], backlog["waiting"]) == (0, 0, 0)


async def test_an_event_dismissed_long_ago_is_swept(moved_clock):
    administrator = await an_administrator()
    (event_id,) = await events(1)
    await park(event_id)
    await commands.dismiss_parked_event(administrator, event_id, reason="测试数据")

    early = await outbox.sweep()
    await moved_clock.advance(timedelta(days=31))
    late = await outbox.sweep()

    assert (early, late) == (0, 1)

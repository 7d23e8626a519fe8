"""Two at once end as one after the other: the database has the last word."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import uuid4

from domains.disclosure.errors import (
    NotApproved,
    NotWaiting,
    ObligationOver,
    ObligationUnfit,
    TooManyPins,
)
from domains.disclosure.service import approving, display, drafting, obligations, reading
from domains.disclosure.service.placing import Placing
from domains.disclosure.values import Affair, DisclosureKind
from domains.kernel import clock, database
from domains.kernel.errors import Forbidden
from jobs import disclosure as jobs
from tests import factories as people
from tests.disclosure import factories


async def outcomes(*commands) -> Counter[type[Exception] | None]:
    """What became of commands that run at once: the refusal's class, or nothing."""
    done = await asyncio.gather(*commands, return_exceptions=True)
    return Counter(type(each) if isinstance(each, Exception) else None for each in done)


async def test_two_workers_publish_what_is_due_once(moved_clock):
    town = await factories.a_town()
    at = await clock.now() + timedelta(hours=1)
    for _ in range(3):
        await factories.published(town, await factories.a_draft(town), at=at)
    await moved_clock.set(at)

    done = await asyncio.gather(*(jobs.publish_due_disclosures() for _ in range(3)))
    done.append(await jobs.publish_due_disclosures())

    events = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'disclosure.DisclosurePublished'"
    )
    assert (sum(done), events) == (3, 3)


async def test_two_workers_make_each_duty_once_and_mark_it_late_once(moved_clock):
    town = await factories.a_town()
    await factories.adopted(town)

    await asyncio.gather(*(jobs.make_obligations() for _ in range(3)))
    await moved_clock.advance(timedelta(days=400))
    await asyncio.gather(*(jobs.mark_late_obligations() for _ in range(3)))

    missed = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'disclosure.ObligationMissed'"
    )
    owed = await database.fetch_one(
        "SELECT count(*) AS owed, count(DISTINCT (code, period_start)) AS periods,"
        " count(*) FILTER (WHERE state = 'late') AS late FROM disclosure_obligation"
    )
    assert tuple(owed) == (owed["owed"], owed["owed"], missed)
    assert owed["late"] > 0


async def test_a_step_is_taken_by_one_of_two(db):
    town = await factories.a_town()
    other = await people.an_officer(next(iter(town.supervisor.grants)).role, town.community)
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)

    done = await outcomes(
        approving.approve_disclosure(town.supervisor, draft, number=1),
        approving.approve_disclosure(other, draft, number=1),
    )

    # The second finds the next step, which is not theirs.
    assert done == {None: 1, Forbidden: 1}
    assert await database.fetch_value("SELECT count(*) FROM disclosure_step") == 1


async def test_an_approval_and_a_return_at_once_send_it_back(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await approving.submit_disclosure(town.writer, draft)
    for actor in (town.supervisor, town.reviewer):
        await approving.approve_disclosure(actor, draft, number=1)

    done = await outcomes(
        approving.approve_disclosure(town.approver, draft, number=1),
        approving.return_disclosure(town.approver, draft, number=1, reason="再核对"),
    )

    # Sent back first, nothing waits to be approved; approved first, it is sent back all the same.
    assert set(done) - {NotWaiting} == {None}
    assert await database.fetch_value("SELECT state FROM disclosure_version") == "draft"


async def test_a_version_is_published_once(db):
    town = await factories.a_town()
    draft = await factories.a_draft(town)
    await factories.approved(town, draft)

    done = await outcomes(
        *(approving.publish_disclosure(town.writer, draft, number=1) for _ in range(3))
    )

    assert done == {None: 1, NotApproved: 2}


async def test_the_last_place_for_a_pin_is_taken_once(db):
    town = await factories.a_town()
    ids = [await factories.a_disclosure(town) for _ in range(5)]

    done = await outcomes(*(display.pin_disclosure(town.writer, each) for each in ids))

    assert done == {None: 3, TooManyPins: 2}


async def test_a_duty_is_met_by_one_of_two(db):
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    duty = await database.fetch_value("SELECT id FROM disclosure_obligation")
    placing = Placing(
        kind=DisclosureKind.STRUCTURED, affair=Affair.RESIDENTS, obligation_ids=(duty,)
    )
    drafts = [await factories.a_draft(town, placing) for _ in range(2)]
    for each in drafts:
        await factories.approved(town, each)

    await asyncio.gather(
        *(approving.publish_disclosure(town.writer, each, number=1) for each in drafts)
    )

    events = await database.fetch_value(
        "SELECT count(*) FROM kernel_outbox WHERE name = 'disclosure.ObligationMet'"
    )
    assert events == 1
    assert await outcomes(factories.a_draft(town, placing)) == {ObligationUnfit: 1}


async def test_one_reader_at_once_twice_is_one(db):
    town = await factories.a_town()
    disclosure_id = await factories.a_disclosure(town)

    await asyncio.gather(*(reading.record_reading(town.resident, disclosure_id) for _ in range(5)))

    assert await database.fetch_value("SELECT count(*) FROM disclosure_reader") == 1


async def test_one_key_at_once_drafts_once(db):
    town = await factories.a_town()
    key = uuid4()

    done = await asyncio.gather(
        *(
            drafting.draft_disclosure(
                town.writer,
                town.publisher_id,
                factories.NOTICE,
                factories.WORDS,
                idempotency_key=key,
            )
            for _ in range(3)
        )
    )

    assert len({disclosure_id for disclosure_id, _ in done}) == 1
    assert await database.fetch_value("SELECT count(*) FROM disclosure_disclosure") == 1


async def test_a_waiver_and_the_worker_at_once_leave_one_state(moved_clock):
    town = await factories.a_town()
    await factories.adopted(town, "R01")
    await jobs.make_obligations()
    duty = await database.fetch_one("SELECT id, due_at FROM disclosure_obligation")
    await moved_clock.set(duty["due_at"])

    done = await outcomes(
        obligations.waive_obligation(town.approver, duty["id"], reason="临界豁免"),
        obligations.mark_late_obligation(),
    )

    # Who finds it locked comes back with the next tick.
    await jobs.mark_late_obligations()
    assert done == {None: 1, ObligationOver: 1}
    assert await database.fetch_value("SELECT state FROM disclosure_obligation") == "late"

"""What the worker does of pledges, late, twice or on two machines."""

import asyncio
from datetime import timedelta

from domains.kernel import database
from jobs import outbox, pledges
from jobs.schedule import TIMETABLE
from tests.pledges.factories import a_noticed_pledge, a_town, an_object, events


async def test_two_workers_at_once_commit_each_pledge_once(moved_clock):
    town = await a_town()
    noticed = [await a_noticed_pledge(town) for _ in range(4)]
    await moved_clock.advance(timedelta(days=16))

    done = await asyncio.gather(*(pledges.commit_due_pledges() for _ in range(3)))

    assert sum(done) == 4
    committed = [each["pledge_id"] for each in await events("PledgeCommitted")]
    assert (len(committed), set(committed)) == (4, {str(each) for each in noticed})


async def test_two_workers_at_once_find_each_overdue_pledge_once(moved_clock):
    town = await a_town()
    noticed = [await a_noticed_pledge(town) for _ in range(3)]
    await moved_clock.advance(timedelta(days=16))
    await pledges.commit_due_pledges()
    await moved_clock.advance(timedelta(days=200))

    done = await asyncio.gather(*(pledges.find_overdue_pledges() for _ in range(3)))
    reminded = await asyncio.gather(*(pledges.remind_due_milestones() for _ in range(2)))

    assert (sum(done), len(await events("PledgeOverdue"))) == (3, 3)
    assert len(await events("PledgeMilestoneDue")) == 9
    assert sum(reminded) >= 9
    assert {(await an_object(each))["state"] for each in noticed} == {"overdue"}


async def test_the_timetable_knows_each_job_and_the_relay_tells_of_pledges(moved_clock):
    town = await a_town()
    await a_noticed_pledge(town)

    delivered = await outbox.relay()

    assert {each.name for each in TIMETABLE if each.name.startswith("pledges.")} == {
        "pledges.apply_due_changes",
        "pledges.commit_due_pledges",
        "pledges.find_overdue_pledges",
        "pledges.note_late_answers",
        "pledges.note_late_rectifications",
        "pledges.note_late_remark_answers",
        "pledges.note_missing_reports",
        "pledges.open_due_ratings",
        "pledges.remind_due_milestones",
        "pledges.schedule_due_reviews",
        "pledges.tally_due_reviews",
    }
    assert outbox.TOPICS["pledges.PledgeNoticed"] == outbox.Topic("pledge", "pledge_id")
    assert delivered == await database.fetch_value("SELECT count(*) FROM kernel_outbox")

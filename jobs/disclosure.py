"""What is due in disclosure. Late, twice or on two machines: the same result."""

from domains.disclosure.service import (
    answering,
    approving,
    demands,
    display,
    gatherings,
    obligations,
    publishers,
    reading,
)
from jobs.due import until_none

MOST_BATCHES = 50


async def found_community_bodies() -> int:
    """Give communities a body that publishes for them."""
    return await publishers.found_community_bodies()


async def make_obligations() -> int:
    """Make the duties of periods that have begun, a bounded number of batches a tick."""
    made = 0
    for _ in range(MOST_BATCHES):
        batch = await obligations.make_begun_obligations()
        made += batch
        if not batch:
            break
    return made


async def mark_late_obligations() -> int:
    """Mark late what was not met in time."""
    return await until_none(obligations.mark_late_obligation)


async def remind_of_due_obligations() -> int:
    """Tell of duties whose last day is near."""
    return await until_none(obligations.remind_due_obligation)


async def judge_days_anew() -> int:
    """Judge anew the last days that rested on unpublished working days."""
    return await obligations.judge_days_anew()


async def publish_due_disclosures() -> int:
    """Publish what was scheduled."""
    return await until_none(approving.publish_due_disclosure)


async def expire_due_disclosures() -> int:
    """End the displays that are over."""
    return await until_none(display.expire_due_disclosure)


async def take_down_due_disclosures() -> int:
    """Put out of public sight what was to be taken down by now."""
    return await until_none(display.take_down_due_disclosure)


async def archive_due_disclosures() -> int:
    """Archive what was on display for as long as its item asks."""
    return await until_none(display.archive_due_disclosure)


async def forget_readers() -> int:
    """Add up the readings of days that are over, and forget who read."""
    return await until_none(reading.forget_readers)


async def remind_of_due_answers() -> int:
    """Tell of answers whose deadline is near."""
    return await until_none(answering.remind_of_due_answer)


async def escalate_late_questions() -> int:
    """Put before the street what was not answered in time."""
    return await until_none(answering.escalate_late_question)


async def note_overdue_decisions() -> int:
    """Note what the street has not decided in time."""
    return await until_none(answering.note_overdue_decision)


async def lapse_due_demands() -> int:
    """End the demands whose days are over."""
    return await until_none(demands.lapse_due_demand)


async def make_due_gatherings() -> int:
    """Make the gatherings that come again soon."""
    return await until_none(gatherings.make_due_gathering)


async def remind_of_near_gatherings() -> int:
    """Tell of gatherings that are near."""
    return await until_none(gatherings.remind_of_near_gathering)

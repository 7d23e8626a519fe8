"""Summaries: of whole weeks and days, once, to who wants them, and never late."""

import json
from datetime import datetime, timedelta

import pytest

from domains.kernel import database
from domains.notifications.rules.rhythms import issue_due
from domains.notifications.service import digests
from domains.notifications.values import Rhythm
from jobs import notifications
from jobs import voting as polls
from tests import factories
from tests.notifications.telling import all_told, occasions, people_told
from tests.notifications.test_addressees import CHOOSE, PROFILE
from tests.notifications.test_inbox import inbox_of
from tests.voting.asking import done
from tests.voting.factories import a_draft, a_town, an_open_poll

TWO_DAYS = timedelta(days=2)
MONDAY = datetime.fromisoformat("2031-03-03T09:00:00+08:00")
MORNING = datetime.fromisoformat("2031-03-04T08:30:00+08:00")


def due(rhythm, at, minute=540):
    """What is due at a time in Shanghai: its slot and its first and last instants there."""
    now = datetime.fromisoformat(f"{at}+08:00")
    issue = issue_due(rhythm, now, at_minute=minute, patience=TWO_DAYS)
    if issue is None:
        return None
    return issue.slot, *(
        each.astimezone(now.tzinfo).isoformat()[:16] for each in (issue.since, issue.until)
    )


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T08:59:59", None),
        ("2026-11-23T09:00:00", ("2026-W47", "2026-11-16T00:00", "2026-11-23T00:00")),
        ("2026-11-25T08:59:59", ("2026-W47", "2026-11-16T00:00", "2026-11-23T00:00")),
        ("2026-11-25T09:00:00", None),
        ("2027-01-04T10:00:00", ("2026-W53", "2026-12-28T00:00", "2027-01-04T00:00")),
    ],
)
def test_the_weeks_summary_is_due_on_monday_and_for_two_days(at, expected):
    assert due(Rhythm.WEEKLY, at) == expected


def test_the_days_summary_is_of_the_day_before():
    assert due(Rhythm.DAILY, "2026-03-01T09:00:00") == (
        "2026-02-28",
        "2026-02-28T00:00",
        "2026-03-01T00:00",
    )


async def a_town_that_votes(moved_clock, *, at):
    """A town with a poll that is open, at an instant."""
    await moved_clock.set(at)
    town = await a_town(2)
    await an_open_poll(town, await a_draft(lasts=timedelta(days=3)))
    await polls.open_due_polls()
    return town


async def test_residents_are_told_once_a_week_what_there_is(moved_clock):
    town = await a_town_that_votes(moved_clock, at=MONDAY)

    for _ in range(2):
        await notifications.note_due_digests()
        await all_told()
    notices, _ = await inbox_of(town.residents[0], filter={"categories": ["DIGEST"]})

    assert await people_told("WEEKLY_DIGEST") == sorted(each.person_id for each in town.residents)
    assert [each["title"] for each in notices] == ["社区一周:2031年2月24日至2031年3月2日"]
    assert notices[0]["body"] == "正在投票\n· 广场舞队是否迁往九龙湖公园?"


async def test_who_keeps_the_community_is_told_once_a_day(moved_clock):
    town = await a_town_that_votes(moved_clock, at=MORNING)

    await notifications.note_due_digests()
    await all_told()

    assert await people_told("DAILY_DIGEST") == [town.committee.person_id]


async def test_who_wants_no_summaries_and_where_there_is_nothing_to_say_nobody_is_told(
    moved_clock,
):
    town = await a_town_that_votes(moved_clock, at=MONDAY)
    silent = await factories.a_resident(await factories.a_community(), name="隔壁")
    await done(town.residents[0], PROFILE, input={"wantsDigests": False})

    await notifications.note_due_digests()
    await all_told()

    assert await people_told("WEEKLY_DIGEST") == [town.residents[1].person_id]
    assert silent.person_id not in await people_told("WEEKLY_DIGEST")


async def test_what_somebody_asked_to_have_gathered_comes_with_the_summary(moved_clock):
    community = await factories.a_community()
    resident = await factories.a_resident(community)
    await moved_clock.set(MONDAY)
    choice = {"channel": "CONSOLE", "choice": "DIGEST", "category": "CAMPAIGN"}
    await done(resident, CHOOSE, input={"choices": [choice]})
    await a_campaign_notice(resident.person_id, community)

    await notifications.note_due_digests()
    await all_told()
    notices, _ = await inbox_of(resident, filter={"categories": ["DIGEST"]})

    assert [each["body"] for each in notices] == ["你的未读通知\n· 元宵灯会报名"]


async def test_a_kind_that_comes_by_itself_is_not_gathered_with_its_category(moved_clock):
    community = await factories.a_community()
    resident = await factories.a_resident(community)
    await moved_clock.set(MONDAY)
    choices = [
        {"channel": "CONSOLE", "choice": "DIGEST", "category": "CAMPAIGN"},
        {"channel": "CONSOLE", "choice": "ON", "kind": "CAMPAIGN"},
    ]
    await done(resident, CHOOSE, input={"choices": choices})
    await a_campaign_notice(resident.person_id, community)

    await notifications.note_due_digests()
    await all_told()

    assert await people_told("WEEKLY_DIGEST") == []


async def test_a_worker_that_was_down_too_long_notes_no_old_summaries(moved_clock):
    await a_town_that_votes(moved_clock, at=MONDAY + TWO_DAYS)

    assert await digests.note_due_digests(Rhythm.WEEKLY) == 0
    assert "WEEKLY_DIGEST" not in [kind for kind, _ in await occasions()]


async def a_campaign_notice(person_id, community):
    """An unread notice of a campaign, as its telling leaves it."""
    template_id, occasion_id = database.new_id(), database.new_id()
    await database.execute(
        "INSERT INTO notifications_template (id, kind, channel, locale, version, subject,"
        " variables, created_at)"
        " VALUES ($1, 'CAMPAIGN', 'in_app', 'zh-Hans', 1, '{title}', '[]', kernel_now())",
        template_id,
    )
    await database.execute(
        "INSERT INTO notifications_occasion (id, kind, subject_kind, subject_id, area_path, state,"
        " due_at, turn_at, variables, template_ids, created_at) VALUES ($1, 'CAMPAIGN',"
        " 'campaign', $1, $2, 'expanded', kernel_now(), kernel_now(),"
        " $3::jsonb, $4::jsonb, kernel_now())",
        occasion_id,
        community.path,
        json.dumps({"title": "元宵灯会报名"}),
        json.dumps({"in_app": {"zh-Hans": str(template_id)}}),
    )
    await database.execute(
        "INSERT INTO notifications_box (person_id, last_seq, unread) VALUES ($1, 1, 1)", person_id
    )
    await database.execute(
        "INSERT INTO notifications_notice (id, occasion_id, kind, subject_id, slot, category,"
        " person_id, reason, seq, created_at) VALUES (gen_random_uuid(), $1, 'CAMPAIGN', $1, '',"
        " 'campaign', $2, 'matched', 1, kernel_now())",
        occasion_id,
        person_id,
    )

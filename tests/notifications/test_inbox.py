"""The inbox through the contract: whose it is, what is unread, and in which language."""

import dataclasses

import pytest

from domains.kernel import database
from domains.kernel.actor import ANONYMOUS
from schema import node
from tests import factories
from tests.notifications.telling import a_poll_that_closes_soon, all_told
from tests.voting.asking import ask, done, refused

INBOX = """
query ($filter: InboxFilterInput, $first: Int, $after: String) {
  inbox(filter: $filter, first: $first, after: $after) {
    nodes {
      id kind category title body isLegal readAt archivedAt secondFor subjectKind
      reason { code text } subject { id __typename }
    }
    pageInfo { hasNextPage endCursor }
  }
  inboxCounts { unread byCategory { category unread } }
}
"""
READ = """
mutation ($input: MarkNoticesReadInput!) { markNoticesRead(input: $input) {
  ... on InboxPayload { changed counts { unread } } ... on UserError { code path } } }
"""
READ_ALL = """
mutation ($input: MarkAllNoticesReadInput!) { markAllNoticesRead(input: $input) {
  ... on InboxPayload { changed counts { unread } } ... on UserError { code path } } }
"""
ARCHIVE = """
mutation ($input: ArchiveNoticesInput!) { archiveNotices(input: $input) {
  ... on InboxPayload { changed counts { unread } } ... on UserError { code path } } }
"""
RESTORE = """
mutation ($input: RestoreNoticesInput!) { restoreNotices(input: $input) {
  ... on InboxPayload { changed counts { unread } } ... on UserError { code path } } }
"""
NODE = "query ($id: ID!) { node(id: $id) { id } }"

# Some more notices of the same occasion, as if it had been told in other slots.
_MORE = """
WITH one AS (SELECT * FROM notifications_notice WHERE person_id = $1 LIMIT 1), box AS (
    UPDATE notifications_box SET last_seq = last_seq + $2, unread = unread + $2
    WHERE person_id = $1 RETURNING last_seq)
INSERT INTO notifications_notice (id, occasion_id, kind, subject_id, slot, category, person_id,
                                  reason, seq, created_at)
SELECT gen_random_uuid(), occasion_id, kind, subject_id, 'more ' || n, $3, person_id, reason,
       last_seq - $2 + n, created_at
FROM one, box, generate_series(1, $2::int) AS n
"""


async def more(actor, count, category="polls"):
    """Plant more notices in an inbox that has one."""
    await database.execute(_MORE, actor.person_id, count, category)


async def reminded(moved_clock):
    """A resident who was told that a poll closes, and another; with the poll."""
    town, poll_id = await a_poll_that_closes_soon(moved_clock)
    await all_told()
    return town.residents[1], town.residents[2], poll_id


async def inbox_of(actor, **variables):
    """What lies in an inbox: the notices and the counts."""
    found = await ask(actor, INBOX, **variables)
    return found["inbox"]["nodes"], found["inboxCounts"]["unread"]


async def test_a_notice_says_what_why_and_of_what_in_the_readers_language(moved_clock):
    resident, _, poll_id = await reminded(moved_clock)

    (notice,), unread = await inbox_of(resident)
    (english,), _ = await inbox_of(dataclasses.replace(resident, locale="en"))

    assert (notice["kind"], notice["category"], unread) == ("POLL_CLOSING_SOON", "POLLS", 1)
    assert notice["title"] == "投票即将截止:广场舞队是否迁往九龙湖公园?"
    assert notice["reason"] == {
        "code": "ON_ROLL_NOT_VOTED",
        "text": "你在本次投票的选民名册上,且尚未投票。",
    }
    assert notice["subject"] == {"id": node.encode("poll", poll_id), "__typename": "Poll"}
    assert english["title"] == "Closing soon: 广场舞队是否迁往九龙湖公园?"


async def test_nobody_reads_or_changes_anothers_notices(moved_clock):
    resident, other, _ = await reminded(moved_clock)
    (own,), _ = await inbox_of(resident)

    seen = await ask(other, NODE, id=own["id"])
    code = await refused(other, READ, input={"noticeIds": [own["id"]]})

    assert (seen["node"], code) == (None, "NOT_FOUND")
    assert await inbox_of(resident) == ([own], 1)
    assert await inbox_of(ANONYMOUS) == ([], 0)


async def test_reading_counts_once_however_often_it_is_said(moved_clock):
    resident, _, _ = await reminded(moved_clock)
    (own,), _ = await inbox_of(resident)

    first = await done(resident, READ, input={"noticeIds": [own["id"]]})
    again = await done(resident, READ, input={"noticeIds": [own["id"]]})

    assert first == {"changed": 1, "counts": {"unread": 0}}
    assert again == {"changed": 0, "counts": {"unread": 0}}


async def test_reading_all_up_to_one_leaves_what_came_after_unread(moved_clock):
    resident, _, _ = await reminded(moved_clock)
    await more(resident, 5)
    notices, _ = await inbox_of(resident)

    answer = await done(resident, READ_ALL, input={"upTo": notices[2]["id"]})
    unread, _ = await inbox_of(resident, filter={"unreadOnly": True})

    assert answer == {"changed": 4, "counts": {"unread": 2}}
    assert [each["id"] for each in unread] == [each["id"] for each in notices[:2]]
    assert await done(resident, READ_ALL, input={}) == {"changed": 2, "counts": {"unread": 0}}


async def test_what_is_put_away_is_found_there_and_can_come_back(moved_clock):
    resident, _, _ = await reminded(moved_clock)
    (own,), _ = await inbox_of(resident)

    away = await done(resident, ARCHIVE, input={"noticeIds": [own["id"]]})
    kept, unread = await inbox_of(resident)
    archived, _ = await inbox_of(resident, filter={"archived": True})
    back = await done(resident, RESTORE, input={"noticeIds": [own["id"]]})

    assert (away["counts"]["unread"], kept, unread) == (0, [], 0)
    assert [each["id"] for each in archived] == [own["id"]]
    assert back == {"changed": 1, "counts": {"unread": 0}}
    assert [each["id"] for each in (await inbox_of(resident))[0]] == [own["id"]]


async def test_an_inbox_is_narrowed_by_category_and_to_what_is_unread(moved_clock):
    resident, _, _ = await reminded(moved_clock)
    await more(resident, 3, category="points")
    notices, unread = await inbox_of(resident)
    await done(resident, READ, input={"noticeIds": [notices[0]["id"]]})

    points, _ = await inbox_of(resident, filter={"categories": ["POINTS", "POINTS"]})
    both, _ = await inbox_of(
        resident, filter={"categories": ["POINTS", "POLLS"], "unreadOnly": True}
    )
    counts = (await ask(resident, INBOX))["inboxCounts"]["byCategory"]

    assert (len(points), len(both), unread) == (3, 3, 4)
    assert [each["id"] for each in both] == [each["id"] for each in notices[1:]]
    assert {each["category"]: each["unread"] for each in counts if each["unread"]} == {
        "POINTS": 2,
        "POLLS": 1,
    }


async def test_a_cursor_goes_on_where_the_page_ended_and_nowhere_else(moved_clock):
    resident, other, _ = await reminded(moved_clock)
    await more(resident, 4)
    notices, _ = await inbox_of(resident)

    page = (await ask(resident, INBOX, first=2))["inbox"]
    cursor = page["pageInfo"]["endCursor"]
    rest, _ = await inbox_of(resident, after=cursor)

    assert [*page["nodes"], *rest] == notices
    with pytest.raises(AssertionError):
        await ask(other, INBOX, after=cursor)


@pytest.mark.parametrize("size", [1, 30])
async def test_a_page_takes_the_same_statements_however_many_lie_in_it(
    moved_clock, statements, size
):
    resident, _, _ = await reminded(moved_clock)
    await more(resident, size)
    await inbox_of(resident)
    statements.clear()

    await inbox_of(resident, first=50)

    assert len(statements) == 4


@pytest.mark.parametrize("ids", [[], ["nonsense"], ["poll_AAAAAAAAAAAAAAAAAAAAAA"]])
async def test_what_is_no_notice_of_ones_own_is_refused_and_nothing_changes(moved_clock, ids):
    resident, _, _ = await reminded(moved_clock)

    code = await refused(resident, READ, input={"noticeIds": ids})

    assert code == ("NOT_FOUND" if ids else "INVALID_INPUT")
    assert (await inbox_of(resident))[1] == 1


async def test_the_nameless_have_no_inbox_to_change(db):
    await factories.a_person()

    assert await refused(ANONYMOUS, READ_ALL, input={}) == "SIGN_IN_REQUIRED"

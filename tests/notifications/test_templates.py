"""What staff write: versions that stand, variables that are there, and what happens where not."""

import pytest

from domains.kernel import database
from domains.notifications.models import Template
from domains.notifications.service import templates
from jobs import notifications, outbox
from tests import factories
from tests.notifications.telling import a_poll_that_closes_soon, all_told, occasions, people_told
from tests.notifications.test_inbox import inbox_of
from tests.voting.asking import ask, done, refused

WRITE = """
mutation ($input: WriteNoticeTemplateInput!) { writeNoticeTemplate(input: $input) {
  ... on NoticeTemplatePayload {
    template { id version subject isPreset variables allowed { name kind } } }
  ... on UserError { code path } } }
"""
LIST = """
query ($filter: NoticeTemplateFilterInput) {
  noticeTemplates(filter: $filter) { nodes { kind channel locale version isPreset } } }
"""
OCCASIONS = """
query { noticeOccasions(states: [FAILED]) {
  nodes { id kind state attempts failure noticeCount } } }
"""
AGAIN = """
mutation ($input: TellOccasionAgainInput!) { tellOccasionAgain(input: $input) {
  ... on NoticeOccasionPayload { occasion { state attempts failure } }
  ... on UserError { code path } } }
"""
KIND = "POLL_CLOSING_SOON"


def written(subject="最后一天:{title}", **more):
    """What staff write for the inbox in Chinese, after the preset."""
    return {
        "kind": KIND,
        "channel": "IN_APP",
        "locale": "ZH_HANS",
        "expectedVersion": 1,
        "subject": subject,
        **more,
    }


@pytest.fixture
async def keeper(db):
    """Who keeps the platform, the presets being in."""
    await templates.sync_presets()
    return await factories.a_platform_administrator()


async def test_a_new_version_is_told_by_and_repeated_it_is_the_same(keeper):
    first = await done(keeper, WRITE, input=written())
    again = await done(keeper, WRITE, input=written())
    behind = await refused(keeper, WRITE, input=written("另一种说法:{title}"))

    assert (first["template"]["version"], first["template"]["isPreset"]) == (2, False)
    assert (again["template"]["id"], behind) == (first["template"]["id"], "VERSION_CONFLICT")
    assert await Template.filter(kind=KIND, locale="zh-Hans").count() == 2


async def test_what_was_told_keeps_its_words_when_a_new_version_is_written(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    await all_told()
    keeper = await factories.a_platform_administrator()
    (before,), _ = await inbox_of(town.residents[1])

    await done(keeper, WRITE, input=written())
    (after,), _ = await inbox_of(town.residents[1])

    assert (before["title"], after["title"]) == ("投票即将截止:广场舞队是否迁往九龙湖公园?",) * 2


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (written("{nonsense}"), "VARIABLE_UNKNOWN"),
        (written("{"), "VARIABLE_UNKNOWN"),
        (written("  "), "INVALID_INPUT"),
        (written(kind="NO_SUCH_KIND"), "INVALID_INPUT"),
        (written(channel="SMS", expectedVersion=0), "PROVIDER_CODE_MISSING"),
        (written(providerCode="123456"), "PROVIDER_CODE_MISSING"),
        (
            written(channel="SMS", expectedVersion=0, providerCode="1", variables=["nonsense"]),
            "VARIABLE_UNKNOWN",
        ),
    ],
)
async def test_a_template_that_could_not_be_told_is_refused_and_none_is_kept(keeper, given, code):
    before = await Template.all().count()

    assert await refused(keeper, WRITE, input=given) == code
    assert await Template.all().count() == before


async def test_only_who_keeps_the_platform_writes_and_reads_templates(keeper):
    resident = await factories.a_resident()

    code = await refused(resident, WRITE, input=written())
    seen = (await ask(resident, LIST))["noticeTemplates"]["nodes"]

    assert (code, seen) == ("FORBIDDEN", [])


async def test_the_newest_version_of_each_text_is_listed_unless_all_are_asked_for(keeper):
    await done(keeper, WRITE, input=written())
    asked = {"kind": KIND, "locale": "ZH_HANS"}

    newest = (await ask(keeper, LIST, filter=asked))["noticeTemplates"]["nodes"]
    every = (await ask(keeper, LIST, filter={**asked, "allVersions": True}))["noticeTemplates"]

    assert [each["version"] for each in newest] == [2]
    assert [each["version"] for each in every["nodes"]] == [2, 1]


async def test_what_staff_wrote_stays_when_presets_come_in_again(keeper):
    await done(keeper, WRITE, input=written())

    changed = await templates.sync_presets()

    assert changed == 0
    assert await Template.filter(kind=KIND, locale="zh-Hans").count() == 2


async def test_a_text_with_a_gap_is_told_to_nobody_and_told_again_once_it_is_mended(moved_clock):
    town, _ = await a_poll_that_closes_soon(moved_clock)
    keeper = await factories.a_platform_administrator()
    await templates.sync_presets()
    # As if a release had taken a variable away: written past the check of what may be named.
    await database.execute(
        "INSERT INTO notifications_template (id, kind, channel, locale, version, subject,"
        " variables, created_at) VALUES (gen_random_uuid(), $1, 'in_app', 'zh-Hans', 2,"
        " '{title} {place}', '[]', kernel_now())",
        KIND,
    )
    await outbox.relay()
    for _ in range(10):
        await notifications.expand_due_occasions()
        await database.execute(
            "UPDATE notifications_occasion SET turn_at = kernel_now() WHERE kind = $1", KIND
        )

    (failed,) = (await ask(keeper, OCCASIONS))["noticeOccasions"]["nodes"]
    told = await people_told(KIND)
    await done(keeper, WRITE, input=written(expectedVersion=2))
    again = await done(keeper, AGAIN, input={"occasionId": failed["id"]})
    twice = await refused(keeper, AGAIN, input={"occasionId": failed["id"]})
    hidden = await refused(town.residents[1], AGAIN, input={"occasionId": failed["id"]})
    await all_told()

    assert (failed["attempts"], failed["noticeCount"], told) == (10, 0, [])
    assert failed["failure"].startswith("VARIABLE_MISSING")
    assert again["occasion"] == {"state": "DUE", "attempts": 0, "failure": None}
    assert (twice, hidden) == ("NOT_FAILED", "FORBIDDEN")
    assert (KIND, "expanded") in await occasions()

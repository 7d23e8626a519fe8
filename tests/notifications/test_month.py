"""A month of a town's notices: everything that its timetable expects arrives once, and no other.

What is expected was written down by hand: who is told what, of what, at which hour. It is
compared whole with what lies in inboxes, and with what providers took.
"""

from collections import Counter
from functools import partial

from domains.kernel import database
from tests.notifications import month_acts as acts
from tests.notifications.month import Month, begins, the_town
from tests.notifications.month_acts import Act

STORY: dict[str, tuple[Act, ...]] = {
    "01 08:30": (begins,),
    "02 10:00": (acts.a_meeting_is_planned, acts.a_roll_is_published),
    "03 10:00": (acts.it_is_convened,),
    "04 10:00": (acts.somebody_objects,),
    "05 10:00": (acts.the_meeting_moves,),
    "06 10:00": (acts.the_objection_is_dismissed,),
    "09 10:00": (acts.everybody_is_written_to,),
    "10 10:00": (acts.sun_moves_away,),
    "11 10:00": (acts.residents_are_asked,),
    "12 10:00": (acts.the_duty_is_met_late,),
    "12 19:01": (),
    "13 18:01": (),
    "13 18:40": (),
    "13 18:50": (acts.they_come,),
    "13 19:00": (acts.it_is_opened,),
    "13 22:30": (acts.it_is_over,),
    "16 10:00": (),
    "17 10:00": (acts.minutes_are_confirmed, acts.somebody_asks),
    "18 10:00": (acts.a_need_is_posted,),
    "18 10:30": (acts.the_need_is_verified,),
    "18 11:00": (partial(acts.asked_to_help, volunteer="周强"),),
    "19 11:01": (partial(acts.asked_to_help, volunteer="林芳"),),
    "19 12:00": (acts.lin_accepts,),
    "19 14:01": (),
    "20 12:01": (),
    "20 14:00": (acts.lin_comes,),
    "20 15:30": (acts.lin_goes,),
    "20 16:05": (acts.it_is_confirmed,),
    "21 10:00": (acts.both_rate,),
    "24 10:00": (),
    "24 11:00": (acts.some_vote, acts.it_is_answered_late),
    "25 22:05": (),
    "26 10:01": (),
}
MORNINGS = tuple(f"{day:02} 09:05" for day in range(1, 32))
# When she wakes who works at night: on the days on which something waits for it, and on others.
EVENINGS = tuple(f"{day:02} 20:05" for day in (2, 8, 9, 11, 14, 15, 16, 22, 24, 26, 29, 31))
# The worker does nothing from the night before the fourteenth to the morning of the sixteenth.
DOWN = {"14 09:05", "14 20:05", "15 09:05", "15 20:05", "16 09:05"}

# The elder's helper is told whatever she is told.
ELDER = "陈桂英 陈小军<陈桂英"
STAYING = f"林芳 周强 赵敏 吴宁 钱静 刘主持 陈小军 {ELDER}"
EVERYBODY = f"{STAYING} 孙远"
READERS = "林芳 周强 赵敏 吴宁 钱静 刘主持 陈小军 陈桂英"
COUNCIL = "刘主持 林芳 周强"
COMMITTEE = "王建国 董洁"
KEEPERS = f"{COMMITTEE} 马丽"
DANCE, LIFT, SHED = "广场舞噪音协商会", "加装电梯", "充电棚"
MEAL, ALLOWANCE, PLEDGE = "送午餐上门", "二月低保公开", "为独居老人送餐"

# The hour, the kind, what it is about, who is told, and what the line says.
EXPECTED: tuple[tuple[str, str, str, str, str], ...] = (
    ("01 08:30", "HELPER_NAMED", "协助", "陈桂英 陈小军", "协助关系已建立"),
    ("01 08:30", "VOLUNTEER_REGISTERED", "志愿者林芳", "林芳", "志愿者注册成功"),
    ("01 08:30", "VOLUNTEER_REGISTERED", "志愿者周强", "周强", "志愿者注册成功"),
    ("01 08:30", "PROGRAMME_OPENED", "年度", EVERYBODY, "征集年度承诺:2027 年"),
    ("01 08:30", "PLEDGE_SCREENED", "承诺", "王建国", f"承诺初审结果:{PLEDGE}"),
    ("01 08:30", "PLEDGE_NOTICED", "承诺", "王建国", f"承诺公示:{PLEDGE}"),
    ("01 08:30", "ROLE_ENDING", "任期", "马丽", "任期将满:网格员"),
    ("02 10:00", "POLL_ROLL_PUBLISHED", "票决", EVERYBODY, f"选民名册公布:{LIFT}"),
    ("03 10:00", "MEETING_CONVENED", "会议", f"{COUNCIL} 孙远", f"会议通知:{DANCE}"),
    ("04 10:00", "ROLL_OBJECTION_FILED", "票决", COMMITTEE, f"名册异议待处理:{LIFT}"),
    ("05 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月4日"),
    ("05 10:00", "MEETING_RESCHEDULED", "会议", f"{COUNCIL} 孙远", f"会议改期:{DANCE}"),
    ("06 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月5日"),
    ("06 10:00", "ROLL_OBJECTION_DECIDED", "票决", "钱静", f"名册异议答复:{LIFT}"),
    ("07 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月6日"),
    ("08 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月7日"),
    ("08 09:05", "WEEKLY_DIGEST", "社区", f"{READERS} 孙远", "社区一周:2027年3月1日至2027年3月7日"),
    ("08 09:05", "DUTIES_DUE_SOON", "社区", COMMITTEE, "公开义务即将到期:1 项"),
    ("08 09:05", "POLL_ROLL_CLOSING", "票决", EVERYBODY, f"名册异议期即将结束:{LIFT}"),
    ("09 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月8日"),
    ("09 09:05", "PLEDGE_COMMITTED", "承诺", "王建国 陈立", f"正式承诺:{PLEDGE}"),
    ("09 10:00", "CAMPAIGN", "活动", EVERYBODY, "高龄津贴申领"),
    ("10 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月9日"),
    ("10 10:00", "RESIDENCY_ENDED", "居住", "孙远", "居住登记终止:{home}"),
    ("11 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月10日"),
    ("11 09:05", "DUTIES_LATE", "社区", f"{COMMITTEE} 冯正 周倩", "未按期公开:1 项"),
    # Whose last day was the tenth is on no roll of the eleventh, and on those of before.
    ("11 10:00", "POLL_OPENED", "征询", STAYING, f"投票开始:{SHED}"),
    ("12 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月11日"),
    ("12 19:01", "MEETING_NEAR", "会议", COUNCIL, f"会议临近:{DANCE}"),
    ("13 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月12日"),
    ("13 18:01", "MEETING_NEAR", "会议", COUNCIL, f"会议临近:{DANCE}"),
    ("13 19:00", "MEETING_STARTED", "会议", COUNCIL, f"会议已开始:{DANCE}"),
    ("13 22:30", "MINUTES_TO_CONFIRM", "会议", f"刘主持 {COMMITTEE}", f"会议记录待确认:{DANCE}"),
    # Nobody hears any more that the consultation was to close, nor of the days before.
    ("16 10:00", "POLL_RESULT", "征询", STAYING, f"投票结果:{SHED}"),
    ("16 10:00", "WEEKLY_DIGEST", "社区", READERS, "社区一周:2027年3月8日至2027年3月14日"),
    ("16 10:00", "PLEDGE_MILESTONE_DUE", "承诺", "陈立", f"节点临近:{PLEDGE}"),
    ("17 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月16日"),
    ("17 10:00", "MINUTES_CONFIRMED", "会议", COUNCIL, f"会议记录已确认:{DANCE}"),
    ("17 10:00", "QUESTION_TO_ANSWER", "提问", COMMITTEE, f"待答复的质询:{ALLOWANCE}"),
    ("18 10:00", "NEED_SUBMITTED", "需求", KEEPERS, f"需求待核实:{MEAL}"),
    ("18 10:30", "NEED_VERIFIED", "需求", ELDER, f"需求已受理:{MEAL}"),
    ("18 11:00", "OFFER_MADE", "服务", "周强", f"请你提供服务:{MEAL}"),
    ("19 09:05", "OFFER_EXPIRING", "服务", "周强", f"邀请即将到期:{MEAL}"),
    ("19 09:05", "ROLE_ENDING", "任期", "马丽", "任期将满:网格员"),
    ("19 11:01", "OFFER_MADE", "服务", "林芳", f"请你提供服务:{MEAL}"),
    ("19 12:00", "SERVICE_PLACE_TAKEN", "服务", "林芳", f"服务已确认:{MEAL}"),
    ("19 12:00", "SERVICE_FILLED", "服务", ELDER, f"已找到志愿者:{MEAL}"),
    ("19 14:01", "SERVICE_TOMORROW", "服务", f"林芳 {ELDER}", f"明日服务:{MEAL}"),
    ("20 09:05", "PLEDGE_MILESTONE_DUE", "承诺", "陈立", f"节点临近:{PLEDGE}"),
    ("20 12:01", "SERVICE_SOON", "服务", f"林芳 {ELDER}", f"服务即将开始:{MEAL}"),
    ("20 15:30", "SERVICE_CONFIRM", "服务", ELDER, f"请确认服务:{MEAL}"),
    ("20 16:05", "SERVICE_CREDITED", "服务", "林芳", f"服务已记录:{MEAL}"),
    ("20 16:05", "SERVICE_RATE", "服务", f"林芳 {ELDER}", f"请评价:{MEAL}"),
    ("20 16:05", "POINTS_RECEIVED", "账户", "林芳", "时间积分入账"),
    ("20 16:05", "RECORD_PUBLICISED", "记录", "林芳", f"服务记录公示:{MEAL}"),
    ("22 09:05", "ANSWER_DUE_SOON", "提问", COMMITTEE, f"答复即将到期:{ALLOWANCE}"),
    ("22 09:05", "WEEKLY_DIGEST", "社区", READERS, "社区一周:2027年3月15日至2027年3月21日"),
    ("23 09:05", "ANSWER_LATE", "提问", COMMITTEE, f"答复逾期:{ALLOWANCE}"),
    ("23 09:05", "QUESTION_ESCALATED", "提问", "周强", f"你的质询已转交街道:{ALLOWANCE}"),
    ("23 09:05", "QUESTION_FOR_STREET", "提问", "周倩", f"待街道处理的质询:{ALLOWANCE}"),
    ("23 09:05", "MINUTES_PUBLISHED", "会议", COUNCIL, f"会议记录公布:{DANCE}"),
    ("24 10:00", "POLL_OPENED", "票决", EVERYBODY, f"投票开始:{LIFT}"),
    ("24 11:00", "QUESTION_ANSWERED", "提问", "周强", f"你的质询已答复:{ALLOWANCE}"),
    ("25 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月24日"),
    # Who has voted, Lin and Zhou, hears nothing of the close; who has not is nobody else's matter.
    (
        *("25 22:05", "POLL_CLOSING_SOON", "票决"),
        *("赵敏 吴宁 钱静 刘主持 陈小军 孙远 陈桂英", f"投票即将截止:{LIFT}"),
    ),
    ("26 09:05", "DAILY_DIGEST", "社区", KEEPERS, "社区日报:2027年3月25日"),
    ("26 10:01", "POLL_RESULT", "票决", EVERYBODY, f"投票结果:{LIFT}"),
    # Ma's role ended with the day before.
    ("27 09:05", "DAILY_DIGEST", "社区", COMMITTEE, "社区日报:2027年3月26日"),
    ("27 09:05", "RECORD_FINAL", "记录", "林芳", f"服务记录生效:{MEAL}"),
    ("28 09:05", "PLEDGE_OVERDUE", "承诺", f"{COMMITTEE} 陈立", f"承诺逾期:{PLEDGE}"),
    ("29 09:05", "WEEKLY_DIGEST", "社区", READERS, "社区一周:2027年3月22日至2027年3月28日"),
)
# These lie in the inbox alone.
SILENT = {"RECORD_PUBLICISED", "RECORD_FINAL"}
# Messages that leave at another hour than the notice was made, or not at all.
OTHERWISE: dict[tuple[str, str], str | None] = {
    # All who were called are there.
    **{("13 19:00", who): None for who in COUNCIL.split()},
    # The night is quiet, and then the worker is down; the poll does not wait for the morning.
    **{("13 22:30", who): "16 10:00" for who in ("刘主持", *COMMITTEE.split())},
    **{
        ("25 22:05", who): "26 09:05"
        for who in ("赵敏", "钱静", "刘主持", "陈小军", "孙远", "陈桂英")
    },
    # One wants no campaigns, one wants them gathered.
    ("09 10:00", "钱静"): None,
    ("09 10:00", "赵敏"): None,
}
LETTERS = [
    f"会议改期:{DANCE}",
    *(row[4] for row in EXPECTED if row[1] == "WEEKLY_DIGEST"),
]
_WITHDRAWN = """
SELECT kind, count(*)::int AS count FROM notifications_notice
WHERE withdrawn_at IS NOT NULL GROUP BY kind
"""
_ENDS = "SELECT state, count(*)::int AS count FROM notifications_delivery GROUP BY state"
_UNSETTLED = """
SELECT kind, state FROM notifications_occasion
WHERE state NOT IN ('expanded', 'withdrawn', 'stale') ORDER BY 1, 2
"""
_HOME = """
SELECT a.name || ' ' || h.unit FROM membership_residency r
JOIN membership_household h ON h.id = r.household_id JOIN membership_area a ON a.id = h.area_id
WHERE r.id = $1
"""


def in_inboxes(home: str) -> list[tuple[str, ...]]:
    """Each expected notice: the hour, the kind, what it is about, whose it is, its line."""
    found = []
    for hour, kind, of, people, said in EXPECTED:
        for each in people.split():
            who, _, helped = each.partition("<")
            line = said.replace("{home}", home)
            found.append((hour, kind, of, who, f"【代{helped}】{line}" if helped else line))
    return sorted(found)


def by_message(notices: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Each expected message: when it leaves, to whom, its line."""
    found = []
    for hour, kind, _, who, line in notices:
        leaves = OTHERWISE.get((hour, who), _leaves(hour, who))
        if kind not in SILENT and leaves is not None:
            found.append((leaves, who, line))
    return sorted(found)


def _leaves(hour: str, who: str) -> str:
    """Wu sleeps by day: what comes from nine to eight in the evening waits for the evening."""
    day, time = hour.split()
    return f"{day} 20:05" if who == "吴宁" and "09:00" <= time < "20:00" else hour


async def test_in_a_month_everything_that_is_expected_arrives_once_and_nothing_else(
    moved_clock, configured, capsys, mailbox
):
    configured(GONGYI_NOTICES_TO_CONSOLE="true")
    month = Month(moved_clock, capsys)
    await the_town(month)

    for hour in sorted({*MORNINGS, *EVENINGS, *STORY}):
        steps = [partial(act, month) for act in STORY.get(hour, ())]
        await month.at(hour, *steps, down=hour in DOWN)

    expected = in_inboxes(await database.fetch_value(_HOME, month.ids["居住"]))
    messages = by_message(expected)
    assert _apart(month.told, expected) == ([], [])
    assert _apart(month.printed, messages) == ([], [])
    assert [letter["subject"] for _, _, letter in mailbox.taken] == LETTERS
    assert [to for _, to, _ in mailbox.taken] == [["lin@example.org"]] * len(LETTERS)
    # Who has the campaigns gathered reads of it on Monday.
    gathered = {
        who
        for (_, kind, who), body in month.bodies.items()
        if kind == "WEEKLY_DIGEST" and "高龄津贴申领" in body
    }
    assert gathered == {"赵敏"}
    assert {row["kind"]: row["count"] for row in await database.fetch(_WITHDRAWN)} == {
        "MEETING_STARTED": 3
    }
    ends = {row["state"]: row["count"] for row in await database.fetch(_ENDS)}
    assert ends == {"sent": len(messages) + len(LETTERS), "suppressed": 3}
    assert [tuple(row.values()) for row in await database.fetch(_UNSETTLED)] == []


def _apart(
    found: list[tuple[str, ...]], expected: list[tuple[str, ...]]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return what is there and was not expected, and what was expected and is not there."""
    left, right = Counter(found), Counter(expected)
    return sorted((left - right).elements()), sorted((right - left).elements())

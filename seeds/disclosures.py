"""What the demo town makes public: a kept catalogue, a quarter's accounts, a duty met and one late.

Everything goes the way it goes in life: written, approved by others step by step, published,
asked about and answered.
"""

import csv
import hashlib
import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.disclosure.queries import publishers, statements
from domains.disclosure.rules import periods
from domains.disclosure.rules.statements import Period, Statement
from domains.disclosure.service import (
    answering,
    approving,
    catalogue,
    drafting,
    gatherings,
    obligations,
    presets,
    questions,
    sourced,
    supervision,
)
from domains.disclosure.service import statements as statement_commands
from domains.disclosure.service.gatherings import Plan
from domains.disclosure.service.placing import Placing
from domains.disclosure.service.supervision import Candidate
from domains.disclosure.service.words import Words
from domains.disclosure.values import Affair, DisclosureKind, Frequency
from domains.disclosure.values.gatherings import Every, GatheringKind
from domains.disclosure.values.questions import QuestionKind, QuestionSubject
from domains.disclosure.values.statements import StatementKind
from domains.kernel import calendar, clock, database, uploads
from domains.kernel.actor import SYSTEM, Actor, Grant, Role
from domains.kernel.paging import Page
from domains.membership.queries import electorate, places
from domains.membership.queries import roles as role_queries
from domains.membership.service import people, roles
from domains.membership.values import ImportMode, PersonDetails

CATALOGUE = ("P04", "R01", "R03", "R04", "R07", "R11", "R13", "F201", "F301", "F903")
BOOK = "居委会经费"
OPENING_FEN = 4_860_000
CLOSING_FEN = 5_423_050
HEADINGS = (
    *("日期", "类别", "摘要", "收入金额", "支出金额", "对方", "对方为个人", "凭证号", "审批人"),
)
# The day counted from the quarter's first; yuan in or out; the other side, and whether a person.
LINES = (
    (3, "收入", "公共场地租金", "12600.00", "", "米兰物业服务有限公司", "", ""),
    (12, "收入", "街道下拨工作经费", "8000.00", "", "丰财街道办事处", "", ""),
    (20, "支出", "北门路灯更换", "", "6380.50", "徐州明光路灯公司", "", "王秀英"),
    (33, "支出", "楼道灭火器年检", "", "2150.00", "鼓楼消防服务站", "", "王秀英"),
    (47, "支出", "困难家庭探望慰问品", "", "1480.00", "李记副食", "", "王秀英"),
    (58, "收入", "电梯广告收益", "3600.00", "", "徐州电梯传媒", "", ""),
    (66, "支出", "广场舞队音响移位劳务", "", "900.00", "赵师傅", "是", "王秀英"),
    (79, "支出", "中秋活动物料", "", "7659.00", "米兰超市", "", "王秀英"),
)


@dataclass(frozen=True, slots=True)
class Officers:
    """Who takes which step of the community's chain."""

    writer: Actor
    supervisors: tuple[Actor, ...]
    reviewer: Actor
    street: Actor


async def plant(community_id: UUID, writer: Actor) -> Officers:
    """Plant what the community has made public, and what it owes; returns who acted."""
    await presets.sync_presets()
    officers = await _officers(community_id, writer)
    await catalogue.adopt_items(
        writer, community_id, codes=list(CATALOGUE), idempotency_key=uuid4()
    )
    await obligations.make_begun_obligations()
    publisher_id = await the_body_of(community_id)
    await _everyday(officers, publisher_id)
    await _duties(officers, community_id, publisher_id)
    disclosure_id = await _accounts(officers, publisher_id)
    await _question(officers, community_id, disclosure_id)
    await _supervision(officers, community_id)
    return officers


async def the_body_of(community_id: UUID) -> UUID:
    """Return the community's own body, founded with its first word."""
    place = await places.place_of(community_id)
    assert place is not None, "the town stands"
    found = await publishers.publishers(SYSTEM, place.area_path, Page(first=1))
    if not found.rows:
        async with database.transaction():
            await sourced.disclose(
                source=("demo", community_id),
                area_id=community_id,
                kind=DisclosureKind.NEWS,
                title="米兰社区公开栏上线",
                body="<p>三务公开、通知与活动都在这里,人人可看、可问。</p>",
            )
        found = await publishers.publishers(SYSTEM, place.area_path, Page(first=1))
    publisher_id: UUID = found.rows[0]["id"]
    return publisher_id


async def _acting(person_id: UUID) -> Actor:
    grants: frozenset[Grant] = await role_queries.grants_of(person_id)
    return Actor(person_id=person_id, grants=grants)


async def _officer(community_id: UUID, name: str, role: Role, area_id: UUID) -> Actor:
    made = await people.create_person(
        SYSTEM, area_id=community_id, details=PersonDetails(name=name, birth_date=date(1971, 4, 9))
    )
    await roles.grant_role(SYSTEM, person_id=made.id, role=role, area_id=area_id)
    return await _acting(made.id)


async def _officers(community_id: UUID, writer: Actor) -> Officers:
    place = await places.place_of(community_id)
    assert place is not None, "the town stands"
    street = await database.fetch_value(
        "SELECT parent_id FROM membership_area WHERE id = $1", community_id
    )
    supervisors = [
        await _officer(community_id, name, Role.SUPERVISOR, community_id)
        for name in ("冯正清", "蒋明理", "沈会珍")
    ]
    return Officers(
        writer=writer,
        supervisors=tuple(supervisors),
        reviewer=await _officer(community_id, "董洁", Role.COMMITTEE_MEMBER, community_id),
        street=await _officer(community_id, "钱峰", Role.STREET_REVIEWER, street),
    )


async def published(officers: Officers, publisher_id: UUID, placing: Placing, words: Words) -> UUID:
    """Write a disclosure and take it through its whole chain."""
    disclosure_id = await _draft(officers, publisher_id, placing, words)
    await approved(officers, disclosure_id)
    return disclosure_id


async def _draft(officers: Officers, publisher_id: UUID, placing: Placing, words: Words) -> UUID:
    made, _ = await drafting.draft_disclosure(
        officers.writer, publisher_id, placing, words, idempotency_key=uuid4()
    )
    return made


async def approved(officers: Officers, disclosure_id: UUID) -> None:
    """Take a draft through its chain, and publish it."""
    await approving.submit_disclosure(officers.writer, disclosure_id)
    for each in (officers.supervisors[0], officers.reviewer, officers.street):
        await approving.approve_disclosure(each, disclosure_id, number=1)
    await approving.publish_disclosure(officers.writer, disclosure_id, number=1)


async def _everyday(officers: Officers, publisher_id: UUID) -> None:
    saturday = await clock.today() + timedelta(days=6)
    await published(
        officers,
        publisher_id,
        Placing(kind=DisclosureKind.NOTICE, tags=("停水",)),
        Words(
            title="米兰花园1号楼周六停水检修",
            body="<p>周六上午九点至十一点更换水泵,请提前储水。</p>",
        ),
    )
    await published(
        officers,
        publisher_id,
        Placing(kind=DisclosureKind.ACTIVITY, tags=("邻里",)),
        Words(
            title="邻里百家宴报名",
            body=f"<p>{saturday.month}月{saturday.day}日晚六点,中心花园。每家带一道菜。</p>",
        ),
    )


async def _duties(officers: Officers, community_id: UUID, publisher_id: UUID) -> None:
    """One thing that was made public in time, and one that was not."""
    today = await clock.today()
    met, _ = await obligations.record_occurrence(
        officers.writer,
        community_id,
        code="R11",
        occurred_on=today - timedelta(days=1),
        occurrence="北门无障碍坡道开工",
        idempotency_key=uuid4(),
    )
    await published(
        officers,
        publisher_id,
        Placing(
            kind=DisclosureKind.STRUCTURED,
            affair=Affair.RESIDENTS,
            item_code="R11",
            obligation_ids=(met,),
        ),
        Words(
            title="北门无障碍坡道工程开工公示",
            body="<p>工期二十天,施工时段为八点至十八点,请绕行东门。</p>",
            occurred_on=today - timedelta(days=1),
        ),
    )
    await obligations.record_occurrence(
        officers.writer,
        community_id,
        code="F903",
        occurred_on=today - timedelta(days=45),
        occurrence="充电棚工程竞价",
        idempotency_key=uuid4(),
    )
    while await obligations.mark_late_obligation() is not None:
        pass


def the_quarter_before(day: date) -> Period:
    """Return the last quarter that was over on the day."""
    first, _ = periods.span(Frequency.QUARTERLY, day)
    return Period(*periods.span(Frequency.QUARTERLY, first - timedelta(days=1)))


def lines_of(quarter: Period) -> bytes:
    """Return the lines of a quarter as the community's bookkeeper would send them."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for number, (days, *cells) in enumerate(LINES, start=1):
        *told, approver = cells
        day = (quarter.first + timedelta(days=days)).isoformat()
        writer.writerow([day, *told, f"记-{number:03d}", approver])
    return text.getvalue().encode("utf-8-sig")


async def _accounts(officers: Officers, publisher_id: UUID) -> UUID:
    quarter = the_quarter_before(await clock.today())
    words = Words(
        title=f"{quarter.first.year}年第{(quarter.first.month + 2) // 3}季度财务公开",
        body="<p>本季度居委会经费逐笔公开,对每一笔都可以提问。</p>",
    )
    placing = Placing(
        kind=DisclosureKind.STRUCTURED,
        affair=Affair.FINANCE,
        period=(quarter.first, quarter.last),
    )
    disclosure_id = await _draft(officers, publisher_id, placing, words)
    await statement_commands.import_statement(
        officers.writer,
        disclosure_id,
        Statement(
            kind=StatementKind.ACTUALS,
            book=BOOK,
            period=quarter,
            opening_fen=OPENING_FEN,
            closing_fen=CLOSING_FEN,
        ),
        upload_id=await uploaded(officers.writer, "季度明细.csv", lines_of(quarter)),
        mode=ImportMode.ALL_OR_NOTHING,
        idempotency_key=uuid4(),
    )
    await approved(officers, disclosure_id)
    return disclosure_id


async def uploaded(actor: Actor, name: str, content: bytes) -> UUID:
    """Bring a list as a file of somebody's, in the three steps of every upload."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    announced = await uploads.create_upload(
        actor, file_name=name, media_type="text/csv", size_bytes=len(content), key=uuid4()
    )
    assert announced.put_address is not None, "a new upload has an address"
    await uploads.receive(announced.put_address.rpartition("/")[2], chunks())
    digest = hashlib.sha256(content).digest()
    return (await uploads.complete_upload(actor, announced.upload.id, sha256=digest)).id


async def _question(officers: Officers, community_id: UUID, disclosure_id: UUID) -> None:
    """A resident asks about one line, and is answered."""
    asker = await _a_resident(community_id, but=officers)
    (statement,) = await statements.statements(SYSTEM, [(disclosure_id, 1)])
    assert statement is not None, "what was published has its lines"
    (lines,) = await statements.first_lines(SYSTEM, [(statement["version_id"], 3)])
    question_id, _ = await questions.ask_question(
        asker,
        QuestionKind.QUESTION,
        (QuestionSubject.LINE, lines[2]["id"]),
        text="北门路灯去年刚修过,这次为什么又换?换了几盏?",
        anonymous=False,
        idempotency_key=uuid4(),
    )
    await answering.answer_question(
        officers.writer,
        question_id,
        text="去年修的是南侧四盏;这次更换北侧六盏老化灯具,发票与验收单可到社区查看。",
        upheld=False,
    )
    await answering.rate_answer(asker, question_id, satisfied=True, comment="说清楚了")


async def _a_resident(community_id: UUID, *, but: Officers) -> Actor:
    place = await places.place_of(community_id)
    assert place is not None, "the town stands"
    rows = await electorate.adults_of(place.area_path, await clock.today())
    others: Sequence[UUID] = [
        row["person_id"] for row in rows if row["person_id"] != but.writer.person_id
    ]
    return await _acting(others[0])


async def _supervision(officers: Officers, community_id: UUID) -> None:
    """Form the supervisors' committee, and plan an interview day every month."""
    today = await clock.today()
    candidates = [
        Candidate(each.person_id, number == 1, number == 0, declares=True)
        for number, each in enumerate(officers.supervisors)
        if each.person_id is not None
    ]
    await supervision.form_committee(
        officers.street,
        community_id,
        candidates,
        term=(today, today.replace(year=today.year + 4, day=1)),
        idempotency_key=uuid4(),
    )
    starts_at = calendar.start_of(today + timedelta(days=8)) + timedelta(hours=9)
    plan = Plan(
        kind=GatheringKind.INTERVIEW_DAY,
        title="物业服务与公共收益",
        place="米兰社区服务中心二楼",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        topics_until=starts_at,
        every=Every.MONTH,
    )
    await gatherings.plan_gathering(officers.writer, community_id, plan, idempotency_key=uuid4())

"""The people and the steps of the square-dance dispute, for the journey through its meetings."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from domains.disclosure.service import presets as disclosure_presets
from domains.kernel import clock, database
from domains.kernel.actor import Actor, Role
from domains.meetings.service import presets
from domains.membership.values import OrganisationKind
from domains.voting import service as voting
from schema import node
from tests import factories as town
from tests.conftest import Clock
from tests.journey.clients import Listener, Somebody, a_session, key
from tests.journey.clients import until as wait_until

SERVING = r"Serving at (http://\S+)"
TEXT = "广场舞队自五月一日起迁往九龙湖公园,每晚八点半结束,音量不超过60分贝。"
MEMBERS = ("陈秀英", "王建国", "李桂兰", "赵志强", "孙丽华")
ISSUE = "... on IssuePayload { issue { id state } }"
MEETING = "... on MeetingPayload { meeting { id state seq } }"
MOTION = "... on MotionPayload { motion { id state text } }"
VOTE = "... on VotePayload { vote { id state inFavour against silent } }"
FLOOR = "... on FloorPayload { floor { speaking { id name side } queue { id name side } } }"
MINUTES = "... on MinutesPayload { minutes { version confirmedAt objectionsUntil publishedAt } }"
RESOLUTION = "... on ResolutionPayload { resolution { id state } }"
STATE = "query ($id: ID!) { meeting(id: $id) { state seq } }"


@dataclass
class Town:
    """Everybody in the story, each at a device of their own."""

    address: str
    clock: Clock
    community: str
    department: str
    street: Somebody
    head: Somebody
    committee: Somebody
    helper: Somebody
    chair: Somebody
    members: list[Somebody]
    neighbour: Somebody
    body: str = ""
    issue: str = ""
    listeners: list[Listener] = field(default_factory=list)

    @property
    def lin(self) -> Somebody:
        """Who complains; she sits in the council herself."""
        return self.members[0]

    @property
    def dancer(self) -> Somebody:
        """Who leads the dancers."""
        return self.members[1]

    async def over(self) -> None:
        """Everybody puts their device away."""
        for listener in self.listeners:
            await listener.go_away()
        staff = (self.street, self.head, self.committee, self.helper, self.neighbour)
        for each in (*self.everybody, *staff):
            await each.client.aclose()

    @property
    def everybody(self) -> list[Somebody]:
        """All who decide."""
        return [self.chair, *self.members]


async def a_town(address: str, moved_clock: Clock) -> Town:
    """A community under a street, with a department that the street may call."""
    await voting.sync_presets()
    await presets.sync_presets()
    await disclosure_presets.sync_presets()
    street = await town.a_street()
    community = await town.a_community(street)
    department = await town.an_organisation(
        street, name="综合行政执法中队", kind=OrganisationKind.DEPARTMENT
    )

    async def somebody(actor: Actor) -> Somebody:
        return Somebody(address, actor, await a_session(actor))

    head = await town.a_person("郑强")
    await town.a_role_grant(head, Role.DEPARTMENT_HEAD, organisation=department)
    return Town(
        address=address,
        clock=moved_clock,
        community=node.encode("area", community.id),
        department=node.encode("organisation", department.id),
        street=await somebody(await town.a_street_reviewer(street)),
        head=await somebody(town.as_actor(head)),
        committee=await somebody(await town.a_committee_member(community)),
        helper=await somebody(await town.a_grid_worker(community)),
        chair=await somebody(await town.a_resident(community, name="刘德胜")),
        members=[await somebody(await town.a_resident(community, name=name)) for name in MEMBERS],
        neighbour=await somebody(await town.a_resident(community, name="周文静")),
    )


async def complained(here: Town) -> None:
    """A resident complains with pictures, others stand behind her, the committee sorts it."""
    pictures = await asyncio.gather(here.lin.brings(), here.lin.brings())
    raised = await here.lin.does(
        "raiseIssue",
        "... on IssuePayload { issue { id state pictures { fileName } } }",
        areaId=here.community,
        title="广场舞噪音扰民",
        text="小区北门广场每晚跳舞到十点,孩子无法入睡。",
        category="NOISE",
        place="北门广场",
        pictureIds=list(pictures),
        idempotencyKey=key(),
    )
    here.issue = raised["issue"]["id"]
    await asyncio.gather(
        *(each.does("supportIssue", issueId=here.issue) for each in here.members[2:])
    )
    await here.committee.does("triageIssue", ISSUE, issueId=here.issue, category="NOISE")
    await here.committee.does(
        "assessIssueRisk", ISSUE, issueId=here.issue, level="HIGH", note="双方已有争吵"
    )
    assert len(raised["issue"]["pictures"]) == 2


async def whistled(here: Town) -> None:
    """The street calls the department, which comes and measures."""
    blown = await here.street.does(
        "blowWhistle",
        "... on IssuePayload { issue { whistles { id } } }",
        issueId=here.issue,
        organisationId=here.department,
        asked="请到现场测量夜间音量",
    )
    await here.head.does(
        "answerWhistle",
        whistleId=blown["issue"]["whistles"][0]["id"],
        answer="已测量:二十一时 71 分贝,超过夜间限值。",
    )


async def a_council(here: Town) -> None:
    """The committee sets up the council and gives out its seats."""
    body = await here.committee.does(
        "createBody",
        "... on BodyPayload { body { id } }",
        areaId=here.community,
        name="米兰社区议事会",
        form="DELIBERATION_COUNCIL",
        idempotencyKey=key(),
    )
    here.body = body["body"]["id"]
    for each in here.everybody:
        office = "CHAIR" if each is here.chair else "MEMBER"
        group = "舞蹈队" if each is here.dancer else "居民"
        await here.committee.does(
            "seatMember",
            bodyId=here.body,
            personId=each.id,
            office=office,
            groupName=group,
            idempotencyKey=key(),
        )


async def convened(here: Town, title: str, *, mode: str, kind: str = "DECIDE") -> tuple[str, str]:
    """A meeting with the issue on its agenda, its notice given; the day before it comes."""
    now = await clock.now()
    starts = (now + timedelta(days=5)).replace(hour=11, minute=0, second=0, microsecond=0)
    planned = await here.committee.does(
        "planMeeting",
        MEETING,
        bodyId=here.body,
        meeting={
            "title": title,
            "startsAt": starts.isoformat(),
            "endsAt": (starts + timedelta(hours=2)).isoformat(),
            "mode": mode,
            "place": None if mode == "ONLINE" else "党群服务中心二楼",
        },
        idempotencyKey=key(),
    )
    meeting = planned["meeting"]["id"]
    item = await here.committee.does(
        "addAgendaItem",
        "... on AgendaItemPayload { item { id } }",
        meetingId=meeting,
        item={"title": title, "kind": kind, "issueId": here.issue},
        idempotencyKey=key(),
    )
    await here.committee.does("publishAgenda", MEETING, meetingId=meeting)
    await here.clock.set(starts - timedelta(minutes=20))
    await until(here, meeting, "CHECK_IN")
    return meeting, item["item"]["id"]


async def until(here: Town, meeting: str, state: str) -> None:
    """Wait until the worker has brought a meeting so far."""

    async def is_so() -> bool:
        found: str = (await here.lin.asks(STATE, id=meeting))["meeting"]["state"]
        return found == state

    await wait_until(is_so)


async def opened(here: Town, meeting: str) -> None:
    """At its time the chair calls the meeting to order, and the first item."""
    row = await database.fetch_one(
        "SELECT starts_at FROM meetings_meeting WHERE id = $1", node.decode("meeting", meeting)
    )
    assert row is not None
    await here.clock.set(row["starts_at"] + timedelta(seconds=1))
    await here.chair.does("openMeeting", MEETING, meetingId=meeting)
    await here.chair.does("callAgendaItem", MEETING, meetingId=meeting)


async def closed(here: Town, meeting: str, item: str, *, outcome: str, summary: str) -> None:
    """The item is ended, the meeting too, and what came of it is told to who complained."""
    await here.chair.does(
        "closeAgendaItem", MEETING, meetingId=meeting, outcome=outcome, note=summary
    )
    await here.chair.does("adjournMeeting", MEETING, meetingId=meeting)
    await here.committee.does(
        "recordDeliberation", ISSUE, issueId=here.issue, itemId=item, summary=summary
    )
    await until(here, meeting, "MINUTES_DRAFT")


async def moved(here: Town, meeting: str, by: Somebody, **said: Any) -> str:
    """Somebody moves, another seconds, the chair puts it to the meeting."""
    given = {"kind": "MAIN", "title": "迁往九龙湖公园", "text": TEXT} | said
    motion = await by.does(
        "proposeMotion", MOTION, meetingId=meeting, idempotencyKey=key(), **given
    )
    motion_id = motion["motion"]["id"]
    await here.members[2].does("secondMotion", MOTION, motionId=motion_id)
    await here.chair.does("stateMotion", MOTION, motionId=motion_id)
    return str(motion_id)


async def spoken(here: Town, chair: Somebody, meeting: str, *, seconds: int = 40) -> str:
    """The chair calls whoever is next, they speak, and end; returns their name."""
    called = await chair.does("callSpeaker", FLOOR, meetingId=meeting)
    speech = called["floor"]["speaking"]
    await here.clock.advance(timedelta(seconds=seconds))
    who = await whose(here, speech["id"])
    await who.does("endSpeech", FLOOR, requestId=speech["id"])
    return str(speech["name"])


async def whose(here: Town, request: str) -> Somebody:
    uuid = node.decode("speakingRequest", request)
    found = await database.fetch_value("SELECT person_id FROM meetings_request WHERE id = $1", uuid)
    return next(each for each in here.everybody if each.person_id == found)


async def hands(here: Town, meeting: str, sides: dict[int, str]) -> None:
    """Several raise their hands at once."""
    await asyncio.gather(
        *(
            here.members[place].does("raiseHand", FLOOR, meetingId=meeting, side=side)
            for place, side in sides.items()
        )
    )


async def cast(vote: str, voters: list[Somebody], stance: str) -> None:
    """Several vote at once."""
    await asyncio.gather(
        *(
            each.does("castVote", voteId=vote, stance=stance, idempotencyKey=key())
            for each in voters
        )
    )


async def voted(
    here: Town,
    chair: Somebody,
    motion: str,
    form: str,
    *,
    in_favour: list[Somebody],
    against: list[Somebody],
) -> dict[str, Any]:
    """A vote by a form: those in favour, then those against; returns what it came to."""
    put = await chair.does("openVote", VOTE, motionId=motion, form=form)
    vote = put["vote"]["id"]
    await cast(vote, in_favour, "FOR")
    if form == "SHOW_OF_HANDS":
        await chair.does("callVote", VOTE, voteId=vote, call="AGAINST")
    await cast(vote, against, "AGAINST")
    ended = await chair.does("endVote", VOTE, voteId=vote)
    return {name: ended["vote"][name] for name in ("state", "inFavour", "against", "silent")}


async def follow(here: Town, meeting: str) -> list[Listener]:
    """Two follow the meeting over sockets of their own, from its first entry on."""
    for each in here.listeners:
        await each.go_away()
    here.listeners = [Listener(here.address, each, meeting) for each in here.members[2:4]]
    await asyncio.gather(*(each.follow() for each in here.listeners))
    return here.listeners


def last_of(read: Any) -> int:
    return int(read["meeting"]["seq"])


async def minuted(here: Town, meeting: str) -> None:
    """Chair and committee confirm the minutes; who was there may object for some days yet."""
    version = (
        await here.chair.asks(
            "query ($id: ID!) { minutes(meetingId: $id) { version } }", id=meeting
        )
    )["minutes"]["version"]
    for each in (here.chair, here.committee):
        await each.does("confirmMinutes", MINUTES, meetingId=meeting, expectedVersion=version)
    early = await here.committee.tries("publishMinutes", meetingId=meeting)
    assert early["code"] == "MINUTES_OBJECTIONS_OPEN"


async def read_by(somebody: Somebody, meeting: str, kind: str = "TEXT") -> bytes:
    """The minutes as a file, fetched at the address that was given."""
    found = await somebody.asks(
        "query ($id: ID!, $kind: MinutesFormat!) {"
        " minutesFile(meetingId: $id, format: $kind) { address } }",
        id=meeting,
        kind=kind,
    )
    return (await somebody.client.get(found["minutesFile"]["address"])).content


async def resolved(here: Town, motion: str) -> str:
    """What was carried is ordered, and carried out; returns the resolution."""
    due = (await clock.today() + timedelta(days=20)).isoformat()
    adopted = await here.committee.does(
        "adoptResolution",
        RESOLUTION,
        motionId=motion,
        title="协助舞蹈队迁往九龙湖公园",
        text="与公园管理处划定场地,接通电源。",
        handler={"personId": here.helper.id},
        dueOn=due,
        idempotencyKey=key(),
    )
    await here.committee.does(
        "resolveIssue", ISSUE, issueId=here.issue, outcome="舞蹈队迁往九龙湖公园"
    )
    await here.committee.does("startIssue", ISSUE, issueId=here.issue)
    return str(adopted["resolution"]["id"])


async def kept(here: Town, resolution: str) -> None:
    """The work is reported, and the resident who complained says that it was kept."""
    of = {"resolutionId": resolution}
    await here.helper.does(
        "reportProgress",
        RESOLUTION,
        text="场地已划定。",
        percent=60,
        evidenceIds=[await here.helper.brings()],
        idempotencyKey=key(),
        **of,
    )
    await here.helper.does(
        "reportResolutionDone", RESOLUTION, text="已迁往公园。", idempotencyKey=key(), **of
    )
    judged = await here.lin.does(
        "evaluateResolution", RESOLUTION, kept=True, satisfaction="SATISFIED", **of
    )
    assert judged["resolution"]["state"] == "KEPT"
    await here.committee.does("feedBackIssue", ISSUE, issueId=here.issue, feedback="已迁往公园")
    await here.committee.does("revisitIssue", ISSUE, issueId=here.issue, findings="夜间已安静")
    await here.lin.does("evaluateIssue", ISSUE, issueId=here.issue, satisfaction="SATISFIED")
    ended = await here.committee.does("closeIssue", ISSUE, issueId=here.issue)
    assert ended["issue"]["state"] == "CLOSED"

"""What is told of roles, residencies, tags and helpers: to whom they are of, and who decides.

A tag may be sensitive: a notice says that something was recorded, never what, and helpers and
guardians are not told.
"""

from collections.abc import Mapping
from datetime import timedelta

from domains.kernel.actor import Role
from domains.kernel.database import Row
from domains.membership import events
from domains.membership.queries import telling as register
from domains.membership.values import ResidencyState
from domains.notifications.audiences import membership as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, LOUDEST, QUIET, Heard, NoticeKind, Text
from domains.notifications.rules import wording
from domains.notifications.rules.roles import TITLES
from domains.notifications.telling import Facts, Resolve, Telling, Value
from domains.notifications.values import Category, Locale, Urgency, VariableKind

TEXT, DATE, PERSON = VariableKind.TEXT, VariableKind.DATE, VariableKind.PERSON
A_WEEK = timedelta(days=7)
_ROLE: Mapping[str, VariableKind] = {"role": TEXT, "place": TEXT}
_HOME: Mapping[str, VariableKind] = {"home": TEXT}
_NO_END = {"zh-Hans": "长期", "en": "no last day"}


def _role(row: Row) -> dict[str, Value]:
    return {"role": TITLES[Role(row["role"])], "place": row["place"]}


def _last_day(row: Row) -> Mapping[str, str]:
    """Return until when a role is held, in words: it may have no last day."""
    if row["ends_on"] is None:
        return _NO_END
    said = {Locale.ZH_HANS: "至{}", Locale.EN: "until {}"}
    day: str = row["ends_on"].isoformat()
    return {
        each.value: words.format(wording.said_as(day, DATE, each)) for each, words in said.items()
    }


async def _granted(telling: Telling) -> Facts | None:
    """Say which role, where, and until when, unless it was taken back."""
    row = await register.grant_to_tell(telling.subject_id)
    if row is None or row["revoked_at"] is not None:
        return None
    return Facts({**_role(row), "until": _last_day(row)})


async def _revoked(telling: Telling) -> Facts | None:
    """Say why a role was taken back."""
    row = await register.grant_to_tell(telling.subject_id)
    if row is None or row["revoked_at"] is None:
        return None
    return Facts({**_role(row), "reason": row["reason"] or "—"})


async def _ending(telling: Telling) -> Facts | None:
    """Say when a role ends, unless it goes on or is over already."""
    row = await register.grant_to_tell(telling.subject_id)
    if row is None or row["revoked_at"] is not None or row["goes_on"] or row["ends_on"] is None:
        return None
    person = str(row["person_id"])
    return Facts({**_role(row), "person": person, "ends_on": row["ends_on"].isoformat()})


async def _dissolved(telling: Telling) -> Facts | None:
    """Say which organisation."""
    row = await register.organisation_to_tell(telling.subject_id)
    return None if row is None else Facts({"name": row["name"]})


def _home(*states: ResidencyState) -> Resolve:
    """Return what says which home, as long as the residency stands so."""

    async def resolve(telling: Telling) -> Facts | None:
        row = await register.residency_to_tell(telling.subject_id)
        if row is None or row["state"] not in states:
            return None
        return Facts({"home": f"{row['building']} {row['unit']}"})

    return resolve


async def _refused(telling: Telling) -> Facts | None:
    """Say why a claim was refused."""
    row = await register.residency_to_tell(telling.subject_id)
    if row is None or row["state"] != ResidencyState.REFUSED:
        return None
    home = f"{row['building']} {row['unit']}"
    return Facts({"home": home, "reason": row["reason"] or "—"})


async def _ended(telling: Telling) -> Facts | None:
    """Say until when somebody lives, or lived, there."""
    row = await register.residency_to_tell(telling.subject_id)
    if row is None or row["until"] is None:
        return None
    home = f"{row['building']} {row['unit']}"
    return Facts({"home": home, "until": row["until"].isoformat()})


async def _tagged(telling: Telling) -> Facts | None:
    """Say that something was recorded, as long as it stands."""
    row = await register.tag_to_tell(telling.subject_id)
    return None if row is None or row["ended_at"] is not None else Facts({})


async def _contested(telling: Telling) -> Facts | None:
    """Say that somebody waits, as long as they do."""
    row = await register.tag_to_tell(telling.subject_id)
    if row is None or row["ended_at"] is not None or row["settled_at"] is not None:
        return None
    return Facts({})


async def _settled(telling: Telling) -> Facts | None:
    """Say whether it stands."""
    decision = (
        {"zh-Hans": "维持记录", "en": "it stands"}
        if telling.payload["stands"]
        else {"zh-Hans": "已撤销记录", "en": "it was taken out"}
    )
    return Facts({"decision": decision})


async def _plain(telling: Telling) -> Facts | None:
    """Say what needs no more words."""
    return Facts({})


async def _bond(telling: Telling) -> Facts | None:
    """Say who helps whom."""
    return Facts({"person": telling.payload["person_id"], "helper": telling.payload["helper_id"]})


_HELPS: Mapping[str, VariableKind] = {"person": PERSON, "helper": PERSON}
_both = people.together(people.person("person_id"), people.person("helper_id"))

KINDS = (
    NoticeKind(
        code="ROLE_GRANTED",
        category=Category.ROLES,
        subject_kind="role_grant",
        hears=(Heard(events.RoleGranted, "grant_id", area=None),),
        withdrawn_by=(Heard(events.RoleRevoked, "grant_id"),),
        audience=audiences.holder,
        resolve=_granted,
        variables={**_ROLE, "until": TEXT},
        seconds=False,
        says={
            Locale.ZH_HANS: Text("你已担任{role}", "你已担任{place}{role},任期{until}。"),
            Locale.EN: Text("You are {role} now", "{place}: you are {role}, {until}."),
        },
    ),
    NoticeKind(
        code="ROLE_REVOKED",
        category=Category.ROLES,
        subject_kind="role_grant",
        hears=(Heard(events.RoleRevoked, "grant_id", area=None),),
        audience=audiences.holder,
        resolve=_revoked,
        variables={**_ROLE, "reason": TEXT},
        is_legal=True,
        reaches_away=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("你不再担任{role}", "你的{place}{role}职务已被撤销:{reason}"),
            Locale.EN: Text("You are {role} no more", "{place}: your role was revoked: {reason}"),
        },
    ),
    NoticeKind(
        code="ROLE_ENDING",
        category=Category.ROLES,
        subject_kind="role_grant",
        hears=(Heard(events.RoleEnding, "grant_id", slot="within_days", area=None),),
        withdrawn_by=(Heard(events.RoleRevoked, "grant_id"),),
        audience=people.together(audiences.holder, audiences.granter),
        resolve=_ending,
        variables={**_ROLE, "person": PERSON, "ends_on": DATE},
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "任期将满:{role}", "{person}的{place}{role}任期至 {ends_on},请及时办理换届或续任。"
            ),
            Locale.EN: Text(
                "A role ends soon: {role}", "{person}, {place}: {role} until {ends_on}."
            ),
        },
    ),
    NoticeKind(
        code="ORGANISATION_DISSOLVED",
        category=Category.ROLES,
        subject_kind="organisation",
        hears=(Heard(events.OrganisationDissolved, "organisation_id", area=None),),
        audience=audiences.within,
        resolve=_dissolved,
        variables={"name": TEXT},
        reaches_away=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("组织已注销:{name}", "「{name}」已注销,你在其中的职务随之结束。"),
            Locale.EN: Text("Dissolved: {name}", "“{name}” is no more; your role in it ends."),
        },
    ),
    NoticeKind(
        code="RESIDENCY_CLAIMED",
        category=Category.DUTIES,
        subject_kind="residency",
        hears=(Heard(events.ResidencyClaimed, "residency_id", area=None),),
        withdrawn_by=(
            Heard(events.ResidencyVerified, "residency_id"),
            Heard(events.ResidencyRefused, "residency_id"),
        ),
        audience=audiences.verifiers,
        resolve=_home(ResidencyState.CLAIMED),
        variables=_HOME,
        stale_after=A_WEEK,
        is_digestible=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("居住认证待核实:{home}", "有人申请认证居住于{home},请核实。"),
            Locale.EN: Text(
                "A claim to look at: {home}", "Somebody says that they live at {home}."
            ),
        },
    ),
    NoticeKind(
        code="RESIDENCY_VERIFIED",
        category=Category.ROLES,
        subject_kind="residency",
        hears=(Heard(events.ResidencyVerified, "residency_id", area=None),),
        audience=audiences.holder,
        resolve=_home(ResidencyState.VERIFIED),
        variables=_HOME,
        says={
            Locale.ZH_HANS: Text(
                "居住认证已通过:{home}", "你在{home}的居住已认证,可以参与社区事务。"
            ),
            Locale.EN: Text(
                "Verified: {home}",
                "That you live at {home} was found to be true; you may take part.",
            ),
        },
    ),
    NoticeKind(
        code="RESIDENCY_REFUSED",
        category=Category.ROLES,
        subject_kind="residency",
        hears=(Heard(events.ResidencyRefused, "residency_id", area=None),),
        audience=audiences.holder,
        resolve=_refused,
        variables={"home": TEXT, "reason": TEXT},
        is_legal=True,
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("居住认证未通过:{home}", "你在{home}的居住认证未通过:{reason}"),
            Locale.EN: Text("Not verified: {home}", "Your claim to live at {home}: {reason}"),
        },
    ),
    NoticeKind(
        code="RESIDENCY_ENDED",
        category=Category.ROLES,
        subject_kind="residency",
        hears=(Heard(events.ResidencyEnded, "residency_id", slot=EACH_TIME, area=None),),
        audience=audiences.holder,
        resolve=_ended,
        variables={"home": TEXT, "until": DATE},
        reaches_away=True,
        says={
            Locale.ZH_HANS: Text("居住登记终止:{home}", "你在{home}的居住登记至 {until} 止。"),
            Locale.EN: Text("No longer registered: {home}", "You are registered there to {until}."),
        },
    ),
    NoticeKind(
        code="TAG_ENTERED",
        category=Category.ROLES,
        subject_kind="tag",
        hears=(Heard(events.TagEntered, "tag_id", area=None),),
        audience=audiences.said_of,
        resolve=_tagged,
        channels=QUIET,
        is_legal=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "社区记录了你的一项信息", "你可以查看其内容和来源;如不属实,可以提出异议。"
            ),
            Locale.EN: Text(
                "Something was recorded of you",
                "You may read what and from where, and say so if it is not true.",
            ),
        },
    ),
    NoticeKind(
        code="TAG_CONTESTED",
        category=Category.DUTIES,
        subject_kind="tag",
        hears=(Heard(events.TagContested, "tag_id", slot=EACH_TIME),),
        withdrawn_by=(Heard(events.TagContestSettled, "tag_id"),),
        audience=audiences.tag_keepers,
        resolve=_contested,
        stale_after=A_WEEK,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("标签异议待处理", "有居民对社区的一项记录提出异议,请处理。"),
            Locale.EN: Text(
                "A record is contested", "Somebody says that what was recorded of them is not so."
            ),
        },
    ),
    NoticeKind(
        code="TAG_CONTEST_SETTLED",
        category=Category.ROLES,
        subject_kind="tag",
        hears=(Heard(events.TagContestSettled, "tag_id", slot=EACH_TIME, area=None),),
        audience=audiences.holder,
        resolve=_settled,
        variables={"decision": TEXT},
        is_legal=True,
        reaches_away=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("你的异议已处理", "你对社区记录提出的异议:{decision}。"),
            Locale.EN: Text("What you contested", "What was recorded of you: {decision}."),
        },
    ),
    NoticeKind(
        code="SECOND_FACTOR_RESET",
        category=Category.SAFETY,
        subject_kind="person",
        hears=(Heard(events.SecondFactorReset, "person_id", slot=EACH_TIME, area=None),),
        audience=audiences.holder,
        resolve=_plain,
        channels=LOUDEST,
        is_legal=True,
        urgency=Urgency.URGENT,
        reaches_away=True,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "两步验证已被重置",
                "你的两步验证已由平台管理员移除,所有登录已退出。如非你本人申请,请立即联系平台。",
            ),
            Locale.EN: Text(
                "Your second factor was removed",
                "An administrator removed it, and every session of yours was closed. If you did"
                " not ask for that, tell the platform at once.",
            ),
        },
    ),
    NoticeKind(
        code="HELPER_NAMED",
        category=Category.SAFETY,
        subject_kind="personHelper",
        hears=(Heard(events.PersonHelperNamed, "bond_id", area=None),),
        withdrawn_by=(Heard(events.PersonHelperEnded, "bond_id"),),
        audience=_both,
        resolve=_bond,
        variables=_HELPS,
        seconds=False,
        says={
            Locale.ZH_HANS: Text(
                "协助关系已建立", "{helper}从现在起会收到发给{person}的通知,双方可随时解除。"
            ),
            Locale.EN: Text(
                "A helper is told too",
                "{helper} is told from now on what {person} is told; both may end it.",
            ),
        },
    ),
    NoticeKind(
        code="HELPER_ENDED",
        category=Category.SAFETY,
        subject_kind="personHelper",
        hears=(Heard(events.PersonHelperEnded, "bond_id", area=None),),
        audience=_both,
        resolve=_bond,
        variables=_HELPS,
        channels=QUIET,
        seconds=False,
        says={
            Locale.ZH_HANS: Text("协助关系已解除", "{helper}不再收到发给{person}的通知。"),
            Locale.EN: Text(
                "A helper is told no more", "{helper} is no longer told what {person} is told."
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    events.PersonSignedIn: "everybody sees their own sessions, and would be told at every visit",
    events.SessionRevoked: "whoever closed it knows, and the session that it was shows it",
    events.SecondFactorConfirmed: "whoever sets it up does so there and then",
    events.RegisterImported: (
        "whoever brought it in reads its outcome; a claim that it confirms is told as verified"
    ),
    events.PersonDeparted: "who died, or closed their account, is told nothing any more",
    events.PersonReturned: "whoever returns does so by signing in",
}

"""What is told of the matcher: to who keeps the exchange, and to who keeps the money."""

from collections.abc import Mapping
from datetime import timedelta

from domains.kernel.actor import Role
from domains.matching.events import runs
from domains.matching.queries import requirements
from domains.matching.queries import telling as exchange
from domains.matching.values.requirements import MoneyProposalState
from domains.matching.values.runs import MatchingRunState
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import Heard, NoticeKind, Text
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import Category, Locale, VariableKind

TEXT, COUNT, FEN = VariableKind.TEXT, VariableKind.INTEGER, VariableKind.FEN
A_WEEK = timedelta(days=7)


async def _proposed(telling: Telling) -> Facts | None:
    """Say how much a run proposes, as long as it waits for people."""
    row = await exchange.run_to_tell(telling.subject_id)
    if row is None or row["state"] != MatchingRunState.PROPOSED:
        return None
    return Facts({"area": row["area"], "orders": row["served"]})


async def _failed(telling: Telling) -> Facts | None:
    """Say for which area none could be made."""
    row = await exchange.run_to_tell(telling.subject_id)
    return None if row is None else Facts({"area": row["area"]})


async def _money(telling: Telling) -> Facts | None:
    """Say how much of which fund is proposed for what, as long as it waits for an answer."""
    row = await requirements.money_to_tell(telling.subject_id)
    if row is None or row["state"] != MoneyProposalState.PROPOSED:
        return None
    return Facts({"fund": row["name"], "title": row["title"], "fen": row["fen"]})


_staff = people.holders(Role.COMMITTEE_MEMBER, Role.SOCIAL_WORKER)
_keepers = people.holders(Role.CHARITY_OFFICER, Role.COMMITTEE_MEMBER)

KINDS = (
    NoticeKind(
        code="RUN_PROPOSED",
        category=Category.DUTIES,
        subject_kind="matching_run",
        hears=(Heard(runs.RunProposed, "run_id"),),
        withdrawn_by=(Heard(runs.RunReviewed, "run_id"), Heard(runs.RunCancelled, "run_id")),
        audience=_staff,
        resolve=_proposed,
        variables={"area": TEXT, "orders": COUNT},
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "匹配方案待审:{area}",
                "{area}有一份匹配方案,涉及 {orders} 个服务单;审核同意后才会派单。",
            ),
            Locale.EN: Text(
                "An arrangement to be reviewed: {area}",
                "{orders} orders of {area} are arranged; nobody is asked before you approve.",
            ),
        },
    ),
    NoticeKind(
        code="RUN_FAILED",
        category=Category.DUTIES,
        subject_kind="matching_run",
        hears=(Heard(runs.RunFailed, "run_id"),),
        audience=_staff,
        resolve=_failed,
        variables={"area": TEXT},
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "匹配未成功:{area}",
                "{area}的匹配任务未得出方案,请按名单人工派单或稍后重试。",
            ),
            Locale.EN: Text(
                "No arrangement was made: {area}",
                "No arrangement could be made for {area}; ask by name, or try again later.",
            ),
        },
    ),
    NoticeKind(
        code="MONEY_PROPOSED",
        category=Category.DUTIES,
        subject_kind="money_proposal",
        hears=(Heard(runs.MoneyProposed, "proposal_id"),),
        withdrawn_by=(Heard(runs.MoneyProposalAnswered, "proposal_id"),),
        audience=people.together(
            people.members("keeper_id", Role.ORGANISATION_ADMINISTRATOR), _keepers
        ),
        resolve=_money,
        variables={"fund": TEXT, "title": TEXT, "fen": FEN},
        seconds=False,
        stale_after=A_WEEK,
        says={
            Locale.ZH_HANS: Text(
                "资金建议待定:{fund}",
                "建议从「{fund}」为「{title}」列支 {fen};未经同意不会动用。",
            ),
            Locale.EN: Text(
                "Money is asked for: {fund}",
                "{fen} of “{fund}” are proposed for “{title}”; nothing moves before you agree.",
            ),
        },
    ),
)

# Events of which nobody is told by a notice, and why.
UNTOLD: Mapping[type, str] = {
    runs.RunQueued: "whoever asked for it knows; the day's own needs nobody",
    runs.RunDispatched: "who is asked is told by the offer",
    runs.RunSettled: "each answer was told of",
}

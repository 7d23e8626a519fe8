"""What somebody in office tells those whom it is meant for, in their own words, once approved.

Where the audience was found by sensitive tags, helpers are not told: the telling itself would
tell them why.
"""

from datetime import timedelta
from uuid import UUID

from domains.kernel.actor import Role
from domains.notifications import events, policy
from domains.notifications.audiences import campaigns as audiences
from domains.notifications.audiences import people
from domains.notifications.kinds.kind import EACH_TIME, Heard, NoticeKind, Payload, Text
from domains.notifications.queries import campaigns
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import (
    CampaignState,
    Category,
    Locale,
    ReasonCode,
    VariableKind,
)


async def _sent(telling: Telling) -> Facts | None:
    """Say what was written, unless it was taken back."""
    row = await campaigns.campaign_to_tell(telling.subject_id)
    if row is None or row["state"] != CampaignState.SENT:
        return None
    return Facts({"title": row["title"], "body": row["body"]})


def _private(payload: Payload) -> bool:
    return bool(payload["is_sensitive"])


def _open(payload: Payload) -> bool:
    return not payload["is_sensitive"]


def _kind(code: str, *, private: bool) -> NoticeKind:
    when = _private if private else _open
    return NoticeKind(
        code=code,
        category=Category.CAMPAIGN,
        subject_kind="campaign",
        hears=(Heard(events.CampaignSent, "campaign_id", when=when),),
        withdrawn_by=(Heard(events.CampaignWithdrawn, "campaign_id"),),
        audience=audiences.meant,
        concerns=audiences.still_meant,
        resolve=_sent,
        variables={"title": VariableKind.TEXT, "body": VariableKind.TEXT},
        stale_after=timedelta(days=14),
        is_digestible=not private,
        seconds=not private,
        says={
            Locale.ZH_HANS: Text("{title}", "{body}"),
            Locale.EN: Text("{title}", "{body}"),
        },
    )


async def _submitted(telling: Telling) -> Facts | None:
    """Say what waits for approval, as long as it does."""
    row = await campaigns.campaign_to_tell(telling.subject_id)
    if row is None or row["state"] != CampaignState.SUBMITTED:
        return None
    return Facts({"title": row["title"]})


async def _returned(telling: Telling) -> Facts | None:
    """Say why it was given back."""
    row = await campaigns.campaign_to_tell(telling.subject_id)
    if row is None or row["state"] != CampaignState.DRAFT:
        return None
    return Facts({"title": row["title"], "reason": row["return_reason"] or "—"})


async def _authors(telling: Telling) -> list[UUID | None]:
    row = await campaigns.campaign_to_tell(telling.subject_id)
    return [] if row is None else [row["author_id"]]


# Those of the place itself: who wrote it never approves it.
_APPROVERS = tuple(each for each in policy.APPROVERS if each is not Role.PLATFORM_ADMINISTRATOR)

KINDS = (
    _kind("CAMPAIGN", private=False),
    _kind("CAMPAIGN_PRIVATE", private=True),
    NoticeKind(
        code="CAMPAIGN_TO_APPROVE",
        category=Category.DUTIES,
        subject_kind="campaign",
        hears=(Heard(events.CampaignSubmitted, "campaign_id", slot=EACH_TIME),),
        withdrawn_by=(
            Heard(events.CampaignReturned, "campaign_id"),
            Heard(events.CampaignSent, "campaign_id"),
            Heard(events.CampaignWithdrawn, "campaign_id"),
        ),
        audience=people.besides(people.holders(*_APPROVERS), _authors),
        resolve=_submitted,
        variables={"title": VariableKind.TEXT},
        seconds=False,
        says={
            Locale.ZH_HANS: Text("定向通知待批准:{title}", "「{title}」按标签寻找对象,请批准。"),
            Locale.EN: Text(
                "To be approved: {title}", "“{title}” finds people by tags and waits for you."
            ),
        },
    ),
    NoticeKind(
        code="CAMPAIGN_RETURNED",
        category=Category.DUTIES,
        subject_kind="campaign",
        hears=(Heard(events.CampaignReturned, "campaign_id", slot=EACH_TIME),),
        audience=people.person("author_id", ReasonCode.AUTHOR),
        resolve=_returned,
        variables={"title": VariableKind.TEXT, "reason": VariableKind.TEXT},
        seconds=False,
        says={
            Locale.ZH_HANS: Text("定向通知被退回:{title}", "「{title}」未获批准:{reason}"),
            Locale.EN: Text("Given back: {title}", "“{title}” was not approved: {reason}"),
        },
    ),
)

"""What somebody in office tells those whom it is meant for, in their own words.

Where the audience was found by sensitive tags, helpers are not told: the telling itself would
tell them why.
"""

from datetime import timedelta

from domains.notifications import events
from domains.notifications.audiences import campaigns as audiences
from domains.notifications.kinds.kind import Heard, NoticeKind, Payload, Text
from domains.notifications.queries import campaigns
from domains.notifications.telling import Facts, Telling
from domains.notifications.values import CampaignState, Category, Locale, VariableKind


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


KINDS = (_kind("CAMPAIGN", private=False), _kind("CAMPAIGN_PRIVATE", private=True))

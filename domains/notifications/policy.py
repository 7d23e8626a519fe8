"""Who may, with notices: one declared table, and what queries start from."""

from dataclasses import dataclass

from domains.kernel.actor import Authority, Role, Rule, has, signed_in

# Who writes what the product says, and sees what could not be told.
writes_templates = has(Role.PLATFORM_ADMINISTRATOR)

# Who tells an area something in their own words, and who approves what finds people by tags.
CAMPAIGNERS = (
    Role.GRID_WORKER,
    Role.SOCIAL_WORKER,
    Role.COMMITTEE_MEMBER,
    Role.DEPARTMENT_PUBLISHER,
    Role.DEPARTMENT_HEAD,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)
APPROVERS = (
    Role.COMMITTEE_MEMBER,
    Role.DEPARTMENT_HEAD,
    Role.STREET_REVIEWER,
    Role.PLATFORM_ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True)
class CampaignPlace:
    """A campaign, in the area that it is written for."""

    area_path: str


_campaigns = has(*CAMPAIGNERS)
_approves = has(*APPROVERS)

AUTHORITY: Authority = {
    "draftCampaign": Rule(may=_campaigns),
    "editCampaign": Rule(may=_campaigns, sees=_campaigns),
    "previewCampaign": Rule(may=_campaigns, sees=_campaigns),
    "sendCampaign": Rule(may=_campaigns, sees=_campaigns),
    "approveCampaign": Rule(may=_approves, sees=_campaigns),
    "returnCampaign": Rule(may=_approves, sees=_campaigns),
    "withdrawCampaign": Rule(may=_campaigns, sees=_campaigns),
    "writeNoticeTemplate": Rule(may=writes_templates),
    # One's own inbox and one's own choices.
    "markNoticesRead": Rule(may=signed_in),
    "markAllNoticesRead": Rule(may=signed_in),
    "archiveNotices": Rule(may=signed_in),
    "restoreNotices": Rule(may=signed_in),
    "chooseNotices": Rule(may=signed_in),
    "setNoticeProfile": Rule(may=signed_in),
    "tellOccasionAgain": Rule(may=writes_templates),
}

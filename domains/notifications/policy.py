"""Who may, with notices: one declared table, and what queries start from."""

from dataclasses import dataclass

from domains.kernel.actor import Actor, Authority, Placed, Role, Rule, has, signed_in

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


# Who sees what could not be delivered in an area: never to whom, nor what it said.
DEAD_LETTER_ROLES = (Role.COMMITTEE_MEMBER, Role.STREET_REVIEWER)
_over_the_area = has(*DEAD_LETTER_ROLES)
_everywhere = has(Role.PLATFORM_ADMINISTRATOR)


def sees_dead_letters(actor: Actor, target: Placed | None) -> bool:
    """Administrators everywhere, committees and streets in their own area."""
    return _everywhere(actor, None) or _over_the_area(actor, target)


def sees_dead_letters_somewhere(actor: Actor, _target: Placed | None) -> bool:
    """Whoever sees them anywhere: which ones these are, the list itself says."""
    return _everywhere(actor, None) or bool(actor.area_paths(*DEAD_LETTER_ROLES))


@dataclass(frozen=True, slots=True)
class DeliveryPlace:
    """A delivery, in the area that its notice is about."""

    area_path: str


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
    # Where one is written to, and what could not be delivered.
    "subscribeWebPush": Rule(may=signed_in),
    "acceptWechatTemplates": Rule(may=signed_in),
    "requestEmailCode": Rule(may=signed_in),
    "verifyEmail": Rule(may=signed_in),
    "removeNoticeAddress": Rule(may=signed_in),
    "retryDeadLetter": Rule(may=sees_dead_letters, sees=sees_dead_letters),
    "retryDeadLetters": Rule(may=sees_dead_letters_somewhere),
    "dismissDeadLetter": Rule(may=sees_dead_letters, sees=sees_dead_letters),
}

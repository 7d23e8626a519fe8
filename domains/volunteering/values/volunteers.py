"""Words for volunteers, what they can do, and where they gather."""

from enum import StrEnum


class VolunteerState(StrEnum):
    """Whether somebody is a volunteer."""

    AWAITING_GUARDIAN = "awaiting_guardian"
    REGISTERED = "registered"
    WITHDRAWN = "withdrawn"


class ServiceClass(StrEnum):
    """What kind of service is given."""

    ELDER_CARE = "elder_care"
    CHILD_CARE = "child_care"
    DISABILITY_AID = "disability_aid"
    HARDSHIP_AID = "hardship_aid"
    HEALTH = "health"
    EDUCATION = "education"
    CULTURE_SPORT = "culture_sport"
    ENVIRONMENT = "environment"
    SAFETY_PATROL = "safety_patrol"
    MEDIATION = "mediation"
    LEGAL_AID = "legal_aid"
    REPAIRS = "repairs"
    EMERGENCY_RESCUE = "emergency_rescue"
    DISASTER_RELIEF = "disaster_relief"
    OTHER = "other"


class TimeBlock(StrEnum):
    """A part of the day."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


class VolunteerSkillState(StrEnum):
    """Whether a skill is proven."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REFUSED = "refused"


class VolunteerConsentPurpose(StrEnum):
    """What somebody agrees to; each is asked for and withdrawn by itself."""

    REGISTRATION = "registration"
    POSITION = "position"
    EXCHANGE = "exchange"


class VolunteerBasic(StrEnum):
    """What the law asks to be known of a volunteer, in the people's register."""

    GENDER = "gender"
    BIRTH_DATE = "birth_date"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"

"""Volunteering's enums, described once for the contract; the domain's own classes are used."""

from domains.volunteering.values.activities import VolunteerActivityNature, VolunteerActivityState
from domains.volunteering.values.records import (
    RecordContestState,
    RecordReviewOutcome,
    RecordSuspicion,
    ServiceRecordEntry,
    ServiceRecordState,
)
from domains.volunteering.values.shifts import SubstitutionState, TeamCallAnswer, TeamCallState
from domains.volunteering.values.volunteers import (
    ServiceClass,
    TimeBlock,
    VolunteerBasic,
    VolunteerConsentPurpose,
    VolunteerSkillState,
    VolunteerState,
)
from schema.enums import describe

describe(
    VolunteerState,
    "Whether somebody is a volunteer.",
    AWAITING_GUARDIAN="A minor whose guardian has not agreed yet.",
    REGISTERED="A volunteer.",
    WITHDRAWN="No volunteer any more; what was given stays recorded.",
)
describe(
    ServiceClass,
    "What kind of service is given.",
    ELDER_CARE="For old people, 为老.",
    CHILD_CARE="For children, 为小.",
    DISABILITY_AID="For people with disabilities, 助残.",
    HARDSHIP_AID="For people in hardship, 帮困.",
    HEALTH="Health, 健康.",
    EDUCATION="Teaching and tutoring, 助学.",
    CULTURE_SPORT="Culture and sport, 文体.",
    ENVIRONMENT="The environment, 环保.",
    SAFETY_PATROL="Patrols and prevention, 平安巡防.",
    MEDIATION="Mediation between neighbours, 调解.",
    LEGAL_AID="Law, 普法.",
    REPAIRS="Repairs for neighbours, 便民维修.",
    EMERGENCY_RESCUE="Rescue in an emergency, 应急救援; never by minors.",
    DISASTER_RELIEF="Relief after a disaster, 抢险救灾; never by minors.",
    OTHER="Something else.",
)
describe(
    TimeBlock,
    "A part of the day.",
    MORNING="Before noon.",
    AFTERNOON="From noon to the evening meal.",
    EVENING="After the evening meal.",
)
describe(
    VolunteerSkillState,
    "Whether a skill is proven.",
    CLAIMED="Its proof waits to be looked at.",
    VERIFIED="Its proof was accepted.",
    REFUSED="Its proof was not accepted.",
)
describe(
    VolunteerConsentPurpose,
    "What somebody agrees to; each by itself.",
    REGISTRATION="Being registered and recorded.",
    POSITION="Keeping the position of check-in and check-out.",
    EXCHANGE="Passing records on to the ministry's system.",
)
describe(
    VolunteerBasic,
    "What the law asks to be known of a volunteer (Order 67, article 5).",
    GENDER="The gender.",
    BIRTH_DATE="The day of birth.",
    IDENTITY_NUMBER="The identity number.",
    PHONE="The telephone.",
)
describe(
    VolunteerActivityState,
    "How far an activity has come.",
    DRAFT="Being written.",
    PUBLISHED="Volunteers may sign up.",
    CANCELLED="Called off.",
)
describe(
    VolunteerActivityNature,
    "What an activity is by nature; the rules say which natures are no service.",
    SERVICE="Service to others.",
    TRAINING="Training: recorded as training.",
    MEETING="A meeting.",
    LECTURE="A lecture.",
    DUTY_SHIFT="A shift of duty.",
    BANQUET="A meal together.",
    REHEARSAL="A rehearsal.",
    DONATION="A gift of money or goods.",
    PAID_WORK="Work for pay.",
)
describe(
    ServiceRecordState,
    "How far a record has come.",
    PENDING="Waits for its confirmations, its approval or its review.",
    CONFIRMED="Confirmed by enough others; its minutes are credited.",
    PUBLICISED="On public notice.",
    FINAL="Its notice is over; it counts.",
    CORRECTED="A new version stands in its place; it counts.",
    REVOKED="It does not stand.",
)
describe(
    ServiceRecordEntry,
    "How a record came in.",
    CHECK_IN="From check-in and check-out on the spot.",
    BACK_ENTRY="Entered afterwards, and approved by another.",
    SERVICE_ORDER="From an order of service that was carried out.",
)
describe(
    RecordContestState,
    "What became of a contest.",
    OPEN="Waits for its answer.",
    UPHELD="It was right; the record was corrected or revoked.",
    DISMISSED="It was not right.",
)
describe(
    RecordSuspicion,
    "Which rule put a record under review.",
    RING="Confirmer and volunteer confirm one another, or in a circle.",
    IMPOSSIBLE_DAY="More service in a day than a day holds.",
    YEAR_END_BURST="Much of a year's service in its last days.",
    STAFF_ON_DUTY="Staff of the community in office hours.",
)
describe(
    RecordReviewOutcome,
    "What a review came to.",
    OPEN="Not decided.",
    CLEARED="Nothing is wrong; the record goes on.",
    UPHELD="Something is wrong; the record is revoked.",
)
describe(
    SubstitutionState,
    "Whether somebody takes over another's place in a shift.",
    ASKED="Somebody asks another.",
    AGREED="The other has the place now.",
    REFUSED="The other will not.",
    WITHDRAWN="It was taken back, or the place was given back.",
)
describe(
    TeamCallState,
    "Whether a call to an emergency team stands.",
    CALLED="The team is called up.",
    ENDED="Staff ended it.",
)
describe(
    TeamCallAnswer,
    "What a member of an emergency team said to a call.",
    COMES="They come.",
    CANNOT="They cannot.",
)

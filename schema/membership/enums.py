"""Membership's enums, described once for the contract."""

from domains.kernel.actor import Role
from domains.membership.values import (
    AreaBasis,
    AreaKind,
    ConsentForm,
    Gender,
    HelperKind,
    ImportMode,
    OrganisationKind,
    ResidencyKind,
    ResidencyState,
    TagSensitivity,
    TagSubject,
)
from schema.enums import describe

describe(
    AreaKind,
    "A level of the tree of areas.",
    CITY="A city, 市: the root.",
    DISTRICT="A district of a city, 区.",
    STREET="A street of a district, 街道.",
    COMMUNITY="A community of a street, 社区.",
    GRID="A grid of a community, 网格.",
    ESTATE="A housing estate, 小区.",
    BUILDING="A building, 楼栋.",
)
describe(
    AreaBasis,
    "Where a floor area comes from; the register goes before the survey, and that before the"
    " contract.",
    REGISTER="The register of real estate.",
    SURVEY="A survey.",
    CONTRACT="A contract of sale.",
)
describe(Gender, "As a household register records it.", FEMALE="Female.", MALE="Male.")
describe(
    ResidencyKind,
    "What binds a person to a household.",
    OWNER="Owns it, 产权人.",
    TENANT="Rents it, 租户.",
    MEMBER="Lives in the family, 家庭成员.",
)
describe(
    ResidencyState,
    "How far a residency is believed.",
    CLAIMED="Somebody says so; staff have yet to decide.",
    VERIFIED="Staff found it true, or the register says so.",
    REFUSED="Staff found it not to be true.",
    ENDED="It has a last day, which still counts.",
)
describe(
    OrganisationKind,
    "The five parties, and the others that a community deals with.",
    COMMUNITY_BODY="A body of the community, like its residents' committee.",
    SOCIAL_ORGANISATION="A social organisation, 社会组织.",
    SOCIAL_WORK_STATION="A social-work station, 社工站.",
    CHARITY_FUND="A charity fund, 慈善组织.",
    ENTERPRISE="An enterprise.",
    PROPERTY_COMPANY="A property company, 物业公司.",
    OWNERS_COMMITTEE="An owners' committee, 业委会.",
    DEPARTMENT="A department of the administration.",
)
describe(
    ConsentForm,
    "How a person agreed that a helper enters something for them.",
    WRITTEN="In writing.",
    SPOKEN="By word of mouth.",
    GUARDIAN="Through a guardian.",
)
describe(
    ImportMode,
    "What an import does when rows are refused.",
    ALL_OR_NOTHING="One refused row, and nothing is brought in.",
    GOOD_ROWS="The rows that are good are brought in.",
)
describe(
    Role,
    "What a person may be, over an area or in an organisation.",
    RESIDENT="Lives there: follows from a verified residency, and is never granted.",
    BUILDING_CAPTAIN="Captain of a building, 楼栋长.",
    GRID_WORKER="Grid worker, 网格员.",
    SOCIAL_WORKER="Social worker, 社工.",
    RESIDENTS_REPRESENTATIVE="Residents' representative, 居民代表.",
    COMMITTEE_MEMBER="Member of the community's committee.",
    SUPERVISOR="Member of the supervisors' committee.",
    STREET_REVIEWER="Reviewer at the street office.",
    DEPARTMENT_PUBLISHER="Publishes for a department.",
    DEPARTMENT_HEAD="Heads a department and approves what it publishes.",
    ORGANISATION_ADMINISTRATOR="Administers an organisation.",
    CHARITY_OFFICER="Handles an organisation's charity resources.",
    PLATFORM_ADMINISTRATOR="Administers the platform.",
)
describe(
    TagSubject,
    "What a tag is said of.",
    PERSON="A person.",
    HOUSEHOLD="A household.",
)
describe(
    TagSensitivity,
    "How much a tag could hurt whom it is said of.",
    ORDINARY="Ordinary.",
    PERSONAL="Personal.",
    SENSITIVE="Sensitive in the sense of the law: it reaches only who has allowed that.",
)
describe(
    HelperKind,
    "As what somebody is told what another is told.",
    GUARDIAN="A minor's guardian, or another's by law.",
    HELPER="A helper whom an elder or anybody else has named.",
)

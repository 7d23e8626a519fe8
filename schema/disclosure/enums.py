"""Disclosure's enums, described once for the contract."""

from domains.disclosure.values import (
    Affair,
    AttachmentUse,
    Change,
    Decision,
    DisclosureKind,
    DisclosureState,
    FieldClass,
    FinanceClass,
    Frequency,
    Mask,
    ObligationState,
    OfficerPart,
    PublisherKind,
    StepKind,
    VersionState,
)
from schema.enums import describe

describe(
    Affair,
    "One of the three affairs that a community makes public (三务).",
    PARTY="Party affairs, 党务.",
    RESIDENTS="Residents' affairs, 居务.",
    FINANCE="Financial affairs, 财务.",
)
describe(
    FinanceClass,
    "One of the eight classes of finance (农经发〔2011〕13号).",
    PLAN="Financial plans, 财务计划.",
    INCOME="Income, 各项收入.",
    SPENDING="Spending, 各项支出.",
    ASSETS="Assets, 各项资产.",
    RESOURCES="Resources, 各类资源.",
    DEBTS="Claims and debts, 债权债务.",
    DISTRIBUTION="Distribution of yields, 收益分配.",
    OTHER="Other matters, 其他.",
)
describe(
    Frequency,
    "How often an item of the catalogue is due.",
    ONCE="Once, after it was adopted.",
    AT_ONCE="Whenever it occurs, 即时.",
    MONTHLY="Every month.",
    QUARTERLY="Every quarter.",
    HALF_YEARLY="Every half-year.",
    YEARLY="Every year.",
    LONG_TERM="For as long as it holds, 长期.",
)
describe(
    ObligationState,
    "How a duty stands.",
    PENDING="Not met yet, and not due yet.",
    MET="Met in time.",
    LATE="Not met in time; it stays late, also once it is made up for.",
    WAIVED="Waived before it was late, for a public reason.",
)
describe(
    FieldClass,
    "How closely a field is kept.",
    PUBLIC="P0: public as it stands.",
    INTERNAL="P1: for the body alone.",
    PERSONAL="P2: personal; shown in part at most.",
    SENSITIVE="P3: sensitive: identity, accounts, health, hardship.",
)
describe(
    Mask,
    "What is shown of a field in the public version.",
    NONE="All of it.",
    NAME="The first sign of a name, and the last of a long one.",
    PHONE="The first three digits and the last four.",
    IDENTITY_NUMBER="The first and the last place.",
    ADDRESS="What comes before the first number.",
    ACCOUNT="The last four digits.",
    HIDDEN="Nothing.",
)
describe(
    DisclosureKind,
    "What residents know it as.",
    NOTICE="A notice, 通知.",
    ACTIVITY="An activity, 活动.",
    ANNOUNCEMENT="An announcement on display, 公示公告.",
    POLICY="A policy, 政策.",
    NEWS="News, 动态.",
    STRUCTURED="A disclosure of one of the three affairs, 三务公开.",
)
describe(
    DisclosureState,
    "How far a disclosure has come; before it is public, as its first version.",
    DRAFT="Being written, or returned with a reason.",
    SUPERVISOR_REVIEW="Before the supervisors' committee.",
    PRIVACY_REVIEW="Looked through for personal data and secrets.",
    APPROVAL="Before whoever approves it.",
    APPROVED="Approved; not published yet.",
    PUBLISHED="Public.",
    OBJECTED="Public, and objected to.",
    ANSWERED="Public, and the objection was answered.",
    CORRECTED="Public in a later version than the first.",
    WITHDRAWN="Withdrawn by a later version; what was said before can still be read.",
    EXPIRED="Its display is over; it can still be read.",
    ARCHIVED="Its retention on display is over; it can still be read.",
)
describe(
    VersionState,
    "How far a version has come.",
    DRAFT="Being written, or returned with a reason.",
    SUPERVISOR_REVIEW="Before the supervisors' committee.",
    PRIVACY_REVIEW="Looked through for personal data and secrets.",
    APPROVAL="Before whoever approves it.",
    APPROVED="Approved; not published yet.",
    PUBLISHED="Public, and unchangeable.",
)
describe(
    Change,
    "What a version is to the one before it.",
    FIRST="The first.",
    CORRECTION="It puts the one before right.",
    WITHDRAWAL="It withdraws the disclosure.",
)
describe(
    Decision,
    "What was decided at a step of a chain.",
    APPROVED="Approved.",
    RETURNED="Sent back to the author, with a reason.",
)
describe(
    AttachmentUse,
    "What an attachment is to the text.",
    PICTURE="A picture to be shown.",
    FILE="A file to be fetched.",
)
describe(
    PublisherKind,
    "What kind of body answers for what it publishes (谁发布谁负责).",
    COMMUNITY="A community's own body, 社区.",
    DEPARTMENT="A department of government, 职能部门.",
    PARTY="A party organisation, 党组织.",
    OWNERS_COMMITTEE="An owners' committee, 业委会.",
    PROPERTY_COMPANY="A property company, 物业公司.",
)
describe(
    OfficerPart,
    "What somebody does for a body where no role says it.",
    WRITER="Writes for it.",
    PRIVACY_REVIEWER="Looks through what was written for personal data and secrets.",
    APPROVER="Approves for it.",
)
describe(
    StepKind,
    "A step of the chain by which a body's versions are approved.",
    SUPERVISOR_REVIEW="The supervisors' committee.",
    PRIVACY_REVIEW="Personal data and secrets.",
    APPROVAL="Whoever answers for it.",
)

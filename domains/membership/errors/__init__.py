"""What membership refuses, in the words of both languages."""

from domains.kernel.errors import DomainError
from domains.membership.errors.care import DepartureMissing as DepartureMissing
from domains.membership.errors.care import DepartureRecorded as DepartureRecorded
from domains.membership.errors.care import GuardianConsentUnfit as GuardianConsentUnfit
from domains.membership.errors.care import HelperEnded as HelperEnded
from domains.membership.errors.care import HelperNamed as HelperNamed
from domains.membership.errors.care import OwnDeparture as OwnDeparture
from domains.membership.errors.care import TooManyHelpers as TooManyHelpers
from domains.membership.errors.tags import TagContestOpen as TagContestOpen
from domains.membership.errors.tags import TagEnded as TagEnded
from domains.membership.errors.tags import TagKindTaken as TagKindTaken
from domains.membership.errors.tags import TagKindUnfit as TagKindUnfit
from domains.membership.errors.tags import TagNeedsNoConsent as TagNeedsNoConsent
from domains.membership.errors.tags import TagNotContested as TagNotContested
from domains.membership.errors.tags import TagSetByYou as TagSetByYou
from domains.membership.errors.tags import TagStands as TagStands


class PhoneMalformed(DomainError):
    """The phone number is not a mobile number of mainland China."""

    zh = "手机号码格式不正确,请输入 11 位手机号。"
    en = "This is not a mobile number: enter its 11 digits."


class CodeWrong(DomainError):
    """The one-time code is not the one that was sent."""

    zh = "验证码不正确,请核对后重试。"
    en = "This code is wrong; check it and try again."


class CodeExpired(DomainError):
    """The one-time code was used before or its time is over."""

    zh = "验证码已失效,请重新获取。"
    en = "This code is no longer valid; ask for a new one."


class CodeNotSent(DomainError):
    """The provider of text messages did not take the one-time code."""

    zh = "短信发送失败,请稍后重新获取验证码。"
    en = "The text message could not be sent; ask for a new code in a while."


class NameVerified(DomainError):
    """The caller's name was verified by staff and is no longer theirs to change."""

    zh = "姓名已经社区核实,如需更正请联系社区工作人员。"
    en = "Staff have verified this name; ask them to correct it."


class SignInMethodOff(DomainError):
    """This installation does not offer this way to sign in."""

    zh = "本平台未开通此登录方式。"
    en = "This way to sign in is not offered here."


class ProviderUnavailable(DomainError):
    """The outside provider of identities does not answer as it should."""

    zh = "登录服务暂时不可用,请稍后重试。"
    en = "The sign-in provider is not available; try again in a while."


class OutsideCodeRefused(DomainError):
    """The outside provider refused the code: invalid, expired or used before."""

    zh = "授权已失效,请重新发起登录。"
    en = "The provider did not accept this sign-in; start again."


class OutsideAccountBlocked(DomainError):
    """The outside provider holds the account to be a risk."""

    zh = "该账号存在风险,暂时无法以此方式登录。"
    en = "The provider has blocked this account; sign in another way."


class BindingExpired(DomainError):
    """The binding token was altered or its time is over."""

    zh = "绑定已超时,请重新发起登录。"
    en = "The time to link this account is over; start again."


class IdentityLinkedElsewhere(DomainError):
    """The outside identity belongs to another person here."""

    zh = "该外部账号已绑定其他用户。"
    en = "This outside account is linked to somebody else."


class IdentityNotLinked(DomainError):
    """Nobody here is linked to this outside identity yet."""

    zh = "该外部账号尚未绑定,请先用手机号登录后再绑定。"
    en = "This outside account is not linked; sign in by phone and link it first."


class SecondFactorWrong(DomainError):
    """The second factor's code is wrong or was used before."""

    zh = "动态验证码不正确或已使用。"
    en = "This second-factor code is wrong or was used before."


class SecondFactorMissing(DomainError):
    """The caller has no confirmed second factor."""

    zh = "尚未启用二次验证。"
    en = "You have not set up a second factor."


class SecondFactorPresent(DomainError):
    """The caller's second factor must be shown before another takes its place."""

    zh = "已启用二次验证,请先完成验证再更换。"
    en = "You have a second factor; show it before you replace it."


class AreaKindMisplaced(DomainError):
    """An area of this kind does not lie directly under that parent."""

    zh = "该类区域不能设在此上级之下。"
    en = "An area of this kind cannot lie under this parent."


class AreaCodeTaken(DomainError):
    """A sibling has this code."""

    zh = "同级区域中已有此编码。"
    en = "Another area under this parent has this code."


class IdentityNumberMalformed(DomainError):
    """The text is not a resident identity number: 18 places, a real day, a right check digit."""

    zh = "身份证号有误,请核对 18 位号码。"
    en = "This is not a valid resident identity number; check its 18 places."


class IdentityContradicted(DomainError):
    """The day of birth or the gender given is not the one in the identity number."""

    zh = "出生日期或性别与身份证号不一致。"
    en = "The day of birth or the gender contradicts the identity number."


class PhoneTaken(DomainError):
    """The phone number belongs to somebody else."""

    zh = "该手机号已登记在他人名下。"
    en = "This phone number belongs to somebody else."


class IdentityTaken(DomainError):
    """The identity number belongs to somebody else."""

    zh = "该身份证号已登记在他人名下。"
    en = "This identity number belongs to somebody else."


class DayImpossible(DomainError):
    """The day does not exist, is before 1900, or lies in the future where it must not."""

    zh = "日期无效:请填写真实存在且不晚于今天的日期。"
    en = "The day is not possible: it must exist and not lie in the future."


class UnitTaken(DomainError):
    """The building has a household with this unit number."""

    zh = "该楼栋已有此房号。"
    en = "The building has a household with this unit number."


class FloorAreaImpossible(DomainError):
    """A floor area is a positive figure, and names its basis."""

    zh = "建筑面积必须大于零并注明依据(登记、测绘或合同)。"
    en = "A floor area is more than zero and names its basis: register, survey or contract."


class AlreadyResident(DomainError):
    """The person has a live bond of this kind to the household."""

    zh = "此人与该户已有相同的居住关系(已核实或待核实)。"
    en = "This person already has this bond to the household, verified or waiting."


class ResidencyDecided(DomainError):
    """The residency is no longer in a state that allows this."""

    zh = "该居住关系的状态已变更,无法进行此操作。"
    en = "The residency is no longer in a state that allows this."


class OwnResidency(DomainError):
    """Nobody decides about a claim of their own."""

    zh = "不能核实或拒绝自己的居住申请。"
    en = "You cannot decide about a claim of your own."


class CreditCodeMalformed(DomainError):
    """The text is not a unified social credit code (GB 32100-2015)."""

    zh = "统一社会信用代码有误,请核对 18 位代码。"
    en = "This is not a valid unified social credit code; check its 18 places."


class CreditCodeTaken(DomainError):
    """Another organisation has this credit code."""

    zh = "该统一社会信用代码已登记在其他组织名下。"
    en = "Another organisation has this credit code."


class OrganisationNameTaken(DomainError):
    """The area has an organisation of this name."""

    zh = "该区域已有同名组织。"
    en = "The area has an organisation of this name."


class OrganisationDissolved(DomainError):
    """The organisation has been dissolved."""

    zh = "该组织已注销。"
    en = "The organisation has been dissolved."


class RoleMisplaced(DomainError):
    """A role of this kind is not held over such an area or organisation."""

    zh = "该角色不能设在此区域或组织。"
    en = "This role cannot be held over such an area or organisation."


class OwnRole(DomainError):
    """Nobody grants a role to themselves."""

    zh = "不能授予自己角色。"
    en = "You cannot grant a role to yourself."


class RoleHeld(DomainError):
    """The person holds this role there in the same days."""

    zh = "此人在该期间已担任此角色。"
    en = "This person holds this role in these days already."


class RoleDaysReversed(DomainError):
    """The last day is before the first."""

    zh = "结束日期不能早于开始日期。"
    en = "The last day cannot be before the first."


class RoleRevokedBefore(DomainError):
    """The grant has been revoked."""

    zh = "该角色已被撤销。"
    en = "This grant has been revoked already."


class HelperIsPerson(DomainError):
    """Nobody helps themselves: what is one's own is entered directly."""

    zh = "代办人不能是本人。"
    en = "You cannot be your own helper; enter it as yourself."


class RegisterFileTooLarge(DomainError):
    """The file, or what it unpacks to, is over the limit."""

    zh = "文件超出限制:最大 {megabytes} MB,最多 {rows} 行。"
    en = "The file is over the limit of {megabytes} MB and {rows} rows."


class RegisterFileUnreadable(DomainError):
    """The file is neither a readable CSV nor a readable XLSX workbook."""

    zh = "无法读取该文件,请上传未加密的 CSV 或 XLSX 文件。"
    en = "The file cannot be read: it must be a CSV, or an XLSX without a password."


class RegisterEncodingUnknown(DomainError):
    """The text of the file is not all in one of the encodings that are understood."""

    zh = "文件编码无法识别或混用了多种编码(第 {line} 行附近),请另存为 UTF-8 后重试。"
    en = "The encoding is unknown or mixed (near line {line}); save the file as UTF-8."


class RegisterColumnsWrong(DomainError):
    """Columns that the register needs are missing, or stand there twice."""

    zh = "表头有误,缺少或重复的列:{columns}。"
    en = "Columns missing or repeated: {columns}."


class RegisterEmpty(DomainError):
    """The file has a heading and no rows."""

    zh = "文件中没有数据行。"
    en = "The file has no rows."


class ValueMissing(DomainError):
    """A cell that must be filled is empty."""

    zh = "此列不能为空。"
    en = "This cell must be filled."


class ValueTooLong(DomainError):
    """A cell holds more than its column can."""

    zh = "内容过长,最多 {characters} 个字。"
    en = "The text is too long: {characters} characters at most."


class FormulaInCell(DomainError):
    """A cell holds a formula, or begins as one."""

    zh = "单元格含有公式或以 =、+、-、@ 开头。"
    en = "The cell holds a formula, or begins with =, +, - or @."


class CharactersForbidden(DomainError):
    """A cell holds control characters."""

    zh = "单元格含有不可见的控制字符。"
    en = "The cell holds control characters."


class DigitsLost(DomainError):
    """A long number was stored as a figure, and the spreadsheet has rounded it."""

    zh = "长号码以数字格式保存,末位已丢失,请改为文本格式。"
    en = "A long number was stored as a figure and lost digits; store it as text."


class ChoiceUnknown(DomainError):
    """The word is not one of those that the column knows."""

    zh = "此列只能填写:{choices}。"
    en = "This column takes only: {choices}."


class BuildingUnknown(DomainError):
    """The community has no building of this name."""

    zh = "本社区没有此楼栋。"
    en = "The community has no such building."


class BuildingAmbiguous(DomainError):
    """Several buildings of the community have this name."""

    zh = "本社区有多个同名楼栋,请填写“小区”列加以区分。"
    en = "Several buildings have this name; fill the column 小区 to tell them apart."


class FloorAreaContradicted(DomainError):
    """The unit has another floor area, in an earlier row or in the register."""

    zh = "该户已登记的建筑面积与此不同。"
    en = "The unit has another floor area already."


class RowRepeated(DomainError):
    """An earlier row says the same."""

    zh = "与第 {row} 行重复。"
    en = "This repeats row {row}."

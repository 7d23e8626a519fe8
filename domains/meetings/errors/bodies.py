"""What is refused about bodies, their seats and their regular meetings."""

from domains.kernel.errors import DomainError


class BodyMisplaced(DomainError):
    """No body meets on the level of this area."""

    zh = "议事机构只能设在楼栋、小区、网格、社区、街道或区一级。"
    en = "Bodies meet on the levels of building, community, street and district."


class BodyDissolved(DomainError):
    """The body stands no more."""

    zh = "该议事机构已撤销。"
    en = "The body has been dissolved."


class LevelAboveUnfit(DomainError):
    """The body above is not of a higher level, or not of an area that this one lies in."""

    zh = "上一级议事机构须属于上级区域且层级更高。"
    en = "The body above is of a higher level, for an area that this one lies in."


class SeatTaken(DomainError):
    """The person sits in the body already."""

    zh = "该人已是本机构成员。"
    en = "This person sits in the body already."


class OfficeTaken(DomainError):
    """Somebody else holds this office in the body."""

    zh = "该职务已由他人担任。"
    en = "Somebody else holds this office."


class SeatEnded(DomainError):
    """The seat has ended."""

    zh = "该成员资格已结束。"
    en = "The seat has ended."


class RecurrenceOver(DomainError):
    """The regular meetings have been ended."""

    zh = "该定期会议已终止。"
    en = "These regular meetings have been ended."


class NameTaken(DomainError):
    """A body of this name stands in the area."""

    zh = "该区域已有同名的议事机构。"
    en = "A body of this name stands in the area already."


class RecurrenceTaken(DomainError):
    """The body has a regular meeting of the month."""

    zh = "该机构已设有月度例会。"
    en = "The body has its regular meeting of the month already."


class MeetingRulesLooser(DomainError):
    """A community asks for more than the general rules, never for less."""

    zh = "社区规则只能比通用规则更严格。"
    en = "A community's own rules ask for no less than the general ones."


class MeetingRulesBackdated(DomainError):
    """Rules hold from a day to come, after the version before them."""

    zh = "规则须自今后某日起施行,并晚于上一版本。"
    en = "Rules hold from a day to come, later than the version before them."

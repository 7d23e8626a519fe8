"""What looking after somebody, and being here no more, refuse."""

from domains.kernel.errors import DomainError


class HelperNamed(DomainError):
    """The two are bound so already."""

    zh = "该协助或监护关系已经登记。"
    en = "This helper is named already."


class TooManyHelpers(DomainError):
    """A person has only so many helpers."""

    zh = "每人最多登记 {most} 名协助人或监护人。"
    en = "A person has at most {most} helpers."


class HelperEnded(DomainError):
    """The bond has ended."""

    zh = "该协助或监护关系已经结束。"
    en = "This has ended already."


class GuardianConsentUnfit(DomainError):
    """A guardian speaks for a minor or on a paper; a helper is agreed to by the helped."""

    zh = "监护人须凭监护关系登记,协助人须经本人同意。"
    en = "A guardian is entered on guardianship, a helper on the helped person's own consent."


class DepartureRecorded(DomainError):
    """It is recorded already that the person is here no more."""

    zh = "该人员已登记为离开。"
    en = "It is recorded already that this person is here no more."


class DepartureMissing(DomainError):
    """Nothing says that the person is here no more."""

    zh = "该人员没有离开登记。"
    en = "Nothing says that this person is here no more."


class OwnDeparture(DomainError):
    """Nobody records that of themselves; whoever wants to go closes their account."""

    zh = "不能为本人登记;如需停用,请注销账号。"
    en = "You cannot record this of yourself; close your account instead."

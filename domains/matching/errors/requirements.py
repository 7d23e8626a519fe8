"""What is refused about what needs take besides people."""

from domains.kernel.errors import DomainError


class NeedNotProvided(DomainError):
    """A host, supervision, money or a venue that the need takes is not there yet."""

    zh = "该需求所需的承办、督导、资金或场地尚未落实。"
    en = "A host, supervision, money or a venue that the need takes is not there yet."


class HostFullyLoaded(DomainError):
    """The organisation hosts as many needs as the rules let it."""

    zh = "该组织承办的需求已达上限({most} 个)。"
    en = "The organisation hosts as many needs as the rules allow ({most})."


class HostGone(DomainError):
    """The organisation is no more."""

    zh = "该组织已注销。"
    en = "The organisation is no more."


class MoneyProposalDecided(DomainError):
    """The proposal was answered already."""

    zh = "该笔资金建议已有决定。"
    en = "The proposal has been answered."


class LineOfAnother(DomainError):
    """The budget line is of a project that the need is not a part of, or of another purpose."""

    zh = "该预算科目不属于此需求所在的项目,或用途不同。"
    en = "The line is of another project than the need's, or serves another purpose."

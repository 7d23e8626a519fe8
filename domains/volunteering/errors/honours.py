"""What certificates and honours refuse."""

from domains.kernel.errors import DomainError


class NothingToCertify(DomainError):
    """There is no final record in the period."""

    zh = "该期间没有已生效的服务记录。"
    en = "There is no final service record in the period."


class CertificateNotValid(DomainError):
    """The certificate stands no more."""

    zh = "该平台记录已失效。"
    en = "This certificate stands no more."


class CertificateMismatch(DomainError):
    """Number and code were not issued together, or the text was altered."""

    zh = "编号、验证码或内容与平台记录不符。"
    en = "The number, the code or the text is not what was issued."


class HonourDecided(DomainError):
    """The honour was granted, refused or approved already."""

    zh = "该嘉许已有结论。"
    en = "This honour has been decided already."


class StarPolicyUnsound(DomainError):
    """Levels rise by hours, and each asks for no less than the one below."""

    zh = "星级须逐级递增,且每级要求不低于下一级。"
    en = "Levels rise: each asks for more hours than the one below, and for no less of the rest."


class VolunteerRulesUnsound(DomainError):
    """A figure of the rules is none that the law leaves open."""

    zh = "规则内容不完整或超出法定范围:{what}。"
    en = "These rules are not whole, or go beyond what the law leaves open: {what}."


class HonourOpposed(DomainError):
    """An objection is open; it is decided first."""

    zh = "该嘉许尚有未处理的异议。"
    en = "An objection to this honour is open; it is decided first."


class HonourNotOnNotice(DomainError):
    """Objections are filed while the honour is on public notice."""

    zh = "仅可在公示期内提出异议。"
    en = "Objections are filed while the honour is on public notice."


class ObjectionAnswered(DomainError):
    """The objection has its answer."""

    zh = "该异议已处理。"
    en = "This objection has its answer."


class OwnObjection(DomainError):
    """Nobody decides about an honour or an objection of their own, or one they approved."""

    zh = "不得处理本人的嘉许、本人提出的异议或本人认定的嘉许。"
    en = (
        "Nobody decides an objection of their own, or to an honour of theirs or that they approved."
    )


class TooManyLines(DomainError):
    """A file is taken in parts."""

    zh = "每次最多导入 {most} 行,请分次导入。"
    en = "A file has {most} lines at most; import it in parts."

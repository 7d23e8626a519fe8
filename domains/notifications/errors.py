"""What notices refuse."""

from domains.kernel.errors import DomainError


class LegalNotice(DomainError):
    """What the law wants told cannot be turned off."""

    zh = "依法必须告知的通知不能关闭。"
    en = "Notices that the law requires cannot be turned off."


class VariableMissing(DomainError):
    """A template lacks a variable that it names, or names one that its kind does not have."""

    zh = "模板变量有误:{variable}。"
    en = "The template's variable is wrong: {variable}."

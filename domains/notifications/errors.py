"""What notices refuse."""

from domains.kernel.errors import DomainError


class LegalNotice(DomainError):
    """What the law wants told cannot be turned off."""

    zh = "依法必须告知的通知不能关闭。"
    en = "Notices that the law requires cannot be turned off."


class VariableMissing(DomainError):
    """A text names a variable for which there is no value."""

    zh = "模板变量没有取值:{variable}。"
    en = "There is no value for the template's variable {variable}."


class VariableUnknown(DomainError):
    """A text names a variable that its kind does not have."""

    zh = "该类通知没有此模板变量:{variable}。"
    en = "This kind of notice has no variable {variable}."


class DigestImpossible(DomainError):
    """What cannot wait is not gathered into a digest."""

    zh = "该类通知时效性强,不能并入摘要。"
    en = "This kind of notice cannot wait for a digest."

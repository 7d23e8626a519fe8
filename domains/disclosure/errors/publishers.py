"""What is refused of bodies that publish."""

from domains.kernel.errors import DomainError


class BodyUnfit(DomainError):
    """The kind of body, its area and its organisation do not go together."""

    zh = "发布主体的类型、区域与所属组织不符。"
    en = "The kind of body, its area and its organisation do not go together."


class BodyRegistered(DomainError):
    """Such a body stands in the area already."""

    zh = "该发布主体已登记。"
    en = "This body is registered already."


class OfficerAppointed(DomainError):
    """The person has this part in the body already."""

    zh = "该人员已担任此职。"
    en = "This person has that part already."

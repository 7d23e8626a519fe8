"""What is refused of disclosures and their versions."""

from domains.kernel.errors import DomainError


class PersonalDataInText(DomainError):
    """A text that everybody is to read holds somebody's personal data; it names what was found."""

    zh = "公开文本中含有个人信息:{found_zh}。请删去,或放入会被遮盖的字段。"
    en = "A public text holds personal data: {found_en}. Take it out, or put it in a masked field."

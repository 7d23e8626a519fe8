"""What is refused about rolls, while they are public."""

from domains.kernel.errors import DomainError


class NotListed(DomainError):
    """The person is not on this roll, or was struck off it."""

    zh = "该人不在本次名册上。"
    en = "This person is not on the roll."


class AlreadyListed(DomainError):
    """The person, or the household that they would speak for, is on this roll."""

    zh = "该人或其所代表的户已在名册上。"
    en = "This person, or the household that they would speak for, is on the roll already."


class BasisUnmet(DomainError):
    """What is known of the person does not bear out the basis that is given."""

    zh = "该人的登记信息不符合所列的登记依据。"
    en = "What the register knows of this person does not bear out the basis given."


class UnitCounted(DomainError):
    """A unit is counted for somebody else on this roll."""

    zh = "该房屋的面积已计入他人名下。"
    en = "This unit is counted for somebody else on the roll."


class AreaUnproven(DomainError):
    """The floor area is not what the register says, and no better proof is named."""

    zh = "面积与登记不符,且未提供更高效力的依据。"
    en = "The floor area is not the register's, and no better basis is named for it."


class RegisteredElsewhere(DomainError):
    """The person is on the roll of another place, and registration is in one place only."""

    zh = "该人已在其他地方登记参加选举,只能在一处登记。"
    en = "This person is registered on another place's roll, and may be on one only."


class ObjectionPending(DomainError):
    """The caller has asked the same about the same person, and it waits to be decided."""

    zh = "你已就同一人提出过相同的异议,正在处理。"
    en = "You have asked the same about this person; it waits to be decided."


class EntryOwn(DomainError):
    """Nobody admits or strikes themselves."""

    zh = "不能办理自己的名册登记。"
    en = "Nobody admits or strikes themselves."


class NumbersInText(DomainError):
    """A public text holds a telephone or identity number."""

    zh = "公开内容不得包含手机号码或身份证号码。"
    en = "What everybody reads must hold no telephone or identity number."


class RollWouldBeEmpty(DomainError):
    """The last voter is not struck off a roll."""

    zh = "名册上须至少保留一人。"
    en = "At least one voter stays on a roll."

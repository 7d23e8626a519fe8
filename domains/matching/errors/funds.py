"""What stands in the way of money's moving."""

from domains.kernel.errors import DomainError


class FundPurposeUnfit(DomainError):
    """The money is for something else."""

    zh = "专项资金只能用于约定用途,不能用于该项目。"
    en = "The money is bound to another purpose."


class FundConditionsUnmet(DomainError):
    """The fund's conditions do not allow this much, or not this project."""

    zh = "不符合该资金的资助条件。"
    en = "The fund's conditions do not allow it."


class MoneyMissing(DomainError):
    """There is not that much money."""

    zh = "资金余额不足(可用 {left_fen} 分)。"
    en = "There is not that much money ({left_fen} fen are left)."


class FundClosed(DomainError):
    """The fund takes and gives no more."""

    zh = "该资金已关闭。"
    en = "The fund is closed."


class SpendingDecided(DomainError):
    """The spending was decided already."""

    zh = "该笔支出已有决定。"
    en = "The spending has been decided."


class SpenderApproved(DomainError):
    """Who entered a spending does not approve it."""

    zh = "录入人不能审批自己录入的支出。"
    en = "Who entered a spending does not approve it."


class MatchUnsound(DomainError):
    """A fund cannot match gifts to itself, or in such terms."""

    zh = "配捐条件有误:资金不能为自己配捐,比例须为正整数。"
    en = "These terms of matching do not hold: another fund, and whole numbers above zero."


class FundNotEmpty(DomainError):
    """What is left goes back, or on, before a fund is closed."""

    zh = "资金尚有余额或未结拨款,不能关闭。"
    en = "There is money in the fund, so it cannot be closed."

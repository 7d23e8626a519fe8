"""What is refused of financial statements and their lines; figures of money are in yuan."""

from domains.kernel.errors import DomainError


class StatementUnbalanced(DomainError):
    """Opening balance, lines and closing balance do not add up; it names the difference."""

    zh = (
        "账目不平:期初 {opening} 元,收入 {incoming} 元,支出 {outgoing} 元,"
        "期末应为 {expected} 元,所填为 {closing} 元,相差 {difference} 元。"
    )
    en = (
        "It does not add up: {opening} yuan at the opening, {incoming} in and {outgoing} out make"
        " {expected}, but the closing balance is given as {closing}: a difference of {difference}."
    )


class OpeningDiffers(DomainError):
    """The opening balance is not the closing balance of the period before."""

    zh = (
        "期初余额 {opening} 元与上期({until} 止)已公开的期末余额 {expected} 元"
        "相差 {difference} 元。"
    )
    en = (
        "The opening balance of {opening} yuan is not the {expected} with which the published"
        " period until {until} closed: a difference of {difference}."
    )


class PeriodTaken(DomainError):
    """Another statement of the same book, public or under way, tells of some of these days."""

    zh = "同一账簿已有 {first} 至 {last} 的报表(已公开或在办),期间重叠。"
    en = "Another statement of this book, public or under way, covers {first} to {last}."


class PeriodUnfit(DomainError):
    """A period ends after it begins, and within a year."""

    zh = "期间须先起后止,且不超过一年。"
    en = "A period ends on or after its first day, and within a year."


class PeriodNotOver(DomainError):
    """What was is told of days that are over; the future can only be planned."""

    zh = "期间止于 {last},尚未结束,只能编制预算。"
    en = "The period ends on {last}, which is not over: of the future there are only budgets."


class StatementColumnsWrong(DomainError):
    """Columns that a statement needs are missing, or stand there twice."""

    zh = "表头有误,缺少或重复的列:{columns}。"
    en = "Columns missing or repeated: {columns}."


class StatementEmpty(DomainError):
    """The file has a heading and no lines."""

    zh = "文件中没有明细行。"
    en = "The file has no lines."


class StatementTooLong(DomainError):
    """A statement has more lines than it may have."""

    zh = "明细最多 {most} 行。"
    en = "A statement has {most} lines at most."


class StatementUnfit(DomainError):
    """Only a structured disclosure of financial affairs has a statement."""

    zh = "只有财务公开事项可以附收支明细。"
    en = "Only a structured disclosure of financial affairs has a statement."


class LineDateMalformed(DomainError):
    """The cell holds no day."""

    zh = "日期无法识别,请填写如 2026-03-05。"
    en = "This is not a day; write it like 2026-03-05."


class LineInFuture(DomainError):
    """The line's day has not come yet."""

    zh = "日期晚于今天,不能列为已发生的收支。"
    en = "The day has not come yet: nothing can have happened on it."


class LineOutsidePeriod(DomainError):
    """The line's day is not within the period."""

    zh = "日期不在 {first} 至 {last} 之内。"
    en = "The day is not within {first} to {last}."


class LineAmountMalformed(DomainError):
    """The cell holds no amount above zero in yuan, with two decimals at most."""

    zh = "金额须为大于零的数,最多两位小数。"
    en = "An amount is a number above zero, with two decimals at most."


class LineAmountsUnfit(DomainError):
    """A line has exactly one amount, in the column that fits its class."""

    zh = "每行只填一个金额,且须与类别相符。"
    en = "A line has exactly one amount, in a column that fits its class."


class LineItemUnknown(DomainError):
    """The catalogue has no such item in this class."""

    zh = "目录中没有此类别的这一项目。"
    en = "The catalogue has no such item in this class."

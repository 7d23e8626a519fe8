"""What stands in the way of a promise."""

from domains.kernel.errors import DomainError


class ProgrammeOpen(DomainError):
    """The community has a programme of this year already."""

    zh = "本社区 {year} 年的承诺项目已经建立。"
    en = "The community has its programme of {year} already."


class TargetMissing(DomainError):
    """A pledge says what number of what it will reach, and how that is measured."""

    zh = "承诺事项须写明可衡量的目标:数值、单位和衡量方式。"
    en = "A pledge has a measurable target: a number, its unit, and how it is measured."


class DeadlineMissing(DomainError):
    """A pledge says by which day it will be delivered."""

    zh = "承诺事项须写明践诺时限。"
    en = "A pledge has a deadline."


class DeadlinePast(DomainError):
    """The deadline is over, or lies before the year of the programme."""

    zh = "践诺时限须晚于今天,且不早于承诺年度。"
    en = "The deadline lies after today, and not before the year of the programme."


class WeightsNotWhole(DomainError):
    """The weights do not make a whole."""

    zh = "各项权重之和须为 {whole},现为 {total}。"
    en = "The weights make {whole} together; these make {total}."


class MilestoneTooLate(DomainError):
    """A milestone comes due after the deadline of its pledge."""

    zh = "阶段节点的日期不得晚于践诺时限。"
    en = "A milestone comes due by the deadline of its pledge."


class MilestoneDropped(DomainError):
    """A milestone that has been reached cannot be left out of a change."""

    zh = "已完成的阶段节点不得在变更中删去。"
    en = "A milestone that has been reached stays in a changed pledge."


class BodyElsewhere(DomainError):
    """The organisation has nothing to do with this community, or is dissolved."""

    zh = "该单位不在本社区及其上级区域内,或已注销。"
    en = "The organisation is not of this community or an area above it, or is dissolved."


class PersonUnfit(DomainError):
    """The person holds no role here from which to answer for a pledge."""

    zh = "责任人须在责任单位或本社区及其上级区域任职。"
    en = "Who is responsible holds a role in the body, in this community or above it."


class PledgeStateUnfit(DomainError):
    """This cannot be done with a pledge that has come so far."""

    zh = "承诺事项当前状态为“{state}”,不能进行此操作。"
    en = "This cannot be done with a pledge that is {state!r}."


class OwnProposal(DomainError):
    """Who proposed a pledge does not screen it."""

    zh = "提出人不得审核自己提出的承诺事项。"
    en = "Who proposed a pledge does not screen it."


class NotUnderNotice(DomainError):
    """Objections are taken while the pledge, or a change of it, is on public notice."""

    zh = "该承诺事项目前不在公示期内。"
    en = "The pledge is not on public notice now."


class PledgeObjected(DomainError):
    """The same caller's objection to the same thing is open already."""

    zh = "你已对此提出过异议或质疑,正在等待答复。"
    en = "Your objection to this is open already."


class AnswerOwn(DomainError):
    """Nobody answers their own objection, or a contest of their own claim."""

    zh = "不得答复自己提出的异议,也不得裁定对自己申报内容的质疑。"
    en = "Nobody decides on their own objection, nor on a contest of their own claim."


class ChangePending(DomainError):
    """Another change of the pledge is on public notice."""

    zh = "该承诺事项已有一项变更正在公示。"
    en = "Another change of this pledge is on public notice."


class NothingChanged(DomainError):
    """The change says what stands already."""

    zh = "变更内容与现行承诺完全相同。"
    en = "The change says what stands already."


class CommentRemoved(DomainError):
    """The comment has been removed."""

    zh = "该评论已被移除。"
    en = "The comment has been removed."

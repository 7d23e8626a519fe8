"""What motions and the votes on them refuse."""

from domains.kernel.errors import DomainError


class MotionPending(DomainError):
    """One thing at a time: a motion is before the meeting."""

    zh = "一时一件:已有一项动议正在处理。"
    en = "One thing at a time: a motion is before the meeting."


class NothingPending(DomainError):
    """This applies to a main motion, and none is before the meeting."""

    zh = "目前没有可适用的主动议。"
    en = "This applies to a main motion, and none is before the meeting."


class MotionOutOfOrder(DomainError):
    """What is before the meeting goes first."""

    zh = "该动议此刻不合程序,须先处理正在审议的动议。"
    en = "This motion is not in order now: what is before the meeting goes first."


class AmendmentTooDeep(DomainError):
    """An amendment may be amended; that amendment may not."""

    zh = "修正案最多两层:对修正案的修正案不能再修正。"
    en = "An amendment may be amended once, and no deeper."


class AmendmentEmpty(DomainError):
    """The amendment changes nothing."""

    zh = "修正案与原文相同。"
    en = "The amendment says what the text says already."


class NotDebatable(DomainError):
    """This question is put without debate."""

    zh = "该动议不经讨论即付表决。"
    en = "This question is put without debate."


class OwnMotion(DomainError):
    """Somebody else seconds a motion."""

    zh = "动议须由他人附议。"
    en = "A motion has to be seconded by somebody other than its mover."


class MotionMoved(DomainError):
    """The motion has come further, or not yet so far."""

    zh = "该动议当前状态不允许此操作。"
    en = "The motion is not in a state for this."


class NotSeconded(DomainError):
    """The motion waits for its seconders."""

    zh = "该动议尚未获得足够附议。"
    en = "The motion has not been seconded by enough people yet."


class DebateGoesOn(DomainError):
    """Somebody speaks or waits to speak whose turns are not used up."""

    zh = "还有 {waiting} 人等待发言,讨论尚未充分。"
    en = "The debate is not over: {waiting} still speak or wait to speak."


class NotYours(DomainError):
    """Only who proposed the motion takes it back."""

    zh = "只有动议人可以撤回动议。"
    en = "Only the person who proposed a motion can take it back."


class WithdrawalRefused(DomainError):
    """What is before the meeting belongs to the meeting and is not taken back."""

    zh = "动议已交会议审议,不能撤回。"
    en = "The motion is before the meeting now and can no longer be taken back."


class NothingToAppeal(DomainError):
    """An appeal follows a ruling at once, and there is none."""

    zh = "没有可申诉的裁定:对主持人的裁定须当场提出申诉。"
    en = "An appeal follows a ruling of the chair at once, and there is none to appeal."


class VoteOpen(DomainError):
    """A vote is being taken."""

    zh = "正在进行一项表决。"
    en = "A vote is being taken."


class VoteOver(DomainError):
    """The vote is over."""

    zh = "表决已结束。"
    en = "The vote is over."


class VoteGoesOn(DomainError):
    """The vote lasts until its time is over, or all have voted."""

    zh = "表决时间未到,且仍有人未表决。"
    en = "The vote goes on: its time is not over, and not all have voted."


class NotCalled(DomainError):
    """Those on this side, or this voter, are not called now."""

    zh = "现在还没有轮到这一项表决,请按主持人的次序进行。"
    en = "This vote is not called now; wait until the chair calls it."


class CallNotOver(DomainError):
    """There is somebody else to call before."""

    zh = "表决次序不符:先赞成,后反对,主持人最后。"
    en = "Votes are called in order: those in favour, those against, and the chair last."


class VoteFormUnfit(DomainError):
    """The rules do not allow this form of vote for this motion."""

    zh = "规则不允许以该方式表决此动议。"
    en = "The rules do not allow this form of vote for this motion."


class HandsCountedByTeller(DomainError):
    """Only who helps the meeting enters hands, and only for those counted on site."""

    zh = "只能由工作人员为现场参会者登记举手。"
    en = "Hands are entered by the meeting's helpers, and only for people who are on site."

"""What the floor refuses."""

from domains.kernel.errors import DomainError


class HandRaised(DomainError):
    """The caller waits to speak, or speaks, already."""

    zh = "你已在发言名单上。"
    en = "You are on the speaking list already."


class TurnsSpent(DomainError):
    """The caller has spoken to this as often as the rules allow."""

    zh = "对本事项,每人最多发言 {turns} 次,你的次数已用完。"
    en = "Everybody may speak {turns} times to one matter, and you have done so."


class DebateClosed(DomainError):
    """The question is ready or being voted on: nobody speaks to it any more."""

    zh = "讨论已结束,不能再就此发言。"
    en = "The debate is over; nobody speaks to this any more."


class FloorTaken(DomainError):
    """Somebody is speaking, and this does not interrupt."""

    zh = "有人正在发言,请先等待发言结束。"
    en = "Somebody has the floor; wait until they have finished."


class NobodyWaits(DomainError):
    """Nobody who waits may speak now."""

    zh = "目前没有可以发言的人。"
    en = "Nobody who waits may speak now."


class NotSpeaking(DomainError):
    """This speech is not going on."""

    zh = "该发言未在进行。"
    en = "This speech is not going on."


class RequestOver(DomainError):
    """The request to speak has been answered or taken back."""

    zh = "该发言申请已处理或已撤回。"
    en = "This request to speak has been answered or taken back."


class QueueMoved(DomainError):
    """Somebody else was to be called, or another has been called meanwhile."""

    zh = "发言顺序已变化,请刷新后重试。"
    en = "The speaking list has moved on; look at it and call again."


class NotNextToSpeak(DomainError):
    """Others come first by the rules; the chair may overrule that, with a reason."""

    zh = "按规则应由他人先发言;如需变更顺序,主持人须说明理由。"
    en = "By the rules somebody else speaks first; to call another, the chair gives a reason."


class ChairSpeaks(DomainError):
    """Who has the chair is neutral: to speak or move they hand it over until the vote."""

    zh = "主持人须保持中立;如需发言或动议,请先移交主持。"
    en = "The chair is neutral: to speak or move, first hand the chair over."

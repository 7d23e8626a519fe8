"""What waiting lists, substitutes and calls to emergency teams refuse."""

from domains.kernel.errors import DomainError


class PlacesFree(DomainError):
    """There are places: who wants one signs up."""

    zh = "该班次仍有名额,请直接报名。"
    en = "This shift has free places; sign up instead."


class WaitingListFull(DomainError):
    """So many wait already."""

    zh = "候补名单最多 {most} 人。"
    en = "A waiting list has {most} people at most."


class PlaceTaken(DomainError):
    """The volunteer has a place in the shift already."""

    zh = "已报名该班次。"
    en = "This volunteer has a place in the shift already."


class NotWaiting(DomainError):
    """The volunteer does not wait for a place in the shift."""

    zh = "不在该班次的候补名单中。"
    en = "This volunteer does not wait for a place in the shift."


class DeclinedTooLate(DomainError):
    """The time to say no is over; the place can still be given back."""

    zh = "谢绝期限已过,可退出该班次。"
    en = "The time to decline is over; the place can still be given back."


class ShiftBegun(DomainError):
    """The shift has begun."""

    zh = "该班次已开始。"
    en = "This shift has begun."


class OwnSubstitute(DomainError):
    """Nobody stands in for themselves."""

    zh = "不能指定自己为替补。"
    en = "Nobody stands in for themselves."


class SubstitutionAnswered(DomainError):
    """This was answered or taken back."""

    zh = "替补请求已处理。"
    en = "This request was answered or taken back."


class TeamNotEmergency(DomainError):
    """Only an emergency team is called up."""

    zh = "该队伍不是应急队伍。"
    en = "This team is no emergency team."


class NotTeamMember(DomainError):
    """Only who belongs to the team agrees to its calls."""

    zh = "不是该队伍成员。"
    en = "This volunteer does not belong to the team."


class NobodyToCall(DomainError):
    """No member has agreed, is of age and is insured for risks."""

    zh = "没有已同意、成年且有保险的队员可召集。"
    en = "No member has agreed, is of age and is insured."


class TeamCallStands(DomainError):
    """The team is called up already."""

    zh = "该队伍正在应召中。"
    en = "This team is called up already."


class TeamCallOver(DomainError):
    """The call has ended."""

    zh = "召集已结束。"
    en = "The call has ended."


class CalledUpOnly(DomainError):
    """Only who was called up comes, by answering the call."""

    zh = "仅限应召队员参加,请答复召集。"
    en = "Only who was called up comes; answer the call."

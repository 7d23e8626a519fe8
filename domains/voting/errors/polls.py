"""What a ballot box refuses."""

from domains.kernel.errors import DomainError


class PollNotOpen(DomainError):
    """Ballots are taken only within the poll's window."""

    zh = "投票时间为 {opens_at} 至 {closes_at},现在不能投票。"
    en = "Ballots are taken from {opens_at} to {closes_at}; not now."


class NotOnRoll(DomainError):
    """The caller is not on the roll that was frozen for this poll."""

    zh = "你不在本次表决的名册上。"
    en = "You are not on the roll of this poll."


class AlreadyVoted(DomainError):
    """The caller's one ballot in this poll has been cast."""

    zh = "你在本次表决中已经投过票,选票不能更改。"
    en = "Your ballot in this poll has been cast and cannot be changed."


class BallotMalformed(DomainError):
    """The ballot names too few or too many options, one of them twice, or a foreign one."""

    zh = "选票须从本次表决的选项中选出 {least} 至 {most} 项,且不得重复。"
    en = "A ballot names {least} to {most} of this poll's options, none of them twice."


class ReceiptTaken(DomainError):
    """The receipt code is in use; the voter's device draws another."""

    zh = "该回执码已被使用,请更换后重试。"
    en = "This receipt code is taken; draw another and try again."


class PollNotDraft(DomainError):
    """Only a draft can be edited or published: what was published stands."""

    zh = "只有草稿可以修改或发布;已发布的表决不能更改。"
    en = "Only a draft can be edited or published; what was published stands."


class PollOver(DomainError):
    """A poll that has closed or was cancelled cannot be cancelled."""

    zh = "表决已经结束或取消。"
    en = "The poll has ended or was cancelled already."


class RollEmpty(DomainError):
    """Nobody in the area may vote, so there is nothing to publish."""

    zh = "该区域没有符合条件的投票人,不能发布。"
    en = "Nobody in this area is entitled to vote, so the poll cannot be published."


class AreasMissing(DomainError):
    """A unit of the area has no floor area, so that areas cannot be added up."""

    zh = "有 {count} 户缺少建筑面积(如 {first}),无法按面积计票。"
    en = "{count} units have no floor area ({first} among them), so areas cannot be added up."


class NoticeTooShort(DomainError):
    """The law wants more days between publishing and the first ballot."""

    zh = "公布与投票之间的时间不足:最早可于 {earliest} 开始投票。"
    en = "Too few days lie between publishing and voting: ballots may be taken from {earliest}."


class ObjectionsOver(DomainError):
    """The days for objections to the roll are over, or it is not public."""

    zh = "现在不能对名册提出异议。"
    en = "The roll cannot be objected to now."


class ObjectionDecided(DomainError):
    """This objection has been decided."""

    zh = "该异议已有处理结果。"
    en = "This objection has been decided."


class OwnObjection(DomainError):
    """Nobody decides an objection of their own, or one about themselves."""

    zh = "不能处理自己提出或与自己有关的异议。"
    en = "Nobody decides an objection of their own, or about themselves."


class NotUnderReview(DomainError):
    """The poll has not been handed in for review, or has been looked through."""

    zh = "该表决不在审核中。"
    en = "The poll is not under review."


class OwnReview(DomainError):
    """Who wrote a poll does not review it."""

    zh = "起草人不能审核自己的表决。"
    en = "Who wrote a poll does not review it."


class ReviewRequired(DomainError):
    """The rule set wants somebody else to look through the poll before it is published."""

    zh = "该类表决须先提交审核。"
    en = "A poll of this kind is reviewed before it is published."


class WeightedNotSecret(DomainError):
    """A weighted ballot cannot be plainly secret: its weight tells whose it is."""

    zh = "按面积计票的表决须公开:面积会暴露是哪一户的选票。"
    en = "A poll weighted by area is OPEN: the area on a ballot would tell whose it is."


class MethodUnfit(DomainError):
    """The rule set does not allow this method or level of secrecy."""

    zh = "该规则不允许所选的表决方式或保密级别。"
    en = "The rule set does not allow this method, or this level of secrecy."


class WindowPast(DomainError):
    """The poll would close before it could open."""

    zh = "截止时间必须晚于开始时间和当前时间。"
    en = "The poll must close after it opens, and after the present moment."


class QuorumFixed(DomainError):
    """The rule set does not let a poll choose its own quorum."""

    zh = "该规则的法定人数不可调整。"
    en = "The quorum of this rule set cannot be changed."


class OptionUnknown(DomainError):
    """The ballot names an option that is not on the paper."""

    zh = "选票包含本次表决没有的选项。"
    en = "The ballot names an option that is not on this poll's paper."


class OptionRepeated(DomainError):
    """The ballot names an option twice."""

    zh = "选票中同一选项出现了两次。"
    en = "The ballot names the same option twice."


class RankingHasGaps(DomainError):
    """A place of the ranking is left out or given twice."""

    zh = "排序须从第 1 位起连续填写,不得跳号或重号。"
    en = "A ranking runs from place 1 without a place left out or given twice."


class ScoreOutOfRange(DomainError):
    """A score lies outside the paper's range."""

    zh = "每个选项的评分须为 0 至 {highest}。"
    en = "Each option's score lies between 0 and {highest}."


class GradeUnknown(DomainError):
    """A grade is not among the paper's."""

    zh = "每个选项的等级须为本次表决的 {grades} 个等级之一。"
    en = "Each option's grade is one of the {grades} grades of this poll."


class PointsOutOfRange(DomainError):
    """A project was given too many points, or all together were."""

    zh = "分配的分数不得超过 {most}。"
    en = "No more than {most} points can be given."


class CountUnsettled(DomainError):
    """The count lacks what its rule needs, or was given ballots of another form."""

    zh = "计票所需的数据不完整或与计票规则不符。"
    en = "What is to be counted is incomplete, or does not fit the counting rule."

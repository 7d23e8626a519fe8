"""What is refused of supervisors and of gatherings."""

from domains.kernel.errors import DomainError


class SupervisorsWrongSize(DomainError):
    """A supervisors' committee has as many people as the rules say, each once, one its head."""

    zh = "监督委员会须为 {sizes} 人,不重复,并有一名主任。"
    en = "A supervisors' committee has {sizes} people, each once, one of them its head."


class FinanceSkillsMissing(DomainError):
    """Nobody on the committee knows accounts."""

    zh = "监督委员会中须有具备财会知识的成员。"
    en = "Somebody on the committee has to know accounts."


class SupervisorExcluded(DomainError):
    """Somebody named may not supervise: a committee member, a near relative, a bookkeeper."""

    zh = "第 {number} 位人选不得担任监督委员:{reason_zh}。"
    en = "Person {number} may not supervise: {reason_en}."


class BookkeeperRegistered(DomainError):
    """The person is on the list of bookkeepers already."""

    zh = "该人员已登记为财务经办人。"
    en = "This person is registered as a bookkeeper already."


class GatheringTimesUnfit(DomainError):
    """A gathering starts in the future, ends within a day, and takes topics until its end."""

    zh = "开始时间须晚于现在,当日结束,议题登记不晚于结束时间。"
    en = "It starts in the future, ends within a day, and takes topics until its end at the latest."


class GatheringOver(DomainError):
    """What was called off or published is not changed any more, nor moved once it was held."""

    zh = "该活动已取消、已举行或记录已公开。"
    en = "This was called off, held, or its record is public."


class GatheringNotHeld(DomainError):
    """Of what has not begun there is no record."""

    zh = "活动尚未开始,不能登记记录。"
    en = "It has not begun: there is nothing to record."


class TopicsClosed(DomainError):
    """The time to register topics is over."""

    zh = "议题登记已截止。"
    en = "The time to register topics is over."


class TooManyTopics(DomainError):
    """The person has registered as many topics as the rules allow."""

    zh = "每人最多登记 {most} 个议题。"
    en = "A person registers {most} topics at most."


class TopicSettled(DomainError):
    """The topic was answered or withdrawn."""

    zh = "该议题已答复或已撤回。"
    en = "This topic was answered or withdrawn."


class TopicOwn(DomainError):
    """Nobody answers their own topic."""

    zh = "不得答复自己登记的议题。"
    en = "Nobody answers their own topic."


class RecordOwn(DomainError):
    """Who wrote a record does not confirm it."""

    zh = "记录人不得确认自己撰写的记录。"
    en = "Who wrote a record does not confirm it."


class NothingRecorded(DomainError):
    """There is no record to be confirmed, or it has been written anew."""

    zh = "尚无可确认的记录,或记录已更新。"
    en = "There is no such record to confirm, or it was written anew."

"""What is refused after a count."""

from domains.kernel.errors import DomainError


class NotCounted(DomainError):
    """The poll is not at the step between its count and its certification."""

    zh = "该表决不在计票之后、确认之前。"
    en = "The poll does not stand between its count and its certification."


class GroundUnknown(DomainError):
    """The rules of this poll name no such ground of invalidity."""

    zh = "本次表决的规则没有该项无效情形。"
    en = "The rules of this poll name no such ground of invalidity."


class GroundContradicted(DomainError):
    """What the poll's own data tell cannot be looked away from."""

    zh = "系统记录表明该情形存在,不能勾选为不存在。"
    en = "The poll's own record shows this ground; it cannot be declared absent."


class GroundsNotClear(DomainError):
    """Grounds of invalidity have not been looked through, or were found."""

    zh = "以下无效情形尚未排除:{reason_zh}。"
    en = "These grounds of invalidity are not cleared: {reason_en}."


class NoGroundFound(DomainError):
    """Nothing was found that would make the poll invalid."""

    zh = "没有发现无效情形,不能宣布无效。"
    en = "No ground of invalidity was found, so the poll is not annulled."


class NotChallengeable(DomainError):
    """Challenges are filed while the certified result is on display."""

    zh = "只能在公示期内提出异议。"
    en = "Challenges are filed within the publicity period."


class ChallengeOpen(DomainError):
    """The voter's earlier challenge waits to be decided."""

    zh = "你已提出的异议尚未处理。"
    en = "Your earlier challenge has not been decided yet."


class ChallengeDecided(DomainError):
    """This challenge has been decided, or the poll is over."""

    zh = "该异议已经处理,或表决已经结束。"
    en = "This challenge has been decided, or the poll is over."


class OwnChallenge(DomainError):
    """Nobody decides a challenge of their own."""

    zh = "不能处理自己提出的异议。"
    en = "Nobody decides a challenge of their own."


class NotAnnulled(DomainError):
    """Only what was annulled, or had no quorum, is voted on again."""

    zh = "只有被宣布无效或未达法定人数的表决可以重新进行。"
    en = "Only a poll that was annulled or inquorate is held again."


class HeldAgain(DomainError):
    """The poll is being held again."""

    zh = "该表决已经重新组织。"
    en = "The poll is being held again already."

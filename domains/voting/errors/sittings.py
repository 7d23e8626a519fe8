"""What is refused of votes that are taken in a sitting."""

from domains.kernel.errors import DomainError


class TakenInSitting(DomainError):
    """The vote is taken in a meeting, by those who are present there."""

    zh = "该表决在会议中进行,只能在会场内按会议规则办理。"
    en = "This vote is taken in a meeting: take part in the room, by the meeting's rules."


class SittingGoesOn(DomainError):
    """The vote is neither over by the clock nor by its rules."""

    zh = "表决尚未结束:时间未到,也不符合提前结束的规则。"
    en = "The vote goes on: its time is not over, and its rules do not end it yet."

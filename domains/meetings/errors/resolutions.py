"""What is refused about resolutions."""

from domains.kernel.errors import DomainError


class ResolutionNotReady(DomainError):
    """What is asked does not follow from the state that the resolution is in."""

    zh = "决议当前的落实状态不能进行此操作。"
    en = "This cannot be done at the stage that the resolution has reached."


class MotionNotCarried(DomainError):
    """A resolution comes of a motion that was carried, and of each only once."""

    zh = "决议须由已通过的动议形成,且每项动议只形成一次。"
    en = "A resolution comes of a motion that was carried, and of each only once."


class EvaluationOwn(DomainError):
    """Nobody evaluates what they had to do themselves."""

    zh = "承办人不能评价自己承办的事项。"
    en = "Nobody evaluates what was theirs to do."


class EvaluationGiven(DomainError):
    """The caller has evaluated this, and nothing has been done since."""

    zh = "你已作出评价。"
    en = "You have evaluated this already."

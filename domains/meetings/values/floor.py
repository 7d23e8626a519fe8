"""The floor's words: sides, how far a request to speak has come, how a speech ended."""

from enum import StrEnum


class SpeakingSide(StrEnum):
    """For what somebody asks to speak."""

    FOR = "for"
    AGAINST = "against"
    QUESTION = "question"
    POINT_OF_ORDER = "point_of_order"


class RequestState(StrEnum):
    """How far a request to speak has come."""

    WAITING = "waiting"
    SPEAKING = "speaking"
    INTERRUPTED = "interrupted"
    SPOKEN = "spoken"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


# Somebody has one of these at a time.
LIVE_REQUESTS = frozenset({RequestState.WAITING, RequestState.SPEAKING, RequestState.INTERRUPTED})


class SpeechEnd(StrEnum):
    """How a speech ended."""

    FINISHED = "finished"
    TIME_UP = "time_up"
    STOPPED = "stopped"
    LEFT = "left"

"""What an actor sees of the ballot box. Reads do not refuse; they do not see."""

from domains.voting.queries.ballots import (
    ballot_groups,
    my_ballots,
    on_rolls,
    receipts,
    roll_call,
    sealed_ballots,
)
from domains.voting.queries.polls import (
    BallotPaper,
    PollFilter,
    ballot_paper,
    options_by_poll,
    places_on_paper,
    poll_place,
    poll_window,
    polls,
    polls_by_id,
    turnouts,
)
from domains.voting.queries.preferences import ballots_in, preference_groups

__all__ = [
    "BallotPaper",
    "PollFilter",
    "ballot_groups",
    "ballot_paper",
    "ballots_in",
    "my_ballots",
    "on_rolls",
    "options_by_poll",
    "places_on_paper",
    "poll_place",
    "poll_window",
    "polls",
    "polls_by_id",
    "preference_groups",
    "receipts",
    "roll_call",
    "sealed_ballots",
    "turnouts",
]

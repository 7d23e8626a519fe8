"""The words of what needs take besides people."""

from enum import StrEnum

MOST_SUPERVISION = 20
MOST_ROOM = 100_000


class SelectionDecision(StrEnum):
    """What became of what a run proposes for a need besides people."""

    PROPOSED = "proposed"
    SETTLED = "settled"
    REFUSED = "refused"


class MoneyProposalState(StrEnum):
    """Whether who keeps the money has answered."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"

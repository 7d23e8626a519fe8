"""Whether enough of those who decide are there. Pure."""

from dataclasses import dataclass

from domains.kernel.rules import Threshold


@dataclass(frozen=True, slots=True)
class Quorum:
    """Those who decide: how many there are, how many are present, and what share must be.

    Without a share, a meeting may go on whoever is there.
    """

    share: Threshold | None
    entitled: int
    present: int

    def __post_init__(self) -> None:
        assert 0 <= self.present <= self.entitled, "who is present is one of those who decide"

    @property
    def required(self) -> int:
        """Return how many must be present."""
        return 0 if self.share is None else self.share.least(self.entitled)

    @property
    def is_met(self) -> bool:
        """Whether enough are present."""
        return self.present >= self.required

"""What a community may choose of the rules of order; all of it within bounds. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domains.kernel.errors import InvalidInput
from domains.meetings.values.motions import MotionKind, Withdrawal


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """Figures of the floor and of motions; None leaves them as they are."""

    speech_seconds: int | None = None
    question_seconds: int | None = None
    turns: int | None = None
    seconders: int | None = None
    cut_by_clock: bool | None = None
    withdrawal: Withdrawal | None = None

    def put_into(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return a rule set's content with these figures; raises InvalidInput out of bounds."""
        for name, given, most in self._bounded():
            if given is not None and not 1 <= given <= most:
                raise InvalidInput(
                    path=("input", "order", name),
                    zh=f"须在 1 与 {most} 之间。",
                    en=f"It lies between 1 and {most}.",
                )
        return dict(content) | {
            "floor": self._floor(content["floor"]),
            "motions": self._motions(content["motions"]),
        }

    def _bounded(self) -> Iterator[tuple[str, int | None, int]]:
        yield "speechSeconds", self.speech_seconds, 3600
        yield "questionSeconds", self.question_seconds, 3600
        yield "turns", self.turns, 20
        yield "seconders", self.seconders, 20

    def _floor(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        limits = dict(kept["limitsS"])
        if self.speech_seconds is not None:
            limits |= {"for": self.speech_seconds, "against": self.speech_seconds}
        if self.question_seconds is not None:
            limits |= {"question": self.question_seconds}
        chosen = {"turns": self.turns, "cutByClock": self.cut_by_clock}
        given = {name: value for name, value in chosen.items() if value is not None}
        return dict(kept) | {"limitsS": limits} | given

    def _motions(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        kinds = {name: dict(terms) for name, terms in kept["kinds"].items()}
        if self.seconders is not None:
            kinds[MotionKind.MAIN.value]["seconders"] = self.seconders
        said = dict(kept) | {"kinds": kinds}
        return said if self.withdrawal is None else said | {"withdrawal": self.withdrawal.value}

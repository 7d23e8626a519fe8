"""What a community's rules ask of resources, projects and money, read from data. Pure."""

from dataclasses import dataclass
from typing import Self

from domains.kernel.rules import RuleSet


@dataclass(frozen=True, slots=True)
class Bounds:
    """What lies inside, in millionths of a degree."""

    south: int
    west: int
    north: int
    east: int

    def hold(self, latitude_e6: int, longitude_e6: int) -> bool:
        """Whether a place lies inside; the border does."""
        return self.south <= latitude_e6 <= self.north and self.west <= longitude_e6 <= self.east


@dataclass(frozen=True, slots=True)
class ProjectProcedure:
    """How projects are supervised, reminded of and evaluated, and where appeals may lead."""

    supervisor_projects: int
    reservation_hours: int
    milestone_days: int
    evaluation_k: int
    bounds: Bounds
    appeal_hosts: frozenset[str]
    appeal_words: tuple[str, ...]

    @classmethod
    def of(cls, rules: RuleSet) -> Self:
        """Read a rule set."""
        content = rules.content
        return cls(
            supervisor_projects=content["supervisorProjects"],
            reservation_hours=content["reservationHours"],
            milestone_days=content["milestoneDays"],
            evaluation_k=content["evaluationK"],
            bounds=Bounds(*content["boundsE6"]),
            appeal_hosts=frozenset(each["host"] for each in content["appealPlatforms"]),
            appeal_words=tuple(content["appealWords"]),
        )

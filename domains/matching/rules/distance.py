"""How far it is, in whole metres. Pure; SQL's `matching_distance_m` counts alike."""

from dataclasses import dataclass
from math import cos, floor, radians, sqrt

# Metres in a millionth of a degree of a great circle.
_METRES = 0.1111949
# Rough places are told to the thousandth of a degree: some hundred metres.
ROUGH_E6 = 1000


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the globe, in millionths of a degree."""

    latitude_e6: int
    longitude_e6: int

    def rough(self) -> "Point":
        """Return the place as others may know it."""
        return Point(_rounded(self.latitude_e6), _rounded(self.longitude_e6))


def _rounded(value: int) -> int:
    return round(value / ROUGH_E6) * ROUGH_E6


def metres_between(one: Point, other: Point) -> int:
    """Return the equirectangular distance: near enough within a city."""
    north = (other.latitude_e6 - one.latitude_e6) * _METRES
    middle = radians((one.latitude_e6 + other.latitude_e6) / 2e6)
    east = (other.longitude_e6 - one.longitude_e6) * _METRES * cos(middle)
    return floor(sqrt(north**2 + east**2) + 0.5)

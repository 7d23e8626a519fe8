"""Invented towns to match: needs and volunteers over a square, the same for the same seed."""

import random

from domains.matching.solving.snapshot import (
    WEEK,
    Fund,
    Group,
    Need,
    Organisation,
    Snapshot,
    Terms,
    Venue,
    Volunteer,
    Window,
    Worker,
)

DAY = 24 * 60
SKILLS = tuple(f"skill {number}" for number in range(12))
SERVICES = tuple(f"service {number}" for number in range(8))
PURPOSES = ("elders", "children", "health", "repairs")
# 9:00, 14:00 and 19:00, two hours each; and halves and wholes of a morning for overlapping ones.
SHIFTS = ((540, 660), (840, 960), (1140, 1260))
OVERLAPPING = ((540, 600), (600, 660), (540, 660))
_CENTRE = (36_650_000, 117_000_000)


def a_town(
    needs: int, volunteers: int, *, seed: int = 1, overlapping: bool = False, terms: Terms | None
) -> Snapshot:
    """Return a town of about a hundred volunteers to the square kilometre, and a week's needs."""
    draws = random.Random(seed)
    side = int((volunteers / 100) ** 0.5 * 9_000)
    districts = max(1, round((volunteers / 2_500) ** 0.5))
    return Snapshot(
        needs=tuple(_need(draws, f"n{at:06}", side, districts, overlapping) for at in range(needs)),
        volunteers=tuple(_volunteer(draws, f"v{at:06}", side) for at in range(volunteers)),
        organisations=tuple(
            Organisation(f"{area}o{at}", capacity=draws.randint(60, 200))
            for area in _areas(districts)
            for at in range(15)
        ),
        workers=tuple(
            Worker(
                f"{area}w{at}", ("elders", "families")[: 1 + at % 2], draws.randint(30, 90), area
            )
            for area in _areas(districts)
            for at in range(8)
        ),
        funds=tuple(
            Fund(f"{area}f{purpose}", (purpose,), draws.randint(1_000_000, 4_000_000), area)
            for area in _areas(districts)
            for purpose in PURPOSES
        ),
        venues=tuple(
            Venue(f"{area}h{at}", 60, tuple((d * DAY + 480, d * DAY + 1320) for d in range(7)))
            for area in _areas(districts)
            for at in range(6)
        ),
        terms=terms or Terms(),
    )


def _areas(districts: int) -> list[str]:
    return [f"town/{row}-{across}/" for row in range(districts) for across in range(districts)]


def _need(draws: random.Random, name: str, side: int, districts: int, overlapping: bool) -> Need:
    north, east = draws.randrange(side), draws.randrange(side)
    area = f"town/{north * districts // side}-{east * districts // side}/"
    groups = []
    for at in range(draws.randint(1, 5)):
        starts, ends = draws.choice(OVERLAPPING if overlapping else SHIFTS)
        day = draws.randrange(7) * DAY
        skill = draws.choice(SKILLS) if draws.random() < 0.8 else ""
        level = draws.randint(1, 3) if skill else 0
        groups.append(
            Group(f"{name}-{at}", day + starts, day + ends, draws.randint(1, 3), skill, level)
        )
    supervised, paid, housed = (draws.random() < share for share in (0.3, 0.4, 0.15))
    return Need(
        id=name,
        urgency=draws.randint(1, 4),
        latitude_e6=_CENTRE[0] + north,
        longitude_e6=_CENTRE[1] + east,
        area=area,
        service=draws.choice(SERVICES),
        groups=tuple(groups),
        wants_host=True,
        hosts=tuple(sorted({f"{area}o{draws.randrange(15)}" for _ in range(3)})),
        supervision=draws.randint(1, 4) if supervised else 0,
        qualification=draws.choice(("elders", "families")) if supervised else "",
        cost=draws.randint(5_000, 80_000) if paid else 0,
        purposes=(draws.choice(PURPOSES),),
        wants_venue=housed,
        venues=tuple(sorted({f"{area}h{draws.randrange(6)}" for _ in range(2)})) if housed else (),
        room=draws.randint(10, 30) if housed else 0,
    )


def _volunteer(draws: random.Random, name: str, side: int) -> Volunteer:
    free: list[Window] = [
        (day * DAY + starts, day * DAY + ends)
        for day in range(7)
        for starts, ends in ((480, 720), (780, 1080), (1110, 1320))
        if draws.random() < 0.25
    ]
    return Volunteer(
        id=name,
        latitude_e6=_CENTRE[0] + draws.randrange(side),
        longitude_e6=_CENTRE[1] + draws.randrange(side),
        radius=draws.choice((1_000, 1_500, 2_000, 3_000)),
        age=draws.randint(16, 75),
        free=tuple(free),
        skills=tuple(
            (skill, draws.randint(1, 4), WEEK if draws.random() < 0.95 else 2 * DAY)
            for skill in draws.sample(SKILLS, draws.randint(0, 3))
        ),
        weekly_services=draws.randint(1, 3),
        weekly_minutes=600,
        guardian_consents=draws.random() < 0.5,
        insured=draws.random() < 0.7,
        automatic=draws.random() < 0.97,
        prefers=tuple(draws.sample(SERVICES, 2)),
        kept=draws.randint(0, 20),
        missed=draws.randint(0, 2),
        accepted=draws.randint(0, 20),
        declined=draws.randint(0, 8),
        turns=draws.randint(0, 6),
    )

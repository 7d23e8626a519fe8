"""Small invented snapshots, many of them strange, the same for the same seed."""

import random
from dataclasses import replace
from typing import Any

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
    Worker,
)

DAY = 24 * 60
NINE, NOON = 540, 720
ALWAYS = ((0, 3 * WEEK),)
CENTRE = (36_650_000, 117_000_000)
SKILLS = ("cooking", "first aid", "teaching")
PURPOSES = ("elders", "children")
APART = ((540, 660), (840, 960))
CROSSING = ((540, 600), (570, 660), (600, 720), (540, 720), (690, 780))


def a_group(name: str = "g", **given) -> Group:
    """Somebody wanted from nine to eleven on Monday."""
    return replace(Group(name, NINE, 660, 1), **given)


def a_need(name: str = "n", *groups: Group, **given) -> Need:
    """A need in the centre that wants people and nothing else."""
    return replace(
        Need(name, 2, *CENTRE, "town/a/", "meals", groups or (a_group(f"{name}-g"),)), **given
    )


def a_volunteer(name: str = "v", **given) -> Volunteer:
    """An adult in the centre who is always free."""
    return replace(Volunteer(name, *CENTRE, 1_000, 40, ALWAYS, insured=True), **given)


def a_case(seed: int, *, crossing: bool = False, needs: int = 5, volunteers: int = 6) -> Snapshot:
    """A few needs and volunteers with everything that may be in their way."""
    draws = random.Random(seed)
    wanted = tuple(_need(draws, f"n{at}", crossing) for at in range(draws.randint(2, needs)))
    people = tuple(
        _volunteer(draws, f"v{at}") for at in range(draws.randint(volunteers // 2, volunteers))
    )
    pairs = [(group.id, person.id) for need in wanted for group in need.groups for person in people]
    return Snapshot(
        needs=wanted,
        volunteers=people,
        **_helpers(draws),
        pinned=tuple(each for each in pairs if draws.random() < 0.04),
        forbidden=tuple(each for each in pairs if draws.random() < 0.05),
        previous=tuple(each for each in pairs if draws.random() < 0.1)
        if draws.random() < 0.4
        else (),
        terms=Terms(seed=seed % 7, seconds=30, nearest=draws.choice((1, 2, 24))),
    )


def _helpers(draws: random.Random) -> dict[str, Any]:
    return {
        "organisations": tuple(Organisation(f"o{at}", draws.randint(0, 2)) for at in range(2)),
        "workers": tuple(
            Worker(
                f"w{at}",
                tuple(draws.sample(("elders", "families"), draws.randint(1, 2))),
                draws.randint(0, 4),
                draws.choice(("", "town/", "town/a/")),
            )
            for at in range(2)
        ),
        "funds": tuple(
            Fund(
                f"f{at}",
                tuple(draws.sample(PURPOSES, draws.randint(1, 2))),
                draws.randint(0, 900),
                draws.choice(("", "town/", "town/a/")),
            )
            for at in range(3)
        ),
        "venues": tuple(
            Venue(
                f"h{at}",
                draws.randint(10, 40),
                ((0, draws.choice((DAY, 3 * WEEK))),),
                ((NINE, 600, draws.randint(0, 20)),),
            )
            for at in range(2)
        ),
    }


def a_crowd(seed: int) -> Snapshot:
    """Few people who could all do everything, and more crossing shifts than they have hours."""
    draws = random.Random(seed)
    needs = tuple(
        a_need(
            f"n{at}",
            *(
                Group(f"n{at}-{nth}", day + starts, day + ends, draws.randint(1, 2))
                for nth in range(draws.randint(1, 3))
                for day, (starts, ends) in [(draws.choice((0, 0, 7 * DAY)), draws.choice(CROSSING))]
            ),
            urgency=draws.randint(1, 4),
            longitude_e6=CENTRE[1] + draws.randint(-5_000, 5_000),
        )
        for at in range(draws.randint(2, 4))
    )
    people = tuple(
        a_volunteer(
            f"v{at}",
            longitude_e6=CENTRE[1] + draws.randint(-5_000, 5_000),
            weekly_services=draws.randint(1, 4),
            weekly_minutes=draws.choice((100, 150, 250, 400)),
            turns=draws.randint(0, 3),
        )
        for at in range(draws.randint(2, 4))
    )
    return Snapshot(needs=needs, volunteers=people, terms=Terms(seed=seed % 5, nearest=2))


def _need(draws: random.Random, name: str, crossing: bool) -> Need:
    groups = []
    for at in range(draws.randint(1, 2)):
        starts, ends = draws.choice(CROSSING if crossing else APART)
        day = draws.choice((0, 0, 0, 1, 7)) * DAY
        skill = draws.choice(("", "", "", *SKILLS))
        groups.append(
            Group(
                f"{name}-{at}",
                day + starts,
                day + ends,
                draws.randint(1, 2),
                skill,
                draws.randint(1, 2) if skill else 0,
            )
        )
    supervised, paid, hosted, housed = (draws.random() < 0.3 for _ in range(4))
    return Need(
        id=name,
        urgency=draws.randint(1, 4),
        latitude_e6=CENTRE[0] + draws.randint(-8_000, 8_000),
        longitude_e6=CENTRE[1] + draws.randint(-8_000, 8_000),
        area=draws.choice(("town/a/", "town/b/")),
        service=draws.choice(("meals", "repairs")),
        groups=tuple(groups),
        partial=draws.random() < 0.75,
        least_age=draws.choice((0, 0, 0, 0, 18, 60)),
        risky=draws.random() < 0.2,
        wants_host=hosted,
        hosts=tuple(draws.sample(("o0", "o1"), draws.choice((0, 1, 2, 2)))) if hosted else (),
        supervision=draws.randint(1, 3) if supervised else 0,
        qualification=draws.choice(("elders", "families")) if supervised else "",
        cost=draws.randint(1, 700) if paid else 0,
        purposes=tuple(draws.sample(PURPOSES, draws.randint(1, 2))),
        wants_venue=housed,
        venues=tuple(draws.sample(("h0", "h1"), draws.choice((0, 1, 2, 2)))) if housed else (),
        room=draws.randint(1, 20) if housed else 0,
    )


def _volunteer(draws: random.Random, name: str) -> Volunteer:
    free = tuple(
        (day * DAY + starts, day * DAY + ends)
        for day in (0, 1, 7)
        for starts, ends in ((480, 700), (480, 800), (800, 1000))
        if draws.random() < 0.7
    )
    return Volunteer(
        id=name,
        latitude_e6=CENTRE[0] + draws.randint(-8_000, 8_000),
        longitude_e6=CENTRE[1] + draws.randint(-8_000, 8_000),
        radius=draws.choice((500, 1_500, 3_000, 3_000)),
        age=draws.choice((12, 17, 25, 33, 40, 70)),
        free=free,
        skills=tuple(
            (skill, draws.randint(1, 3), draws.choice((600, 3 * WEEK, 3 * WEEK)))
            for skill in draws.sample(SKILLS, draws.randint(1, 3))
        ),
        weekly_services=draws.choice((0, 1, 2, 3, 3)),
        weekly_minutes=draws.choice((100, 180, 240, 600)),
        spent=((draws.randint(0, 1), 1, 60),) if draws.random() < 0.2 else (),
        guardian_consents=draws.random() < 0.5,
        insured=draws.random() < 0.6,
        automatic=draws.random() < 0.95,
        prefers=tuple(draws.sample(("meals", "repairs"), draws.randint(0, 2))),
        kept=draws.randint(0, 9),
        missed=draws.randint(0, 4),
        accepted=draws.randint(0, 9),
        declined=draws.randint(0, 9),
        turns=draws.randint(0, 5),
    )

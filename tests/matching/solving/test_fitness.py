"""Every hard rule about a person, one by one: it binds, and its reason is told."""

from dataclasses import replace

import numpy as np
import pytest

from domains.matching.solving import arranging, fitness
from domains.matching.solving.pinning import board
from domains.matching.solving.reasons import Reason
from domains.matching.solving.snapshot import WEEK, MalformedSnapshotError, Snapshot
from domains.matching.solving.tables import Columns
from tests.matching.solving.cases import CENTRE, a_case, a_group, a_need, a_volunteer
from tests.matching.solving.oracle import Rules

SKILLED = a_need("n", a_group("g", skill="cooking", level=2))
CASES = {
    "nothing": (a_need("n", a_group("g")), a_volunteer(), None),
    "opted out": (a_need("n", a_group("g")), a_volunteer(automatic=False), Reason.OPTED_OUT),
    "under age": (a_need("n", a_group("g"), least_age=41), a_volunteer(), Reason.UNDER_AGE),
    "just of age": (a_need("n", a_group("g"), least_age=40), a_volunteer(), None),
    "a minor at risk": (
        a_need("n", a_group("g"), risky=True),
        a_volunteer(age=17, guardian_consents=True),
        Reason.UNDER_AGE,
    ),
    "a minor alone": (a_need("n", a_group("g")), a_volunteer(age=17), Reason.NO_GUARDIAN_CONSENT),
    "a minor with consent": (
        a_need("n", a_group("g")),
        a_volunteer(age=17, guardian_consents=True),
        None,
    ),
    "uninsured": (
        a_need("n", a_group("g"), risky=True),
        a_volunteer(insured=False),
        Reason.NOT_INSURED,
    ),
    "unskilled": (SKILLED, a_volunteer(), Reason.NO_SKILL),
    "too low": (SKILLED, a_volunteer(skills=(("cooking", 1, WEEK),)), Reason.SKILL_TOO_LOW),
    "expired": (SKILLED, a_volunteer(skills=(("cooking", 2, 659),)), Reason.SKILL_EXPIRED),
    "expiring at the end": (SKILLED, a_volunteer(skills=(("cooking", 2, 660),)), None),
    "too far": (
        a_need("n", a_group("g")),
        a_volunteer(latitude_e6=CENTRE[0] + 9_100, radius=1_000),
        Reason.TOO_FAR,
    ),
    "near enough": (
        a_need("n", a_group("g")),
        a_volunteer(latitude_e6=CENTRE[0] + 9_000, radius=1_001),
        None,
    ),
    "not free": (a_need("n", a_group("g")), a_volunteer(free=((541, 660),)), Reason.NOT_FREE),
    "free in two windows": (
        a_need("n", a_group("g")),
        a_volunteer(free=((540, 600), (600, 660))),
        None,
    ),
    "week full of services": (
        a_need("n", a_group("g")),
        a_volunteer(weekly_services=1, spent=((0, 1, 10),)),
        Reason.WEEK_FULL,
    ),
    "week full of minutes": (
        a_need("n", a_group("g")),
        a_volunteer(weekly_minutes=200, spent=((0, 1, 90),)),
        Reason.WEEK_FULL,
    ),
    "another week full": (
        a_need("n", a_group("g")),
        a_volunteer(weekly_services=1, spent=((1, 1, 10),)),
        None,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_who_may_not_serve_is_told_why_and_never_asked(case):
    need, person, reason = CASES[case]
    snapshot = Snapshot(needs=(need,), volunteers=(person,))

    told = fitness.may_serve(board(snapshot).columns, 0, 0)
    proposal = arranging.arrange(snapshot)

    assert told == reason
    assert len(proposal.offers) == (reason is None)


def test_a_forbidden_pair_is_never_proposed():
    snapshot = Snapshot(
        needs=(a_need("n", a_group("g")),), volunteers=(a_volunteer(),), forbidden=(("g", "v"),)
    )

    proposal = arranging.arrange(snapshot)

    assert fitness.may_serve(Columns(snapshot), 0, 0) == Reason.FORBIDDEN
    assert proposal.offers == ()


def test_the_columns_judge_as_the_rules_read():
    for seed in range(150):
        snapshot = replace(a_case(seed, crossing=seed % 2 == 0), pinned=())
        columns = Columns(snapshot)
        rules = Rules(snapshot)
        volunteers, groups = (
            each.ravel()
            for each in np.meshgrid(
                np.arange(len(columns.volunteers)), np.arange(len(columns.groups))
            )
        )

        judged = fitness.why_not(columns, volunteers, groups) == fitness.MAY

        assert judged.tolist() == [
            rules.may(columns.volunteers[person].id, columns.groups[group].id)
            for person, group in zip(volunteers.tolist(), groups.tolist(), strict=True)
        ]


def test_a_week_holds_no_more_than_its_cap_of_services_and_minutes():
    groups = tuple(
        a_group(f"g{day}", starts=day * 1440 + 540, ends=day * 1440 + 660) for day in range(6)
    )
    for given, most in (({"weekly_services": 2}, 2), ({"weekly_minutes": 390}, 3)):
        snapshot = Snapshot(needs=(a_need("n", *groups),), volunteers=(a_volunteer(**given),))

        proposal = arranging.arrange(snapshot)

        assert (len(proposal.offers), proposal.exact) == (most, True)


def test_nobody_is_asked_to_be_in_two_places_at_once():
    groups = (
        a_group("early", starts=540, ends=660),
        a_group("late", starts=600, ends=720),
        a_group("after", starts=720, ends=780),
    )
    snapshot = Snapshot(needs=(a_need("n", *groups),), volunteers=(a_volunteer(),))

    proposal = arranging.arrange(snapshot)

    asked = {offer.group for offer in proposal.offers}
    assert (len(asked), "after" in asked, proposal.exact) == (2, True, True)


@pytest.mark.parametrize(
    "malformed",
    [
        lambda: a_group("g", starts=660, ends=540),
        lambda: a_group("g", starts=660, ends=660),
        lambda: a_volunteer(free=((700, 600),)),
        lambda: a_volunteer(radius=-1),
        lambda: a_need("n", urgency=5),
        lambda: a_need("n", cost=-1),
        lambda: Snapshot(needs=(a_need("n"), a_need("n"))),
        lambda: Snapshot(volunteers=(a_volunteer(), a_volunteer())),
        lambda: a_volunteer(skills=(("cooking", 1, 5), ("cooking", 2, 9))),
    ],
)
def test_what_contradicts_itself_is_not_taken(malformed):
    with pytest.raises(MalformedSnapshotError):
        malformed()

"""Star policies: a state machine over any sound policy, against a model that counts by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domains.kernel import calendar
from domains.kernel.calendar import Months
from domains.volunteering.rules.stars import Figures, StarPolicy

ROLES = ["street_reviewer"]


def content_of(asked):
    return {
        "notice": {"workingDays": 5},
        "levels": [
            {
                "level": at,
                "hours": hours,
                "months": months,
                "qualityTenths": quality,
                "approvers": ROLES,
            }
            for at, (hours, months, quality) in enumerate(asked, start=1)
        ],
        "medals": [
            {
                "code": "bronze",
                "titleZh": "铜",
                "titleEn": "Bronze",
                "hours": 20,
                "communityHours": 5,
                "approvers": ROLES,
            }
        ],
        "banYears": {"least": 1, "most": 3},
    }


@st.composite
def sound(draw):
    count = draw(st.integers(1, 5))
    hours = sorted(draw(st.sets(st.integers(1, 40), min_size=count, max_size=count)))
    months = sorted(draw(st.lists(st.integers(0, 12), min_size=count, max_size=count)))
    quality = sorted(draw(st.lists(st.integers(0, 50), min_size=count, max_size=count)))
    return list(zip(hours, months, quality, strict=True))


class Year(RuleBasedStateMachine):
    """Somebody serves, is rated, corrected and banned, while the days go by."""

    @initialize(asked=sound())
    def begin(self, asked):
        self.asked = asked
        self.policy = StarPolicy.read(content_of(asked))
        self.today = date(2026, 1, 1)
        self.records = []
        self.banned_until = None

    @rule(minutes=st.integers(1, 480), quality=st.none() | st.integers(1, 5), own=st.booleans())
    def serve(self, minutes, quality, own):
        self.records.append((self.today, minutes, quality, own))

    @rule(days=st.integers(1, 60))
    def wait(self, days):
        self.today += timedelta(days=days)

    @rule()
    def revoke_the_last(self):
        if self.records:
            self.records.pop()

    @rule(years=st.integers(1, 3))
    def ban(self, years):
        self.banned_until = calendar.add(self.today, Months(12 * years))

    def figures(self):
        rated = [quality for _, _, quality, _ in self.records if quality is not None]
        return Figures(
            minutes=sum(minutes for _, minutes, _, _ in self.records),
            community_minutes=sum(minutes for _, minutes, _, own in self.records if own),
            first_day=min((day for day, *_ in self.records), default=None),
            quality_tenths=sum(rated) * 10 // len(rated) if rated else None,
            is_banned=self.banned_until is not None and self.today <= self.banned_until,
        )

    @invariant()
    def a_star_is_held_by_all_that_it_asks_for_and_by_nothing_else(self):
        figures = self.figures()
        star = self.policy.star(figures, on=self.today)
        expected = 0
        for level, (hours, months, quality) in enumerate(self.asked, start=1):
            served = figures.first_day is not None and (
                months == 0 or calendar.add(figures.first_day, Months(months)) <= self.today
            )
            good = quality == 0 or (figures.quality_tenths or 0) >= quality
            if figures.minutes >= hours * 60 and served and good and not figures.is_banned:
                expected = level
        assert (star.level if star else 0) == expected

    @invariant()
    def a_ban_leaves_nothing_and_more_hours_never_lower_a_star(self):
        figures = self.figures()
        earned = list(self.policy.earned(figures, on=self.today))
        assert not (figures.is_banned and earned)
        more = Figures(
            figures.minutes + 600,
            figures.community_minutes,
            figures.first_day,
            figures.quality_tenths,
            figures.is_banned,
        )
        now = self.policy.star(figures, on=self.today)
        then = self.policy.star(more, on=self.today)
        assert (then.level if then else 0) >= (now.level if now else 0)


TestYear = Year.TestCase
TestYear.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(
    "asked",
    [
        [],
        [(100, 6, 30), (100, 6, 30)],
        [(100, 6, 30), (300, 3, 30)],
        [(100, 6, 30), (300, 6, 20)],
        [(0, 0, 0)],
        [(100, 0, 51)],
    ],
)
def test_a_policy_that_does_not_rise_is_no_policy(asked):
    with pytest.raises(ValueError, match="rise"):
        StarPolicy.read(content_of(asked))

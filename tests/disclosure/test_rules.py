"""Periods that follow one another, masks that hide, chains that are read as they are written."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.disclosure.rules import chains, forms, periods, texts
from domains.disclosure.rules.chains import Capacity
from domains.disclosure.rules.periods import DueRule
from domains.disclosure.service.presets import catalogue, publishing
from domains.disclosure.values import (
    Affair,
    DisclosureKind,
    Frequency,
    Mask,
    PublisherKind,
    StepKind,
)
from domains.kernel.actor import Role
from domains.kernel.errors import InvalidInput

DAYS = st.dates(date(2008, 1, 1), date(2090, 12, 31))
PERIODIC = [each for each in Frequency if periods.is_periodic(each)]


@given(DAYS, st.sampled_from(PERIODIC))
def test_every_day_lies_in_one_period_and_the_next_begins_after_it(day, frequency):
    start, end = periods.span(frequency, day)

    assert start <= day <= end
    assert periods.span(frequency, start) == periods.span(frequency, end) == (start, end)
    assert periods.next_start(frequency, day) == end + timedelta(days=1)
    assert start.day == 1


@given(DAYS, st.sampled_from(list(Frequency)), st.integers(1, 90))
def test_nothing_is_due_before_its_period_is_over(day, frequency, days):
    start, end = periods.span(frequency, day)

    due = DueRule.of({"from": "end", "within": {"naturalDays": days}}).due(start, end)

    assert due.last_day >= end + timedelta(days=days)


@pytest.mark.parametrize(
    ("frequency", "day", "period"),
    [
        (Frequency.MONTHLY, date(2028, 2, 29), (date(2028, 2, 1), date(2028, 2, 29))),
        (Frequency.QUARTERLY, date(2026, 12, 31), (date(2026, 10, 1), date(2026, 12, 31))),
        (Frequency.HALF_YEARLY, date(2026, 6, 30), (date(2026, 1, 1), date(2026, 6, 30))),
        (Frequency.YEARLY, date(2026, 1, 1), (date(2026, 1, 1), date(2026, 12, 31))),
        (Frequency.AT_ONCE, date(2026, 5, 4), (date(2026, 5, 4), date(2026, 5, 4))),
        (Frequency.LONG_TERM, date(2026, 5, 4), (date(2026, 5, 4), date(2026, 5, 4))),
    ],
)
def test_a_day_belongs_to_its_period(frequency, day, period):
    assert periods.span(frequency, day) == period


@pytest.mark.parametrize(
    "given_rule",
    [
        {},
        {"from": "end"},
        {"from": "middle", "within": {"naturalDays": 1}},
        {"from": "end", "within": {"naturalDays": 0}},
        {"from": "end", "within": {"naturalDays": True}},
        {"from": "end", "within": {"naturalDays": 1.5}},
        {"from": "end", "within": {"moons": 1}},
        {"from": "end", "within": {"naturalDays": 1, "months": 1}},
        {"from": "end", "within": {"naturalDays": 1}, "more": 1},
    ],
)
def test_a_due_rule_that_is_none_is_refused(given_rule):
    with pytest.raises(ValueError, match=r"period|due rule"):
        DueRule.of(given_rule)


def test_a_community_asks_for_no_less():
    looser = [
        (own, preset) for preset in PERIODIC for own in PERIODIC if periods.is_looser(own, preset)
    ]

    assert (Frequency.YEARLY, Frequency.MONTHLY) in looser
    assert (Frequency.MONTHLY, Frequency.YEARLY) not in looser
    assert len(looser) == 6
    assert periods.is_looser(Frequency.ONCE, Frequency.AT_ONCE)
    assert not periods.is_looser(Frequency.AT_ONCE, Frequency.AT_ONCE)


@given(st.text(min_size=2, max_size=40), st.sampled_from([each for each in Mask if each != "none"]))
def test_no_mask_but_none_shows_a_whole_value_with_a_digit(text, mask):
    value = f"{text}7{text}"

    assert forms.masked(mask, value) != value


@pytest.mark.parametrize("item", list(catalogue()), ids=lambda each: each.code)
def test_every_preset_has_a_due_rule_and_a_form_that_its_classes_allow(item):
    DueRule.of(item.due_rule)
    forms.require_form(item.form, publishing.CONTENT["masks"], path=())

    assert len(item.title_zh) <= 120
    assert len(item.title_en) <= 200
    assert (item.affair is Affair.FINANCE) == (item.finance_class is not None)


def test_codes_of_the_preset_are_each_their_own():
    codes = [each.code for each in catalogue()]

    assert len(set(codes)) == len(codes) == 74


@pytest.mark.parametrize("kind", list(PublisherKind))
def test_every_kind_of_body_has_a_chain_that_ends_in_approval(kind):
    rules = chains.rules_of(publishing.CONTENT, kind)

    assert rules.steps[-1].kind is StepKind.APPROVAL
    assert rules.writers
    assert all(step.takers for step in rules.steps)
    assert rules.each_another


def test_chains_are_read_as_they_are_written():
    community = chains.rules_of(publishing.CONTENT, PublisherKind.COMMUNITY)

    assert [step.kind for step in community.steps] == [
        StepKind.SUPERVISOR_REVIEW,
        StepKind.PRIVACY_REVIEW,
        StepKind.APPROVAL,
    ]
    assert community.steps[2].takers == (chains.Taker(Capacity.ROLE, Role.STREET_REVIEWER),)
    assert community.allows(DisclosureKind.STRUCTURED, Affair.FINANCE)
    assert not community.allows(DisclosureKind.STRUCTURED, Affair.PARTY)


@pytest.mark.parametrize("given_text", ["", " ", "一", "长" * 121, "控\x07制", "断\n行"])
def test_a_title_is_one_line_of_some_length(given_text):
    with pytest.raises(InvalidInput):
        texts.title(given_text)

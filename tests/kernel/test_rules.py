from dataclasses import replace
from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.rules import AlteredRules, LegalEffect, RuleSet, Threshold, freeze, thaw

TWO_THIRDS_OR_MORE = Threshold(2, 3, inclusive=True)
MORE_THAN_HALF = Threshold(1, 2, inclusive=False)

ADVISORY = RuleSet(
    id=UUID("0190a1b2-c3d4-7000-8000-000000000001"),
    code="residents.advisory",
    version=1,
    community_id=None,
    title_zh="居民协商表决",
    title_en="Residents' advisory vote",
    legal_basis="中办发〔2015〕41号",
    legal_effect=LegalEffect.ADVISORY,
    effective_from=date(2025, 1, 1),
    effective_to=None,
    content={"quorum": TWO_THIRDS_OR_MORE.as_json(), "windowDays": 7},
)


@st.composite
def thresholds(draw):
    denominator = draw(st.integers(1, 1000))
    numerator = draw(st.integers(0, denominator))
    inclusive = True if numerator == denominator else draw(st.booleans())
    return Threshold(numerator, denominator, inclusive=inclusive)


@pytest.mark.parametrize(
    ("threshold", "of", "least"),
    [
        (TWO_THIRDS_OR_MORE, 3, 2),
        (TWO_THIRDS_OR_MORE, 4, 3),
        (TWO_THIRDS_OR_MORE, 12532, 8355),
        (MORE_THAN_HALF, 2, 2),
        (MORE_THAN_HALF, 3, 2),
        (MORE_THAN_HALF, 100, 51),
        (Threshold(3, 4, inclusive=True), 100, 75),
        (Threshold(1, 1, inclusive=True), 7, 7),
        (Threshold(0, 1, inclusive=True), 7, 0),
    ],
)
def test_the_least_count_that_meets_the_law(threshold, of, least):
    assert threshold.least(of) == least
    assert threshold.met(least, of=of) is True
    assert least == 0 or threshold.met(least - 1, of=of) is False


@given(threshold=thresholds(), of=st.integers(1, 10**9), share=st.fractions(0, 1))
def test_a_threshold_agrees_with_exact_fractions(threshold, of, share):
    count = int(share * of)

    reached = Fraction(count, of)

    expected = (
        reached >= threshold.fraction if threshold.inclusive else reached > threshold.fraction
    )
    assert threshold.met(count, of=of) is expected


@given(threshold=thresholds(), of=st.integers(0, 10**6))
def test_more_voices_never_unmeet_a_threshold_and_a_larger_whole_never_lowers_it(threshold, of):
    assert threshold.met(threshold.least(of) + 1, of=of) is True
    assert of == 0 or threshold.least(of) <= threshold.least(of + 1)
    assert of == 0 or threshold.met(of, of=of) is True


@given(threshold=thresholds())
def test_of_nobody_nothing_is_met(threshold):
    assert threshold.met(0, of=0) is False


@pytest.mark.parametrize(
    "impossible",
    [(3, 2, True), (-1, 2, True), (0, 0, True), (1, 1, False)],
)
def test_an_impossible_threshold_is_not_made(impossible):
    numerator, denominator, inclusive = impossible

    with pytest.raises(ValueError, match=r"threshold|whole"):
        Threshold(numerator, denominator, inclusive=inclusive)


@given(threshold=thresholds())
def test_a_threshold_survives_json(threshold):
    assert Threshold.of(threshold.as_json()) == threshold


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"numerator": 1, "denominator": 2},
        {"numerator": 0.5, "denominator": 1, "inclusive": True},
        {"numerator": "1", "denominator": 2, "inclusive": True},
        {"numerator": 1, "denominator": 2, "inclusive": 1},
        {"numerator": 1, "denominator": 2, "inclusive": True, "also": 1},
    ],
)
def test_what_is_not_a_threshold_is_refused(given):
    with pytest.raises(ValueError, match="a threshold is"):
        Threshold.of(given)


def test_a_frozen_copy_thaws_to_the_same_rules():
    assert thaw(freeze(ADVISORY)) == ADVISORY
    assert ADVISORY.fraction("quorum") == Fraction(2, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"effectiveTo": "2025-12-31"},
        {"content": {"quorum": MORE_THAN_HALF.as_json(), "windowDays": 7}},
        {"sha256": "00" * 32},
    ],
)
def test_an_altered_copy_is_found(change):
    with pytest.raises(AlteredRules):
        thaw(freeze(ADVISORY) | change)


def test_the_hash_of_the_content_ignores_only_the_id_and_the_end():
    ended = replace(ADVISORY, id=UUID(int=1), effective_to=date(2025, 12, 31))

    assert ended.content_sha256 == ADVISORY.content_sha256
    assert replace(ADVISORY, title_zh="别的").content_sha256 != ADVISORY.content_sha256
    assert replace(ADVISORY, content={}).content_sha256 != ADVISORY.content_sha256


def test_rules_hold_no_floats():
    with pytest.raises(TypeError, match="float has no canonical form"):
        freeze(replace(ADVISORY, content={"quorum": 0.67}))

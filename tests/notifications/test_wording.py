"""Texts with variables: what is written, and what is refused rather than left out."""

from datetime import UTC, datetime, timedelta

import pytest

from domains.notifications.errors import VariableMissing, VariableUnknown
from domains.notifications.kinds import registry
from domains.notifications.rules import reasons, wording
from domains.notifications.rules.choices import choice
from domains.notifications.rules.timing import QuietHours, leaves_at
from domains.notifications.values import Channel, Choice, Locale, ReasonCode, VariableKind

KINDS = {"title": VariableKind.TEXT, "at": VariableKind.DATETIME, "fen": VariableKind.FEN}
NIGHT = QuietHours(22 * 60, 8 * 60)


def at(hour, minute=0, day=22):
    """An instant of that day of November by Shanghai's clock, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def test_a_text_says_its_variables_as_each_language_writes_them():
    values = {"title": "加装电梯", "at": "2026-11-22T10:00:00+00:00", "fen": 123_456_07}
    text = "{title} {at} {fen} {{x}}"

    said = {
        locale: wording.filled(text, wording.spoken_values(values, KINDS, locale=locale, names={}))
        for locale in Locale
    }

    assert said[Locale.ZH_HANS] == "加装电梯 2026年11月22日 18:00 123,456.07 元 {x}"
    assert said[Locale.EN] == "加装电梯 22 Nov 2026 18:00 ¥123,456.07 {x}"


def test_a_value_may_have_a_word_of_its_own_in_each_language():
    values = {"title": {"zh-Hans": "线上", "en": "online"}}

    said = [
        wording.spoken_values(values, KINDS, locale=locale, names={})["title"] for locale in Locale
    ]

    assert said == ["线上", "online"]


def test_a_missing_variable_is_refused_and_never_left_out():
    with pytest.raises(VariableMissing):
        wording.filled("{title}", {})


@pytest.mark.parametrize("text", ["{", "}", "{}", "{ title }", "{title.x}", "{0}", "{title!r}"])
def test_a_brace_that_names_nothing_is_refused(text):
    with pytest.raises(VariableUnknown):
        wording.named_in(text)


def test_a_text_names_only_what_its_kind_has():
    assert wording.require_known(["{title}", "{at} {title}"], KINDS) == ["title", "at"]
    with pytest.raises(VariableUnknown):
        wording.require_known(["{name}"], KINDS)


@pytest.mark.parametrize("kind", registry.ALL, ids=lambda each: each.code)
def test_every_kind_says_the_same_things_in_both_languages(kind):
    named = [
        sorted(wording.require_known((text.subject, text.body), kind.variables))
        for text in (kind.says[locale] for locale in Locale)
    ]

    assert named[0] == named[1]


def test_every_reason_is_a_sentence_in_both_languages():
    sentences = {reasons.sentence(each, locale) for each in ReasonCode for locale in Locale}

    assert len(sentences) == len(ReasonCode) * len(Locale)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (at(22), at(8, day=23)),
        (at(23, 59), at(8, day=23)),
        (at(3), at(8)),
        (at(7, 59), at(8)),
        (at(8), None),
        (at(21, 59), None),
    ],
)
def test_quiet_hours_run_over_midnight_and_end_on_their_minute(now, ends):
    assert NIGHT.ends_at(now) == ends


def test_equal_minutes_are_no_quiet_hours():
    assert [QuietHours(60, 60).ends_at(at(hour)) for hour in (0, 1, 2)] == [None] * 3


def test_what_would_come_too_late_does_not_leave_and_what_is_urgent_does_not_wait():
    waits = leaves_at(at(23), NIGHT, is_urgent=False, until=None)
    too_late = leaves_at(at(23), NIGHT, is_urgent=False, until=at(7, day=23))
    urgent = leaves_at(at(23), NIGHT, is_urgent=True, until=at(7, day=23))

    assert (waits, too_late, urgent) == (at(8, day=23), None, at(23))


def test_a_choice_of_a_kind_goes_before_its_categorys_and_that_before_what_is_usual():
    def chosen(said, **more):
        given = {"kind": "A", "category": "polls", "by_default": True, "is_legal": False}
        return choice(said, Channel.SMS, **{**given, "is_digestible": True, **more})

    category = {("polls", Channel.SMS): Choice.OFF}
    kind = {**category, ("A", Channel.SMS): Choice.DIGEST}

    assert chosen({}) is Choice.ON
    assert chosen({}, by_default=False) is Choice.OFF
    assert chosen(category) is Choice.OFF
    assert chosen(kind) is Choice.DIGEST
    assert chosen(kind, is_digestible=False) is Choice.ON
    assert chosen(category, is_legal=True) is Choice.ON
    assert chosen(category, is_legal=True, by_default=False) is Choice.OFF

"""Whatever a log holds, each of its rows is told once, or is of a kind declared silent."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domains.kernel.documents import Document, Facts, Heading, Paragraph, Table
from domains.kernel.errors import DomainError, InvalidInput
from domains.kernel.rules import Threshold
from domains.meetings.errors import MeetingRulesLooser
from domains.meetings.rules import minutes, minutes_html
from domains.meetings.rules.minutes_material import Entry, Material
from domains.meetings.rules.minutes_sentences import SENTENCES
from domains.meetings.rules.minutes_terms import MinutesTerms
from domains.meetings.rules.minutes_words import lasted
from domains.meetings.rules.own_minutes import OwnMinutes
from domains.meetings.service import presets_minutes
from domains.meetings.values import LogKind, MeetingForm
from domains.meetings.values.minutes import NamesShown, SignatoryRole

BEGAN = datetime(2026, 4, 17, 11, 0, tzinfo=UTC)
PEOPLE = [UUID(int=each) for each in range(1, 5)]
SUBJECTS = [UUID(int=each) for each in range(10, 14)]
# What each kind of row may be told with; a row of any other kind has no payload.
SAID: dict[LogKind, dict[str, Any]] = {
    LogKind.AGENDA_PUBLISHED: {"items": 3},
    LogKind.CHECKED_IN: {"method": "code"},
    LogKind.OPENED: {"entitled": 5, "voters": 4, "required": 3},
    LogKind.RECESSED: {"resumesAt": BEGAN.isoformat(), "reason": None},
    LogKind.ADJOURNED: {"unreached": 1},
    LogKind.ITEM_CLOSED: {"outcome": "concluded", "note": None},
    LogKind.SPEAKER_CALLED: {"side": "for", "limit_s": 120, "overruled": False},
    LogKind.SPEECH_ENDED: {"spoken_ms": 61_500, "ending": "finished"},
    LogKind.POINT_RULED: {"well_taken": True},
    LogKind.MOTION_PASSED_ON: {"body_id": str(SUBJECTS[0]), "until": None},
    LogKind.VOTE_OPENED: {"form": "secret"},
    LogKind.MOTION_LOST: {"reason": "无人附议"},
}


@st.composite
def logs(draw: st.DrawFn) -> list[Entry]:
    """Rows of any kinds in any order, numbered without gaps."""
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from(LogKind), st.sampled_from(PEOPLE), st.sampled_from(SUBJECTS)),
            min_size=1,
            max_size=60,
        )
    )
    return [
        Entry(
            seq=number,
            kind=kind,
            at=BEGAN + timedelta(seconds=number),
            person_id=person,
            subject_id=subject,
            said=SAID.get(kind, {}),
        )
        for number, (kind, person, subject) in enumerate(drawn, start=1)
    ]


@given(log=logs())
def test_each_row_is_told_in_exactly_one_line_or_is_silent(log: list[Entry]):
    material = Material(log=log, names={each: f"居民{each.int}" for each in PEOPLE})

    lines = minutes.draft(material)

    covered = sorted(seq for line in lines for seq in line.covers)
    assert covered == [each.seq for each in log if each.kind not in minutes.SILENT]
    assert all(line.seq == min(line.covers) for line in lines)


@given(log=logs())
def test_a_log_that_grows_leaves_the_lines_of_what_happened_where_they_are(log: list[Entry]):
    shorter = minutes.draft(Material(log=log[:-1]))
    longer = minutes.draft(Material(log=log))

    assert {(each.part, each.seq) for each in shorter} <= {(each.part, each.seq) for each in longer}


def test_every_kind_of_row_has_a_sentence_or_is_declared_not_to_appear():
    told = set(SENTENCES) | minutes.SILENT | minutes._OF_ATTENDANCE

    assert set(LogKind) - told == set()
    assert set(SENTENCES) & minutes.SILENT == set()


def test_what_was_spoken_is_rounded_up_to_the_second():
    assert [lasted(each) for each in (0, 1, 59_000, 60_000, 61_500)] == [
        "0秒",
        "1秒",
        "59秒",
        "1分钟",
        "1分2秒",
    ]


def test_a_paper_becomes_small_html_and_every_sign_stays_as_it_is():
    paper = Document(
        title="纪要",
        blocks=[
            Heading("出席"),
            Facts([("主持人", "刘<b>")]),
            Paragraph("一\n二"),
            Table(["赞成"], [["3 票"]]),
        ],
    )

    body = minutes_html.within(paper, most=1_000, change=lambda text: text)

    assert body == (
        "<h3>出席</h3><table><tr><td>主持人</td><td>刘&lt;b&gt;</td></tr></table>"
        "<p>一<br>二</p><table><tr><th>赞成</th></tr><tr><td>3 票</td></tr></table>"
    )


def test_a_paper_that_is_too_long_is_cut_between_blocks_and_says_so():
    paper = Document(title="纪要", blocks=[Paragraph("很长" * 10), Paragraph("更长" * 100)])

    body = minutes_html.within(paper, most=100, change=lambda text: text)

    assert body.startswith(f"<p>{'很长' * 10}</p><p>纪要全文较长")
    assert "更长" not in body


@given(present=st.integers(0, 50), signed=st.integers(0, 50))
def test_a_share_of_those_present_is_reached_and_never_rounded_down(present: int, signed: int):
    terms = MinutesTerms(
        offices=(SignatoryRole.CHAIR,),
        share=Threshold(1, 2, inclusive=False),
        objections=None,
        public_names=NamesShown.MASKED,
        catalogue_item="R01",
    )

    confirmed = terms.is_confirmed([SignatoryRole.CHAIR], attendees=signed, present=present)

    assert confirmed == (2 * signed > present)
    assert not terms.is_confirmed([], attendees=signed, present=present)


GENERAL = presets_minutes.content(MeetingForm.RESIDENTS_REPRESENTATIVES)


def test_a_community_asks_more_of_minutes_than_the_general_rules():
    own = OwnMinutes(objection_days=5, share=Threshold(2, 3, inclusive=True))

    content = own.put_into(GENERAL)

    assert content["minutes"] == GENERAL["minutes"] | {
        "objections": {"naturalDays": 5},
        "share": {"numerator": 2, "denominator": 3, "inclusive": True},
    }
    assert OwnMinutes().put_into(GENERAL) == GENERAL


@pytest.mark.parametrize(
    ("own", "refusal"),
    [
        (OwnMinutes(objection_days=2), MeetingRulesLooser),
        (OwnMinutes(share=Threshold(1, 3, inclusive=True)), MeetingRulesLooser),
        (OwnMinutes(objection_days=0), InvalidInput),
        (OwnMinutes(objection_days=31), InvalidInput),
    ],
)
def test_a_community_asks_no_less_of_minutes(own: OwnMinutes, refusal: type[DomainError]):
    with pytest.raises(refusal):
        own.put_into(GENERAL)

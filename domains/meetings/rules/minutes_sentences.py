"""One sentence of the minutes for each kind of row in a log. Pure.

A speech is told where it was called, a vote where it was opened: the rows that follow of the
same speech or vote are part of the same line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domains.meetings.rules import differences
from domains.meetings.rules import minutes_words as words
from domains.meetings.rules.minutes_material import Ballots, Entry, Material, Moved
from domains.meetings.values import AgendaItemState, LogKind
from domains.meetings.values.floor import SpeakingSide
from domains.meetings.values.motions import MotionKind, VoteForm


@dataclass(frozen=True, slots=True)
class Said:
    """What a line says, whom it names, and its table."""

    text: str
    names: tuple[str, ...] = ()
    cells: tuple[tuple[str, str], ...] = ()
    is_heading: bool = False


Sentence = Callable[[Entry, Sequence[Entry], Material], Said]

# By the row that begins it: what else is told with it.
GROUPED: Mapping[LogKind, frozenset[LogKind]] = {
    LogKind.SPEAKER_CALLED: frozenset(
        {LogKind.SPEECH_INTERRUPTED, LogKind.SPEECH_RESUMED, LogKind.SPEECH_ENDED}
    ),
    LogKind.VOTE_OPENED: frozenset(
        {LogKind.VOTE_CALLED, LogKind.HANDS_COUNTED, LogKind.VOTE_VOID, LogKind.VOTE_ENDED}
    ),
    LogKind.MOTION_DROPPED: frozenset({LogKind.MOTION_LOST}),
}


def _person(entry: Entry, material: Material) -> str:
    return material.names.get(entry.person_id, "") if entry.person_id else ""


def _reason(entry: Entry) -> str:
    why = entry.said.get("reason")
    return f"（理由：{why}）" if why else ""


def _agenda(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    return Said(f"{words.day_and_time(entry.at)} 公布会议通知和议程，共 {entry.said['items']} 项。")


def _rescheduled(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    return Said(f"会议改期{_reason(entry)}。")


def _elsewhere(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    return Said(f"会议改换地点{_reason(entry)}。")


def _chair(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    name = _person(entry, material)
    return Said(f"确定由{name}主持会议。", (name,))


def _check_in(_: Entry, __: Sequence[Entry], ___: Material) -> Said:
    return Said("开始签到。")


def _opened(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    said = entry.said
    return Said(
        f"主持人宣布开会。有表决权的应到 {said['entitled']} 人，实到 {said['voters']} 人，"
        f"法定人数 {said['required']} 人，达到法定人数。"
    )


def _recessed(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    until = datetime.fromisoformat(entry.said["resumesAt"])
    return Said(f"休会至 {words.time_of(until)}{_reason(entry)}。")


def _resumed(_: Entry, __: Sequence[Entry], ___: Material) -> Said:
    return Said("复会。")


def _adjourned(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    unreached = entry.said.get("unreached") or 0
    left = f"未及审议的议程 {unreached} 项，留待以后处理。" if unreached else ""
    return Said(f"主持人宣布散会。{left}")


def _called(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    item = material.items.get(entry.subject_id) if entry.subject_id else None
    place = f"第 {item.position} 项 " if item and item.position else ""
    title = item.title if item else ""
    return Said(f"议程{place}{title}{_reason(entry)}", is_heading=True)


_OUTCOMES = {AgendaItemState.CONCLUDED: "审议结束", AgendaItemState.UNRESOLVED: "未能解决"}


def _closed(entry: Entry, _: Sequence[Entry], __: Material) -> Said:
    note = entry.said.get("note")
    outcome = _OUTCOMES[AgendaItemState(entry.said["outcome"])]
    return Said(f"本项{outcome}。" + (f"主持人小结：{note}" if note else ""))


def _item_gone(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    item = material.items.get(entry.subject_id) if entry.subject_id else None
    what = "撤下" if entry.kind is LogKind.ITEM_WITHDRAWN else "提交上一级处理"
    return Said(f"议程“{item.title if item else ''}”{what}{_reason(entry)}。")


def _handed_over(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    name = _person(entry, material)
    until = "，至相关动议议决为止" if entry.subject_id else ""
    return Said(f"主持人将主持权交由{name}代行{until}。", (name,))


def _returned(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    name = _person(entry, material)
    return Said(f"主持权交还{name}。", (name,))


def _speech(entry: Entry, following: Sequence[Entry], material: Material) -> Said:
    name = _person(entry, material)
    speech = material.speeches.get(entry.subject_id) if entry.subject_id else None
    side = words.SIDES[SpeakingSide(entry.said["side"])]
    ended = next((each for each in following if each.kind is LogKind.SPEECH_ENDED), None)
    spoken = ended.said["spoken_ms"] if ended else 0
    ending = words.ENDINGS[speech.ending] if speech and speech.ending else ""
    broken = sum(each.kind is LogKind.SPEECH_INTERRUPTED for each in following)
    told = f"{name}发言（{side}），用时 {words.lasted(spoken)}"
    told += f"，限时 {words.lasted(entry.said['limit_s'] * 1000)}{ending}"
    told += f"，其间因程序问题中断 {broken} 次" if broken else ""
    overruled = entry.said.get("overruled")
    told += f"。主持人未按发言名单顺序点名{_reason(entry)}" if overruled else ""
    return Said(told + "。", (name,))


def _motion(entry: Entry, material: Material) -> Moved | None:
    return material.motions.get(entry.subject_id) if entry.subject_id else None


def _what(motion: Moved | None) -> str:
    return f"{words.MOTIONS[motion.kind]}“{motion.title}”" if motion else "动议"


def _proposed(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    name, motion = _person(entry, material), _motion(entry, material)
    if motion is None:
        return Said(f"{name}提出动议“{entry.said.get('title', '')}”。", (name,))
    return Said(f"{name}提出{_what(motion)}{_content(motion)}", (name,))


def _content(motion: Moved) -> str:
    match motion.kind:
        case MotionKind.AMENDMENT:
            moved = differences.difference(motion.base_text or "", motion.moved_text)
            changes = "；".join(_change(each.removed, each.inserted) for each in moved)
            return f"：{changes}。" if changes else "。"
        case MotionKind.REFER:
            return f"，提议交由{motion.body_name or '有关组织'}审议。"
        case MotionKind.POSTPONE:
            return f"，提议延期至 {motion.postponed_to}。"
        case MotionKind.RECESS:
            return f"，提议休会 {motion.recess_minutes} 分钟。"
        case _:
            return f"。全文：{motion.moved_text}" if motion.moved_text else "。"


def _change(removed: str, inserted: str) -> str:
    if removed and inserted:
        return f"将“{removed}”改为“{inserted}”"
    return f"增加“{inserted}”" if inserted else f"删去“{removed}”"


def _about_motion(sentence: str) -> Sentence:
    def said(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
        name = _person(entry, material)
        told = sentence.format(what=_what(_motion(entry, material)), name=name)
        return Said(f"{told}{_reason(entry)}。", (name,) if name else ())

    return said


def _amended(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    text = material.texts.get(entry.seq)
    now = f"现文：{text}" if text else ""
    return Said(f"{_what(_motion(entry, material))}依修正案修改。{now}")


def _ruled(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    motion = _motion(entry, material)
    taken = "成立" if entry.said["well_taken"] else "不成立"
    ruling = f"：{motion.ruling}" if motion and motion.ruling else ""
    return Said(f"主持人裁定程序问题{taken}{ruling}。")


def _passed_on(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    until = entry.said.get("until")
    when = f"，不早于 {until} 审议" if until else ""
    body = next(
        (name for each, name in material.bodies.items() if str(each) == entry.said["body_id"]),
        "有关组织",
    )
    return Said(f"{_what(_motion(entry, material))}转入{body}待审议事项{when}。")


def _vote(entry: Entry, following: Sequence[Entry], material: Material) -> Said:
    """Tell a vote by its figures; those who said nothing are not called abstentions."""
    vote = material.votes.get(entry.subject_id) if entry.subject_id else None
    form = words.VOTE_FORMS[VoteForm(entry.said["form"])]
    if vote is None:
        return Said(f"进行{form}。")
    motion = material.motions.get(vote.motion_id)
    outcome = words.VOTE_STATES[vote.state]
    void = f"（{words.VOIDS[vote.void_reason]}）" if vote.void_reason else ""
    counted = sum(each.kind is LogKind.HANDS_COUNTED for each in following)
    by_hand = f"现场举手由工作人员登记 {counted} 次。" if counted else ""
    names = (*vote.names_for, *vote.names_against)
    return Said(
        f"就{_what(motion)}{form}：{outcome}{void}。{by_hand}",
        names,
        _table(vote, form=form, outcome=outcome + void),
    )


def _table(vote: Ballots, *, form: str, outcome: str) -> tuple[tuple[str, str], ...]:
    told = [("表决方式", form)]
    told += [("赞成", f"{vote.in_favour} 票")] if vote.in_favour is not None else []
    told += [("反对", f"{vote.against} 票")] if vote.against is not None else []
    told += [("未表示", f"{vote.silent} 人")] if vote.silent is not None else []
    told += [
        ("有表决权到会", f"{vote.present} 人"),
        ("应表决", f"{vote.entitled} 人"),
        ("法定人数", f"{vote.required} 人"),
        ("结果", outcome),
    ]
    told += [(words.IN_FAVOUR, "、".join(vote.names_for))] if vote.names_for else []
    told += [(words.OPPOSED, "、".join(vote.names_against))] if vote.names_against else []
    return tuple(told)


def _vote_alone(_: Entry, __: Sequence[Entry], ___: Material) -> Said:
    """Tell a row of a vote whose beginning is not in the log."""
    return Said("表决继续。")


def _speech_alone(entry: Entry, _: Sequence[Entry], material: Material) -> Said:
    name = _person(entry, material)
    return Said(f"{name}继续发言。", (name,))


SENTENCES: Mapping[LogKind, Sentence] = {
    LogKind.AGENDA_PUBLISHED: _agenda,
    LogKind.RESCHEDULED: _rescheduled,
    LogKind.PLACE_CHANGED: _elsewhere,
    LogKind.CHAIR_APPOINTED: _chair,
    LogKind.CHECK_IN_OPENED: _check_in,
    LogKind.OPENED: _opened,
    LogKind.RECESSED: _recessed,
    LogKind.RESUMED: _resumed,
    LogKind.ADJOURNED: _adjourned,
    LogKind.ITEM_CALLED: _called,
    LogKind.ITEM_CLOSED: _closed,
    LogKind.ITEM_WITHDRAWN: _item_gone,
    LogKind.ITEM_RAISED: _item_gone,
    LogKind.CHAIR_HANDED_OVER: _handed_over,
    LogKind.CHAIR_RETURNED: _returned,
    LogKind.SPEAKER_CALLED: _speech,
    LogKind.SPEECH_INTERRUPTED: _speech_alone,
    LogKind.SPEECH_RESUMED: _speech_alone,
    LogKind.SPEECH_ENDED: _speech_alone,
    LogKind.MOTION_PROPOSED: _proposed,
    LogKind.MOTION_SECONDED: _about_motion("{name}附议{what}"),
    LogKind.MOTION_STATED: _about_motion("主持人宣布{what}，提请会议讨论"),
    LogKind.MOTION_DROPPED: _about_motion("{what}无人附议，不予讨论"),
    LogKind.MOTION_WITHDRAWN: _about_motion("{what}撤回"),
    LogKind.MOTION_READY: _about_motion("{what}讨论结束，提付表决"),
    LogKind.MOTION_AMENDED: _amended,
    LogKind.MOTION_CARRIED: _about_motion("{what}通过"),
    LogKind.MOTION_LOST: _about_motion("{what}未通过"),
    LogKind.MOTION_TABLED: _about_motion("{what}搁置"),
    LogKind.POINT_RULED: _ruled,
    LogKind.RULING_REVERSED: _about_motion("会议推翻主持人对{what}的裁定"),
    LogKind.MOTION_PASSED_ON: _passed_on,
    LogKind.VOTE_OPENED: _vote,
    LogKind.VOTE_CALLED: _vote_alone,
    LogKind.HANDS_COUNTED: _vote_alone,
    LogKind.VOTE_VOID: _vote_alone,
    LogKind.VOTE_ENDED: _vote_alone,
}

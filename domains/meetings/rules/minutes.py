"""Minutes that write themselves: the rows of a log as lines that people read. Pure.

Every row of the log stands in one line, or is of a kind that is declared not to appear; every
line names the row that it tells of. A secret vote is told by its figures alone.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from domains.meetings.rules import differences
from domains.meetings.rules import minutes_words as words
from domains.meetings.rules.minutes_material import Attended, DraftLine, Entry, Material
from domains.meetings.rules.minutes_sentences import GROUPED, SENTENCES, Said
from domains.meetings.values import CheckInMethod, LogKind, Standing
from domains.meetings.values.minutes import MinutesPart

# What belongs to the planning, or is told by what came of it.
SILENT = frozenset(
    {
        LogKind.PLANNED,
        LogKind.EDITED,
        LogKind.CANCELLED,
        LogKind.INVITED,
        LogKind.INVITATION_REVOKED,
        LogKind.RESPONDED,
        LogKind.ITEM_ADDED,
        LogKind.ITEM_EDITED,
        LogKind.ITEMS_REORDERED,
        LogKind.HAND_RAISED,
        LogKind.HAND_WITHDRAWN,
        LogKind.HANDS_LAPSED,
        LogKind.MINUTES_DRAFTED,
        LogKind.MINUTES_EDITED,
        LogKind.MINUTES_SIGNED,
        LogKind.MINUTES_CONFIRMED,
        LogKind.MINUTES_OBJECTED,
        LogKind.MINUTES_OBJECTION_DECIDED,
        LogKind.MINUTES_PUBLISHED,
    }
)
# These are told together, of one person each.
_OF_ATTENDANCE = frozenset(
    {
        LogKind.CHECKED_IN,
        LogKind.LEFT,
        LogKind.EXCUSED,
        LogKind.SUBSTITUTE_NAMED,
        LogKind.SUBSTITUTE_WITHDRAWN,
    }
)

_AWAY = frozenset({Standing.ABSENT, Standing.EXCUSED})


def draft(material: Material) -> list[DraftLine]:
    """Return the lines of the minutes: who was there, then what happened, in order."""
    told = replace(material, texts=amended_texts(material))
    return [*_attendance(told), *_proceedings(told)]


def amended_texts(material: Material) -> dict[int, str]:
    """Return, by the row that tells of an amendment, what the text was from then on."""
    current = {each: motion.moved_text for each, motion in material.motions.items()}
    edits = {str(each): motion.edits for each, motion in material.motions.items()}
    found: dict[int, str] = {}
    for entry in material.log:
        if entry.kind is LogKind.MOTION_AMENDED and entry.subject_id in current:
            changes = edits.get(entry.said.get("amendment_id", ""), ())
            current[entry.subject_id] = differences.apply(current[entry.subject_id], changes)
            found[entry.seq] = current[entry.subject_id]
    return found


def _attendance(material: Material) -> Iterator[DraftLine]:
    by_person: defaultdict[UUID, list[Entry]] = defaultdict(list)
    for entry in material.log:
        if entry.kind in _OF_ATTENDANCE:
            assert entry.person_id is not None, "it is somebody who comes or goes"
            by_person[entry.person_id].append(entry)
    parts = {each.person_id: each for each in material.people}
    for person_id, entries in by_person.items():
        yield _attendee(material, parts.get(person_id), entries)
    absent = [
        each
        for each in material.people
        if each.standing in _AWAY and each.person_id not in by_person
    ]
    if absent and material.log:
        yield _absent(material, absent)


def _attendee(material: Material, part: Attended | None, entries: Sequence[Entry]) -> DraftLine:
    first = entries[0]
    name = _name(material, first)
    role = _role(part, material)
    told = "；".join(_came_or_went(each) for each in entries)
    return DraftLine(
        part=MinutesPart.ATTENDANCE,
        seq=first.seq,
        at=first.at,
        text=f"{name}（{role}）：{told}。",
        covers=tuple(each.seq for each in entries),
        names=(name,),
        cells=(("姓名", name), ("身份", role), ("到会情况", told)),
    )


def _role(part: Attended | None, material: Material) -> str:
    if part is None:
        return "已撤回邀请"
    principal = next(
        (each for each in material.people if each.invitation_id == part.stands_in_for_id), None
    )
    told = [words.KINDS[part.kind]]
    told += [part.group_name] if part.group_name else []
    told += [f"代{material.names.get(principal.person_id, '')}出席"] if principal else []
    told += ["有表决权"] if part.votes else []
    return "、".join(told)


def _came_or_went(entry: Entry) -> str:
    at = words.time_of(entry.at)
    match entry.kind:
        case LogKind.CHECKED_IN:
            return f"{at} 到会（{words.METHODS[CheckInMethod(entry.said['method'])]}）"
        case LogKind.LEFT:
            return f"{at} 离会"
        case LogKind.EXCUSED:
            return "请假"
        case LogKind.SUBSTITUTE_NAMED:
            return "受委托代为出席"
        case _:
            return "代为出席的委托已撤回"


def _absent(material: Material, absent: Sequence[Attended]) -> DraftLine:
    """Tell who did not come at the row by which the room was opened."""
    opened = next(
        (each for each in material.log if each.kind is LogKind.CHECK_IN_OPENED), material.log[0]
    )
    excused = _names(material, absent, Standing.EXCUSED)
    others = tuple(
        material.names.get(each.person_id, "")
        for each in absent
        if each.standing is not Standing.EXCUSED
    )
    told = [f"缺席 {len(others)} 人：{'、'.join(others)}"] if others else []
    told += [f"请假 {len(excused)} 人：{'、'.join(excused)}"] if excused else []
    return DraftLine(
        part=MinutesPart.ATTENDANCE,
        seq=opened.seq,
        at=opened.at,
        text="；".join(told) + "。",
        covers=(),
        names=(*others, *excused),
        ordinal=1,
    )


def _names(material: Material, people: Sequence[Attended], standing: Standing) -> tuple[str, ...]:
    return tuple(
        material.names.get(each.person_id, "") for each in people if each.standing is standing
    )


def _name(material: Material, entry: Entry) -> str:
    return material.names.get(entry.person_id, "") if entry.person_id else ""


def _proceedings(material: Material) -> Iterator[DraftLine]:
    followed = _followed(material.log)
    told_elsewhere = {each.seq for rows in followed.values() for each in rows}
    for entry in material.log:
        apart = entry.kind in SILENT or entry.kind in _OF_ATTENDANCE
        if apart or entry.seq in told_elsewhere:
            continue
        following = followed.get(entry.seq, ())
        said: Said = SENTENCES[entry.kind](entry, following, material)
        yield DraftLine(
            part=MinutesPart.PROCEEDINGS,
            seq=entry.seq,
            at=entry.at,
            text=said.text,
            covers=(entry.seq, *(each.seq for each in following)),
            names=tuple(name for name in said.names if name),
            cells=said.cells,
            is_heading=said.is_heading,
        )


def _followed(log: Sequence[Entry]) -> dict[int, list[Entry]]:
    """Return, by the row that begins it, the rows of what is told as one: a speech, a vote."""
    begun: dict[object, int] = {}
    found: dict[int, list[Entry]] = {}
    for entry in log:
        if entry.kind in GROUPED:
            begun[(entry.subject_id, GROUPED[entry.kind])] = entry.seq
            found[entry.seq] = []
            continue
        for followers in GROUPED.values():
            first = begun.get((entry.subject_id, followers))
            if entry.kind in followers and first is not None:
                found[first].append(entry)
                break
    return found

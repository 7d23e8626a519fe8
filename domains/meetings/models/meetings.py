"""Meetings, the points of their agendas, and who is invited and present."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values import (
    AgendaItemKind,
    AgendaItemState,
    AttendeeKind,
    Capacity,
    CheckInMethod,
    MeetingForm,
    MeetingMode,
    MeetingState,
    Response,
    Standing,
)


class Meeting(Model):
    """A meeting of a body; its row is locked by every command in its room."""

    id = fields.UUIDField(primary_key=True)
    body_id = fields.UUIDField()
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    form = fields.CharEnumField(MeetingForm, max_length=32)
    mode = fields.CharEnumField(MeetingMode, max_length=16)
    title = fields.CharField(max_length=120)
    place = fields.CharField(max_length=200, null=True)
    online_address = fields.CharField(max_length=500, null=True)
    state = fields.CharEnumField(MeetingState, max_length=20)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    rule_code = fields.CharField(max_length=60)
    frozen_rules: Any = fields.JSONField(null=True)
    month = fields.CharField(max_length=7, null=True)
    shift_reason = fields.CharField(max_length=200, null=True)
    recurrence_id = fields.UUIDField(null=True)
    recurrence_day = fields.DateField(null=True)
    chair_id = fields.UUIDField(null=True)
    standing_chair_id = fields.UUIDField(null=True)
    chair_motion_id = fields.UUIDField(null=True)
    secretary_id = fields.UUIDField(null=True)
    current_item_id = fields.UUIDField(null=True)
    recess_reason = fields.CharField(max_length=200, null=True)
    resumes_at = fields.DatetimeField(null=True)
    log_seq = fields.IntField(default=0, db_default=0)
    version = fields.IntField(default=1, db_default=1)
    author_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    convened_at = fields.DatetimeField(null=True)
    check_in_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    adjourned_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancel_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        """What each state requires, and how states follow, is in the migration."""

        table = "meetings_meeting"


class AgendaItem(Model):
    """A point of an agenda, or a matter that waits for a meeting of its body."""

    id = fields.UUIDField(primary_key=True)
    body_id = fields.UUIDField()
    meeting_id = fields.UUIDField(null=True)
    position = fields.SmallIntField(null=True)
    kind = fields.CharEnumField(AgendaItemKind, max_length=16)
    state = fields.CharEnumField(AgendaItemState, max_length=16)
    title = fields.CharField(max_length=120)
    body = fields.TextField(default="", db_default="")
    planned_minutes = fields.SmallIntField(null=True)
    presenter_id = fields.UUIDField(null=True)
    issue_id = fields.UUIDField(null=True)
    raised_from_id = fields.UUIDField(null=True)
    not_before = fields.DateField(null=True)
    author_id = fields.UUIDField(null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()
    announced_at = fields.DatetimeField(null=True)
    called_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    note = fields.CharField(max_length=1000, null=True)

    class Meta:
        """One item a place of the agenda, one item called at a time."""

        table = "meetings_agenda_item"


class Invitation(Model):
    """Somebody's part in a meeting: in what capacity, what they answered, whether they are there.

    `votes` is whether they decide: by their capacity, and while nobody stands in for them.
    """

    id = fields.UUIDField(primary_key=True)
    meeting_id = fields.UUIDField()
    person_id = fields.UUIDField()
    capacity = fields.CharEnumField(Capacity, max_length=16)
    kind = fields.CharEnumField(AttendeeKind, max_length=16)
    votes = fields.BooleanField()
    group_name = fields.CharField(max_length=60, null=True)
    stands_in_for_id = fields.UUIDField(null=True)
    invited_by_id = fields.UUIDField(null=True)
    invited_at = fields.DatetimeField()
    response = fields.CharEnumField(
        Response, max_length=16, default=Response.AWAITED, db_default="awaited"
    )
    responded_at = fields.DatetimeField(null=True)
    note = fields.CharField(max_length=200, null=True)
    standing = fields.CharEnumField(
        Standing, max_length=16, default=Standing.ABSENT, db_default="absent"
    )
    check_in_method = fields.CharEnumField(CheckInMethod, max_length=16, null=True)
    checked_in_by_id = fields.UUIDField(null=True)
    arrived_at = fields.DatetimeField(null=True)
    left_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoke_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        """One invitation a person that stands, one substitute a principal."""

        table = "meetings_invitation"


class CalendarFeed(Model):
    """A secret address under which a calendar reads its owner's meetings."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    token_hash = fields.BinaryField()
    label = fields.CharField(max_length=60)
    created_at = fields.DatetimeField()
    last_read_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        """An address belongs to one feed."""

        table = "meetings_calendar_feed"

"""Bodies that meet, who sits in them, and how often they meet."""

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values import (
    AttendeeKind,
    BodyLevel,
    Capacity,
    MeetingForm,
    MeetingMode,
    RecurrenceKind,
    SeatOffice,
)


class Body(Model):
    """A body that deliberates for an area; what it cannot resolve goes to the body above."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    community_id = fields.UUIDField(null=True)
    level = fields.CharEnumField(BodyLevel, max_length=16)
    form = fields.CharEnumField(MeetingForm, max_length=32)
    name = fields.CharField(max_length=60)
    purpose = fields.CharField(max_length=1000, default="", db_default="")
    above_id = fields.UUIDField(null=True)
    author_id = fields.UUIDField(null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()
    dissolved_at = fields.DatetimeField(null=True)
    dissolve_reason = fields.CharField(max_length=500, null=True)

    class Meta:
        """One name in one area among those that stand."""

        table = "meetings_body"


class Seat(Model):
    """Somebody's place in a body, from one day to another."""

    id = fields.UUIDField(primary_key=True)
    body_id = fields.UUIDField()
    person_id = fields.UUIDField()
    office = fields.CharEnumField(SeatOffice, max_length=16)
    capacity = fields.CharEnumField(Capacity, max_length=16)
    kind = fields.CharEnumField(AttendeeKind, max_length=16)
    group_name = fields.CharField(max_length=60, null=True)
    since = fields.DateField()
    until = fields.DateField(null=True)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        """One seat a person, one chair a body, among the seats that stand."""

        table = "meetings_seat"


class Recurrence(Model):
    """How often a body meets; the worker makes the meetings, each day's once."""

    id = fields.UUIDField(primary_key=True)
    body_id = fields.UUIDField()
    kind = fields.CharEnumField(RecurrenceKind, max_length=16)
    every = fields.SmallIntField(default=1, db_default=1)
    month_day = fields.SmallIntField(null=True)
    week_day = fields.SmallIntField(null=True)
    form = fields.CharEnumField(MeetingForm, max_length=32)
    mode = fields.CharEnumField(MeetingMode, max_length=16)
    title = fields.CharField(max_length=120)
    place = fields.CharField(max_length=200, null=True)
    starts_minute = fields.SmallIntField()
    lasts_minutes = fields.SmallIntField()
    ahead_days = fields.SmallIntField(default=14, db_default=14)
    monthly = fields.BooleanField(default=False, db_default=False)
    first_day = fields.DateField()
    last_day = fields.DateField(null=True)
    made_until = fields.DateField(null=True)
    author_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=200, null=True)

    class Meta:
        """A community has one recurrence that makes its meeting of the month."""

        table = "meetings_recurrence"

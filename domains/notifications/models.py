"""Notifications' tables.

What people and staff write one at a time are models: templates, choices, settings. What is
written once an addressee, a thousand at a time, is written in SQL only and stands in the
migrations, where its constraints are:

- `notifications_occasion (kind, subject_id, slot)`: what there is to tell, once; the state of
  its telling lies on this row, and whoever works on it holds it;
- `notifications_notice (person_id, kind, subject_id, slot, second_for_id)`: what one person is
  told, once; `seq` is its place among that person's notices;
- `notifications_box (person_id)`: a person's last `seq`, how many are unread, and up to which
  one all were read at once;
- `notifications_delivery (notice_id, channel)`: how a notice leaves the house.
"""

from typing import Any
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.notifications.values import CampaignState, CampaignSubject, Channel, Choice, Locale


class Template(Model):
    """What a kind of notice says on one channel in one language; a version never changes."""

    id = fields.UUIDField(primary_key=True)
    kind = fields.CharField(max_length=60)
    channel = fields.CharEnumField(Channel, max_length=16)
    locale = fields.CharEnumField(Locale, max_length=16)
    version = fields.IntField()
    subject = fields.CharField(max_length=200)
    body = fields.TextField(default="", db_default="")
    provider_code = fields.CharField(max_length=80, null=True)
    variables: Any = fields.JSONField()
    author_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        """One text a version; append-only by a trigger in the migration."""

        table = "notifications_template"
        unique_together = (("kind", "channel", "locale", "version"),)


class Preference(Model):
    """What somebody wants of a kind or of a whole category on a channel."""

    id = fields.UUIDField(primary_key=True)
    person_id = fields.UUIDField()
    scope = fields.CharField(max_length=60)
    channel = fields.CharEnumField(Channel, max_length=16)
    choice = fields.CharEnumField(Choice, max_length=8)
    changed_at = fields.DatetimeField()

    class Meta:
        """`scope` is a category's value or a kind's code, which are upper case."""

        table = "notifications_preference"
        unique_together = (("person_id", "scope", "channel"),)


class Profile(Model):
    """How somebody wants to be told: language, quiet hours, digests."""

    person_id: UUID = fields.UUIDField(primary_key=True)
    locale = fields.CharEnumField(Locale, max_length=16, null=True)
    quiet_from_minute = fields.SmallIntField(null=True)
    quiet_until_minute = fields.SmallIntField(null=True)
    wants_digests = fields.BooleanField(default=True, db_default=True)
    version = fields.IntField(default=1, db_default=1)
    changed_at = fields.DatetimeField()

    class Meta:
        """Quiet hours come as a pair of minutes of the day in Shanghai; equal: none."""

        table = "notifications_profile"


class Campaign(Model):
    """What somebody in office tells those whom it is meant for; the audience is criteria."""

    id = fields.UUIDField(primary_key=True)
    area_id = fields.UUIDField()
    area_path = fields.CharField(max_length=300)
    subject_kind = fields.CharEnumField(CampaignSubject, max_length=16)
    subject_id = fields.UUIDField(null=True)
    title = fields.CharField(max_length=80)
    body = fields.CharField(max_length=1000)
    purpose = fields.CharField(max_length=200)
    basis = fields.CharField(max_length=200)
    audience: Any = fields.JSONField()
    uses_tags = fields.BooleanField()
    is_sensitive = fields.BooleanField()
    state = fields.CharEnumField(CampaignState, max_length=16)
    author_id = fields.UUIDField(null=True)
    approved_by_id = fields.UUIDField(null=True)
    return_reason = fields.CharField(max_length=200, null=True)
    previewed_at = fields.DatetimeField(null=True)
    previewed_count = fields.IntField(null=True)
    submitted_at = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    withdrawn_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1, db_default=1)
    created_at = fields.DatetimeField()

    class Meta:
        """What finds people by tags is sent only with another's approval: see the migration."""

        table = "notifications_campaign"

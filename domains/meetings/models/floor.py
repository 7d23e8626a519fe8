"""Requests to speak, and the speeches that came of them."""

from tortoise import fields
from tortoise.models import Model

from domains.meetings.values.floor import RequestState, SpeakingSide, SpeechEnd


class SpeakingRequest(Model):
    """A raised hand, then a speech; `matter_id` is what it is spoken to: a motion or an item.

    The clock of a speech is `running_since` (none: it stands), `banked_ms` and `limit_s`.
    """

    id = fields.UUIDField(primary_key=True)
    meeting_id = fields.UUIDField()
    matter_id = fields.UUIDField()
    motion_id = fields.UUIDField(null=True)
    item_id = fields.UUIDField(null=True)
    person_id = fields.UUIDField()
    group_name = fields.CharField(max_length=60)
    side = fields.CharEnumField(SpeakingSide, max_length=16)
    number = fields.IntField()
    state = fields.CharEnumField(RequestState, max_length=16)
    raised_at = fields.DatetimeField()
    called_at = fields.DatetimeField(null=True)
    called_by_id = fields.UUIDField(null=True)
    call_number = fields.IntField(null=True)
    overrule_reason = fields.CharField(max_length=200, null=True)
    limit_s = fields.IntField(null=True)
    banked_ms = fields.IntField(default=0, db_default=0)
    running_since = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ending = fields.CharEnumField(SpeechEnd, max_length=16, null=True)

    class Meta:
        """One hand a person and matter, one speaker a room: partial indexes in the migration."""

        table = "meetings_request"

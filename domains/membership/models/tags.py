"""What is recorded of people and households, so that what is meant for them can find them."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.membership.models.people import Household, Person
from domains.membership.values import ConsentForm, TagSensitivity, TagSubject


class TagKind(Model):
    """A kind of tag: preset for everybody, or a community's own; kinds are data."""

    code = fields.CharField(max_length=40, primary_key=True)
    subject = fields.CharEnumField(TagSubject, max_length=16)
    title_zh = fields.CharField(max_length=40)
    title_en = fields.CharField(max_length=80)
    sensitivity = fields.CharEnumField(TagSensitivity, max_length=16)
    needs_consent = fields.BooleanField()
    review_months = fields.SmallIntField()
    basis = fields.CharField(max_length=200)
    area_path = fields.CharField(max_length=300, default="", db_default="")
    retired_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    class Meta:
        """What is sensitive is used by consent only."""

        table = "membership_tag_kind"


class Tag(Model):
    """A kind said of a person or a household; which kind is sealed, and found by blind index."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyNullableRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, null=True, on_delete=fields.CASCADE
    )
    household: fields.ForeignKeyNullableRelation[Household] = fields.ForeignKeyField(
        "membership.Household", related_name=False, null=True, on_delete=fields.CASCADE
    )
    kind_index = fields.BinaryField()
    kind_sealed = fields.BinaryField()
    source_sealed = fields.BinaryField()
    is_sensitive = fields.BooleanField()
    needs_consent = fields.BooleanField()
    since = fields.DateField()
    review_on = fields.DateField()
    set_by_id = fields.UUIDField(null=True)
    set_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_by_id = fields.UUIDField(null=True)
    consented_at = fields.DatetimeField(null=True)
    consent_form = fields.CharEnumField(ConsentForm, max_length=16, null=True)
    consent_text_version = fields.SmallIntField(null=True)
    consent_by_id = fields.UUIDField(null=True)
    contested_at = fields.DatetimeField(null=True)
    contested_by_id = fields.UUIDField(null=True)
    contest_sealed = fields.BinaryField(null=True)
    settled_at = fields.DatetimeField(null=True)
    settled_by_id = fields.UUIDField(null=True)
    answer_sealed = fields.BinaryField(null=True)

    person_id: UUID | None
    household_id: UUID | None

    class Meta:
        """Of exactly one of the two; the live one of a kind is unique: see the migration."""

        table = "membership_tag"

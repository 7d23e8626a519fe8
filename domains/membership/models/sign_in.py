"""How people are known: sessions, one-time codes, outside identities, second factors."""

from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from domains.membership.models.people import Person
from domains.membership.values import SignInMethod


class Session(Model):
    """An open door: only the SHA-256 of its token is kept."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.CASCADE
    )
    token_hash = fields.BinaryField()
    method = fields.CharEnumField(SignInMethod, max_length=16)
    device = fields.CharField(max_length=100, default="", db_default="")
    second_factor_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    last_seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    person_id: UUID

    class Meta:
        """A person's open doors are listed to their owner."""

        table = "membership_session"


class SignInCode(Model):
    """A one-time code that was sent: phone and address only as blind indexes."""

    id = fields.UUIDField(primary_key=True)
    phone_index = fields.BinaryField()
    address_index = fields.BinaryField(null=True)
    code_hash = fields.BinaryField()
    attempts = fields.SmallIntField(default=0, db_default=0)
    created_at = fields.DatetimeField(db_index=True)
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        """Swept by the worker when its time is over."""

        table = "membership_sign_in_code"


class ExternalIdentity(Model):
    """Who a person is elsewhere: a WeChat openid, an OIDC subject."""

    id = fields.UUIDField(primary_key=True)
    person: fields.ForeignKeyRelation[Person] = fields.ForeignKeyField(
        "membership.Person", related_name=False, on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=200)
    subject_index = fields.BinaryField()
    created_at = fields.DatetimeField()

    person_id: UUID

    class Meta:
        """One person an outside identity."""

        table = "membership_external_identity"
        unique_together = (("provider", "subject_index"),)


class SecondFactor(Model):
    """A time-based one-time password (RFC 6238); the last step is kept against replays."""

    id = fields.UUIDField(primary_key=True)
    person: fields.OneToOneRelation[Person] = fields.OneToOneField(
        "membership.Person", related_name=False, on_delete=fields.CASCADE
    )
    secret_sealed = fields.BinaryField()
    confirmed_at = fields.DatetimeField(null=True)
    last_step = fields.BigIntField(default=0, db_default=0)
    failures = fields.SmallIntField(default=0, db_default=0)
    locked_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()

    person_id: UUID

    class Meta:
        """One a person."""

        table = "membership_second_factor"


class OidcAttempt(Model):
    """A sign-in under way at an OIDC provider: state, nonce and verifier, once, for minutes."""

    id = fields.UUIDField(primary_key=True)
    state_hash = fields.BinaryField()
    nonce = fields.CharField(max_length=64)
    verifier_sealed = fields.BinaryField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        """Swept by the worker when its time is over."""

        table = "membership_oidc_attempt"

"""Settings come from the environment, once, and are read-only afterwards.

Every field is documented here; `gongyi doctor` prints the table and
docs/settings.md is generated from it. Secrets are `SecretStr`, so that
printing the settings shows none.
"""

import base64
import binascii
import re
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    """Where the process runs; only `production` insists on real secrets and providers."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class SmsProvider(StrEnum):
    """Who carries one-time codes; the console only where no real person signs in."""

    CONSOLE = "console"
    TENCENT = "tencent"


class SmtpSecurity(StrEnum):
    """How mail travels to the mail server."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Settings(BaseSettings):
    """Everything that may differ between two installations."""

    model_config = SettingsConfigDict(
        env_prefix="GONGYI_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    environment: Environment = Field(
        default=Environment.DEVELOPMENT, description="development, test or production."
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="DATABASE_URL",
        description="postgresql:// address; empty starts the embedded PostgreSQL.",
    )
    data_dir: Path = Field(
        default=Path(".data"),
        description="Folder for the embedded database, uploads and local keys.",
    )
    pool_size: int = Field(
        default=10, ge=2, le=200, description="Database connections per process."
    )
    statement_timeout_ms: int = Field(
        default=5_000,
        ge=100,
        description="PostgreSQL's statement_timeout for requests, in milliseconds.",
    )
    field_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=dict,
        description=(
            "Keys for encrypted fields as `id:base64` pairs parted by commas, 32 bytes each; "
            "the first encrypts, the others only decrypt."
        ),
    )
    blind_index_key: SecretStr = Field(
        default=SecretStr(""),
        description="Base64, 32 bytes: keys the blind index of encrypted fields.",
    )
    token_key: SecretStr = Field(
        default=SecretStr(""), description="Base64, 32 bytes: signs cursors and one-time tokens."
    )
    document_font: Path | None = Field(
        default=None,
        description=(
            "TrueType font that printed documents embed; empty names Song, which PDF readers have."
        ),
    )
    log_keys: Annotated[dict[str, SecretStr], NoDecode] = Field(
        default_factory=dict,
        description=(
            "Ed25519 keys that sign the heads of the transparency log as `id:base64` pairs parted "
            "by commas, 32 bytes each; the first signs."
        ),
    )
    session_idle_days: int = Field(
        default=30, ge=1, description="Days without a visit after which a session closes."
    )
    session_longest_days: int = Field(
        default=180, ge=1, description="Days after which a session closes in any case."
    )
    code_valid_minutes: int = Field(
        default=5, ge=1, le=30, description="Minutes for which a one-time code opens the door."
    )
    code_attempts: int = Field(
        default=5, ge=1, le=10, description="Attempts at one one-time code, right or wrong."
    )
    code_pause_s: int = Field(
        default=60, ge=1, description="Seconds between two one-time codes to one phone."
    )
    codes_per_phone_hour: int = Field(
        default=5, ge=1, description="One-time codes to one phone in an hour."
    )
    codes_per_phone_day: int = Field(
        default=10, ge=1, description="One-time codes to one phone in 24 hours."
    )
    codes_per_address_hour: int = Field(
        default=30, ge=1, description="One-time codes that one network address may ask for an hour."
    )
    second_factor_hours: int = Field(
        default=12, ge=1, description="Hours for which a session counts as confirmed by a factor."
    )
    sms_provider: SmsProvider = Field(
        default=SmsProvider.CONSOLE,
        description="console (prints codes; refused in production) or tencent.",
    )
    tencent_sms_url: str = Field(
        default="https://sms.tencentcloudapi.com", description="Address of Tencent Cloud SMS."
    )
    tencent_sms_region: str = Field(
        default="ap-guangzhou", description="Region of Tencent Cloud SMS."
    )
    tencent_secret_id: str = Field(default="", description="SecretId of Tencent Cloud.")
    tencent_secret_key: SecretStr = Field(
        default=SecretStr(""), description="SecretKey of Tencent Cloud."
    )
    tencent_sms_app_id: str = Field(default="", description="SmsSdkAppId of Tencent Cloud SMS.")
    tencent_sms_sign_name: str = Field(default="", description="Approved signature (签名) of SMS.")
    tencent_sms_template_id: str = Field(
        default="", description="Approved template: {1} is the code, {2} its minutes."
    )
    wechat_url: str = Field(
        default="https://api.weixin.qq.com", description="Address of WeChat's server interface."
    )
    wechat_app_id: str = Field(
        default="", description="AppID of the mini-program; empty turns sign-in by WeChat off."
    )
    wechat_app_secret: SecretStr = Field(
        default=SecretStr(""), description="AppSecret of the mini-program."
    )
    oidc_issuer: str = Field(
        default="", description="Issuer of the OIDC provider; empty turns sign-in by OIDC off."
    )
    oidc_client_id: str = Field(default="", description="Client id at the OIDC provider.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="Client secret at the OIDC provider."
    )
    oidc_redirect_url: str = Field(
        default="", description="Where the OIDC provider sends the browser back to."
    )
    oidc_algorithms: str = Field(
        default="RS256 PS256 ES256", description="Signature algorithms accepted of the provider."
    )
    provider_timeout_s: float = Field(
        default=3.0, gt=0, le=10, description="Seconds to wait for an outside provider's answer."
    )
    notices_to_console: bool = Field(
        default=False,
        description="Whether notices are printed where the worker runs; refused in production.",
    )
    notice_rates: str = Field(
        default="sms=50 email=50 web_push=200 wechat=100 console=1000",
        description="Notices a second that each channel sends at most, over all workers.",
    )
    notices_at_once: int = Field(
        default=40, ge=1, le=500, description="Notices that a worker hands over at once, a channel."
    )
    weekly_digest_minute: int = Field(
        default=540,
        ge=0,
        le=1439,
        description="Minute of Monday (Shanghai) at which the week's summary is due: 9:00.",
    )
    daily_digest_minute: int = Field(
        default=510,
        ge=0,
        le=1439,
        description="Minute of each day at which the day before's summary is due: 8:30.",
    )
    quiet_from_minute: int = Field(
        default=1320,
        ge=0,
        le=1439,
        description="Minute of the day (Shanghai) from which what is not urgent waits: 22:00.",
    )
    quiet_until_minute: int = Field(
        default=480,
        ge=0,
        le=1439,
        description="Minute of the day until which it waits: 8:00; the same as the first: never.",
    )
    notice_lease_s: int = Field(
        default=180,
        ge=2,
        description="Seconds after which a notice that was taken and never marked is given back.",
    )
    notices_kept_days: int = Field(
        default=365,
        ge=183,
        description="Days for which notices are kept; logs are kept six months by law.",
    )
    legal_notices_kept_days: int = Field(
        default=1_095,
        ge=183,
        description="Days for which notices are kept that the law wants told: three years, in"
        " which somebody may say that they were not.",
    )
    sms_notices_per_hour: int = Field(
        default=4, ge=1, description="Notices by text message to one number within an hour."
    )
    sms_notices_per_day: int = Field(
        default=8, ge=1, description="Notices by text message to one number within 24 hours."
    )
    sms_notice_pause_s: int = Field(
        default=30, ge=0, description="Seconds between two notices by text message to one number."
    )
    sms_notices: bool = Field(
        default=False,
        description="Whether notices go by Tencent Cloud SMS, with its settings, beside codes.",
    )
    smtp_host: str = Field(
        default="", description="Mail server that notices are handed to; empty turns mail off."
    )
    smtp_port: int = Field(default=587, ge=1, le=65_535, description="Port of the mail server.")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS,
        description="starttls, tls (from the first byte) or none (refused in production).",
    )
    smtp_user: str = Field(default="", description="Name at the mail server; empty sends none.")
    smtp_password: SecretStr = Field(
        default=SecretStr(""), description="Password at the mail server."
    )
    mail_from: str = Field(
        default="", description="Address that mail comes from, such as notice@example.org."
    )
    mail_from_name: str = Field(default="共议", description="Name that mail comes from.")
    mail_bounces_to: str = Field(
        default="",
        description="Address that bounces return to; `+` and the notice are put before its @."
        " Empty takes mail_from.",
    )
    vapid_private_key: SecretStr = Field(
        default=SecretStr(""),
        description="Base64url, 32 bytes: signs web push (RFC 8292); empty turns it off.",
    )
    vapid_contact: str = Field(
        default="", description="mailto: or https: address of who runs this, for push services."
    )
    web_push_services: str = Field(
        default="fcm.googleapis.com updates.push.services.mozilla.com push.apple.com"
        " notify.windows.com",
        description="Hosts, and those below them, whose subscriptions to web push are taken.",
    )
    wechat_notices: bool = Field(
        default=False, description="Whether notices go as WeChat subscription messages."
    )
    wechat_page: str = Field(
        default="", description="Page of the mini-program that a subscription message opens."
    )
    wechat_state: str = Field(
        default="formal",
        pattern="^(formal|trial|developer)$",
        description="Which mini-program a message opens: formal, trial or developer.",
    )
    wechat_lasting_templates: str = Field(
        default="",
        description="WeChat's templates, parted by spaces, whose acceptance lasts (长期订阅).",
    )
    wechat_push_token: SecretStr = Field(
        default=SecretStr(""),
        description="Token of WeChat's message push, by which its callbacks are known.",
    )
    callback_secret: SecretStr = Field(
        default=SecretStr(""),
        description="Part of the addresses that providers report receipts to; empty closes them.",
    )
    allowed_origins: str = Field(
        default="",
        description=(
            "Origins (https://a.example,https://b.example) whose pages may call the API and open "
            "sockets; the server's own origin always may."
        ),
    )
    trusted_proxies: str = Field(
        default="",
        description="Networks, parted by commas, whose X-Forwarded-For names the caller.",
    )
    metrics_from: str = Field(
        default="127.0.0.0/8,::1/128",
        description="Networks, parted by commas, that may read /metrics.",
    )
    introspection: bool = Field(
        default=False,
        description=(
            "Whether everybody may ask for the schema in production, not administrators alone."
        ),
    )
    documents: Path | None = Field(
        default=None,
        description="Manifest of persisted documents: a JSON file or a folder of .graphql files.",
    )
    documents_only: bool = Field(
        default=False, description="Whether documents outside of the manifest are refused."
    )
    document_cache_mb: int = Field(
        default=32, ge=1, description="Memory for parsed and validated documents, in megabytes."
    )
    cost_per_minute: int = Field(
        default=20_000,
        ge=1,
        description="Cost that one caller's operations may sum up to a minute.",
    )
    requests_at_once: int = Field(
        default=64, ge=1, description="Operations that run at once in one process."
    )
    requests_waiting: int = Field(
        default=256, ge=0, description="Operations that wait for their turn; more are answered 503."
    )
    deadline_s: float = Field(
        default=10.0, gt=0, description="Seconds after which an operation is given up."
    )
    sockets_at_once: int = Field(
        default=10_000, ge=1, description="Live connections that one process holds."
    )
    drain_notice_s: float = Field(
        default=0.0,
        ge=0,
        description="Seconds between the signal to stop and the last accepted connection.",
    )
    drain_s: float = Field(
        default=20.0, gt=0, description="Seconds for which running requests may finish on stopping."
    )

    issues_per_day: int = Field(
        default=10, ge=1, description="Issues that one person raises within 24 hours."
    )
    comments_per_minute: int = Field(
        default=6, ge=1, description="Comments that one person writes within a minute."
    )
    comments_per_hour: int = Field(
        default=60, ge=1, description="Comments that one person writes within an hour."
    )
    statements_per_day: int = Field(
        default=20, ge=1, description="Short statements that one person makes within 24 hours."
    )
    reports_per_hour: int = Field(
        default=20, ge=1, description="Reports of texts that one person files within an hour."
    )

    upload_types: str = Field(
        default="pdf png jpeg webp gif csv txt xlsx docx",
        description="Types of files that are taken, parted by spaces; the default names them all.",
    )
    upload_most_mb: int = Field(
        default=20, ge=1, le=1_000, description="Size of the largest file taken, in megabytes."
    )
    upload_minutes: int = Field(
        default=30, ge=1, description="Minutes within which a file is sent and completed."
    )
    upload_pending_most: int = Field(
        default=20, ge=1, description="Uploads that one caller may have begun and not completed."
    )
    download_minutes: int = Field(
        default=10, ge=1, description="Minutes for which the address of a file opens it."
    )

    heartbeat_s: float = Field(
        default=2.0, gt=0, le=10, description="Seconds between two heartbeats of a worker."
    )
    worker_missed_after_s: float = Field(
        default=20.0,
        gt=0,
        description="Seconds without a heartbeat after which a worker is missed.",
    )
    job_late_after_s: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that a job may be late, beyond its own rhythm, before it is told.",
    )
    job_failing_after: int = Field(
        default=3, ge=1, description="Failures in a row after which a job is told to be failing."
    )
    job_runs_kept_days: int = Field(
        default=14, ge=1, description="Days for which runs of jobs, alarms and workers are kept."
    )

    public_address: str = Field(
        default="",
        description="Where people reach this installation, such as https://example.org; printed"
        " into the QR codes of certificates. Empty prints paths alone.",
    )

    @field_validator("upload_types")
    @classmethod
    def _known_upload_types(cls, given: str) -> str:
        known = cls.model_fields["upload_types"].default.split()
        unknown = [each for each in given.split() if each not in known]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is not one of {', '.join(known)}")
        return given

    @field_validator("field_keys", "log_keys", mode="before")
    @classmethod
    def _pairs_of_keys(cls, given: object) -> object:
        return _key_pairs(given) if isinstance(given, str) else given

    @field_validator("field_keys", "log_keys")
    @classmethod
    def _whole_keys(cls, given: dict[str, SecretStr]) -> dict[str, SecretStr]:
        for key_id, key in given.items():
            if not _KEY_ID.fullmatch(key_id):
                raise ValueError("a key's id is 1 to 32 letters, digits, - or _")
            key_bytes(key)
        return given

    @field_validator("blind_index_key", "token_key")
    @classmethod
    def _whole_key(cls, given: SecretStr) -> SecretStr:
        if given.get_secret_value():
            key_bytes(given)
        return given

    @model_validator(mode="after")
    def _keys_in_production(self) -> Self:
        if self.environment is not Environment.PRODUCTION:
            return self
        held = {
            "GONGYI_FIELD_KEYS": bool(self.field_keys),
            "GONGYI_BLIND_INDEX_KEY": bool(self.blind_index_key.get_secret_value()),
            "GONGYI_TOKEN_KEY": bool(self.token_key.get_secret_value()),
            "GONGYI_LOG_KEYS": bool(self.log_keys),
        }
        missing = [name for name, is_set in held.items() if not is_set]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        return self


_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


def key_bytes(key: SecretStr) -> bytes:
    """Return the 32 bytes of a base64 key; raises ValueError, without the key, otherwise."""
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is 32 bytes in base64: this is not base64") from None
    if len(raw) != 32:
        raise ValueError(f"a key is 32 bytes in base64: this one has {len(raw)} bytes")
    return raw


def _key_pairs(text: str) -> dict[str, str]:
    """Part `id:base64,id:base64`, keeping the order."""
    pairs: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        key_id, colon, key = pair.partition(":")
        if not colon:
            raise ValueError("each key is written id:base64")
        if key_id in pairs:
            raise ValueError(f"the key id {key_id!r} is given twice")
        pairs[key_id] = key
    return pairs


@lru_cache(maxsize=1)
def current() -> Settings:
    """Return this process's settings, read from the environment on first use."""
    return Settings()

"""Settings come from the environment, once, and are read-only afterwards.

Every field is documented here; `gongyi doctor` prints the table and
docs/settings.md is generated from it. Secrets are `SecretStr`, so that
printing the settings shows none.
"""

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    """Where the process runs; only `production` insists on real secrets and providers."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that may differ between two installations."""

    model_config = SettingsConfigDict(env_prefix="GONGYI_", frozen=True, extra="ignore")

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


@lru_cache(maxsize=1)
def current() -> Settings:
    """Return this process's settings, read from the environment on first use."""
    return Settings()

"""The settings as a page: docs/settings.md is this and nothing else."""

from enum import Enum
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from domains.kernel.settings import Settings

_HEADING = """\
# Settings

Read from the environment when a process starts; `make settings` writes this page.
"""


def settings_table() -> str:
    """Return the page: one row a setting, with its default and what it means."""
    rows = [_row(name, field) for name, field in Settings.model_fields.items()]
    return "\n".join([_HEADING, "| Variable | Default | Meaning |", "|---|---|---|", *rows, ""])


def _row(name: str, field: FieldInfo) -> str:
    variable = field.validation_alias or f"GONGYI_{name.upper()}"
    meaning = (field.description or "").replace("|", "\\|").replace("\n", " ")
    return f"| `{variable}` | {_default(field)} | {meaning} |"


def _default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if default in (None, PydanticUndefined, "", {}):
        return ""
    if isinstance(default, Enum):
        default = default.value
    if isinstance(default, bool):
        default = str(default).lower()
    if isinstance(default, Path):
        default = default.as_posix()
    return f"`{default}`"

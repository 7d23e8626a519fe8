import json
import subprocess
import sys

from api import logs

_SCRIPT = """
import logging, structlog
from api import logs
from domains.kernel.settings import Environment
logs.configure(Environment.PRODUCTION)
log = structlog.get_logger("api")
log.info("operation", kind="query")
log.debug("unsaid")
try:
    raise ValueError("the phone is 13800138000")
except ValueError:
    log.error("fault", exc_info=True)
    logging.getLogger("library").exception("failed")
logging.getLogger("library").info("unsaid")
"""


def test_a_line_is_one_object_and_an_exception_is_its_type_and_place():
    ran = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True
    )

    lines = [json.loads(line) for line in ran.stderr.splitlines()]

    assert [line["event"] for line in lines] == ["operation", "fault", "failed"]
    assert [line.get("type") for line in lines] == [None, *["builtins.ValueError"] * 2]
    assert [line["level"] for line in lines] == ["info", "error", "error"]
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert lines[2]["logger"] == "library"
    assert "13800138000" not in ran.stderr + ran.stdout


def test_an_exception_that_was_not_raised_has_no_place():
    event = logs.without_values(None, "error", {"exc_info": ValueError("secret")})

    assert event == {"type": "builtins.ValueError", "frames": []}

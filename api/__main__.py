"""`gongyi`: the command line. Each command lives in api/commands, under its own name."""

from collections.abc import Callable

import typer

from api.commands.doctor import doctor
from api.commands.migrate import migrate
from api.commands.notice_timetable import timetable
from api.commands.outcome import EXIT_CODES, Commands
from api.commands.recount import recount
from api.commands.rotate_keys import rotate_keys
from api.commands.run import run
from api.commands.schema import schema
from api.commands.seed import plant_demo, plant_town
from api.commands.serve import serve
from api.commands.timetable import list_jobs, pause_job, resume_job, run_job
from api.commands.verify import log_keys, verify
from api.commands.verify_audit import verify_audit
from api.commands.worker import worker

app = typer.Typer(
    name="gongyi",
    cls=Commands,
    help="Gongyi 共议·公益: participatory democracy and volunteering, as one GraphQL API.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
COMMANDS: dict[str, Callable[..., None]] = {
    "run": run,
    "serve": serve,
    "worker": worker,
    "migrate": migrate,
    "schema": schema,
    "doctor": doctor,
    "rotate-keys": rotate_keys,
    "verify": verify,
    "log-keys": log_keys,
    "verify-audit": verify_audit,
    "recount": recount,
    "timetable": timetable,
}
for name, command in COMMANDS.items():
    app.command(name, epilog=EXIT_CODES)(command)

seeds = typer.Typer(no_args_is_help=True, help="Plant a town of made-up people.", epilog=EXIT_CODES)
SEEDS = {
    "demo": plant_demo,
    "town": plant_town,
}
for name, command in SEEDS.items():
    seeds.command(name, epilog=EXIT_CODES)(command)
app.add_typer(seeds, name="seed")

jobs = typer.Typer(
    no_args_is_help=True,
    help="The jobs that workers do: list, pause, resume, run now.",
    epilog=EXIT_CODES,
)
JOBS: dict[str, Callable[..., None]] = {
    "list": list_jobs,
    "pause": pause_job,
    "resume": resume_job,
    "run": run_job,
}
for name, command in JOBS.items():
    jobs.command(name, epilog=EXIT_CODES)(command)
app.add_typer(jobs, name="jobs")


def main() -> None:
    """Run the command line."""
    app(prog_name="gongyi")


if __name__ == "__main__":
    main()

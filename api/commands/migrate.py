"""`gongyi migrate`: bring the database up to the release's migrations."""

import typer

from api.commands import ground
from domains.disclosure.service import presets as disclosure
from domains.kernel import database
from domains.matching.service import presets as matching
from domains.meetings.service import presets as meetings
from domains.membership.service import role_endings, tag_kinds
from domains.notifications.service import templates as notifications
from domains.pledges import service as pledges
from domains.timebank.service import presets as timebank
from domains.volunteering.service import presets as volunteering
from domains.voting import service as voting


def migrate() -> None:
    """Bring the database up to this release's migrations; a second one at once waits."""
    ground.run(_migrate())


async def _migrate() -> None:
    async with ground.standing() as url:
        applied = await bring_up(url)
    typer.echo(f"Applied {applied} migrations." if applied else "Nothing to migrate.")


async def bring_up(url: str) -> int:
    """Apply what is pending, saying each, and return how many there were; put preset rules in."""
    applied: list[str] = []

    def note(event: str, app: str, name: str) -> None:
        if event == "apply_done":
            applied.append(f"{app}.{name}")
            ground.remark(f"Migrated {app}.{name}")

    await database.migrate(url, progress=note)
    async with database.connected(url):
        await tag_kinds.sync_presets()
        await role_endings.sync_presets()
        await voting.sync_presets()
        await meetings.sync_presets()
        await disclosure.sync_presets()
        await pledges.sync_presets()
        await volunteering.sync_presets()
        await timebank.sync_presets()
        await matching.sync_presets()
        await notifications.sync_presets()
    return len(applied)

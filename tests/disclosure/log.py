"""What tests of the log lean on: something published, logged, and under a head."""

from uuid import UUID, uuid4

from domains.disclosure.service import sourced
from domains.disclosure.values import DisclosureKind
from domains.kernel import database, signing
from domains.membership.models import Area
from jobs import outbox, transparency


async def a_publication(area: Area, *, title: str = "第三季度公开") -> UUID:
    """Something of another domain that is public, and told to the outbox."""
    async with database.transaction():
        return await sourced.disclose(
            source=("test_fact", uuid4()),
            area_id=area.id,
            kind=DisclosureKind.ANNOUNCEMENT,
            title=title,
            body="<p>内容如下。</p>",
        )


async def logged() -> None:
    """Let the worker relay and append."""
    await outbox.relay()
    await transparency.grow_logs()


async def a_head() -> None:
    """Let the worker append all that waits and sign the day's heads."""
    await logged()
    await transparency.sign_heads()


async def meddle(statement: str, *values: object, table: str) -> None:
    """Change what must not change, as somebody with the database in hand would."""
    await database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    await database.execute(statement, *values)
    await database.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def keys() -> list[signing.PublicKey]:
    """The public keys that heads are signed with in tests."""
    return signing.ring().public_keys()

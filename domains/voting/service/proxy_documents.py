"""Opening the written document of a proxy: for conveners and its two sides, each time told."""

from dataclasses import dataclass
from uuid import UUID

from domains.kernel import audit, database, uploads
from domains.kernel.actor import Actor, require
from domains.kernel.database import fetch_one, transaction
from domains.kernel.errors import Forbidden, NotFound
from domains.membership.queries import places
from domains.voting import policy
from domains.voting.errors import NoProxyDocument
from domains.voting.policy import PollPlace
from domains.voting.values import PollState

_PROXY = """
SELECT x.principal_id, x.holder_id, x.published_at, x.upload_id, p.area_id, p.area_path, p.state
FROM voting_proxy x JOIN voting_poll p ON p.id = x.poll_id WHERE x.id = $1
"""


@dataclass(frozen=True, slots=True)
class ProxyDocument:
    """A written proxy, and where it is fetched for some minutes."""

    address: str
    file_name: str
    media_type: str
    size_bytes: int


async def open_proxy_document(actor: Actor, proxy_id: UUID) -> ProxyDocument:
    """Return where the written proxy is fetched; the reading is audited.

    Raises NotFound where the actor does not see the proxy, Forbidden where they see it and
    have no part in it, NoProxyDocument where none was uploaded.
    """
    async with transaction():
        row = await fetch_one(_PROXY, proxy_id)
        if row is None:
            raise NotFound(path=("input", "proxyId"))
        place = PollPlace(row["area_path"], PollState(row["state"]))
        try:
            require(policy.AUTHORITY, "openProxyDocument", actor, place)
        except NotFound:
            raise NotFound(path=("input", "proxyId")) from None
        _require_part(actor, row, place)
        found = await uploads.attached(row["upload_id"]) if row["upload_id"] else None
        address = await uploads.download_address(found) if found else None
        if found is None or address is None:
            raise NoProxyDocument(path=("input", "proxyId"))
        area = await places.place_of(row["area_id"])
        assert area is not None, "a poll's area is never removed"
        await audit.record_read(
            actor, chain=area.community_id, kind="proxy", ids=[proxy_id], fields=["document"]
        )
        return ProxyDocument(address, found.file_name, found.media_type, found.size_bytes)


def _require_part(actor: Actor, row: database.Row, place: PollPlace) -> None:
    has_part = actor.person_id is not None and actor.person_id in {
        row["principal_id"],
        row["holder_id"],
    }
    if has_part or policy.convenes(actor, place):
        return
    public = row["published_at"] is not None and policy.sees_area(actor, place.area_path)
    refusal: type[Forbidden] | type[NotFound] = Forbidden if public else NotFound
    raise refusal(path=("input", "proxyId"))

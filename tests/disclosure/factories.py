"""Bodies, catalogues and disclosures for tests, made by the product's own commands."""

from uuid import UUID, uuid4

from domains.disclosure.service import sourced
from domains.disclosure.values import DisclosureKind
from domains.kernel import database
from domains.membership.models import Area
from tests import factories


async def a_published_disclosure(community: Area | None = None, *, title: str = "纪要") -> UUID:
    """A disclosure of another domain's fact, public at once."""
    community = community or await factories.a_community()
    async with database.transaction():
        return await sourced.disclose(
            source=("test", uuid4()),
            area_id=community.id,
            kind=DisclosureKind.ANNOUNCEMENT,
            title=title,
            body="<p>同意广场舞队迁往九龙湖公园。</p>",
        )

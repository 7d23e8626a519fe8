"""Audiences of summaries: who wants them, each with what they asked to have gathered."""

from collections.abc import Sequence
from uuid import UUID

from domains.notifications.audiences.people import in_words, says
from domains.notifications.queries import gathered
from domains.notifications.queries.wishes import wishes
from domains.notifications.telling import Addressee, Audience, Telling


def readers(of: Audience) -> Audience:
    """Address those of an audience who want summaries, and whoever had something gathered.

    Where there is nothing to say of the community, only the latter.
    """

    async def audience(telling: Telling, after: UUID | None, limit: int) -> list[Addressee]:
        found: list[Addressee] = []
        while True:
            page = await of(telling, after, limit)
            found += await _wanting(telling, page)
            if len(page) < limit or len(found) >= limit:
                return found[:limit]
            after = page[-1].person_id

    return says(audience, f"{in_words(of)}, who want summaries")


async def _wanting(telling: Telling, page: Sequence[Addressee]) -> list[Addressee]:
    people = [each.person_id for each in page]
    wanted = await wishes(people, scopes=())
    own = await gathered.own_lines(people, telling.instant("since"))
    has_news = await gathered.has_news(telling.occasion_id)
    return [
        Addressee(each.person_id, each.reason, {**each.data, "own": own.get(each.person_id, "")})
        for each in page
        if each.person_id in own or (has_news and wanted[each.person_id].wants_digests)
    ]

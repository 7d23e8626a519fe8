"""The polls that are an actor's own: on whose roll they stand, or where they hold a proxy."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from domains.kernel import database
from domains.kernel.actor import Actor
from domains.kernel.database import Row
from domains.kernel.paging import Page, Slice
from domains.kernel.rules import thaw
from domains.voting.queries.polls import _COLUMNS, COMMISSIONED
from domains.voting.rules.acts import HeldProxy, OpenAct, Part, Timetable, open_acts
from domains.voting.rules.procedure import Procedure
from domains.voting.values import Channel, PollState, Secrecy

_MINE = f"""
WITH mine AS (
    SELECT poll_id FROM voting_roll_entry WHERE voter_id = $1
    UNION SELECT poll_id FROM voting_proxy WHERE holder_id = $1 AND ended_at IS NULL
)
SELECT {_COLUMNS}, kernel_now() AS now, p.nominations_until, r.standing, t.channel,
    EXISTS (SELECT FROM voting_proxy x WHERE x.poll_id = p.id AND x.principal_id = $1
            AND x.ended_at IS NULL) AS gave_proxy,
    COALESCE((
        SELECT json_agg(json_build_object(
            'id', x.principal_id, 'name', e.name, 'public', x.published_at IS NOT NULL,
            'channel', cast_for.channel) ORDER BY e.number)
        FROM voting_proxy x
        JOIN voting_roll_entry e ON e.poll_id = x.poll_id AND e.voter_id = x.principal_id
        LEFT JOIN voting_participation cast_for
          ON cast_for.poll_number = e.poll_number AND cast_for.voter_number = e.number
        WHERE x.poll_id = p.id AND x.holder_id = $1 AND x.ended_at IS NULL
    ), '[]')::text AS holds
FROM mine
JOIN voting_poll p ON p.id = mine.poll_id
LEFT JOIN voting_roll_entry r ON r.poll_id = p.id AND r.voter_id = $1
LEFT JOIN voting_participation t
  ON t.poll_number = r.poll_number AND t.voter_number = r.number
WHERE ($2::text[] IS NULL OR p.state = ANY ($2))
  AND ($3::timestamptz IS NULL OR (p.opens_at, p.id) < ($3, $4::uuid))
  AND ($6 OR NOT {COMMISSIONED})
ORDER BY p.opens_at DESC, p.id DESC LIMIT $5
"""


@dataclass(frozen=True, slots=True)
class MyPoll:
    """A poll's row, the actor's part in it, and what may be done now."""

    row: Row
    part: Part
    acts: Sequence[OpenAct]


async def my_polls(
    actor: Actor,
    states: Sequence[PollState] | None,
    page: Page,
    *,
    commissioned: bool = False,
) -> Slice[Row]:
    """Return a page of the actor's own polls, the latest to open first.

    Boxes that another domain puts to a list of people are among them where they are asked for.
    """
    if actor.person_id is None:
        return Slice(rows=[], has_more=False)
    opens_at, last_id = page.after or (None, None)
    narrowed = None if states is None else list(states)
    rows = await database.fetch(
        _MINE, actor.person_id, narrowed, opens_at, last_id, page.limit, commissioned
    )
    return Slice.of(rows, page)


def my_poll(row: Row) -> MyPoll:
    """Read what a row of `my_polls` says."""
    rule_set = thaw(json.loads(row["frozen_rules"]))
    at = Timetable(
        state=PollState(row["state"]),
        secrecy=Secrecy(row["secrecy"]),
        recast=bool(rule_set.content.get("recast", False)),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        objections_until=row["objections_until"],
        publicity_until=row["publicity_until"],
        proxies=Procedure.of(rule_set).proxies,
        nominations_until=row["nominations_until"],
    )
    held = json.loads(row["holds"])
    part = Part(
        admitted=row["standing"] == "admitted",
        channel=_channel(row["channel"]),
        has_proxy=row["gave_proxy"] or bool(held),
        holds=[
            HeldProxy(UUID(each["id"]), each["name"], _channel(each["channel"]))
            for each in held
            if each["public"]
        ],
    )
    return MyPoll(row, part, open_acts(at, part, now=row["now"]))


def _channel(text: str | None) -> Channel | None:
    return None if text is None else Channel(text)

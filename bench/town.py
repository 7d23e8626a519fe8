"""The town that is measured: places and polls by the product's commands, crowds by plain SQL."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, crypto, database
from domains.kernel.actor import SYSTEM, Actor, Role
from domains.membership.queries import roles as role_queries
from domains.membership.service import areas, people, roles
from domains.membership.values import AreaBasis, AreaKind, PersonDetails, ResidencyKind
from domains.voting import queries, service
from domains.voting.service import OptionDraft, PollDraft, staging
from domains.voting.values import PollMethod, Secrecy

# Four adults to a household, all verified: what a register of this size would leave behind.
_CROWD = """
WITH someone AS (
    SELECT gen_random_uuid() AS id, number FROM generate_series(1, $2::int) AS number
),
home AS (
    INSERT INTO membership_household (id, area_id, unit, created_at)
    SELECT gen_random_uuid(), $1, 'B' || number, kernel_now()
    FROM generate_series(0, $2::int / 4) AS number RETURNING id, unit
),
person AS (
    INSERT INTO membership_person (id, name, birth_date, has_political_rights, created_at)
    SELECT id, '居民' || number, DATE '1980-05-17', true, kernel_now() FROM someone RETURNING id
)
INSERT INTO membership_residency
    (id, person_id, household_id, kind, state, since, decided_at, created_at)
SELECT gen_random_uuid(), someone.id, home.id, 'member', 'verified', DATE '2020-01-01',
       kernel_now(), kernel_now()
FROM someone JOIN home ON home.unit = 'B' || (someone.number / 4)
"""
_VOTERS = "SELECT voter_id FROM voting_roll_entry WHERE poll_id = $1 ORDER BY number LIMIT $2"

# As voting_cast would leave them: participations, and ballots named or detached.
_PARTICIPATIONS = """
INSERT INTO voting_participation (poll_number, voter_number, channel)
SELECT poll_number, number, 'online' FROM voting_roll_entry WHERE poll_id = $1 AND number <= $2
"""
_NAMED = """
INSERT INTO voting_ballot
    (poll_number, voter_number, revision, marks, idempotency_key, cast_at)
SELECT poll_number, number, 1, 1 << (number % 3), gen_random_uuid(), kernel_now()
FROM voting_roll_entry WHERE poll_id = $1 AND number <= $2
"""
_DETACHED = """
INSERT INTO {table} (marks, receipt)
SELECT 1 << (number % 3), replace(gen_random_uuid()::text, '-', '')
FROM voting_roll_entry WHERE poll_id = $1 AND number <= $2
"""
_CLOCK = """
CREATE OR REPLACE FUNCTION kernel_now() RETURNS timestamptz
LANGUAGE sql VOLATILE PARALLEL SAFE AS 'SELECT clock_timestamp() + interval ''{days} days'''
"""


@dataclass(frozen=True, slots=True)
class Community:
    """A community, its committee member, and one resident with a token."""

    area_id: UUID
    committee: Actor


async def a_street() -> UUID:
    """Make a street to put communities in, and the rule sets that come with the product."""
    await service.sync_presets()
    parent: UUID | None = None
    for kind in (AreaKind.CITY, AreaKind.DISTRICT, AreaKind.STREET):
        made = await areas.create_area(
            SYSTEM, parent_id=parent, kind=kind, code=kind.value, name=kind.value
        )
        parent = made.id
    assert parent is not None, "the street has been made"
    return parent


async def a_community(street: UUID, *, code: str, residents: int) -> Community:
    """Make a community with a committee member and so many adult residents."""
    community = await areas.create_area(
        SYSTEM, parent_id=street, kind=AreaKind.COMMUNITY, code=code, name=f"社区{code}"
    )
    building = await areas.create_area(
        SYSTEM, parent_id=community.id, kind=AreaKind.BUILDING, code="b1", name="1号楼"
    )
    home = await areas.create_household(
        SYSTEM,
        building_id=building.id,
        unit="101",
        floor_area_centi_m2=8_950,
        area_basis=AreaBasis.REGISTER,
    )
    member = await people.create_person(
        SYSTEM,
        area_id=community.id,
        household_id=home.id,
        kind=ResidencyKind.OWNER,
        since=date(2020, 1, 1),
        details=PersonDetails(name="王建国", birth_date=date(1970, 1, 1)),
    )
    await roles.grant_role(
        SYSTEM, person_id=member.id, role=Role.COMMITTEE_MEMBER, area_id=community.id
    )
    async with database.transaction(timeout_ms=10 * 60_000):
        await database.execute(_CROWD, building.id, residents)
    grants = await role_queries.grants_of(member.id)
    return Community(community.id, Actor(person_id=member.id, grants=grants))


async def an_open_poll(
    community: Community,
    *,
    title: str = "广场舞队是否迁往九龙湖公园?",
    secrecy: Secrecy = Secrecy.OPEN,
    days: int = 30,
) -> UUID:
    """Draft a poll of three options and publish it, as its committee does."""
    opens_at = await clock.now()
    draft = PollDraft(
        title=title,
        body="小区附近广场舞噪音影响周边居民休息,经多次协商,现提请全体居民表决。",
        method=PollMethod.CHOICE,
        secrecy=secrecy,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=days),
        rule_code="COMMUNITY_CONSULTATION",
        options=(OptionDraft("迁往公园"), OptionDraft("限定时段"), OptionDraft("维持现状")),
    )
    poll_id, _ = await service.create_poll(
        community.committee, community.area_id, draft, idempotency_key=uuid4()
    )
    await service.publish_poll(community.committee, poll_id)
    return poll_id


async def fill(poll_id: UUID, secrecy: Secrecy, *, ballots: int) -> None:
    """Put so many ballots into the box at once."""
    await database.execute(_PARTICIPATIONS, poll_id, ballots)
    if secrecy is Secrecy.OPEN:
        await database.execute(_NAMED, poll_id, ballots)
    else:
        await database.execute(_DETACHED.format(table=staging.table_of(poll_id)), poll_id, ballots)


async def voters_of(poll_id: UUID, number: int) -> list[UUID]:
    """Return the first so many on the roll."""
    return [row["voter_id"] for row in await database.fetch(_VOTERS, poll_id, number)]


async def options_of(poll_id: UUID) -> list[UUID]:
    """Return a poll's options, in the order of the paper."""
    return [row["id"] for row in (await queries.options_by_poll(SYSTEM, [poll_id]))[0]]


async def sign_in(person_ids: list[UUID]) -> list[str]:
    """Open a session for each and return their tokens."""
    now = await clock.now()
    tokens = [crypto.token() for _ in person_ids]
    until = now + timedelta(days=30)
    await database.copy(
        "membership_session",
        (
            *("id", "person_id", "token_hash", "method", "device"),
            *("created_at", "last_seen_at", "expires_at"),
        ),
        [
            (
                database.new_id(),
                person,
                crypto.token_hash(token),
                "one_time_code",
                "",
                now,
                now,
                until,
            )
            for person, token in zip(person_ids, tokens, strict=True)
        ],
    )
    return tokens


async def move_clock(days: int) -> None:
    """Put the database's clock so many days ahead, so that what was open is due."""
    await database.execute(_CLOCK.format(days=days))


async def settle() -> None:
    """Let the planner know what was brought in at once."""
    await database.execute("ANALYZE")

"""Elections for tests, made by the product's own commands."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from domains.kernel import clock, database
from domains.kernel.actor import Actor
from domains.kernel.rulesets import put
from domains.voting import service
from domains.voting.models import Poll
from domains.voting.service import PollDraft, candidates, runoffs, write_ins
from domains.voting.service.presets import presets
from domains.voting.values import PollMethod, Secrecy
from tests.voting.factories import Town, a_town

OPENS_IN = timedelta(days=25)


@dataclass
class Election:
    """An election whose roll is public, and the candidates by the resident's place in the town."""

    town: Town
    poll_id: UUID
    candidates: dict[int, UUID] = field(default_factory=dict)

    async def nominate(self, place: int, *, by: Actor | None = None) -> UUID:
        """Nominate a resident; by themselves unless told."""
        self.candidates[place] = await candidates.nominate_candidate(
            by or self.town.residents[place],
            self.poll_id,
            person_id=self.town.residents[place].person_id,
        )
        return self.candidates[place]

    async def vet(self, place: int) -> None:
        """Let a nominee stand."""
        await candidates.vet_candidate(self.town.committee, self.candidates[place], fit=True)

    async def stand(self, *places: int) -> None:
        """Nominate residents and let them stand."""
        for place in places:
            await self.nominate(place)
            await self.vet(place)

    async def open(self, moved_clock) -> None:
        """Freeze the paper and begin the window."""
        await moved_clock.set((await self.poll()).nominations_until)
        assert await service.freeze_due_roll() == self.poll_id
        await moved_clock.set((await self.poll()).opens_at)
        await service.open_due_poll()

    async def poll(self) -> Poll:
        """The poll as it is."""
        return await Poll.get(id=self.poll_id)

    async def cast(self, voter: int, *places: int) -> None:
        """Vote for residents."""
        options = [await self.option_of(place) for place in places]
        await service.cast_ballot(
            self.town.residents[voter], self.poll_id, options, idempotency_key=uuid4()
        )

    async def option_of(self, place: int) -> UUID:
        """The option of a resident who stands."""
        option: UUID = await database.fetch_value(
            "SELECT option_id FROM voting_candidate WHERE poll_id = $1 AND person_id = $2"
            " AND option_id IS NOT NULL",
            self.poll_id,
            self.town.residents[place].person_id,
        )
        return option

    async def count(self, moved_clock) -> Poll:
        """Let the window end, and count."""
        await moved_clock.set((await self.poll()).closes_at)
        await service.close_due_poll()
        await service.tally_due_poll()
        return await self.poll()

    async def elected(self) -> set[int]:
        """The places of the residents who were elected in this poll."""
        rows = await database.fetch(
            "SELECT person_id FROM voting_candidate WHERE poll_id = $1 AND state = 'elected'",
            self.poll_id,
        )
        of = {each.person_id: place for place, each in enumerate(self.town.residents)}
        return {of[row["person_id"]] for row in rows}

    async def run_off(self, *, opens_in: timedelta = timedelta(days=1)) -> "Election":
        """The run-off, created."""
        opens_at = await clock.now() + opens_in
        window = runoffs.Window(opens_at, opens_at + timedelta(days=1))
        runoff_id, _ = await runoffs.create_runoff(
            self.town.committee, self.poll_id, window, idempotency_key=uuid4()
        )
        return Election(self.town, runoff_id)

    async def write_in(self, by: Actor, place: int) -> UUID:
        """Write a resident in."""
        written = await write_ins.add_write_in(
            by, self.poll_id, person_id=self.town.residents[place].person_id
        )
        return written.option_id


async def an_election_draft(
    *, seats: int = 3, rule_code: str = "VC_ELECTION", secrecy: Secrecy = Secrecy.SECRET
) -> PollDraft:
    """What a committee member writes down."""
    opens_at = await clock.now() + OPENS_IN
    return PollDraft(
        title="第七届委员会选举",
        body="",
        method=PollMethod.ELECTION,
        secrecy=secrecy,
        opens_at=opens_at,
        closes_at=opens_at + timedelta(days=1),
        rule_code=rule_code,
        seats=seats,
    )


async def an_election(
    *,
    residents: int = 7,
    seats: int = 3,
    rule_code: str = "VC_ELECTION",
    secrecy: Secrecy = Secrecy.SECRET,
    town: Town | None = None,
) -> Election:
    """An election whose roll is public and may be objected to."""
    town = town or await a_town(residents=residents)
    draft = await an_election_draft(seats=seats, rule_code=rule_code, secrecy=secrecy)
    poll_id, _ = await service.create_poll(
        town.committee, town.community.id, draft, idempotency_key=uuid4()
    )
    await service.publish_poll(town.committee, poll_id)
    return Election(town, poll_id)


async def states(election: Election) -> dict[int, str]:
    """How far the candidates have come, by the resident's place in the town."""
    rows = await database.fetch(
        "SELECT person_id, state FROM voting_candidate WHERE poll_id = $1", election.poll_id
    )
    of = {each.person_id: place for place, each in enumerate(election.town.residents)}
    return {of[row["person_id"]]: row["state"] for row in rows}


async def own_rules(election_town: Town, **changes: object) -> str:
    """The village rules with some of the community's own."""
    preset = next(each for each in presets() if each.code == "VC_ELECTION")
    content = {**preset.content, "election": {**preset.content["election"], **changes}}
    await put(
        code="VC_ELECTION",
        version=1,
        title_zh="本村选举办法",
        title_en="Our own election rules",
        legal_basis="村规民约",
        legal_effect=preset.legal_effect,
        effective_from=preset.effective_from,
        content=content,
        community_id=election_town.community.id,
    )
    return "VC_ELECTION"

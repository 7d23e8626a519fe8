"""The same rules and prices, written anew and simply, and every arrangement tried one by one.

It shares no code with the matcher but the snapshot and the proposal.
"""

import math
from functools import cache
from itertools import combinations, product

from domains.matching.solving.proposal import Proposal
from domains.matching.solving.snapshot import WEEK, Group, Need, Snapshot, Volunteer


def metres(person: Volunteer, need: Need) -> int:
    """Whole metres by the equirectangular rule."""
    narrowing = round(math.cos(math.radians(need.latitude_e6 / 1e6)) * 1e6)
    east = abs(person.longitude_e6 - need.longitude_e6) * narrowing // 10**6 * 111_195 // 10**6
    north = abs(person.latitude_e6 - need.latitude_e6) * 111_195 // 10**6
    return math.isqrt(east * east + north * north)


def is_free(person: Volunteer, group: Group) -> bool:
    """Minute by minute: somebody is free in all of a shift."""
    at = group.starts
    while at < group.ends:
        ends = [end for start, end in person.free if start <= at < end]
        if not ends:
            return False
        at = max(ends)
    return True


def is_fit(person: Volunteer, need: Need, group: Group) -> bool:
    """Age, consent, insurance and skill: what is unsafe whoever agrees to it."""
    held = {skill: (level, until) for skill, level, until in person.skills}
    level, until = held.get(group.skill, (0, -1))
    return (
        person.age >= need.least_age
        and (person.age >= 18 or (person.guardian_consents and not need.risky))
        and (person.insured or not need.risky)
        and (not group.skill or (level >= group.level and until >= group.ends))
    )


class Rules:
    """A snapshot, with pins kept as they are to be kept."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.people = {each.id: each for each in snapshot.volunteers}
        self.groups = {group.id: group for need in snapshot.needs for group in need.groups}
        self.need_of = {group.id: need for need in snapshot.needs for group in need.groups}
        self.pinned: list[tuple[str, str]] = []
        for group, person in sorted(set(snapshot.pinned)):
            if self._keeps(group, person):
                self.pinned.append((group, person))

    def _keeps(self, group: str, person: str) -> bool:
        need, wanted = self.need_of[group], self.groups[group]
        full = sum(other == group for other, _ in self.pinned) >= wanted.places
        mine = [self.groups[other] for other, who in self.pinned if who == person]
        return (
            not full
            and not any(_overlap(wanted, other) for other in mine)
            and (group, person) not in self.snapshot.forbidden
            and is_fit(self.people[person], need, wanted)
        )

    def places(self, group: str) -> int:
        """Places that nobody promised to fill."""
        return self.groups[group].places - sum(other == group for other, _ in self.pinned)

    def may(self, person: str, group: str) -> bool:
        """Whether somebody may be asked, by themselves."""
        who, need, wanted = self.people[person], self.need_of[group], self.groups[group]
        return (
            who.automatic
            and (group, person) not in self.snapshot.forbidden
            and is_fit(who, need, wanted)
            and metres(who, need) <= who.radius
            and is_free(who, wanted)
            and self.may_all(person, (group,))
        )

    def may_all(self, person: str, groups: tuple[str, ...]) -> bool:
        """Whether somebody has time for all of these besides what they promised."""
        who = self.people[person]
        promised = [self.groups[group] for group, other in self.pinned if other == person]
        asked = [self.groups[each] for each in groups]
        every = [*promised, *asked]
        if any(_overlap(one, other) for one, other in combinations(every, 2)):
            return False
        for week in {each.starts // WEEK for each in asked}:
            here = [each for each in every if each.starts // WEEK == week]
            services = len(here) + sum(n for at, n, _ in who.spent if at == week)
            minutes = sum(each.ends - each.starts for each in here)
            minutes += sum(spent for at, _, spent in who.spent if at == week)
            if services > who.weekly_services or minutes > who.weekly_minutes:
                return False
        return True

    def points(self, person: str, group: str) -> int:
        """What is to be said against somebody in a place."""
        who, need, wanted = self.people[person], self.need_of[group], self.groups[group]
        terms = self.snapshot.terms
        held = {skill: level for skill, level, _ in who.skills}
        surplus = held[wanted.skill] - wanted.level if wanted.skill else 0
        kept = (who.kept + terms.prior_yes) * 1000 // (who.kept + who.missed + terms.prior_all)
        moved = self.snapshot.previous and (group, person) not in self.snapshot.previous
        return (
            metres(who, need) // terms.metres_a_point
            + terms.surplus_points * surplus
            + terms.not_preferred_points * (need.service not in who.prefers)
            + terms.unreliable_points * (1000 - kept) // 1000
            + terms.churn_points * bool(moved)
        )

    def best_staffing(self, needs: set[str]) -> int:
        """The least that filling the places of some needs costs, by trying everything."""
        open_groups = [
            group
            for group in sorted(self.groups)
            if self.need_of[group].id in needs
            and self.places(group) > 0
            and any(self.may(person, group) for person in self.people)
        ]
        people = sorted(self.people)
        terms = self.snapshot.terms

        @cache
        def least(at: int, left: tuple[int, ...]) -> int:
            if at == len(people):
                return sum(
                    10**6 * self.need_of[group].urgency * places
                    for group, places in zip(open_groups, left, strict=True)
                )
            who = people[at]
            able = [
                number
                for number, group in enumerate(open_groups)
                if left[number] and self.may(who, group)
            ]
            had = min(self.people[who].turns, terms.most_turns)
            had += sum(other == who for _, other in self.pinned)
            best = least(at + 1, left)
            for size in range(1, len(able) + 1):
                for some in combinations(able, size):
                    groups = tuple(open_groups[number] for number in some)
                    if not self.may_all(who, groups):
                        continue
                    after = tuple(places - (number in some) for number, places in enumerate(left))
                    turns = sum(terms.turn_points * (had + nth) for nth in range(size))
                    points = sum(self.points(who, group) for group in groups)
                    best = min(best, points + turns + least(at + 1, after))
            return best

        return least(0, tuple(self.places(group) for group in open_groups))

    def best_selection(self, needs: list[Need], counts: dict[str, int]) -> int:
        """The most that some needs can count together, by trying every choice of them."""
        return max(
            sum(counts[need.id] for need in some)
            for size in range(len(needs) + 1)
            for some in combinations(needs, size)
            if self._can_help(some)
        )

    def _can_help(self, needs: tuple[Need, ...]) -> bool:
        return (
            _any_fits(
                [need.hosts for need in needs if need.wants_host],
                {each.id: each.capacity for each in self.snapshot.organisations},
                [1 for need in needs if need.wants_host],
            )
            and self._can_supervise([need for need in needs if need.supervision])
            and self._can_pay([need for need in needs if need.cost])
            and self._can_house([need for need in needs if need.wants_venue])
        )

    def _can_supervise(self, needs: list[Need]) -> bool:
        able = [
            tuple(
                each.id
                for each in self.snapshot.workers
                if need.qualification in each.qualifications and need.area.startswith(each.area)
            )
            for need in needs
        ]
        loads = {each.id: each.load for each in self.snapshot.workers}
        return _any_fits(able, loads, [need.supervision for need in needs])

    def _can_pay(self, needs: list[Need]) -> bool:
        """Gale's condition: no set of needs costs more than all the funds that may pay for any."""
        return all(
            sum(need.cost for need in some)
            <= sum(
                fund.remaining
                for fund in self.snapshot.funds
                if any(
                    set(fund.purposes) & set(need.purposes) and need.area.startswith(fund.area)
                    for need in some
                )
            )
            for size in range(1, len(needs) + 1)
            for some in combinations(needs, size)
        )

    def _can_house(self, needs: list[Need]) -> bool:
        venues = {each.id: each for each in self.snapshot.venues}
        for choice in product(
            *([name for name in need.venues if name in venues] for need in needs)
        ):
            if all(self._fits(venues[name], choice, needs) for name in set(choice)):
                return True
        return False

    def _fits(self, venue, choice, needs) -> bool:
        here = [need for need, name in zip(needs, choice, strict=True) if name == venue.id]
        shifts = [group for need in here for group in need.groups]
        if not all(
            any(start <= each.starts and each.ends <= end for start, end in venue.open)
            for each in shifts
        ):
            return False
        for moment in {each.starts for each in shifts} | {start for start, _, _ in venue.taken}:
            seats = sum(
                need.room
                for need in here
                if any(each.starts <= moment < each.ends for each in need.groups)
            )
            taken = sum(n for start, end, n in venue.taken if start <= moment < end)
            if seats and seats + taken > venue.capacity:
                return False
        return True

    def breaches(self, proposal: Proposal) -> list[str]:
        """Every hard rule about people that a proposal breaks."""
        found = []
        by_person: dict[str, list[str]] = {}
        for offer in proposal.offers:
            by_person.setdefault(offer.volunteer, []).append(offer.group)
            if not self.may(offer.volunteer, offer.group):
                found.append(f"{offer.volunteer} may not {offer.group}")
        for person, groups in by_person.items():
            if not self.may_all(person, tuple(groups)):
                found.append(f"{person} has no time for {groups}")
        chosen = [need for need in self.snapshot.needs if need.id in _chosen(proposal)]
        if not self._can_help(tuple(chosen)):
            found.append("the chosen needs cannot be helped together")
        for need in chosen:
            for group in need.groups:
                first = sum(o.group == group.id and not o.rank for o in proposal.offers)
                if first > self.places(group.id):
                    found.append(f"{group.id} is overfull")
                if not need.partial and first < self.places(group.id):
                    found.append(f"{need.id} goes ahead short of people")
        return found


def _chosen(proposal: Proposal) -> set[str]:
    return {each.need for each in proposal.selections}


def _overlap(one: Group, other: Group) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def _any_fits(able: list[tuple[str, ...]], caps: dict[str, int], takes: list[int]) -> bool:
    for choice in product(*([name for name in names if name in caps] for names in able)):
        used = dict.fromkeys(caps, 0)
        for name, number in zip(choice, takes, strict=True):
            used[name] += number
        if all(used[name] <= caps[name] for name in caps):
            return True
    return False

"""What a scheme lets people do with minutes, each policy by itself: to whom, where to, and when."""

from datetime import date

import pytest

from domains.membership.models import Person
from domains.timebank.queries.ledger import faults
from domains.timebank.values import AccountKind
from tests import factories
from tests.timebank.test_giving_graphql import GIVE, a_gift, account
from tests.timebank.test_ledger import SOUND
from tests.timebank.test_staff_graphql import (
    does,
    held,
    in_need,
    not_ordered,
    ordered,
    own,
    relatives,
)
from tests.timebank.town import a_holder, a_town
from tests.voting.asking import done, refused


async def a_household_of_two(town):
    """Two who live in one household, the first with minutes."""
    home = await factories.a_household(await factories.a_building(town.community))
    accounts = []
    for name, minutes in (("张伟", 100), ("张敏", 0)):
        actor, own_account = await a_holder(town, minutes, name=name)
        await factories.a_residency(await Person.get(id=actor.person_id), home)
        accounts.append((actor, own_account))
    return accounts


@pytest.mark.parametrize(
    ("gifts_to", "given"),
    [
        ([], []),
        (["household"], ["household"]),
        (["relatives"], ["relatives"]),
        (["needy"], ["needy"]),
        (["anyone"], ["household", "relatives", "needy", "stranger"]),
    ],
)
async def test_minutes_are_given_to_whom_the_scheme_names_and_to_nobody_else(db, gifts_to, given):
    town = await a_town(giftsTo=gifts_to)
    (giver, source), (_, housemate) = await a_household_of_two(town)
    kin, of_kin = await a_holder(town, name="张丽")
    await relatives(town, giver, kin, of_kin)
    old, needy = await a_holder(town, name="陈阿婆", born=date(1940, 1, 1))
    await in_need(town, old)
    _, stranger = await a_holder(town, name="陌生人")
    to = {"household": housemate, "relatives": of_kin, "needy": needy, "stranger": stranger}

    received = []
    for name, target in to.items():
        gift = a_gift(source, target, 10)
        if name in given:
            await done(giver, GIVE, input=gift)
            received.append(name)
        else:
            assert await refused(giver, GIVE, input=gift) == "RECEIVER_NOT_ENTITLED"

    assert received == given
    assert await held(*to.values()) == [10 if name in given else 0 for name in to]
    assert await faults() == SOUND


async def test_a_need_that_is_over_entitles_to_no_gift(moved_clock):
    town = await a_town(giftsTo=["needy"])
    giver, source = await a_holder(town, 100)
    old, needy = await a_holder(town, name="陈阿婆", born=date(1940, 1, 1))
    need_id = await in_need(town, old)
    await done(giver, GIVE, input=a_gift(source, needy, 10))

    await does(town.keeper, "endNeed", needId=need_id)

    assert await refused(giver, GIVE, input=a_gift(source, needy, 10)) == "RECEIVER_NOT_ENTITLED"
    assert await held(needy) == [10]


async def test_an_heir_is_a_relative_whom_both_have_said_and_nobody_else(db):
    town = await a_town(succession="heir")
    _, left = await a_holder(town, 100)
    _, stranger = await a_holder(town, name="陌生人")

    code = await not_ordered(town, "SUCCESSION", accountId=account(left), otherId=account(stranger))

    assert code == "HEIR_NOT_ENTITLED"
    assert await held(left, stranger) == [100, 0]


async def test_who_moves_away_donates_where_the_scheme_says_so(db):
    town = await a_town(movingAway="donate")
    _, left = await a_holder(town, 100)

    await ordered(town, "MOVING_AWAY", accountId=account(left))

    assert await held(left, (await own(town))[AccountKind.DONATION_POOL]) == [0, 100]
    assert await faults() == SOUND


async def test_no_grants_where_the_scheme_provides_none(db):
    town = await a_town(grants=None)
    old, needy = await a_holder(town, born=date(1940, 1, 1))
    await in_need(town, old)
    await ordered(town, "ENDOWMENT", minutes=500)

    code = await not_ordered(town, "GRANT", accountId=account(needy), minutes=60)

    assert (code, await held(needy)) == ("GRANTS_NOT_PROVIDED", [0])


async def test_grants_stay_within_a_month(moved_clock):
    town = await a_town(grants={"monthMinutes": 100, "yearMinutes": None})
    old, needy = await a_holder(town, born=date(1940, 1, 1))
    await in_need(town, old)
    await ordered(town, "ENDOWMENT", minutes=500)
    await ordered(town, "GRANT", accountId=account(needy), minutes=80)

    code = await not_ordered(town, "GRANT", accountId=account(needy), minutes=30)

    assert (code, await held(needy)) == ("GRANT_OVER_LIMIT", [80])

"""Scalars keep their values exact, and refuse what they cannot keep."""

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.scalars import SCALARS, Fen

MOST = 2**53 - 1


@strawberry.type
class Query:
    @strawberry.field
    def echo(self, amount_fen: Fen) -> Fen:
        return amount_fen


contract = strawberry.Schema(query=Query, config=StrawberryConfig(scalar_map=SCALARS))
ASK = "query($amount: Fen!) { echo(amountFen: $amount) }"


@pytest.mark.parametrize("amount", [0, -1, 2**31, -(2**31) - 1, MOST, -MOST])
async def test_fen_comes_back_exact_beyond_what_int_holds(amount):
    by_variable = await contract.execute(ASK, variable_values={"amount": amount})
    by_literal = await contract.execute(f"{{ echo(amountFen: {amount}) }}")

    assert (by_variable.errors, by_variable.data) == (None, {"echo": amount})
    assert (by_literal.errors, by_literal.data) == (None, {"echo": amount})


@pytest.mark.parametrize("amount", [MOST + 1, -MOST - 1, 1.5, 1.0, "100", True, "一百"])
async def test_fen_refuses_what_is_not_a_whole_number_that_every_client_holds(amount):
    answer = await contract.execute(ASK, variable_values={"amount": amount})

    assert answer.data is None
    assert ["expected a whole number of fen" in each.message for each in answer.errors] == [True]

"""The committed contract: what stands in the file is what is served, and what was promised stays.

`schema/schema.graphql` is the contract as it is (`gongyi schema > schema/schema.graphql`).
`schema/promised.graphql` is the contract as clients were last promised it: it is
replaced only when a release is cut, and until then nothing in it may break.
"""

from pathlib import Path

from graphql import build_schema, find_breaking_changes

from schema import contract

FOLDER = Path(contract.__file__).parent


def test_the_committed_contract_is_the_one_that_is_served():
    committed = (FOLDER / "schema.graphql").read_text(encoding="utf-8")

    assert contract.printed() == committed, "run: gongyi schema > schema/schema.graphql"


def test_nothing_that_was_promised_breaks():
    promised = build_schema((FOLDER / "promised.graphql").read_text(encoding="utf-8"))

    broken = find_breaking_changes(promised, build_schema(contract.printed()))

    assert [change.description for change in broken] == []


def test_a_breaking_change_would_be_found():
    promised = build_schema((FOLDER / "promised.graphql").read_text(encoding="utf-8"))
    without = build_schema(contract.printed().replace("  castBallot(", "  castNothing("))

    broken = find_breaking_changes(promised, without)

    assert [change.description for change in broken] == ["Field Mutation.castBallot was removed."]

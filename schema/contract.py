"""The contract as text: sorted, so that two prints of one contract are one text."""

from graphql import lexicographic_sort_schema, print_schema

from schema.root import schema


def printed() -> str:
    """Return the schema in the schema definition language, sorted by name."""
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"

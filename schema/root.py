"""Query, Mutation and Subscription, assembled from the domains' parts."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.errors import HANDLERS
from schema.membership.sign_in import SignInMutation, SignInQuery
from schema.node import NodeQuery
from schema.scalars import SCALARS

QUERIES: tuple[type, ...] = (NodeQuery, SignInQuery)
MUTATIONS: tuple[type, ...] = (SignInMutation,)

schema = strawberry.Schema(
    query=merge_types("Query", QUERIES),
    mutation=merge_types("Mutation", MUTATIONS) if MUTATIONS else None,
    exception_handlers=HANDLERS,
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)

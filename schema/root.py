"""Query, Mutation and Subscription, assembled from the domains' parts."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.errors import HANDLERS
from schema.membership.outside_sign_in import OutsideSignInMutation
from schema.membership.second_factor import SecondFactorMutation, SecondFactorQuery
from schema.membership.sign_in import SignInMutation, SignInQuery
from schema.node import NodeQuery
from schema.scalars import SCALARS

QUERIES: tuple[type, ...] = (NodeQuery, SignInQuery, SecondFactorQuery)
MUTATIONS: tuple[type, ...] = (
    SignInMutation,
    OutsideSignInMutation,
    SecondFactorMutation,
)

schema = strawberry.Schema(
    query=merge_types("Query", QUERIES),
    mutation=merge_types("Mutation", MUTATIONS) if MUTATIONS else None,
    exception_handlers=HANDLERS,
    config=StrawberryConfig(scalar_map=SCALARS, disable_field_suggestions=True),
)

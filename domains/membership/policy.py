"""Who may do what in membership: one table, read by commands and by queries."""

from domains.kernel.actor import Authority, Role, Rule, anyone, signed_in

# Their grants are withheld from the actor until the session has shown a second factor.
SECOND_FACTOR_ROLES = frozenset({Role.PLATFORM_ADMINISTRATOR, Role.STREET_REVIEWER})

AUTHORITY: Authority = {
    # Signing in.
    "requestSignInCode": Rule(may=anyone),
    "signInWithCode": Rule(may=anyone),
    "signInWithWeChat": Rule(may=anyone),
    "bindWeChat": Rule(may=anyone),
    "beginOidcSignIn": Rule(may=anyone),
    "completeOidcSignIn": Rule(may=anyone),
    "signOut": Rule(may=signed_in),
    "revokeSession": Rule(may=signed_in),
    "revokeOtherSessions": Rule(may=signed_in),
    "updateMyName": Rule(may=signed_in),
    "enrolSecondFactor": Rule(may=signed_in),
    "confirmSecondFactor": Rule(may=signed_in),
    "verifySecondFactor": Rule(may=signed_in),
}

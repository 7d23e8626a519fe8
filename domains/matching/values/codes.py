"""Names under which rules are kept and codes are signed."""

MATCHING = "MATCHING"
# What a code shown by the one served is signed for.
ORDER_CODE = "matching.order"

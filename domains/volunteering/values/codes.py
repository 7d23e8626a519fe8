"""Names under which rules are kept and codes are signed."""

VOLUNTEER_SERVICE = "VOLUNTEER_SERVICE"
STAR_POLICY = "STAR_POLICY"
VOLUNTEER_SHIFTS = "VOLUNTEER_SHIFTS"
# What a code shown on the spot is signed for.
CHECK_IN_CODE = "volunteering.check-in"
# What a certificate's code is signed for.
CERTIFICATE_CODE = "volunteering.certificate"

"""Notices by Tencent Cloud SMS, by the client that one-time codes go by.

Documents: cloud.tencent.com/document/product/382/55981 (SendSms: up to 3,000 requests a
second, one approved template and its parameters in order) and 382/59177 (error codes). The
interface knows no idempotency key: a message whose answer was lost may arrive twice, so
such repetitions are counted and few. `SessionContext` carries the delivery's id.
"""

from domains.kernel.settings import Settings
from domains.membership.providers import http, tencent
from domains.membership.providers.tencent import SmsRefused, TencentSms
from domains.notifications.channels.base import Message, Outcome, Verdict, accepted, outcome

# Error codes by what they mean for us; whatever is not here refuses the message alone.
_GONE = (
    "FailedOperation.PhoneNumberInBlacklist",
    "InvalidParameterValue.IncorrectPhoneNumber",
    "UnsupportedOperation.ContainDomesticAndInternationalPhoneNumber",
)
_LATER_S: dict[str, float] = {
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30,
    "LimitExceeded.PhoneNumberOneHourLimit": 3_600,
    "LimitExceeded.PhoneNumberDailyLimit": 6 * 3_600,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": 6 * 3_600,
}
_CLOSED_S: dict[str, float] = {
    "LimitExceeded.DeliveryFrequencyLimit": 10,
    "RequestLimitExceeded": 2,
    "HTTP 429": 10,
    "LimitExceeded.AppDailyLimit": 3_600,
    "LimitExceeded.AppMainlandChinaDailyLimit": 3_600,
    "LimitExceeded.DailyLimit": 3_600,
    "FailedOperation.InsufficientBalanceInSmsPackage": 600,
    "UnauthorizedOperation": 600,
    "AuthFailure": 600,
    "FailedOperation.SignatureIncorrectOrUnapproved": 600,
}


class SmsCarrier:
    """Tencent Cloud SMS, over connections that are kept."""

    def __init__(self, chosen: Settings) -> None:
        self._through = TencentSms.of(chosen)
        self._poster = http.Poster(at_once=chosen.notices_at_once)

    async def send(self, message: Message) -> Outcome:
        """Send the template that was approved for the kind."""
        if not message.template_code:
            return outcome(Verdict.REFUSED, "no approved template")
        try:
            serial = await self._through.send(
                self._poster,
                phone=str(message.address),
                template_id=message.template_code,
                parameters=[value for _name, value in message.variables],
                context=str(message.id),
            )
        except SmsRefused as refused:
            return _judged(refused)
        except http.NotSent as fault:
            return outcome(Verdict.CLOSED, fault)
        except http.NoAnswer as fault:
            return outcome(Verdict.UNKNOWN, fault)
        return accepted(serial)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for notices by text message."""
    return [f"notices by text message need {name}" for name in tencent.missing(chosen)]


def _judged(refused: SmsRefused) -> Outcome:
    code = refused.code
    if code in _GONE:
        return outcome(Verdict.GONE, code)
    if code in _LATER_S:
        return outcome(Verdict.LATER, code, _LATER_S[code])
    for beginning, seconds in _CLOSED_S.items():
        if code.startswith(beginning):
            return outcome(Verdict.CLOSED, code, seconds)
    if code.startswith("InternalError"):
        return outcome(Verdict.LATER, code)
    # What a gateway in between answered says nothing of the message.
    is_strange = code.startswith("HTTP ") or code == "an answer that is none"
    return outcome(Verdict.UNKNOWN if is_strange else Verdict.REFUSED, code)

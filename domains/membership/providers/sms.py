"""Carriers of one-time codes: the console where nobody real signs in, Tencent Cloud for people.

Sending one code twice does no harm, losing it costs the resident a minute; so a request
that may have arrived is repeated only where the provider says that it failed on its side.
"""

import sys
from dataclasses import dataclass
from typing import Protocol

from domains.kernel import settings
from domains.kernel.settings import Environment, Settings, SmsProvider
from domains.membership.providers import http, tencent
from domains.membership.providers.tencent import SmsRefused, TencentSms


class CodeSender(Protocol):
    """Whatever brings a one-time code to a phone."""

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Bring the code to the phone; raises ProviderFault where that failed."""
        ...


class ConsoleSender:
    """Prints the code where the server runs; production refuses it."""

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Print the code in a line of its own, past the log."""
        sys.stdout.write(f"\n  one-time code for {phone}: {code} (valid {minutes} minutes)\n\n")
        sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class TencentSender:
    """Sends codes by the template that was approved for them."""

    through: TencentSms
    template_id: str

    async def send(self, *, phone: str, code: str, minutes: int) -> None:
        """Send the approved template with the code and its minutes."""
        poster = http.Poster(at_once=1)
        try:
            async for attempt in http.attempts(_may_repeat):
                with attempt:
                    await self.through.send(
                        poster,
                        phone=phone,
                        template_id=self.template_id,
                        parameters=[code, str(minutes)],
                    )
        except (http.NotSent, http.NoAnswer) as fault:
            raise http.ProviderFault(
                f"the provider of text messages did not answer: {fault}"
            ) from None
        finally:
            await poster.close()


def _may_repeat(fault: Exception) -> bool:
    if isinstance(fault, SmsRefused):
        return fault.is_passing
    return isinstance(fault, http.NotSent)


def problems(chosen: Settings) -> list[str]:
    """Return what the settings lack for codes to reach people, in plain sentences."""
    if chosen.sms_provider is SmsProvider.CONSOLE:
        if chosen.environment is Environment.PRODUCTION:
            return ["production does not print one-time codes: set GONGYI_SMS_PROVIDER=tencent"]
        return []
    lacking = tencent.missing(chosen)
    if not chosen.tencent_sms_template_id:
        lacking.append("GONGYI_TENCENT_SMS_TEMPLATE_ID")
    return [f"text messages need {name}" for name in lacking]


def sender() -> CodeSender:
    """Return the carrier that settings name; raises ProviderFault where they do not suffice."""
    chosen = settings.current()
    missing = problems(chosen)
    if missing:
        raise http.ProviderFault("; ".join(missing))
    if chosen.sms_provider is SmsProvider.CONSOLE:
        return ConsoleSender()
    return TencentSender(TencentSms.of(chosen), chosen.tencent_sms_template_id)

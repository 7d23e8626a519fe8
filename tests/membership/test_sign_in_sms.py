import asyncio
import hashlib
import socket
from contextlib import asynccontextmanager

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from api.commands import doctor
from domains.kernel import database, settings
from domains.kernel.settings import Environment, Settings, SmsProvider
from domains.membership.providers import http, sms, tencent
from tests.membership.doors import PHONE, REQUEST, SIGN_IN, ask


async def test_the_code_arrives_by_text_message_and_opens_the_door(db, tencent):
    await ask(REQUEST, phone=PHONE)

    answer = await ask(SIGN_IN, phone=PHONE, code=tencent.code_of(PHONE))

    assert answer["__typename"] == "SignedIn"
    assert [each["TemplateParamSet"][1] for each in tencent.sent] == ["5"]


async def test_nothing_is_sent_for_a_throttled_request(db, tencent):
    await asyncio.gather(*(ask(REQUEST, phone=PHONE) for _ in range(4)))

    assert tencent.requests == 1


def test_the_signature_is_that_of_the_published_example():
    payload = (
        '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    canonical_request = (
        "POST\n/\n\ncontent-type:application/json; charset=utf-8\n"
        "host:cvm.tencentcloudapi.com\n\ncontent-type;host\n"
        + hashlib.sha256(payload.encode()).hexdigest()
    )

    signature = tencent.tc3_signature(
        secret_key="Gu5t9xGARNpq86cd98joQYCN3*******",
        timestamp=1551113065,
        service="cvm",
        canonical_request=canonical_request,
    )

    assert signature == "2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"


@pytest.mark.parametrize(
    "refusal",
    [
        "LimitExceeded.PhoneNumberThirtySecondLimit",
        "LimitExceeded.PhoneNumberDailyLimit",
        "LimitExceeded.DeliveryFrequencyLimit",
        "FailedOperation.InsufficientBalanceInSmsPackage",
        "FailedOperation.PhoneNumberInBlacklist",
        "!AuthFailure.SignatureFailure",
        "!UnauthorizedOperation.RequestIpNotInWhitelist",
    ],
)
async def test_a_refusal_of_the_provider_is_told_and_not_repeated(db, tencent, caplog, refusal):
    tencent.answers = [refusal]

    answer = await ask(REQUEST, phone=PHONE)

    assert answer == {
        "__typename": "Refused",
        "code": "CODE_NOT_SENT",
        "message": "短信发送失败,请稍后重新获取验证码。",
        "path": None,
    }
    assert (tencent.requests, tencent.sent) == (1, [])
    assert refusal.removeprefix("!") in caplog.text
    assert PHONE not in caplog.text


async def test_a_wrong_secret_is_refused_by_the_provider(db, tencent, configured):
    configured(GONGYI_TENCENT_SECRET_KEY="another")

    answer = await ask(REQUEST, phone=PHONE)

    assert (answer["code"], tencent.sent) == ("CODE_NOT_SENT", [])


@pytest.mark.parametrize(
    "passing",
    [
        "!InternalError",
        "InternalError.Timeout",
        "!RequestLimitExceeded",
        PlainTextResponse("bad gateway", status_code=502),
    ],
)
async def test_a_fault_on_the_providers_side_is_tried_again(db, tencent, passing):
    tencent.answers = [passing, passing]

    answer = await ask(REQUEST, phone=PHONE)

    assert answer["__typename"] == "SignInCodeRequested"
    assert (tencent.requests, len(tencent.sent)) == (3, 1)


async def test_a_fault_that_lasts_is_told_after_three_attempts(db, tencent):
    tencent.answers = [PlainTextResponse("down", status_code=503)] * 9

    answer = await ask(REQUEST, phone=PHONE)

    assert (answer["code"], tencent.requests) == ("CODE_NOT_SENT", 3)


@pytest.mark.parametrize(
    "nonsense",
    [PlainTextResponse("<html>"), JSONResponse([]), JSONResponse({"Response": {}})],
)
async def test_an_answer_that_is_none_is_a_failure(db, tencent, nonsense):
    tencent.answers = [nonsense]

    answer = await ask(REQUEST, phone=PHONE)

    assert (answer["code"], tencent.requests) == ("CODE_NOT_SENT", 1)


async def test_a_provider_that_keeps_silent_is_asked_once(db, configured, tencent):
    async with _silence() as (address, connections):
        configured(GONGYI_TENCENT_SMS_URL=address, GONGYI_PROVIDER_TIMEOUT_S="0.2")

        answer = await ask(REQUEST, phone=PHONE)

    assert (answer["code"], len(connections)) == ("CODE_NOT_SENT", 1)


async def test_a_provider_out_of_reach_is_a_failure_and_the_code_counts(db, configured, tencent):
    configured(GONGYI_TENCENT_SMS_URL=f"http://127.0.0.1:{_closed_port()}")

    answer = await ask(REQUEST, phone=PHONE)
    again = await ask(REQUEST, phone=PHONE)

    assert (answer["code"], again["code"]) == ("CODE_NOT_SENT", "TOO_MANY_ATTEMPTS")
    assert await database.fetch_value("SELECT count(*) FROM membership_sign_in_code") == 1


def test_production_wants_a_real_carrier_with_all_its_settings():
    console = _settings(environment=Environment.PRODUCTION)
    bare = _settings(sms_provider=SmsProvider.TENCENT)

    words = "production does not print one-time codes: set GONGYI_SMS_PROVIDER=tencent"
    assert sms.problems(console) == [words]
    assert str(doctor.carrier_finding(console)) == f"fail  sign-in     {words}"
    assert len(sms.problems(bare)) == 5
    assert sms.problems(_settings()) == []


async def test_without_its_settings_no_carrier_is_made(configured):
    configured(GONGYI_SMS_PROVIDER="tencent", GONGYI_TENCENT_SECRET_ID="")

    with pytest.raises(http.ProviderFault, match="GONGYI_TENCENT_SECRET_ID"):
        sms.sender()


def _settings(**changes: object) -> Settings:
    return settings.current().model_copy(update=changes)


def _closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@asynccontextmanager
async def _silence():
    """Serve connections and say nothing; yields the address and the connections."""
    connections = []

    async def listen(reader, writer):
        connections.append(writer)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", connections

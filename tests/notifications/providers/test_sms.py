import asyncio

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from domains.kernel import settings
from domains.notifications.channels import opening
from domains.notifications.values import Channel
from tests.notifications.providers.messages import PHONE, TEXT, a_message, sent_by, verdicts


async def test_a_notice_goes_by_its_approved_template_with_its_parameters_in_order(tencent):
    message = a_message(PHONE)

    (outcome,) = await sent_by(Channel.SMS, message)

    assert (outcome.verdict.value, outcome.provider_id) == (
        "accepted",
        "5000:1045710669157053657849499619",
    )
    (sent,) = tencent.sent
    assert sent["PhoneNumberSet"] == [f"+86{PHONE}"]
    assert sent["TemplateParamSet"] == ["加装电梯", "2026年11月22日 20:00"]
    assert sent["SessionContext"] == str(message.id)


@pytest.mark.parametrize(
    ("answer", "verdict", "seconds"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "later", 30),
        ("LimitExceeded.PhoneNumberOneHourLimit", "later", 3_600),
        ("LimitExceeded.PhoneNumberDailyLimit", "later", 21_600),
        ("LimitExceeded.DeliveryFrequencyLimit", "closed", 10),
        ("LimitExceeded.AppDailyLimit", "closed", 3_600),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "closed", 600),
        ("FailedOperation.PhoneNumberInBlacklist", "gone", None),
        ("InvalidParameterValue.IncorrectPhoneNumber", "gone", None),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "refused", None),
        ("FailedOperation.ContainSensitiveWord", "refused", None),
        ("InternalError.Timeout", "later", None),
        ("!RequestLimitExceeded", "closed", 2),
        ("!AuthFailure.SignatureFailure", "closed", 600),
        ("!UnauthorizedOperation.SerivceSuspendDueToArrears", "closed", 600),
        ("!InternalError", "later", None),
    ],
)
async def test_each_documented_error_code_has_its_meaning(tencent, answer, verdict, seconds):
    tencent.answers = [answer]

    (outcome,) = await sent_by(Channel.SMS, a_message(PHONE))

    assert (outcome.verdict.value, outcome.retry_after_s) == (verdict, seconds)
    assert outcome.code == answer.removeprefix("!")
    assert tencent.sent == []


@pytest.mark.parametrize(
    ("nonsense", "verdict"),
    [
        (PlainTextResponse("<html>down</html>", status_code=500), "unknown"),
        (PlainTextResponse("", status_code=429), "closed"),
        (PlainTextResponse("<html>"), "unknown"),
        (JSONResponse([]), "unknown"),
        (JSONResponse({"Response": {"SendStatusSet": []}}), "unknown"),
        (Response(b"\xff\xfe\x00", media_type="application/json"), "unknown"),
    ],
)
async def test_an_answer_that_is_none_leaves_open_whether_it_went(tencent, nonsense, verdict):
    tencent.answers = [nonsense]

    assert await verdicts(Channel.SMS, a_message(PHONE)) == [verdict]


async def test_a_wrong_secret_shuts_the_channel(tencent, configured):
    configured(GONGYI_TENCENT_SECRET_KEY="another")

    assert await verdicts(Channel.SMS, a_message(PHONE)) == ["closed"]
    assert tencent.sent == []


async def test_a_provider_out_of_reach_shuts_the_channel_and_silence_leaves_it_open(
    tencent, configured
):
    silent = await asyncio.start_server(_keep_silent, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    configured(GONGYI_TENCENT_SMS_URL=f"http://127.0.0.1:{port}", GONGYI_PROVIDER_TIMEOUT_S="0.2")
    unanswered = await verdicts(Channel.SMS, a_message(PHONE))
    silent.close()
    await silent.wait_closed()

    unreached = await verdicts(Channel.SMS, a_message(PHONE))

    assert (unanswered, unreached) == (["unknown"], ["closed"])


async def test_a_notice_without_an_approved_template_is_refused_before_it_leaves(tencent):
    assert await verdicts(Channel.SMS, a_message(PHONE, template_code=None)) == ["refused"]
    assert tencent.requests == 0


async def test_a_message_prints_neither_number_nor_text(tencent, caplog):
    caplog.set_level("DEBUG")
    message = a_message(PHONE)

    (outcome,) = await sent_by(Channel.SMS, message)

    told = f"{message!r} {outcome!r} {caplog.text}"
    assert [each in told for each in (PHONE, TEXT, "加装电梯", "表决")] == [False] * 4


def test_what_settings_lack_is_told_and_keeps_the_channel_off(configured):
    configured(GONGYI_SMS_NOTICES="true", GONGYI_TENCENT_SECRET_ID="AKID")

    assert opening.problems(settings.current()) == {
        Channel.SMS: [
            "notices by text message need GONGYI_TENCENT_SECRET_KEY",
            "notices by text message need GONGYI_TENCENT_SMS_APP_ID",
            "notices by text message need GONGYI_TENCENT_SMS_SIGN_NAME",
        ]
    }
    assert opening.are_on(settings.current()) == []


async def _keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)
    writer.close()

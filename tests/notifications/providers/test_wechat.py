import asyncio

import pytest
from starlette.responses import JSONResponse, PlainTextResponse

from domains.notifications.channels import wechat as channel
from domains.notifications.values import Channel
from tests.notifications.providers.messages import OPENID, TEXT, a_message, sent_by, verdicts


async def test_a_notice_goes_by_its_template_and_spends_one_consent(wechat):
    wechat.consents[OPENID, "1110"] = 1

    outcomes = await sent_by(Channel.WECHAT, a_message(OPENID), a_message(OPENID))

    assert [each.verdict.value for each in outcomes] == ["accepted", "unwanted"]
    assert outcomes[0].provider_id == "294812001"
    (sent,) = wechat.sent
    assert sent == {
        "touser": OPENID,
        "template_id": "1110",
        "data": {"thing1": {"value": "加装电梯"}, "time2": {"value": "2026年11月22日 20:00"}},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }


async def test_one_token_serves_many_messages_and_a_spent_one_is_asked_for_anew(wechat):
    wechat.consents[OPENID, "1110"] = 9
    first = await verdicts(Channel.WECHAT, *(a_message(OPENID) for _ in range(3)))
    asked = wechat.tokens_asked
    wechat.spend_token()

    second = await verdicts(Channel.WECHAT, *(a_message(OPENID) for _ in range(3)))

    assert (first, second) == (["accepted"] * 3, ["accepted"] * 3)
    assert (asked, wechat.tokens_asked, len(wechat.sent)) == (1, 2, 6)


async def test_messages_sent_at_once_ask_for_one_token(wechat):
    from domains.kernel import settings
    from domains.notifications.channels import opening

    wechat.consents[OPENID, "1110"] = 20
    async with opening.opened(settings.current()) as carriers:
        carrier = carriers[Channel.WECHAT]
        await asyncio.gather(*(carrier.send(a_message(OPENID)) for _ in range(20)))

    assert (wechat.tokens_asked, len(wechat.sent)) == (1, 20)


@pytest.mark.parametrize(
    ("errcode", "verdict", "seconds"),
    [
        (-1, "later", None),
        (40001, "closed", 30),
        (42001, "closed", 30),
        (40003, "gone", None),
        (40037, "refused", None),
        (41030, "refused", None),
        (43101, "unwanted", None),
        (43107, "closed", 3_600),
        (43108, "later", None),
        (45009, "closed", 3_600),
        (47003, "refused", None),
        (45168, "refused", None),
    ],
)
async def test_each_documented_error_code_has_its_meaning(wechat, errcode, verdict, seconds):
    wechat.consents[OPENID, "1110"] = 1
    wechat.send_answers = [errcode, errcode]

    (outcome,) = await sent_by(Channel.WECHAT, a_message(OPENID))

    assert (outcome.verdict.value, outcome.code, outcome.retry_after_s) == (
        verdict,
        str(errcode),
        seconds,
    )
    assert wechat.sent == []


@pytest.mark.parametrize(
    ("errcode", "verdict"), [(40013, "closed"), (40125, "closed"), (-1, "later")]
)
async def test_a_token_that_is_refused_shuts_the_channel(wechat, errcode, verdict):
    wechat.token_answers = [errcode]

    assert await verdicts(Channel.WECHAT, a_message(OPENID)) == [verdict]
    assert wechat.sends == 0


@pytest.mark.parametrize(
    "nonsense",
    [
        PlainTextResponse("bad gateway", status_code=502),
        PlainTextResponse("down", status_code=500),
        PlainTextResponse("<html>"),
        JSONResponse([]),
        JSONResponse({}),
        JSONResponse({"errcode": "zero"}),
    ],
)
async def test_an_answer_that_is_none_leaves_open_whether_it_went(wechat, nonsense):
    wechat.send_answers = [nonsense]

    assert await verdicts(Channel.WECHAT, a_message(OPENID)) == ["unknown"]


async def test_who_is_told_to_come_less_often_has_sent_nothing(wechat):
    wechat.send_answers = [PlainTextResponse("", status_code=429)]

    assert await verdicts(Channel.WECHAT, a_message(OPENID)) == ["closed"]


@pytest.mark.parametrize(
    "nonsense",
    [
        PlainTextResponse("down", status_code=500),
        PlainTextResponse("<html>"),
        JSONResponse([]),
        JSONResponse({"access_token": 7}),
    ],
)
async def test_without_a_token_nothing_was_sent_and_no_attempt_is_lost(wechat, nonsense):
    wechat.token_answers = [nonsense]

    assert await verdicts(Channel.WECHAT, a_message(OPENID)) == ["closed"]
    assert wechat.sends == 0


async def test_silence_over_a_message_leaves_open_whether_it_went(wechat, configured):
    wechat.consents[OPENID, "1110"] = 2
    first = await verdicts(Channel.WECHAT, a_message(OPENID))
    wechat.silent_s = 1.0
    configured(GONGYI_PROVIDER_TIMEOUT_S="0.2")

    unanswered = await verdicts(Channel.WECHAT, a_message(OPENID))

    assert (first, unanswered) == (["accepted"], ["unknown"])


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("thing1", "一" * 21, "一" * 19 + "…"),
        ("thing1", "一" * 20, "一" * 20),
        ("thing12", "两 行\n文字", "两 行 文字"),
        ("phrase3", "即将结束了", "即将结束了"),
        ("phrase3", "马上即将结束", "马上即将结"),
        ("time2", "2026年11月22日 20:00", "2026年11月22日 20:00"),
        ("anything", "长" * 50, "长" * 50),
    ],
)
def test_values_are_cut_to_what_their_kind_takes(key, value, fits):
    assert channel.fitted(key, value) == fits


async def test_neither_token_nor_secret_nor_openid_is_logged(wechat, caplog):
    caplog.set_level("DEBUG")
    wechat.consents[OPENID, "1110"] = 1
    wechat.send_answers = [40001]

    outcomes = await sent_by(Channel.WECHAT, a_message(OPENID), a_message(OPENID))

    told = f"{outcomes!r} {caplog.text}"
    private = ("token-1", OPENID, TEXT, "the-secret-of-the-mini-program")
    assert [each in told for each in private] == [False] * 4

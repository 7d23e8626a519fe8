"""How deliveries are watched: by the doctor, by Prometheus, and for how long figures are kept."""

from datetime import timedelta

import pytest

from api import metrics
from api.commands import doctor
from domains.kernel import database, settings
from domains.notifications.channels.base import Verdict, outcome
from domains.notifications.queries import deliveries as queries
from domains.notifications.service import delivering
from tests.notifications.deliveries import Provider, deliveries, drain, people, refusing


async def _counted(name: str, **labels: str) -> float | None:
    metrics.DELIVERIES.figures = await queries.told_figures(within_day=False)
    return metrics.REGISTRY.get_sample_value(name, labels)


async def test_prometheus_reads_what_waits_and_what_came_of_attempts(db):
    await deliveries(await people(3))
    await drain(Provider())
    await deliveries(await people(2))
    await drain(Provider(lambda _message, _time: outcome(Verdict.REFUSED, "x")))
    await deliveries(await people(4))
    await drain(Provider(refusing(Verdict.CLOSED)))

    told = [
        await _counted("gongyi_notices_total", channel="console", outcome="sent"),
        await _counted("gongyi_notices_total", channel="console", outcome="dead"),
        await _counted("gongyi_notices_waiting", channel="console"),
        await _counted("gongyi_notices_dead", channel="console"),
        await _counted("gongyi_notices_channel_shut", channel="console"),
        await _counted("gongyi_notices_waiting", channel="sms"),
    ]

    assert told == [3, 2, 4, 2, 1, 0]


async def test_hours_of_long_ago_are_kept_as_one_sum(db, moved_clock):
    for _ in range(3):
        await deliveries(await people(2))
        await drain(Provider())
        await moved_clock.advance(timedelta(days=40))

    await delivering.fold_tallies()
    await delivering.fold_tallies()

    rows = await database.fetch("SELECT count FROM notifications_tally ORDER BY hour")
    assert [row["count"] for row in rows] == [4, 2]
    assert await _counted("gongyi_notices_total", channel="console", outcome="sent") == 6


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ["ok    notices     they stay in the inbox: no channel is on"]),
        ({"GONGYI_NOTICES_TO_CONSOLE": "true"}, ["ok    notices     they go by console"]),
        (
            {"GONGYI_SMTP_HOST": "mail.example", "GONGYI_NOTICES_TO_CONSOLE": "true"},
            [
                "fail  notices     email: mail needs GONGYI_MAIL_FROM, an address",
                "ok    notices     they go by console",
            ],
        ),
        (
            {"GONGYI_NOTICE_RATES": "sms=often"},
            ["fail  notices     GONGYI_NOTICE_RATES: 'sms=often' is not channel=notices a second"],
        ),
    ],
)
def test_the_doctor_says_which_channels_are_on_and_what_others_lack(configured, given, told):
    configured(**given)

    assert [str(each) for each in doctor.channel_findings(settings.current())] == told

"""Party affairs (党务), after 党务公开条例(试行), 2017, art. 12; frequencies after practice.

The classes of content are the regulation's. How often is left to each party body: the
frequencies are those of published community catalogues (structure yearly, dues quarterly,
full membership at once) and a beginning that a community may tighten.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from domains.disclosure.service.presets.drafts import PERSON, Preset, after_end, after_start
from domains.disclosure.values import Affair, Frequency

_BASIS = "《中国共产党党务公开条例(试行)》第十二条"
_SOURCE = "条例条文为一般知识;频次参照社区公开目录样例,可由社区调整"
_SINCE = date(2017, 12, 20)

_ITEMS: tuple[tuple[str, str, str, Frequency, dict[str, Any]], ...] = (
    (
        *("P01", "党组织设置、班子成员及分工", "Party organisation, its members and their tasks"),
        *(Frequency.LONG_TERM, after_start(30)),
    ),
    (
        *("P02", "任期目标与年度工作计划", "Aims of the term and the year's plan"),
        *(Frequency.YEARLY, after_start(60)),
    ),
    (
        *("P03", "学习贯彻上级决策部署情况", "Carrying out decisions from above"),
        *(Frequency.HALF_YEARLY, after_end(15)),
    ),
    (
        *("P04", "三会一课与主题党日开展情况", "Meetings, lessons and party days"),
        *(Frequency.QUARTERLY, after_end(10)),
    ),
    (
        *("P05", "发展党员与预备党员转正", "Admitting members and their full membership"),
        *(Frequency.AT_ONCE, after_start(5)),
    ),
    (
        *("P06", "党组织换届选举", "Election of the party committee"),
        *(Frequency.AT_ONCE, after_start(5)),
    ),
    (
        *("P07", "党费收缴、使用与管理", "Membership dues: taken, used, kept"),
        *(Frequency.QUARTERLY, after_end(10)),
    ),
    (
        *("P08", "民主评议党员", "Members appraised by members"),
        *(Frequency.YEARLY, after_end(30)),
    ),
    (
        *("P09", "党内表彰与处分", "Commendations and sanctions"),
        *(Frequency.AT_ONCE, after_start(5)),
    ),
    (
        *("P10", "联系服务党员和群众情况", "Serving members and residents"),
        *(Frequency.HALF_YEARLY, after_end(15)),
    ),
    (
        *("P11", "党风廉政建设情况", "Integrity of conduct"),
        *(Frequency.YEARLY, after_end(30)),
    ),
)


def presets() -> Iterator[Preset]:
    """Yield the items of party affairs."""
    for code, title_zh, title_en, frequency, due in _ITEMS:
        yield Preset(
            code=code,
            affair=Affair.PARTY,
            title_zh=title_zh,
            title_en=title_en,
            frequency=frequency,
            due_rule=due,
            legal_basis=_BASIS,
            source=_SOURCE,
            effective_from=_SINCE,
            retention_months=None if frequency is Frequency.LONG_TERM else 36,
            form=(PERSON,) if code == "P05" else (),
        )

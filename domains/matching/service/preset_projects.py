"""What the rules of the exchange begin with for projects, resources and money."""

from typing import Any

# The ministry names the platforms in batches (民政部公告: 2016, 2018, 2021 and later); the list
# is kept up as data, by adopting a new version of the rules.
_PLATFORMS = (
    ("gongyi.qq.com", "腾讯公益"),
    ("gongyi.taobao.com", "淘宝公益"),
    ("love.alipay.com", "支付宝公益"),
    ("gongyi.weibo.com", "微公益"),
    ("gongyi.jd.com", "京东公益"),
    ("gongyi.baidu.com", "百度公益"),
    ("gongyi.meituan.com", "美团公益"),
    ("gongyi.bilibili.com", "哔哩哔哩公益"),
    ("www.lianquan.org", "联劝网"),
    ("www.gongyibao.cn", "公益宝"),
)

CONTENT: dict[str, Any] = {
    # A place lies between these, south, west, north, east: the country, until a community says.
    "boundsE6": [3_800_000, 73_400_000, 53_600_000, 135_100_000],
    # An appeal to the public links to one of these, by https, and to nothing else (慈善法 27).
    "appealPlatforms": [{"host": host, "name": name} for host, name in _PLATFORMS],
    "appealWords": ["募捐", "捐款", "打款", "转账", "收款码", "扫码支付", "众筹"],
    # Evaluations by those served are shown from so many on.
    "evaluationK": 5,
}

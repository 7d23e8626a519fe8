import pytest

from api import negotiation
from api.negotiation import Media


@pytest.mark.parametrize(
    ("header", "liked"),
    [
        (None, [Media.JSON]),
        ("*/*", [Media.JSON, Media.GRAPHQL]),
        ("application/*", [Media.JSON, Media.GRAPHQL]),
        ("application/json", [Media.JSON]),
        ("application/graphql-response+json", [Media.GRAPHQL]),
        ("application/graphql-response+json, application/json;q=0.9", [Media.GRAPHQL, Media.JSON]),
        ("application/json, application/graphql-response+json;q=.1", [Media.JSON, Media.GRAPHQL]),
        ("application/graphql-response+json;q=0, application/json", [Media.JSON]),
        ("text/event-stream", [Media.EVENTS]),
        ("text/html, image/png", []),
        ("application/json;q=nonsense", []),
        ("application/json;q=7", []),
        ("APPLICATION/JSON ; q=0.5", [Media.JSON]),
        ("*/*;q=0.1, application/json;q=0", [Media.GRAPHQL]),
    ],
)
def test_accept_is_read_with_its_qualities(header, liked):
    assert negotiation.accepted(header) == tuple(liked)


@pytest.mark.parametrize(
    ("header", "is_json"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ('application/json; charset="UTF-8"', True),
        ("application/json; charset=gb18030", False),
        ("text/plain", False),
        ("multipart/form-data; boundary=x", False),
        (None, False),
    ],
)
def test_only_json_in_utf8_is_read(header, is_json):
    assert negotiation.is_json(header) is is_json


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "zh-Hans"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr", "zh-Hans"),
        ("de, en;q=0.5", "en"),
        ("zh;q=nonsense, en;q=0.1", "en"),
    ],
)
def test_the_language_is_chinese_unless_english_is_liked_better(header, locale):
    assert negotiation.locale(header) == locale

"""A feed of disclosures after RFC 4287 (Atom). Pure."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

NAMESPACE = "http://www.w3.org/2005/Atom"
# What XML 1.0 cannot hold, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One disclosure; `html` is None once it was taken down."""

    id: UUID
    title: str
    html: str | None
    author: str
    published_at: datetime
    updated_at: datetime
    categories: tuple[str, ...]
    address: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is of; `address` is where it is fetched."""

    id: UUID
    title: str
    address: str
    entries: tuple[Entry, ...]

    @property
    def updated_at(self) -> datetime:
        """Return when an entry last changed; a feed that has none never did."""
        return max((each.updated_at for each in self.entries), default=_NEVER)


def written(feed: Feed) -> bytes:
    """Write the feed as XML."""
    root = ET.Element("feed", {"xmlns": NAMESPACE, "xml:lang": "zh-Hans"})
    _add(root, "id", feed.id.urn)
    _add(root, "title", feed.title)
    _add(root, "updated", _instant(feed.updated_at))
    ET.SubElement(
        root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.address}
    )
    _add(root, "generator", "Gongyi")
    _add_entries(root, feed.entries)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _add_entries(root: ET.Element, entries: Iterable[Entry]) -> None:
    for each in entries:
        entry = ET.SubElement(root, "entry")
        _add(entry, "id", each.id.urn)
        _add(entry, "title", each.title)
        _add(entry, "updated", _instant(each.updated_at))
        _add(entry, "published", _instant(each.published_at))
        _add(ET.SubElement(entry, "author"), "name", each.author)
        for term in each.categories:
            ET.SubElement(entry, "category", {"term": term})
        link = {"rel": "alternate", "type": "application/json", "href": each.address}
        ET.SubElement(entry, "link", link)
        if each.html is None:
            _add(entry, "summary", each.title)
        else:
            content = _add(entry, "content", each.html)
            content.set("type", "html")


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, name)
    element.text = _FORBIDDEN.sub("", text)
    return element


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

"""Which reports are new to everybody, as it is noted whenever a generation goes live.

In: an index folder, and the documents of the generation that is live now. Out: ``News``, the latest first.

>>> news = News().of({"gwent": "1" * 64}, "2026-05-03T09:00:00+00:00")
>>> news.reports, news.of({"gwent": "1" * 64, "kent": "2" * 64}, "2026-05-04T09:00:00+00:00").reports
((), (Report(document='kent', sha256='2222222222222222222222222222222222222222222222222222222222222222', \
when='2026-05-04T09:00:00+00:00'),))

``news.json`` lies beside the pointers and is replaced as a whole, after the pointer has moved; what a killed command
did not note is news when the next generation goes live. It holds nothing of who reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from probqa.decoding import decode_json
from probqa.errors import DecodingError
from probqa.indexing import storage

NEWS = "news.json"
# Feed readers look every hour or so; nobody adds so many in that time.
KEPT_REPORTS = 200


@dataclass(frozen=True, slots=True)
class Report:
    """A document that was new when a generation went live (an ISO time), and the SHA-256 of its file then."""

    document: str
    sha256: str
    when: str


@dataclass(frozen=True, slots=True)
class News:
    """The reports that were new, the latest first, and the ids of all documents that could ever be asked.

    A document that went and came again is none that is new.
    """

    reports: tuple[Report, ...] = ()
    known: tuple[str, ...] = ()

    def of(self, documents: Mapping[str, str], when: str) -> News:
        """Return the news when these documents, with their files' SHA-256, are live: of the first ones none is new."""
        known = {*self.known}
        new = [Report(name, sha256, when) for name, sha256 in sorted(documents.items()) if name not in known]
        reports = (*new, *self.reports) if known else ()
        return News(reports[:KEPT_REPORTS], tuple(sorted(known | documents.keys())))


def read_news(index: Path) -> News:
    """Read what is news: nothing where nobody noted it, or where it cannot be read."""
    try:
        return decode_json(News, (index / NEWS).read_bytes())
    except (OSError, DecodingError):
        return News()


def note_news(index: Path, documents: Mapping[str, str]) -> None:
    """Note that a generation is live, of which these are the documents, each with its file's SHA-256."""
    before = read_news(index)
    news = before.of(documents, storage.now())
    if news != before:
        storage.replace_file(index / NEWS, json.dumps(asdict(news), ensure_ascii=False).encode())

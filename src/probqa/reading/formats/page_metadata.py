"""What a web page says of itself: its title, its site, the day it was published.

In: the tree of a page and the blocks of its article. Out: title, publisher, published and published_note, as far as the
page's own tags give them. Nothing is guessed from the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from probqa.reading.formats.page_blocks import Block
from probqa.reading.formats.repairs import tidy

# What sites make anew for every page comes before the first heading, and what stays from a template after it.
_TITLES = ("og:title", "citation_title")
_OLD_TITLES = ("dc.title", "dcterms.title", "twitter:title")
_SITES = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "application-name")
_DATES = tuple(
    """
    article:published_time dcterms.issued dc.date.issued citation_publication_date publishdate pubdate datepublished
    og:published_time parsely-pub-date sailthru.date
    """.split()
)
# As ``dates`` knows it, so that the day is marked everywhere and nothing is compared by it.
_FROM_DATA = "read from the page's data"
# A day, but not said of what: it may be the day of the last change.
_UNCERTAIN_DATES = ("dc.date", "dcterms.date", "date")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# In these parts of a page's data stand other works: what it cites, lists, answers or is part of.
_OF_OTHERS = frozenset(
    """
    citation comment comments haspart isbasedon ispartof itemlistelement mentions relatedlink review reviews
    significantlink workexample subjectof about
    """.split()
)


def page_metadata(tree: Any, article: Sequence[Block]) -> dict[str, str]:
    """Return title, site and day of publication as the page's own tags give them."""
    marks: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        marks.setdefault(name.lower(), tidy(meta.get("content", "")))
    site = next((marks[name] for name in _SITES if marks.get(name)), "")
    title = _title(tree, article, marks, site)
    day, note = _day(tree, marks, title)
    metadata = {"title": title[:300], "publisher": site[:200], "published": day, "published_note": note}
    return {key: value for key, value in metadata.items() if value}


def _title(tree: Any, article: Sequence[Block], marks: dict[str, str], site: str) -> str:
    titles = [marks.get(name, "") for name in _TITLES]
    titles += [block.text for block in article if block.kind == "heading" and block.level == 1][:1]
    titles += [tidy(element.text_content()) for element in tree.iter("h1")]
    titles += [marks.get(name, "") for name in _OLD_TITLES]
    titles += [tidy(element.text_content()) for element in tree.iter("title")]
    return next((title for title in titles if title and title != site), site)


def _day(tree: Any, marks: dict[str, str], title: str) -> tuple[str, str]:
    """Return the day of publication, and why it is not certain where it is not."""
    stated = [marks.get(name, "") for name in _DATES]
    stated += [element.get("datetime", "") for element in tree.iter("time") if element.get("pubdate") is not None
               or element.get("itemprop") == "datePublished"]  # fmt: skip
    works = list(_works(tree))
    own = [work for work in works if _is_of_page(work, tree, title)]
    data = [str(work["datePublished"]) for work in own or works]
    for dates, note in (
        (stated, ""),
        (data, "" if own or len({day[:10] for day in data}) == 1 else f"{_FROM_DATA}: the first of several days there"),
        ([marks.get(name, "") for name in _UNCERTAIN_DATES], f"{_FROM_DATA}: it is not said of what the day is"),
    ):
        if day := next((date[:10] for date in dates if _DAY.match(date)), ""):
            return day, note
    return "", ""


def _works(tree: Any) -> Iterator[dict[str, Any]]:
    """Yield everything in the page's data (JSON-LD) that has a day of publication and is no other page's."""
    for script in tree.iter("script"):
        if script.get("type") == "application/ld+json" and script.text:
            try:
                waiting = [json.loads(script.text)]
            except (ValueError, RecursionError):
                continue
            while waiting:
                value = waiting.pop()
                if isinstance(value, dict):
                    if isinstance(value.get("datePublished"), str):
                        yield value
                    waiting.extend(reversed([each for key, each in value.items() if key.lower() not in _OF_OTHERS]))
                elif isinstance(value, list):
                    waiting.extend(reversed(value))


def _is_of_page(work: dict[str, Any], tree: Any, title: str) -> bool:
    """Tell whether a work in the page's data is this page: by its address or by its title."""
    own = {link.get("href", "") for link in tree.iter("link") if link.get("rel", "").lower() == "canonical"}
    own |= {meta.get("content", "") for meta in tree.iter("meta") if meta.get("property", "").lower() == "og:url"}
    page = work.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, dict) else page
    addresses = {str(each).partition("#")[0] for each in (work.get("url"), work.get("@id"), page) if each}
    if addresses & (own - {""}):
        return True
    return title != "" and title in (tidy(str(work.get(name, ""))) for name in ("headline", "name"))

"""The reader of web pages: the article without the website round it, and what was left out.

In: the bytes of an HTML file. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

trafilatura looks for the article twice: once leaning to precision, once evenly. The precise result is taken, or the
even one where the precise one lost much of the text. What ``furniture`` knows is then left out.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from lxml import html  # type: ignore[import-untyped]

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.furniture import furniture, furniture_tail
from probqa.reading.formats.repairs import tidy
from probqa.reading.formats.rows import row_text
from probqa.records import Removal

VERSION = "html 1"

# The precise result is taken where it has at least this share of the even one's characters.
_ENOUGH = 0.75
_HIDDEN_STYLE = re.compile(
    r"display:none|visibility:hidden|opacity:0(\.0+)?(;|$)|font-size:[01](\.\d+)?(px|pt)?(;|$)"
    r"|(text-indent|left|top):-\d{3,}(px|em|pt)|(?<![-\w])color:(#fff(fff)?|white|rgb\(255,255,255\))(!important)?(;|$)"
)
_COVER = re.compile(r"background|display:(block|inline)")
_WHERE = (
    ("menu", r"\b(nav|menu|breadcrumb|navbar|navigation)"),
    ("cookie notice", r"cookie|consent|gdpr"),
    ("share button", r"share|social"),
    ("comment form", r"comment|disqus|respond"),
    ("related posts", r"related|recommend|more-|trending|popular|read-next"),
    ("subscription", r"newsletter|subscri|signup|sign-up"),
    ("sponsor", r"\bad(s|vert|vertisement)?\b|sponsor|promo"),
    ("page footer", r"^footer|\bfooter"),
    ("page header", r"^header|\bheader|masthead"),
    ("sidebar", r"^aside|sidebar|widget"),
)
_BLOCKS = frozenset("p li h1 h2 h3 h4 h5 h6 td th dt dd blockquote figcaption pre".split())
_UNREAD = frozenset("script style noscript template svg iframe object select option button".split())


def read_webpage(content: bytes) -> Reading:
    """Read a web page.

    Raises:
        ReadingError: it is no web page, or no article text is found in it.
    """
    tree = html.document_fromstring(
        _decode(content).encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    )
    metadata = _metadata(tree)
    hidden = list(_take_hidden(tree))
    body = _article(tree)
    if body is None:
        raise ReadingError("holds no text that reads like an article", "save the text of the page as a .txt file")
    pieces, removals = _without_furniture(list(_pieces(body)))
    if not any(piece.kind != "heading" for piece in pieces):
        raise ReadingError("holds no text that reads like an article", "save the text of the page as a .txt file")
    return Reading(pieces, [*hidden, *removals, *_left_out(tree, pieces)], metadata=metadata)


def _decode(content: bytes) -> str:
    """Decode the bytes of a page.

    A byte order mark comes first, then UTF-8 where it fits, then the encoding that the page names. Where there is none
    of these they are taken for Windows-1252, the old Western European encoding.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    try:
        return content.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        charset = re.search(rb"charset=[\"']?([\w-]+)", content[:4096])
        name = charset.group(1).decode() if charset else "cp1252"
        try:
            return content.decode(name, errors="replace").replace("\0", "")
        except LookupError:
            return content.decode("cp1252", errors="replace").replace("\0", "")


# --- the article


def _article(tree: Any) -> Any:
    """Find the article.

    It is in trafilatura's own small vocabulary: p, head, list, item, table, row, cell, quote, lb. None where there is
    no article.
    """
    even = _extract(tree, precise=False)
    precise = _extract(tree, precise=True)
    if precise is None or even is None:
        return even
    return precise if _length(precise) >= _ENOUGH * _length(even) else even


def _extract(tree: Any, *, precise: bool) -> Any:
    document = trafilatura.bare_extraction(
        copy.deepcopy(tree), include_comments=False, favor_precision=precise, with_metadata=False
    )
    return None if document is None else document.body  # type: ignore[union-attr]


def _length(body: Any) -> int:
    return len(tidy(" ".join(body.itertext())))


def _pieces(body: Any) -> Iterator[Piece]:
    for element in body:
        match element.tag:
            case "head":
                level = re.fullmatch(r"h([1-6])", element.get("rend", ""))
                yield Piece("heading", _words(element), int(level.group(1)) if level else 2)
            case "list":
                yield from _items(element)
            case "table":
                yield from _rows(element)
            case "quote" | "div" | "body" if len(element) and any(
                child.tag in ("p", "list", "head") for child in element
            ):
                yield from _pieces(element)
            case "graphic" | "comments":
                pass
            case _:
                yield from (Piece("paragraph", text) for text in _paragraphs(element))


def _paragraphs(element: Any) -> list[str]:
    """Return the words of an element, cut where two line breaks follow each other."""
    return [text for part in re.split(r"\n\s*\n", _raw(element)) if (text := tidy(part))]


def _words(element: Any) -> str:
    return tidy(_raw(element))


def _raw(element: Any) -> str:
    words = [element.text or ""]
    for child in element:
        if child.tag in ("lb", "br"):
            words.append("\n")
        elif child.tag not in ("list", "table"):
            words.append(_raw(child))
        words.append(child.tail or "")
    return "".join(words)


def _items(element: Any) -> Iterator[Piece]:
    for item in element:
        yield Piece("item", _words(item))
        for inner in item.iterdescendants("list"):
            yield from (Piece("item", _words(each)) for each in inner)


def _rows(element: Any) -> Iterator[Piece]:
    rows = [[_words(cell) for cell in row.iter("cell")] for row in element.iter("row")]
    first = next(element.iter("row"), None)
    roles = [cell.get("role") for cell in first.iter("cell")] if first is not None else []
    has_head = len(rows) > 1 and len(roles) > 1 and set(roles) == {"head"}
    for cells in rows:
        if has_head and cells == rows[0]:
            continue
        yield Piece("row" if len(cells) > 1 else "paragraph", row_text(cells, rows[0] if has_head else []))


def _without_furniture(pieces: list[Piece]) -> tuple[list[Piece], list[Removal]]:
    kept: list[Piece] = []
    removals: list[Removal] = []
    seen: set[str] = set()
    for number, piece in enumerate(pieces):
        tail = furniture_tail(piece.text) if number >= len(pieces) / 2 else None
        if tail:
            rest = " ".join(each.text for each in pieces[number:])
            removals.append(Removal(tail, rest[:80], len(rest)))
            break
        reason = furniture(piece.text)
        if not reason and len(piece.text) > 60 and piece.text in seen:
            reason = "said twice"
        if reason:
            removals.append(Removal(reason, piece.text[:80], len(piece.text)))
        elif piece.text:
            kept.append(piece)
            seen.add(piece.text)
    while kept and kept[-1].kind == "heading":
        last = kept.pop()
        removals.append(Removal("heading of nothing", last.text[:80], len(last.text)))
    return kept, removals


# --- what was left out


def _take_hidden(tree: Any) -> Iterator[Removal]:
    """Remove what a visitor of the page would not see from the tree, yielding each text.

    Only what the page itself says counts, not its style sheets.
    """
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.getparent() is None or element.tag in ("html", "body", "head"):
            continue
        style = re.sub(r"\s", "", element.get("style", "")).lower()
        if element.get("hidden") is None and not (style and _HIDDEN_STYLE.search(style)):
            continue
        if (
            "color:" in style
            and not re.search(r"display:none|visibility|opacity|indent", style)
            and _is_covered(element)
        ):
            continue
        text = tidy(" ".join(element.itertext())) if element.tag not in _UNREAD else ""
        if text:
            yield Removal("hidden text", text[:80], len(text))
        element.drop_tree()


def _is_covered(element: Any) -> bool:
    """Tell whether white text has, or stands in, something that may have a background."""
    while element is not None:
        if element.get("class") or _COVER.search(element.get("style") or "") or element.get("bgcolor"):
            return True
        element = element.getparent()
    return False


def _left_out(tree: Any, pieces: list[Piece]) -> Iterator[Removal]:
    """Yield the text of the page that is in no piece, with the kind of place where it stands.

    Neighbours of one kind are yielded as one.
    """
    kept = " ".join(re.sub(r"\W+", "", piece.text) for piece in pieces)
    reason, words = "", ""
    for element in tree.iter(*_BLOCKS):
        if any(child.tag in _BLOCKS for child in element.iterdescendants()) or any(
            parent.tag in _UNREAD for parent in element.iterancestors()
        ):
            continue
        text = tidy(element.text_content())
        if not text or re.sub(r"\W+", "", text) in kept:
            continue
        kind = _where(element)
        if kind != reason and words:
            yield Removal(reason, words[:80], len(words))
            words = ""
        reason, words = kind, f"{words} {text}".strip()
    if words:
        yield Removal(reason, words[:80], len(words))


def _where(element: Any) -> str:
    while element is not None:
        marks = f"{element.tag} {element.get('class', '')} {element.get('id', '')}".lower()
        for kind, pattern in _WHERE:
            if re.search(pattern, marks):
                return kind
        element = element.getparent()
    return "website furniture"


# --- what the page says of itself

_TITLES = ("og:title", "dc.title", "dcterms.title", "twitter:title", "citation_title")
_SITES = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_publisher", "application-name")
_DATES = tuple(
    """
    article:published_time dc.date dcterms.date dcterms.issued dc.date.issued citation_publication_date date publishdate
    pubdate datepublished og:published_time parsely-pub-date sailthru.date
    """.split()
)


def _metadata(tree: Any) -> dict[str, str]:
    """Return title, site and day of publication as the page's own tags give them.

    Nothing is guessed from the text.
    """
    marks: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        marks.setdefault(name.lower(), tidy(meta.get("content", "")))
    title = next((marks[name] for name in _TITLES if marks.get(name)), "") or next(
        (words for tag in ("h1", "title") for element in tree.iter(tag) if (words := tidy(element.text_content()))), ""
    )
    dates = [marks.get(name, "") for name in _DATES] + list(_data_dates(tree))
    dates += [element.get("datetime", "") for element in tree.iter("time") if element.get("pubdate") is not None
              or element.get("itemprop") == "datePublished"]  # fmt: skip
    metadata = {
        "title": title[:300],
        "publisher": next((marks[name] for name in _SITES if marks.get(name)), "")[:200],
        "published": next((date[:10] for date in dates if re.match(r"\d{4}-\d{2}-\d{2}", date)), ""),
    }
    return {key: value for key, value in metadata.items() if value}


def _data_dates(tree: Any) -> Iterator[str]:
    """Yield every ``datePublished`` in the page's JSON-LD."""
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
                        yield value["datePublished"]
                    waiting.extend(value.values())
                elif isinstance(value, list):
                    waiting.extend(value)

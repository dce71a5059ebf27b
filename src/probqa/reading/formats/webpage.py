"""The reader of web pages: the article without the website round it, and what was left out.

In: the bytes of a file in HTML or XHTML. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

The words are read by ``page_blocks``, all of them and in the order of the page. trafilatura only says which of the
blocks are the article: it looks twice, once leaning to precision, once evenly, and the precise result is taken, or the
even one where the precise one lost much of the text. What stands between these blocks in the same part of the page is
the article too, unless it is a menu, a form, links and the like. Every other word is listed as left out.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Sequence
from typing import Any

import trafilatura

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.furniture import furniture, is_sentence
from probqa.reading.formats.page_blocks import Block, page_blocks
from probqa.reading.formats.page_metadata import page_metadata
from probqa.reading.formats.page_source import decode_page, parse_page
from probqa.reading.formats.repairs import tidy
from probqa.records import Removal

VERSION = "html 5"

# The precise result is taken where it has at least this share of the even one's characters.
_ENOUGH = 0.75
# A block is the article's where trafilatura keeps more than this share of its characters.
_KEPT = 0.5
# The part of the page that holds this share of the article's characters is the article's own.
_PART = 0.9
# A block that trafilatura did not keep is a menu where more than this share of its characters is in links.
_LINKED = 0.5
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
# What an entry of a report's list may be called too.
_AMBIGUOUS = frozenset(("menu", "comment form", "related posts"))
_WHOLES = frozenset("ul ol li dl dt dd table thead tbody tfoot tr td th details summary fieldset blockquote".split())
_FURNITURE_TAGS = frozenset("nav footer aside form dialog menu".split())
_FURNITURE_ROLES = frozenset("navigation complementary search banner contentinfo dialog alertdialog form".split())
# Whole names only: "share-of-cases" and "social-work" are sections of a report.
_FURNITURE_NAMES = re.compile(
    r"(site-?|page-?|main-?|global-?)?(nav(bar|igation)?|menu|breadcrumbs?|footer|masthead|sidebar)"
    r"|(share|sharing|social)(-?(this|bar|box|buttons?|icons?|links?|list|media|tools|widget|share|sharing))?"
    r"|sharedaddy|addtoany\S*|addthis\S*|jp-relatedposts"
    r"|(related|recommended|popular|trending|latest|more)-?(posts?|articles?|stories|content|news|links?|items|reading)"
    r"|comments?-?(list|area|form|section|respond|thread|body|content)|commentlist|respond|disqus_thread"
    r"|(newsletter|subscribe|subscription|signup|sign-up)(-?(form|box|banner|widget))?"
    r"|(cookie|consent|gdpr)s?-?(banner|notice|bar|message|popup)?"
    r"|ads?|advert(isement)?|sponsor(ed)?|promo(tion)?|widget|pagination|pager|post-?(navigation|tags|footer|meta)"
    r"|\S{0,40}(timestamp|byline|dateline|pub-?date|posted-?on|credit|caption)|author(-?(bio|box|info|name))?|entry-?(meta|footer)|tag-?(list|cloud)|tags",
    re.IGNORECASE,
)
_COMMENT_NAMES = re.compile(r"comment-?(list|body|content|author|meta|text|form|reply)|commentlist|respond|reply", re.I)


def read_webpage(content: bytes) -> Reading:
    """Read a web page.

    Raises:
        ReadingError: it is no web page, or no article text is found in it.
    """
    tree = parse_page(decode_page(content))
    blocks, removals = page_blocks(tree)
    kept = _kept(tree, blocks)
    article, website = _article(blocks, kept)
    if not any(block.kind != "heading" for block in article):
        raise ReadingError("holds no text that reads like an article", "save the text of the page as a .txt file")
    pieces = [Piece(block.kind, block.text, block.level) for block in article]
    return Reading(pieces, [*removals, *_listed(website)], metadata=page_metadata(tree, article))


# --- the article


def _kept(tree: Any, blocks: Sequence[Block]) -> list[bool]:
    """Tell for each block whether trafilatura takes it for the article.

    Each text node of the blocks is marked with a rare character, and trafilatura given the page: the blocks whose marks
    come back are kept. The tree is changed.
    """
    slots = [(number, slot) for number, block in enumerate(blocks) for slot in block.slots]
    marks = _rare_characters(tree, len(slots))
    lengths = [len((element.tail if is_tail else element.text).strip()) for _, (element, is_tail) in slots]
    for (_, (element, is_tail)), mark in zip(slots, marks, strict=True):
        if is_tail:
            element.tail = mark + element.tail
        else:
            element.text = mark + element.text
    even, precise = _extract(tree, precise=False), _extract(tree, precise=True)
    enough = precise is not None and even is not None and len(tidy(precise)) >= _ENOUGH * len(tidy(even))
    back = set((precise if enough else even) or "")
    kept, whole = [0] * len(blocks), [0] * len(blocks)
    for (number, _), mark, length in zip(slots, marks, lengths, strict=True):
        whole[number] += length
        kept[number] += length if mark in back else 0
    return [length > _KEPT * of for length, of in zip(kept, whole, strict=True)]


def _rare_characters(tree: Any, count: int) -> list[str]:
    """Return a character for each of ``count`` text nodes that the page itself does not hold.

    They are rare Chinese ones, which trafilatura takes for words. Where there are too few, neighbours share one.
    """
    held = set("".join(tree.itertext()))
    rare = [sign for sign in map(chr, range(0x20000, 0x31350)) if sign.isprintable() and sign not in held]
    share = -(-count // len(rare)) or 1
    return [rare[number // share] for number in range(count)]


def _extract(tree: Any, *, precise: bool) -> str | None:
    document = trafilatura.bare_extraction(
        copy.deepcopy(tree), include_comments=False, favor_precision=precise, with_metadata=False
    )
    return None if document is None else " ".join(document.body.itertext())  # type: ignore[union-attr]


def _article(blocks: Sequence[Block], kept: Sequence[bool]) -> tuple[list[Block], list[tuple[str, Block]]]:
    """Part the article's blocks from the website's, and say what each of those is."""
    article: list[Block] = []
    website: list[tuple[str, Block]] = []
    seen: set[str] = set()
    for block, reason in zip(blocks, _reasons(blocks, kept), strict=True):
        if not reason and len(block.text) > 60 and block.kind != "row" and block.text in seen:
            reason = "said twice"
        if reason:
            website.append((reason, block))
        else:
            article.append(block)
            seen.add(block.text)
    while article and article[-1].kind == "heading":
        website.append(("heading of nothing", article.pop()))
    return article, website


def _reasons(blocks: Sequence[Block], kept: Sequence[bool]) -> list[str]:
    """Return for each block why it is not the article's.

    It is empty where it is.
    """
    taken = [block for block, is_kept in zip(blocks, kept, strict=True) if is_kept]
    if not taken:
        return [_where(block.element) for block in blocks]
    part, beside = _part_of_article(taken), {_whole(block.element).getparent() for block in taken}
    first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    reasons: list[str] = []
    # From the end, for a heading is the article's where what follows it is.
    for number in reversed(range(len(blocks))):
        block = blocks[number]
        reason = _furniture(block, blocks[number + 1 :]) or ""
        if not reason and not kept[number]:
            whole = _whole(block.element)
            is_beside = whole in beside or whole.getparent() in beside
            if block.kind == "heading":
                is_text = bool(reasons) and not reasons[-1]
            elif is_sentence(block.text):
                is_text = is_beside or first < number < last
            else:
                is_text = first < number < last and (is_beside or block.kind == "row")
            reason = _outside(block, part) or ("" if is_text else _where(block.element))
        reasons.append(reason)
    return reasons[::-1]


def _whole(element: Any) -> Any:
    """Return the whole list, table or the like in which an element stands, or itself."""
    while element.getparent() is not None and element.getparent().tag in _WHOLES:
        element = element.getparent()
    return element


def _part_of_article(article: Sequence[Block]) -> Any:
    """Return the smallest element that holds nearly all of the article, or the ``article`` or ``main`` round it."""
    held: dict[Any, int] = {}
    for block in article:
        for element in (block.element, *block.element.iterancestors()):
            held[element] = held.get(element, 0) + len(block.text)
    whole = sum(len(block.text) for block in article)
    part = None
    for element, length in held.items():
        if length >= _PART * whole and (part is None or _depth(element) > _depth(part)):
            part = element
    if part is None:
        return None
    round_it = (each for each in (part, *part.iterancestors()) if each.tag in ("article", "main"))
    return next(round_it, part)


def _depth(element: Any) -> int:
    return sum(1 for _ in element.iterancestors())


def _outside(block: Block, part: Any) -> str:
    """Say what a block is that trafilatura did not take and that is no part of the article.

    It is empty where it may be a part.
    """
    element = block.element
    while element is not None and element is not part:
        if _is_furniture(element):
            return _where(element)
        if element.tag == "figure" and block.kind != "row":
            return "caption of a picture"
        element = element.getparent()
    if element is None or block.linked > _LINKED * len(block.text):
        return _where(block.element)
    return ""


def _is_furniture(element: Any) -> bool:
    if element.tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES:
        return True
    names = f"{element.get('class', '')} {element.get('id', '')}".split()
    if any(_FURNITURE_NAMES.fullmatch(name) for name in names):
        return True
    return any(name.lower() in ("comments", "comment") for name in names) and any(
        _COMMENT_NAMES.search(f"{each.get('class', '')} {each.get('id', '')}") or each.tag == "form"
        for each in element.iterdescendants("*")
    )


def _furniture(block: Block, following: Sequence[Block]) -> str | None:
    """Name the kind of furniture that a short line is by its words.

    A heading of a section, or an entry of a list or table, may have the same words in a report.
    """
    kind = furniture(block.text)
    if kind is None or block.kind == "row" or (block.kind == "item" and kind in _AMBIGUOUS and not block.linked):
        return None
    if block.kind == "heading":
        section = _section(block, following)
        return (
            kind if sum(each.linked for each in section) >= _LINKED * sum(len(each.text) for each in section) else None
        )
    return kind


def _section(heading: Block, following: Sequence[Block]) -> list[Block]:
    section: list[Block] = []
    for block in following:
        if block.kind == "heading" and block.level <= heading.level:
            break
        section.append(block)
    return section


# --- what was left out


def _listed(website: Sequence[tuple[str, Block]]) -> Iterator[Removal]:
    """Yield the text of the page that is not the article's.

    Neighbours of one kind are one.
    """
    reason, words = "", ""
    for kind, block in website:
        if kind != reason and words:
            yield Removal(reason, words, len(words))
            words = ""
        reason, words = kind, f"{words} {block.text}".strip()
    if words:
        yield Removal(reason, words, len(words))


def _where(element: Any) -> str:
    while element is not None:
        marks = f"{element.tag} {element.get('class', '')} {element.get('id', '')}".lower()
        for kind, pattern in _WHERE:
            if re.search(pattern, marks):
                return kind
        element = element.getparent()
    return "website furniture"

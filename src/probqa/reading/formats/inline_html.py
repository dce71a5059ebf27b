"""The words of a text in which HTML may stand: without the tags, and without what is no live text.

In: text and HTML, piece after piece. Out: the words, and what was left out: comments, struck and hidden words, scripts.

Nothing is interpreted but the tags that decide whether and how words are read; every tag ends at the next ">". What an
open tag began goes on through the pieces, to its closing tag or to the end.

>>> words = Words()
>>> words.html("Not <del>good</del> in 2022<sup>3</sup><!-- draft -->.")
>>> words.take(), [(removal.reason, removal.text) for removal in words.finish()]
('Not in 2022³.', [('struck out', 'good'), ('comment', 'draft')])
"""

from __future__ import annotations

import html
import re

from probqa.reading.formats.raised import lowered, raised
from probqa.reading.formats.repairs import tidy
from probqa.records import Removal

_TAG = re.compile(r"<(/?)([A-Za-z][\w-]{0,30})([^<>]{0,2000})>")
_HIDDEN = re.compile(r"(?<![\w-])hidden(?![\w-])|display\s{0,9}:\s{0,9}none")
_LINE_THROUGH = re.compile(r"text-decoration(?:-line)?\s{0,9}:[^;\"']{0,40}line-through")
_LEFT_OUT = {
    **dict.fromkeys(("del", "s", "strike"), "struck out"),
    **dict.fromkeys(("script", "style"), "script"),
    **dict.fromkeys(("template", "noscript"), "hidden text"),
}
_SHIFTS = {"sup": raised, "sub": lowered}
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CELLS = frozenset(("td", "th"))
_BLOCKS = frozenset(
    """
    address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul
    """.split()
)
# What is open when a text of nothing but open tags goes on and on.
_MOST_OPEN = 100


class Words:
    """The words of a text, as they are read."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._left: list[str] = []
        self._shifted: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._removals: list[Removal] = []

    def text(self, text: str) -> None:
        """Read words that are no HTML."""
        if self._reason():
            self._left.append(text)
        elif self._shift():
            self._shifted.append(text)
        else:
            self._words.append(text)

    def html(self, source: str) -> None:
        """Read HTML: words, tags and comments."""
        at = 0
        while (start := source.find("<", at)) >= 0:
            self.text(html.unescape(source[at:start]))
            if source.startswith("<!--", start):
                end = source.find("-->", start + 4)
                self.leave_out("comment", source[start + 4 : end if end >= 0 else None])
                at = end + 3 if end >= 0 else len(source)
            elif tag := _TAG.match(source, start):
                self._tag(*tag.groups())
                at = tag.end()
            else:
                self.text("<")
                at = start + 1
        self.text(html.unescape(source[at:]))

    def of_block(self, source: str) -> list[str]:
        """Read HTML that stands by itself and return its lines."""
        self.html(source)
        return [line for part in "".join(self._taken()).split("\0") if (line := tidy(part).strip("; "))]

    def take(self) -> str:
        """Return the words since the last call."""
        return tidy("".join(self._taken()).replace("\0", " "))

    def leave_out(self, reason: str, words: str) -> None:
        """List words as left out."""
        if text := tidy(words):
            self._removals.append(Removal(reason, text, len(text)))

    def finish(self) -> list[Removal]:
        """Return what was left out."""
        self._end_left(self._reason())
        return self._removals

    def open(self, tag: str, attributes: str = "") -> None:
        """Begin what stands in a tag."""
        reason = _LEFT_OUT.get(tag, "")
        if not reason and attributes:
            reason = "hidden text" if _HIDDEN.search(attributes) else ""
            reason = "struck out" if _LINE_THROUGH.search(attributes) else reason
        if len(self._open) < _MOST_OPEN:
            self._open.append((tag, reason))

    def close(self, tag: str) -> None:
        """End what stands in a tag, and in all that was opened since."""
        depth = next((at for at in reversed(range(len(self._open))) if self._open[at][0] == tag), None)
        if depth is not None:
            self.close_to(depth)

    def depth(self) -> int:
        """Return how many tags are open."""
        return len(self._open)

    def close_to(self, depth: int) -> None:
        """End all tags that were opened when ``depth`` were open."""
        reason, shift = self._reason(), self._shift()
        del self._open[depth:]
        if reason and not self._reason():
            self._end_left(reason)
        if shift and not self._shift():
            self._words.append(_SHIFTS[shift]("".join(self._shifted)))
            self._shifted = []

    def _tag(self, slash: str, name: str, attributes: str) -> None:
        name = name.lower()
        if name in _BLOCKS or name in _CELLS:
            self.text("; " if name in _CELLS and not slash else "" if name in _CELLS else "\0")
        if slash:
            self.close(name)
        elif name not in _VOID and not attributes.endswith("/"):
            self.open(name, attributes.lower())

    def _taken(self) -> list[str]:
        words = [*self._words, *self._shifted]
        self._words, self._shifted = [], []
        if self._reason():
            self._left.append(" ")
        return words

    def _end_left(self, reason: str) -> None:
        self.leave_out(reason, "".join(self._left).replace("\0", " "))
        self._left = []

    def _reason(self) -> str:
        return next((reason for _, reason in self._open if reason), "")

    def _shift(self) -> str:
        return next((name for name, _ in self._open if name in _SHIFTS), "")

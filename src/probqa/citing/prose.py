"""Citations as people read and paste them: plain text and Markdown.

In: citations. Out: UTF-8. Markdown is escaped so that it renders to exactly the text, character for character.

>>> escape_markdown("1. *not* $5 <b> re-offending")
'1\\\\. \\\\*not\\\\* \\\\$5 \\\\<b\\\\> re-offending'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from probqa.citing.citation import Citation

# Characters with a meaning in some kind of Markdown, wherever they stand. A colon has one only before another
# character that is not white space (":red[", "https:").
_SIGNS = re.compile(r"[\\`*_{}\[\]<>#!|~$@&^=]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
# What makes a list, a rule or a heading at the start of a line.
_LINE_START = re.compile(r"(?m)^([ \t]*)(?:([-+])|(\d{1,9})([.)]))")


def to_text(citations: Sequence[Citation]) -> bytes:
    """Write citations as plain text.

    Each gives the words, where they stand, the address and the terms.
    """
    return "\n".join(map(_text, citations)).encode()


def to_markdown(citations: Sequence[Citation]) -> bytes:
    """Write citations as Markdown block quotes, each followed by its source."""
    return "\n".join(map(_markdown, citations)).encode()


def escape_markdown(text: str) -> str:
    """Escape a text so that Markdown renders it unchanged.

    Only spaces and tabs at the ends of lines are lost.
    """
    escaped = _SIGNS.sub(r"\\\g<0>", text)
    return _LINE_START.sub(lambda mark: mark[1] + (rf"\{mark[2]}" if mark[2] else rf"{mark[3]}\{mark[4]}"), escaped)


def markdown_reference(citation: Citation) -> str:
    """Return publisher, title and place of a quote as one line of Markdown."""
    before, after = map(escape_markdown, citation.around_title)
    return f"{before}**{escape_markdown(citation.title)}**{after}"


def _text(citation: Citation) -> str:
    before, after = citation.around_title
    lines = [
        citation.words,
        f"[{citation.label}]" if citation.label else "",
        before + citation.title + after,
        citation.address,
        citation.terms,
    ]
    return "".join(f"{line}\n" for line in lines if line)


def _markdown(citation: Citation) -> str:
    # A backslash at the end of a line keeps the line break; an empty line in a block quote is a new paragraph.
    words = escape_markdown(re.sub(r"[ \t]+$|^[ \t]+", "", citation.words, flags=re.MULTILINE))
    words = re.sub(r"(?<=[^\n])\n(?=[^\n])", "\\\\\n", words)
    quote = "".join(f"> {line}".rstrip() + "\n" for line in words.split("\n"))
    label = f">\n> *{escape_markdown(citation.label)}*\n" if citation.label else ""
    address = f" <{citation.address}>." if citation.address else ""
    return f"{quote}{label}\n{markdown_reference(citation)}{address} {escape_markdown(citation.terms)}\n"

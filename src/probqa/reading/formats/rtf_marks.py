"""The marks of a Rich Text file: control words, groups and the bytes between them.

In: the bytes of a file, and the code pages of its fonts. Out: marks one after the other, and bytes as text.

>>> [(mark.kind, mark.text, mark.number) for mark in marks(b"{\\\\b1 a\\\\'e9}")]
[('{', '', None), ('word', 'b', 1), ('bytes', 'a', None), ('byte', 'é', None), ('}', '', None)]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

_MARK = re.compile(
    r"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\",
    re.DOTALL,
)
# The byte encodings by the numbers that fonts give them.
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_PAGES = frozenset((437, 850, 852, 866, 874, 932, 949, 950, *range(1250, 1259)))
SYMBOLS = 2


class Mark(NamedTuple):
    """A control word with its number, a control sign, one byte by its code, bytes as they stand, or a brace.

    Bytes are written as the characters of Latin-1.
    """

    kind: Literal["word", "sign", "byte", "bytes", "{", "}"]
    text: str = ""
    number: int | None = None


def marks(content: bytes) -> Iterator[Mark]:
    """Yield the marks of a file, without the bytes of embedded files."""
    source = content.decode("latin-1")
    at = 0
    while mark := _MARK.match(source, at):
        at = mark.end()
        word, figures, code, sign, brace, plain = mark.groups()
        if word == "bin":
            at += max(0, int(figures or 0))
        elif word:
            yield Mark("word", word, None if figures is None else int(figures))
        elif code:
            yield Mark("byte", chr(int(code, 16)))
        elif sign:
            yield Mark("sign", sign)
        elif brace:
            yield Mark("{" if brace == "{" else "}")
        elif plain:
            yield Mark("bytes", plain)


def decoded(content: bytes, charset: int, page: int) -> str:
    """Return bytes as text, by the charset of their font or else by the code page of the file."""
    encoding = f"cp{page}" if page in _PAGES else "cp1252"
    return content.decode(_CHARSETS.get(charset, encoding), errors="replace")

"""The parts of other formats that a Word file shows as if they were its own (``altChunk``).

In: the bytes of such a part. Out: a ``Reading``.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable

from probqa.errors import ReadingError
from probqa.reading.assembly import Reading
from probqa.reading.formats.rtf import read_rtf

_SAVE = "open it in Word and save it anew"


def embedded(content: bytes, read_word: Callable[[bytes], Reading]) -> Reading:
    """Read an embedded part by what it is: Word, Rich Text, a web page or its archive, or plain text.

    Raises:
        ReadingError: it is of another kind, or could not be read.
    """
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"PK\x03\x04"):
        return read_word(content)
    if start.startswith(b"{\\rtf"):
        return read_rtf(content)
    if start.startswith((b"mime-version:", b"from:", b"content-type:")):
        message = email.message_from_bytes(content, policy=email.policy.default)
        pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
        if not pages:
            raise ReadingError("it holds no web page", _SAVE)
        return _page(pages[0].get_content().encode())
    if start.startswith(b"<") or b"<html" in start:
        return _page(content)
    from probqa.reading.formats.plaintext import plaintext_pieces

    return Reading(*plaintext_pieces(content.decode("utf-8-sig", errors="replace")))


def _page(content: bytes) -> Reading:
    # Imported here: it takes half a second, and few Word files hold a web page.
    from probqa.reading.formats.webpage import read_webpage

    return read_webpage(content)

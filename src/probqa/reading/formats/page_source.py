"""The source of a web page: its bytes as text, and its text as a tree.

In: the bytes of a page, of whatever encoding and in HTML or XML. Out: the tree of an HTML page, as browsers see it.

>>> page = decode_page(b'<html xmlns="http://www.w3.org/1999/xhtml"><p>Not<s/> <![CDATA[good & new.]]></p></html>')
>>> parse_page(page).text_content()
'Not good & new.'
"""

from __future__ import annotations

import html
import re
from typing import Any

import lxml.html

from probqa.errors import ReadingError

# The byte encodings that pages name, as browsers read them: "iso-8859-1" means Windows-1252.
_ENCODINGS = {
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii"), "cp1252"
    ),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis"), "cp932"),
}
# Encodings in which plain letters are not the bytes of ASCII: what is none of them may still fit UTF-8.
_STATEFUL = re.compile(r"utf-?(?:16|32|7)|iso-2022|hz")
# A page that is XML: what stands in its CDATA is text, which an HTML parser takes for a comment.
_XHTML = "http://www.w3.org/1999/xhtml"
_OPENING = 2_000


def decode_page(content: bytes, named: str = "") -> str:
    """Decode the bytes of a page as browsers do.

    A byte order mark comes first, then UTF-8 where it fits, then the encoding that whoever sent it ``named``, or the
    page itself. Where there is none of these, or it is not true, they are taken for Windows-1252, the old Western
    European encoding.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    if _STATEFUL.match(named):
        return _decoded(content, named)
    try:
        return content.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        charset = re.search(rb"(?:charset|encoding)=[\"' ]{0,9}([\w-]{1,40})", content[:4096])
        text = _decoded(content, named or (charset.group(1).decode().lower() if charset else "cp1252"))
        # A page may say UTF-8 and be none: then hardly any character beyond ASCII is one.
        if not text or text.count("\ufffd") > len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd"):
            text = _decoded(content, "cp1252")
        return text


def _decoded(content: bytes, encoding: str) -> str:
    """Return the text in an encoding, or none where there is no such encoding."""
    try:
        return content.decode(_ENCODINGS.get(encoding, encoding), errors="replace").replace("\0", "")
    except LookupError:
        return ""


def parse_page(source: str) -> Any:
    """Parse a page.

    Raises:
        ReadingError: it is XML that declares entities of its own.
    """
    if _XHTML in source[:_OPENING]:
        if "<!ENTITY" in source:
            raise ReadingError("declares entities of its own", "open it in a browser and save it as .html or PDF")
        source = _without_cdata(source)
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True)
    return lxml.html.document_fromstring(source.encode("utf-8"), parser=parser)


def _without_cdata(source: str) -> str:
    start, *sections = source.split("<![CDATA[")
    parts = [start]
    for section in sections:
        inside, _, after = section.partition("]]>")
        parts += [html.escape(inside), after]
    return "".join(parts)

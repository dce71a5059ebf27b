"""The reader of e-mails (.eml): what the sender wrote, below the subject.

In: the bytes of an .eml. Out: a ``Reading``. Runs in the worker only (see ``sandbox``).

Of a message in several forms the last is read, which is the richest. Left out, and listed, are the lines of the head,
the other forms, attachments by their names, and what is quoted from earlier messages, which others wrote. Only where
there is nothing else is that read: then it is what the message passes on.
"""

from __future__ import annotations

import email
import email.utils
from binascii import Error as BinasciiError
from dataclasses import dataclass, field
from email.errors import CloseBoundaryNotFoundDefect, MessageError, StartBoundaryNotFoundDefect
from email.header import decode_header, make_header
from email.message import Message
from itertools import groupby

from probqa.errors import ReadingError
from probqa.reading.assembly import Piece, Reading
from probqa.reading.formats.page_blocks import page_blocks
from probqa.reading.formats.page_source import decode_page, parse_page
from probqa.reading.formats.plaintext import plaintext_pieces
from probqa.reading.formats.repairs import tidy
from probqa.records import Removal

VERSION = "eml 2"

_HEAD = ("From", "To", "Cc", "Reply-To", "Date")
_SEALED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_READ = ("text/plain", "text/html")
_QUOTES = frozenset(("gmail_quote", "protonmail_quote", "moz-cite"))
_QUOTED = "quoted from an earlier message"


@dataclass(slots=True)
class _Words:
    """What is read of a message, and whether that takes in what it quotes."""

    with_quoted: bool
    pieces: list[Piece] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)

    def leave_out(self, reason: str, words: str) -> None:
        """List words that are not in the reading."""
        if text := tidy(words):
            self.removals.append(Removal(reason, text, len(text)))

    def has_text(self) -> bool:
        """Tell whether there is more than headings."""
        return any(piece.text and piece.kind != "heading" for piece in self.pieces)


def read_eml(content: bytes) -> Reading:
    """Read an .eml.

    Raises:
        ReadingError: it is no e-mail, cut off, encrypted, or has no text.
    """
    mail = email.message_from_bytes(content)
    if not any(name in mail for name in ("From", "Date", "Received", "MIME-Version")):
        raise ReadingError("is not an e-mail", "save it as .eml or PDF in your mail program")
    for part in mail.walk():
        if any(isinstance(each, CloseBoundaryNotFoundDefect | StartBoundaryNotFoundDefect) for each in part.defects):
            raise ReadingError("is cut off", "save it anew in your mail program")
        if part.get_content_type() in _SEALED:
            raise ReadingError("is encrypted", "open it in your mail program and save it as PDF")
    words = _Words(with_quoted=False)
    _read(mail, words)
    if not words.has_text():
        words = _Words(with_quoted=True)
        _read(mail, words)
    if not words.has_text():
        raise ReadingError("holds no text to quote", "if a report is attached, save that from your mail program")
    for name in _HEAD:
        if line := _line(mail, name):
            words.leave_out("line of the e-mail's head", f"{name}: {line}")
    subject = _line(mail, "Subject")
    title = [Piece("heading", subject, 1)] if subject else []
    return Reading([*title, *words.pieces], words.removals, metadata=_metadata(mail, subject))


def _line(mail: Message, name: str) -> str:
    """Return a line of the head as it is meant to be read."""
    return _decoded(_raw(mail, name))


def _raw(mail: Message, name: str) -> str:
    raw = next((text for key, text in mail.raw_items() if key.lower() == name.lower()), "")
    return str(raw).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _decoded(words: str) -> str:
    try:
        return tidy(str(make_header(decode_header(words))))
    except (MessageError, BinasciiError, LookupError, ValueError):
        return tidy(words)


def _metadata(mail: Message, subject: str) -> dict[str, str]:
    name, address = email.utils.parseaddr(_raw(mail, "From"))
    found = {"title": subject[:300], "publisher": (_decoded(name) or address)[:200]}
    try:
        sent = email.utils.parsedate_to_datetime(_raw(mail, "Date"))
        found |= {"published": f"{sent:%Y-%m-%d}", "published_note": "the day the e-mail was sent"}
    except (ValueError, OverflowError):
        pass
    return {key: text for key, text in found.items() if text}


# --- the parts of a message


def _parts(part: Message) -> list[Message]:
    inside = part.get_payload()
    return [each for each in inside if isinstance(each, Message)] if isinstance(inside, list) else []


def _read(part: Message, words: _Words) -> None:
    """Read a part of a message, and the parts of which it is made."""
    kind = part.get_content_type()
    if kind == "multipart/alternative":
        _read_one(_parts(part), words)
    elif kind == "multipart/related":
        for number, each in enumerate(_parts(part)):
            if number:
                _attached(each, words)
            else:
                _read(each, words)
    elif kind.startswith("multipart/"):
        for each in _parts(part):
            _read(each, words)
    elif kind in _READ and part.get_content_disposition() != "attachment":
        _read_text(part, words)
    else:
        _attached(part, words)


def _read_one(forms: list[Message], words: _Words) -> None:
    """Read the last of several forms of one message that can be read, and list the others."""
    readable = [form for form in forms if form.get_content_type() in _READ or form.is_multipart()]
    for form in forms:
        if form in readable[-1:]:
            _read(form, words)
        elif form in readable:
            other = _Words(with_quoted=True)
            _read(form, other)
            words.leave_out("the same message in another form", " ".join(piece.text for piece in other.pieces))
            words.removals += other.removals
        else:
            _attached(form, words)


def _attached(part: Message, words: _Words) -> None:
    if part.get_content_type() == "message/rfc822":
        subjects = (_line(each, "Subject") for each in _parts(part))
        words.leave_out("attached message that is not read", next(filter(None, subjects), "without a subject"))
    else:
        name = _decoded(part.get_filename() or "without a name")
        words.leave_out("attachment that is not read", f"{name} ({part.get_content_type()})")


def _read_text(part: Message, words: _Words) -> None:
    content = part.get_payload(decode=True)
    text = decode_page(content, (part.get_content_charset() or "").lower()) if isinstance(content, bytes) else ""
    if not text.strip():
        return
    if part.get_content_type() == "text/html":
        _read_page(text, words)
    else:
        _read_lines(text, words)


def _read_page(text: str, words: _Words) -> None:
    page = parse_page(text)
    for element in list(page.iter("blockquote")):
        is_quoted = element.get("type") == "cite" or not _QUOTES.isdisjoint(element.get("class", "").split())
        if is_quoted and not words.with_quoted and element.getparent() is not None:
            words.leave_out(_QUOTED, " ".join(element.itertext()))
            element.drop_tree()
    blocks, removals = page_blocks(page)
    words.pieces += [Piece(block.kind, block.text, block.level) for block in blocks]
    words.removals += removals


def _read_lines(text: str, words: _Words) -> None:
    kept: list[str] = []
    for is_quoted, lines in groupby(text.splitlines(), key=lambda line: line.startswith(">")):
        own = [line.lstrip("> ") if is_quoted else line for line in lines]
        if is_quoted and not words.with_quoted:
            words.leave_out(_QUOTED, " ".join(own))
            own = [""]
        kept += own
    pieces, removals = plaintext_pieces("\n".join(kept))
    words.pieces += pieces
    words.removals += removals

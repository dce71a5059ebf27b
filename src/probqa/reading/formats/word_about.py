"""What an Office file says of itself, and how far that is to be believed.

In: its parts, its text and the paragraphs set as its title. Out: title, publisher, and a day with a note on what it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from probqa.dates import YEAR
from probqa.errors import ReadingError
from probqa.reading.assembly import Piece
from probqa.reading.formats.packed_xml import name_of, tree
from probqa.reading.formats.repairs import tidy
from probqa.records import FROM_FILE_DATA

_SAVED = "the day the {} was last saved"
_MADE = "the day the {}, or the template it was made from, was made"
_OPENING = 12
_EMPTY_TITLE = re.compile(
    r"microsoft word\b.*|powerpoint presentation|\[.*|.*\.(?:docx?|dotx?|dotm|odt|pptx?|rtf|xlsx?)", re.IGNORECASE
)


def metadata(
    parts: dict[str, bytes], pieces: Sequence[Piece], titles: Sequence[str], file: str = "Word file"
) -> dict[str, str]:
    """Return title, company and the day of the last save as the file's properties give them.

    The day has a note that says what it is, for it is not the day of publication.
    """
    core = {name_of(each): tidy(each.text or "") for each in _properties(parts, "docProps/core.xml")}
    company = next(
        (tidy(each.text or "") for each in _properties(parts, "docProps/app.xml") if name_of(each) == "Company"), ""
    )
    found = title_of(core.get("title", ""), pieces, titles)
    if company:
        found |= {"publisher": company, "publisher_note": FROM_FILE_DATA}
    made, saved = (core.get(name, "") for name in ("created", "modified"))
    day = re.match(rf"{YEAR}-\d\d-\d\d", saved or made)
    if day:
        # A file that a program made from a template keeps the template's days, which are the same.
        found |= {
            "published": day.group(),
            "published_note": (_SAVED if saved and saved != made else _MADE).format(file),
        }
    return {key: text[:300] for key, text in found.items() if text}


def title_of(stored: str, pieces: Sequence[Piece], titles: Sequence[str]) -> dict[str, str]:
    """Return the title, with a note where only the file's data have it."""
    title = _shown_title(stored, pieces, titles)
    is_shown = title != stored or _plain(title) in _plain(" ".join(piece.text for piece in pieces[:_OPENING]))
    note = {} if is_shown else {"title_note": FROM_FILE_DATA}
    return {"title": title[:300]} | note if title else {}


def _shown_title(stored: str, pieces: Sequence[Piece], titles: Sequence[str]) -> str:
    """Return the title.

    The file keeps the title of whatever it was copied from, so the one that its first page shows comes before it.
    """
    opening = pieces[:_OPENING]
    shown = " ".join(titles[:3]) if all(title in [piece.text for piece in opening] for title in titles[:3]) else ""
    stored = "" if len(stored.split()) < 2 or _EMPTY_TITLE.fullmatch(stored) else stored
    if stored and _plain(stored) in _plain(" ".join(piece.text for piece in opening)):
        return stored
    headings = [piece for piece in pieces if piece.kind == "heading"]
    # A bold word or two at the start may be a marking, such as "Official".
    first = next((piece.text for piece in headings[:1] if piece in opening[:2] and _may_be_title(piece)), "")
    return shown or first or stored or (headings[0].text if headings else "")


def _may_be_title(piece: Piece) -> bool:
    return piece.level <= 2 or len(piece.text.split()) >= 3


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _properties(parts: dict[str, bytes], name: str) -> list[Any]:
    try:
        return [each for each in tree(parts[name]) if isinstance(each.tag, str)] if name in parts else []
    except ReadingError:
        return []

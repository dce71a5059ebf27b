"""Citations for reference managers: BibTeX, RIS and CSL-JSON.

In: citations. Out: UTF-8, one entry for each quote. A note holds the words of the quote, with the label of a digest. A
digest is this project's own work, and the publication is what it is about.

>>> escape_latex("50% of {x} -- a_b")
'50\\\\% of \\\\textbraceleft{}x\\\\textbraceright{} -{}- a\\\\_b'
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from probqa.citing.citation import Citation, one_line
from probqa.dates import MONTHS, UNDATED

# A brace is written by its name, because BibTeX counts braces even behind a backslash.
_LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{sign: f"\\{sign}" for sign in "$&#%_"},
}
# Two characters that TeX would print as one other character: "--" as a dash, "''" as a quote mark.
_LIGATURE = re.compile(r"-(?=-)|'(?=')|[`?!](?=`)|,(?=,)")


def to_bibtex(citations: Sequence[Citation]) -> bytes:
    """Write citations as BibTeX ``@techreport`` entries.

    ``annote`` holds the quote, ``note`` is what a bibliography prints.
    """
    return "\n".join(_bibtex(key, citation) for key, citation in _keyed(citations)).encode()


def to_ris(citations: Sequence[Citation]) -> bytes:
    """Write citations as RIS ``RPRT`` records.

    Each field has a line of its own, which ends in CR LF as the format demands.
    """
    lines = [line for key, citation in _keyed(citations) for line in _ris(key, citation)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def to_csl_json(citations: Sequence[Citation]) -> bytes:
    """Write citations as CSL-JSON items of the type ``report``."""
    items = [_csl(key, citation) for key, citation in _keyed(citations)]
    return (json.dumps(items, ensure_ascii=False, indent=1) + "\n").encode()


def escape_latex(text: str) -> str:
    """Escape a text so that LaTeX prints it unchanged.

    Every brace in the result is closed.
    """
    loose = _LIGATURE.sub(lambda pair: f"{pair.group()}\0", text)
    return "".join("{}" if sign == "\0" else _LATEX.get(sign, sign) for sign in loose)


def _keyed(citations: Sequence[Citation]) -> Iterator[tuple[str, Citation]]:
    """Yield each citation with a key that no other has.

    A key is made of letters, digits and hyphens.
    """
    taken: Counter[str] = Counter()
    for citation in citations:
        stem = re.sub(r"[^A-Za-z0-9]+", "-", citation.document_id).strip("-") or "quote"
        key = f"{stem}-{citation.start}-{citation.end}"
        taken[key] += 1
        # The suffix has letters, because another document's key could end in a number.
        yield key + ("" if taken[key] == 1 else f"-copy{taken[key]}"), citation


def _quoted(citation: Citation) -> str:
    """Return the words of a quote, with the label of a digest.

    The label must stand wherever a digest is shown.
    """
    return f"{citation.words} [{citation.label}]" if citation.label else citation.words


def _note(citation: Citation) -> str:
    """Return what has no field of its own in any of the formats."""
    label = f"{citation.label[0].upper()}{citation.label[1:]}" if citation.label else ""
    under = f"{citation.under[:1].upper()}{citation.under[1:]}"
    parts = (label, _published(citation), citation.page, under, citation.terms.rstrip("."))
    return ". ".join(part for part in parts if part) + "."


def _published(citation: Citation) -> str:
    """Return what a digest is about, or of a publication what its date leaves open."""
    published = citation.published
    if citation.is_digest:
        return f"Of: {_publication(citation)}"
    if not published:
        return "Undated"
    return f"Published {published.in_words}" if published.is_estimated or published.doubt else ""


def _publication(citation: Citation) -> str:
    """Return the publication that a digest is about, in a line."""
    return f"{f'{citation.publisher}, ' if citation.publisher else ''}{citation.title} ({citation.when})"


def _bibtex(key: str, citation: Citation) -> str:
    # When a digest was written is not known: the date is that of the publication.
    own = citation.published if not citation.is_digest else UNDATED
    month, day = (*own.parts[1:], 0, 0)[:2]
    fields = {
        "author": f"{{{{{escape_latex(citation.author)}}}}}" if citation.author else "",
        "title": f"{{{{{escape_latex(citation.own_title)}}}}}",
        "type": "{Digest}" if citation.is_digest else "",
        "institution": f"{{{escape_latex(citation.author)}}}" if citation.author else "",
        "year": f"{{{own.year}}}" if own else "",
        "month": MONTHS[month - 1][:3].lower() if month else "",
        "day": f"{{{day}}}" if day else "",
        "pages": f"{{{escape_latex(citation.printed)}}}" if citation.printed else "",
        # Not escaped: \url takes the address as it is, and an address holds no brace.
        "url": f"{{{citation.address}}}" if citation.address else "",
        "urldate": f"{{{citation.accessed.isoformat()}}}",
        "note": f"{{{escape_latex(_note(citation))}}}",
        "annote": f"{{{escape_latex(one_line(_quoted(citation)))}}}",
    }
    return (
        f"@techreport{{{key},\n" + "".join(f"  {name} = {value},\n" for name, value in fields.items() if value) + "}\n"
    )


def _ris(key: str, citation: Citation) -> Iterator[str]:
    # Year, month, day and a remark, each empty where it is not known.
    parts = (*citation.published.iso.split("-"), "", "", "")[:4]
    dated = bool(citation.published) and not citation.is_digest
    fields = [
        ("TY", "RPRT"),
        ("ID", key),
        ("TI", citation.own_title),
        # A comma would split the name of an office into family name and given name.
        ("AU", "" if "," in citation.author else citation.author),
        ("PB", citation.author),
        ("M3", "Digest" if citation.is_digest else ""),
        ("OP", _publication(citation) if citation.is_digest else ""),
        ("PY", citation.published.year if dated else ""),
        ("DA", "/".join(parts) if dated else ""),
        ("SP", citation.printed),
        ("UR", citation.address),
        ("Y2", f"{citation.accessed:%Y/%m/%d}/"),
        ("N1", _quoted(citation)),
        ("N1", _note(citation)),
    ]
    yield from (f"{tag}  - {one_line(text)}" for tag, text in fields if text)
    yield "ER  - "


def _csl(key: str, citation: Citation) -> dict[str, Any]:
    author = [{"literal": citation.author}] if citation.author else []
    item: dict[str, Any] = {
        "id": key,
        "type": "report",
        "title": citation.own_title,
        "author": author,
        "publisher": citation.author,
        "issued": _csl_date(citation),
        "accessed": {"date-parts": [[citation.accessed.year, citation.accessed.month, citation.accessed.day]]},
        "page": citation.printed,
        "URL": citation.address,
        "note": _note(citation),
        "annote": _quoted(citation),
    }
    if citation.is_digest:
        publisher = [{"literal": citation.publisher}] if citation.publisher else []
        item |= {"genre": "Digest", "issued": {}, "original-title": citation.title, "original-author": publisher}
        item |= {"original-publisher": citation.publisher, "original-date": _csl_date(citation)}
    return {name: value for name, value in item.items() if value}


def _csl_date(citation: Citation) -> dict[str, Any]:
    published = citation.published
    if not published:
        return {}
    return {"date-parts": [list(published.parts)]} | (
        {"circa": True} if published.is_estimated or published.doubt else {}
    )

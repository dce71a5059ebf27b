"""Citations for reference managers: BibTeX, RIS and CSL-JSON.

In: citations. Out: UTF-8, one entry for each quote. A note holds the words of the quote, with the label of a digest.

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
from probqa.dates import MONTHS

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
    words = f"“{citation.text}”"
    return f"{words} [{citation.label}]" if citation.label else words


def _note(citation: Citation) -> str:
    """Return what has no field of its own in any of the formats."""
    label = f"{citation.label[0].upper()}{citation.label[1:]}" if citation.label else ""
    section = f"Under “{citation.section}”" if citation.section else ""
    published = citation.published
    about = (
        "Undated"
        if not published
        else f"Published {published.in_words}"
        if published.is_estimated or published.doubt
        else ""
    )
    parts = (label, about, citation.page, section, citation.terms.rstrip("."))
    return ". ".join(part for part in parts if part) + "."


def _bibtex(key: str, citation: Citation) -> str:
    month, day = (*citation.published.parts[1:], 0, 0)[:2]
    fields = {
        "author": f"{{{{{escape_latex(citation.publisher)}}}}}" if citation.publisher else "",
        "title": f"{{{{{escape_latex(citation.title)}}}}}",
        "institution": f"{{{escape_latex(citation.publisher)}}}" if citation.publisher else "",
        "year": f"{{{citation.published.year}}}" if citation.published else "",
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
    fields = [
        ("TY", "RPRT"),
        ("ID", key),
        ("TI", citation.title),
        # A comma would split the name of an office into family name and given name.
        ("AU", "" if "," in citation.publisher else citation.publisher),
        ("PB", citation.publisher),
        ("PY", citation.published.year),
        ("DA", "/".join(parts) if citation.published else ""),
        ("SP", citation.printed),
        ("UR", citation.address),
        ("Y2", f"{citation.accessed:%Y/%m/%d}/"),
        ("N1", _quoted(citation)),
        ("N1", _note(citation)),
    ]
    yield from (f"{tag}  - {one_line(text)}" for tag, text in fields if text)
    yield "ER  - "


def _csl(key: str, citation: Citation) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": key,
        "type": "report",
        "title": citation.title,
        "author": [{"literal": citation.publisher}] if citation.publisher else [],
        "publisher": citation.publisher,
        "issued": _csl_date(citation),
        "accessed": {"date-parts": [[citation.accessed.year, citation.accessed.month, citation.accessed.day]]},
        "page": citation.printed,
        "URL": citation.address,
        "note": _note(citation),
        "annote": _quoted(citation),
    }
    return {name: value for name, value in item.items() if value}


def _csl_date(citation: Citation) -> dict[str, Any]:
    published = citation.published
    if not published:
        return {}
    return {"date-parts": [list(published.parts)]} | (
        {"circa": True} if published.is_estimated or published.doubt else {}
    )

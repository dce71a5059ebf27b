"""Citations: every format against a file that was reviewed, and against a reader of that format."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from probqa.citing.citation import address, cite
from probqa.citing.every import every_to_csv, every_to_markdown
from probqa.citing.export import FORMATS, export
from probqa.citing.prose import escape_markdown
from probqa.citing.references import escape_latex
from probqa.citing.tables import cell
from probqa.dates import PartialDate
from probqa.records import DIGEST_LABEL, Coverage, DocumentAnswer, EveryAnswer, Page, Quote, Source
from quoting import question_of, quote_of

GOLDEN = Path(__file__).parent / "golden" / "citing"
TODAY = date(2026, 10, 3)


def quote(source: Source, text: str, start: int = 10, page: Page | None = None, heading: tuple[str, ...] = ()) -> Quote:
    return quote_of(source, text, start=start, heading=heading, page=page)


REPORT = Source(
    "ambleton-2017",
    "Ambleton: 50% of {cases} & what_came #2 of $5 <b>~</b>",
    "The Inspectorate, North",
    "inspection report",
    PartialDate("2017-04-19"),
    urls=("https://example.org/files/Ambleton_report%20(final).pdf", "https://example.org/ambleton"),
    licence="Open Government Licence v3.0 (stated on p. 2).",
)
DIGEST = Source(
    "weir/2018",
    "“Weir” \\ a 'review'\x07",
    "The Inspectorate",
    "thematic",
    PartialDate("2018-03", "estimated from the file name"),
    urls=("https://example.org/weir?a=1&b=%7Bx%7D",),
    licence="not stated in the text seen",
    wording="digest",
)
BARE = Source("weir-2018", "=cmd|' /C calc'!A0", "", "note", urls=("javascript:alert(1)",))
QUOTES = (
    quote(
        REPORT,
        "Work was {poor} in 12 of 30 cases -- “not good”, and ''worse''.",
        120,
        Page(100, 16, "14"),
        ("1. A", "B"),
    ),
    quote(
        DIGEST,
        '- Staff *said*: "no"\r\nTY  - BOOK\u2028# [link](https://e.org) ![x](y)'
        " $5 | `a` :red[b]\x00\n\n\u202eevil\u202c 🙂 \\end{x} }",
        heading=("Find|ings",),
    ),
    quote(BARE, "+1 for </w:t> & <script>alert(1)</script>", 10, Page(0, 3)),
    quote(replace(BARE, id="weir.2018"), "-1 for </w:t> & <script>alert(1)</script>", 10, Page(0, 3)),
)


EVERY = EveryAnswer(
    question_of("=what was {poor}?"),
    (
        DocumentAnswer(REPORT, QUOTES[0]),
        DocumentAnswer(DIGEST, QUOTES[1]),
        DocumentAnswer(replace(REPORT, id="silent", title="Silent | report"), None),
    ),
    Coverage(3, 3, 2),
    "0" * 16,
)


def compare(name: str, made: bytes) -> None:
    """Fail where a file is not as it was reviewed; PROBQA_WRITE_GOLDEN=1 writes it anew, to be read as a diff."""
    file = GOLDEN / name
    if os.environ.get("PROBQA_WRITE_GOLDEN"):
        file.write_bytes(made)
    assert made == file.read_bytes()


@pytest.mark.parametrize("name", [name for name, wanted in FORMATS.items() if wanted.is_text])
def test_a_basket_in_every_text_format_is_as_it_was_reviewed(name: str) -> None:
    compare(f"quotes{FORMATS[name].suffix}", export(QUOTES, FORMATS[name], TODAY))


def test_the_table_of_every_report_is_as_it_was_reviewed() -> None:
    compare("every.csv", every_to_csv(EVERY, TODAY))
    compare("every.md", every_to_markdown(EVERY, TODAY))


def test_a_word_document_reads_back_as_it_was_reviewed() -> None:
    document = docx.Document(io.BytesIO(export(QUOTES, FORMATS["word"], TODAY)))
    lines = [f"{paragraph.style.name}: {paragraph.text}" for paragraph in document.paragraphs]
    compare("quotes.docx.txt", "\n---\n".join(lines).encode())


@pytest.mark.parametrize("name", FORMATS)
def test_one_quote_is_the_same_in_every_format_as_a_basket_of_one(name: str) -> None:
    made = export(QUOTES[:1], FORMATS[name], TODAY)
    assert made == export([QUOTES[0]], FORMATS[name], TODAY)
    assert export(QUOTES, FORMATS[name], TODAY) != made


@pytest.mark.parametrize("name", FORMATS)
def test_a_digest_is_called_one_in_every_format(name: str) -> None:
    def text_of(quotes: list[Quote]) -> str:
        made = export(quotes, FORMATS[name], TODAY)
        if FORMATS[name].is_text:
            # Two of the formats escape nothing in the label; the others hold it as it is.
            return made.decode().replace("\\", "")
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(made)).paragraphs)

    assert DIGEST_LABEL in text_of([QUOTES[1]])
    assert DIGEST_LABEL not in text_of([QUOTES[0]])


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_says_title_publisher_page_date_address_access_and_licence(name: str) -> None:
    source = Source(
        "a",
        "Ambleton",
        "Inspectorate",
        "report",
        PartialDate("2017-04-19"),
        urls=("https://e.org/a.pdf",),
        licence="OGL 3",
    )
    made = export([quote(source, "So it was.", page=Page(0, 16, "14"))], FORMATS[name], TODAY)
    if name == "word":
        made = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(made)).paragraphs).encode()
    said = made.decode("utf-8-sig").replace("\\", "")
    for words in (
        "So it was.",
        "Ambleton",
        "Inspectorate",
        "p. 14 (PDF page 16)",
        "https://e.org/a.pdf#page=16",
        "OGL 3",
    ):
        assert words in said, words
    day = {
        "bibtex": ["year = {2017}", "month = apr", "day = {19}", "urldate = {2026-10-03}"],
        "ris": ["DA  - 2017/04/19/", "Y2  - 2026/10/03/"],
        "csl-json": ["Accessed 3 October 2026"],
        "csv": ["19 April 2017", "2026-10-03"],
    }.get(name, ["19 April 2017", "Accessed 3 October 2026"])
    assert all(words in said for words in day)


@pytest.mark.parametrize(
    ("url", "page", "expected"),
    [
        ("https://e.org/a.PDF?x=1", Page(0, 3), "https://e.org/a.PDF?x=1#page=3"),
        ("https://e.org/a.pdf#top", Page(0, 3), "https://e.org/a.pdf#page=3"),
        ("https://e.org/a.pdf", None, "https://e.org/a.pdf"),
        ("https://e.org/a.html#top", Page(0, 3), "https://e.org/a.html#top"),
        ("https://e.org/{a}\u202e|^`é", None, "https://e.org/%7Ba%7D%E2%80%AE%7C%5E%60%C3%A9"),
        ("https://[e.org/", None, ""),
        ("javascript:alert(1)//https://e.org", None, ""),
        ("file:///etc/passwd", None, ""),
    ],
)
def test_an_address_is_of_the_web_and_leads_to_the_page_of_a_pdf(url: str, page: Page | None, expected: str) -> None:
    assert address(quote(Source("a", "A", "P", "k", urls=(url,)), "so", page=page)) == expected


def test_what_is_not_known_is_said_or_left_out() -> None:
    said = export([quote(Source("a", "Title", "", "k"), "So it was.")], FORMATS["text"], TODAY).decode()
    assert said == "“So it was.”\nTitle (undated).\nAccessed 3 October 2026. Licence: not stated.\n"


# Markdown: a renderer gives back the text.


READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(tokens: list[Token]) -> str:
    """The text that is seen; no sign of it may have become markup."""
    text = ""
    for token in tokens:
        assert token.type in ("paragraph_open", "inline", "paragraph_close", "text", "softbreak"), token.type
        text += rendered(token.children) if token.children else "" if token.type == "inline" else token.content
        text += "\n" if token.type == "softbreak" else ""
    return text


@given(
    st.lists(
        st.sampled_from(
            [
                *"\\`*_{}[]()<>#+-.!|~$@&^=:'\"%/ 1aé🙂",
                "1. ",
                "\n",
                "www.e.org",
                "https://e.org",
                "&amp;",
                "===",
                "---",
                "![",
                "](",
                "a@b.org",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_escaped_markdown_renders_as_the_text_itself(text: str) -> None:
    text = re.sub(r" {2,}", " ", "\n".join(line.strip() for line in text.split("\n") if line.strip()))
    for wrapped in (text, f"x {text}".rstrip()):
        escaped = escape_markdown(wrapped)
        assert rendered(READER.parse(escaped)) == wrapped
        # What GitHub makes a link of without being asked.
        assert not re.search(r"(?<!\\)(://|@)|www\.", escaped)


@pytest.mark.parametrize(
    "text", [*(f"{start} a" for start in "-+*>#|~=:"), "1. a", "1) a", "-", "+", "www.e.org", "a,,b"]
)
def test_a_line_that_could_be_a_block_stays_text(text: str) -> None:
    for wrapped in (text, f"x\n{text}", f"x\n{text}\ny"):
        assert rendered(READER.parse(escape_markdown(wrapped))) == wrapped


def test_unescaped_markdown_does_not_render_as_the_text_itself() -> None:
    with pytest.raises(AssertionError):
        rendered(READER.parse("1. a"))
    assert rendered(READER.parse("a \\* b")) == "a * b"


def test_a_quote_keeps_its_lines_and_paragraphs_in_markdown() -> None:
    html = MarkdownIt("commonmark").render(
        export([quote(REPORT, "# a \n    - b\n\n1) c")], FORMATS["markdown"], TODAY).decode()
    )
    assert html.startswith("<blockquote>\n<p>“# a<br />\n- b</p>\n<p>1) c”</p>\n</blockquote>\n")


def test_the_table_of_every_report_keeps_its_columns_and_words_in_markdown() -> None:
    html = READER.render(every_to_markdown(EVERY, TODAY).decode())
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in html.split("<tr>")[2:]]
    assert [len(row) for row in rows] == [7, 7, 7]
    assert f"<em>{DIGEST_LABEL}</em>" in rows[1][2]
    assert rows[2][0] == "Silent | report"
    assert rows[2][2] == "<em>nothing found in this report</em>"
    assert "<h1>=what was {poor}?</h1>" in html


# CSV: no cell is a formula, and every cell comes back.


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", " =", "\u3000＝", "\n-"]
)
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "a=1", "'=1", "1-2", "“=1”", "é"])
def test_a_cell_that_is_no_formula_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_csv_reads_back_cell_for_cell() -> None:
    made = export(QUOTES, FORMATS["csv"], TODAY)
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    assert [row["quote"] for row in rows] == [cell(cite(one, TODAY).text) for one in QUOTES]
    assert rows[2]["quote"] == "'+1 for </w:t> & <script>alert(1)</script>"
    assert rows[2]["title"] == "'=cmd|' /C calc'!A0"
    assert [row["wording"] for row in rows[:2]] == ["the publication's own words", DIGEST_LABEL]
    assert (rows[0]["document"], rows[0]["start"], rows[0]["end"]) == ("ambleton-2017", "120", str(QUOTES[0].span.end))
    assert not any(value.startswith(tuple("=+-@\t\r\n\0＝＋－＠")) for row in rows for value in row.values())


# BibTeX: an independent reader finds the entries and the text.

_UNESCAPED = {
    r"\textbackslash{}": "\\",
    r"\textbraceleft{}": "{",
    r"\textbraceright{}": "}",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textless{}": "<",
    r"\textgreater{}": ">",
    r"\textbar{}": "|",
}


def from_latex(text: str) -> str:
    """What LaTeX sets for the output of ``escape_latex``."""
    return re.sub(
        r"\\text\w+\{\}|\\(.)|\{\}", lambda m: _UNESCAPED[m[0]] if m[0].startswith(r"\text") else m[1] or "", text
    )


def read_bibtex(text: str) -> list[dict[str, str]]:
    """Entries by counting braces, as BibTeX does."""
    entries = []
    while found := re.match(r"\s*@(\w+)\{([^\s,{}]+),", text):
        entry, at = {"type": found[1], "key": found[2]}, found.end()
        while field := re.match(r"\s*(\w+) = ", text[at:]):
            at += field.end()
            start, depth = at, 0
            while depth or text[at] != ",":
                depth += {"{": 1, "}": -1}.get(text[at], 0)
                at += 1
            entry[field[1]] = text[start:at]
            at += 1
        closing = re.match(r"\s*\}\s*", text[at:])
        assert closing, text[at:]
        entries.append(entry)
        text = text[at + closing.end() :]
    assert text == ""
    return entries


@given(st.text(alphabet="\\{}$&#%_^~<>|-'`?!,\"@ aé🙂1"))
def test_latex_reads_back_as_the_text_with_every_brace_closed(text: str) -> None:
    made = escape_latex(text)
    assert from_latex(made) == text
    depth = 0
    for sign in made:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        assert depth in (0, 1)
    assert depth == 0
    assert not re.search(r"--|''|``|[?!]`|,,", made)


def test_signs_that_latex_would_join_are_kept_apart() -> None:
    assert escape_latex("-- '' `` ?` !` ,, --- - , '") == "-{}- '{}' `{}` ?{}` !{}` ,{}, -{}-{}- - , '"


def test_bibtex_has_an_entry_for_each_quote_with_its_own_key() -> None:
    entries = read_bibtex(export((*QUOTES, QUOTES[0]), FORMATS["bibtex"], TODAY).decode())
    assert [entry["key"] for entry in entries] == [
        f"ambleton-2017-120-{QUOTES[0].span.end}",
        f"weir-2018-10-{QUOTES[1].span.end}",
        f"weir-2018-10-{QUOTES[2].span.end}",
        f"weir-2018-10-{QUOTES[2].span.end}-copy2",
        f"ambleton-2017-120-{QUOTES[0].span.end}-copy2",
    ]
    first = entries[0]
    assert from_latex(first["title"][2:-2]) == REPORT.title
    assert from_latex(first["annote"][1:-1]) == f"“{QUOTES[0].text}”"
    assert first["url"] == "{https://example.org/files/Ambleton_report%20(final).pdf#page=16}"
    assert (first["pages"], first["month"]) == ("{14}", "apr")
    assert "day" not in entries[1]
    assert "url" not in entries[2]


# RIS: one field a line, whatever the text holds.


def test_ris_has_a_record_for_each_quote_and_a_field_on_each_line() -> None:
    made = export(QUOTES, FORMATS["ris"], TODAY).decode()
    assert made.endswith("ER  - \r\n")
    lines = made.removesuffix("\r\n").split("\r\n")
    assert made.splitlines() == lines
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines)
    assert [line for line in lines if line.startswith("TY")] == ["TY  - RPRT"] * len(QUOTES)
    assert lines.count("ER  - ") == len(QUOTES)
    assert "AU  - The Inspectorate, North" not in lines
    assert "PB  - The Inspectorate, North" in lines
    assert [line for line in lines if line.startswith("DA")] == ["DA  - 2017/04/19/"]
    assert [line for line in lines if line.startswith("AU")] == ["AU  - probqa"]


# CSL-JSON: the rules of the published schema (csl-data.json 1.0.2) for the fields that are used.

_CSL_FIELDS: dict[str, type] = {
    "id": str,
    "type": str,
    "title": str,
    "author": list,
    "publisher": str,
    "issued": dict,
    "accessed": dict,
    "page": str,
    "URL": str,
    "note": str,
    "annote": str,
    "genre": str,
    "original-title": str,
    "original-author": list,
    "original-publisher": str,
    "original-date": dict,
}


def check_csl(items: Any) -> None:
    assert isinstance(items, list)
    for item in items:
        assert {"id", "type"} <= item.keys() <= _CSL_FIELDS.keys()
        assert all(isinstance(value, _CSL_FIELDS[name]) for name, value in item.items())
        assert item["type"] == "report"
        assert all(name.keys() == {"literal"} and isinstance(name["literal"], str) for name in item.get("author", []))
        for when in (item.get("issued"), item.get("original-date"), item["accessed"]):
            if when is not None:
                assert when.keys() <= {"date-parts", "circa"}
                [parts] = when["date-parts"]
                assert 1 <= len(parts) <= 3
                assert all(type(part) is int for part in parts)


def test_csl_json_keeps_the_rules_of_the_schema_and_the_words() -> None:
    items = json.loads(export(QUOTES, FORMATS["csl-json"], TODAY))
    check_csl(items)
    assert items[0]["issued"] == {"date-parts": [[2017, 4, 19]]}
    assert "issued" not in items[1]
    assert items[1]["original-date"] == {"date-parts": [[2018, 3]], "circa": True}
    assert "issued" not in items[2]
    assert items[0]["annote"] == f"“{QUOTES[0].text}”"
    assert items[1]["note"].startswith("Digest, not the publisher's wording. Of: The Inspectorate, “Weir” ")
    assert len({item["id"] for item in items}) == len(items)


# Word: the text comes back, links are links, and nothing says when it was made.


def test_word_gives_back_every_word_and_links_only_to_the_web() -> None:
    document = docx.Document(io.BytesIO(export(QUOTES, FORMATS["word"], TODAY)))
    quotes = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Quote"]
    texts = [cite(one, TODAY).text for one in QUOTES]
    assert quotes == [f"“{texts[0]}”", texts[1], f"“{texts[2]}”", f"“{texts[3]}”"]
    links = [
        link.address + ("#" + link.fragment if link.fragment else "")
        for p in document.paragraphs
        for link in p.hyperlinks
    ]
    assert links == [address(QUOTES[0]), address(QUOTES[1])]
    languages = document.styles.element.xpath("w:docDefaults//w:lang")
    assert [language.get(qn("w:val")) for language in languages] == ["en-GB"]
    assert (document.core_properties.author, document.core_properties.created.date()) == ("", TODAY)


def test_word_is_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = export(QUOTES, FORMATS["word"], TODAY)
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert export(QUOTES, FORMATS["word"], TODAY) == made
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_signs_that_no_file_can_hold_are_shown_by_their_number() -> None:
    one = quote(REPORT, "a\x00\x1f\x7f\x85\ud800\ufdd0\ufffe\uffff\u202e")
    numbers = "".join(f"[U+{code}]" for code in "0000 001F 007F 0085 D800 FDD0 FFFE FFFF 202E".split())
    assert cite(one, TODAY).text == f"a{numbers}"


@given(st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Lu", "So", "Cn"]), min_size=1, max_size=20))
def test_no_sign_breaks_a_format(text: str) -> None:
    one = quote(Source("a", text, text, "k", licence=text), text, heading=(text,), page=Page(0, 1, text))
    for wanted in FORMATS.values():
        assert export([one], wanted, TODAY)

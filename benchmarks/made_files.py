"""Files of the formats of which the project has no real ones: one each, with most of what such a file can hold.

Made as in the tests (``tests/making.py``), to be mutated by ``benchmarks/readers.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from making import epub, odt, pptx, xlsx  # noqa: E402

WORDS = "Inspectors found that the supervision of people at low risk was done by telephone."

PAGE = """
<h1>Findings</h1><p>WORDS <s>Good</s> 2022<sup>3</sup></p><ol><li>One</li></ol>
<table><tr><th>Office</th><th>Late</th></tr><tr><td rowspan="2">WORDS</td><td>7</td></tr><tr><td>8</td></tr></table>
"""

TEXT = """
<text:tracked-changes><text:changed-region text:id="c"><text:deletion><text:p>WORDS</text:p></text:deletion>
</text:changed-region></text:tracked-changes><text:h text:outline-level="1">Findings</text:h>
<text:p>WORDS<text:change text:change-id="c"/> <text:span text:style-name="S">Good</text:span> 2022<text:note>
<text:note-citation>3</text:note-citation><text:note-body><text:p>WORDS</text:p></text:note-body></text:note></text:p>
<text:list text:style-name="L"><text:list-item text:start-value="4"><text:p>WORDS</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>WORDS</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2"><text:p>7</text:p></table:table-cell></table:table-row>
</table:table>
"""
STYLES = """
<style:style style:name="S" style:family="text"><style:text-properties style:text-line-through-style="solid"/>
</style:style><text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1"/>
</text:list-style>
"""

SHEET = """
<cols><col min="4" max="5" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" s="1" t="s"><v>0</v></c><c r="B1" s="1" t="s"><v>1</v></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>WORDS</t></is></c><c r="B2" s="2"><v>0.2248</v></c></row>
<row r="3" hidden="1"><c r="A3" t="str"><f>A2</f><v>WORDS</v></c><c r="D3" t="b"><v>1</v></c></row>
</sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells>
"""
LOOKS = """
<numFmts><numFmt numFmtId="164" formatCode="0.0%;[Red]-0.0%"/></numFmts><fonts><font/><font><b/></font></fonts>
<cellXfs><xf/><xf fontId="1"/><xf numFmtId="164"/></cellXfs>
"""
STRINGS = ("<t>WORDS</t>", "<r><t>Rated </t></r><r><rPr><strike/></rPr><t>Good</t></r>")

SLIDE = """
<sld><cSld><spTree><sp><nvSpPr><nvPr><ph type="title"/></nvPr></nvSpPr><txBody><p><r><t>Findings</t></r></p></txBody>
</sp><sp><txBody><p><pPr lvl="1"><buAutoNum type="arabicPeriod" startAt="3"/></pPr><r><rPr strike="sngStrike"/>
<t>WORDS</t></r><r><rPr baseline="30000"/><t>3</t></r></p></txBody></sp><graphicFrame><tbl><tr>
<tc rowSpan="2"><txBody><p><r><t>WORDS</t></r></p></txBody></tc><tc><txBody><p><r><t>7</t></r></p></txBody></tc></tr>
</tbl></graphicFrame></spTree></cSld></sld>
"""

RICH_TEXT = r"""
{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset2 Symbol;}}{\stylesheet{\s1 heading 1;}}
{\info{\title Findings}{\creatim\yr2017\mo4\dy19}}\pard\s1 Findings\par\pard WORDS {\strike Good} 2022{\super\chftn}
{\footnote WORDS} \u8364?5 caf\'e9 {\f1\'a3}\par{\listtext 1.\tab}WORDS\par{\field{\*\fldinst X}{\fldrslt here}}
\trowd\clvmgf\cellx900\cellx1900\pard\intbl WORDS\cell 7\cell\row\pard Last.}
"""

MAIL = """From: "A, B" <a@example.org>
Subject: =?utf-8?q?Pr=C3=BCfung?=
Date: Wed, 19 Apr 2017 10:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="x"

--x
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

WORDS =80
> before
--x
Content-Type: text/html

PAGE
--x--
"""


def made_files() -> dict[str, bytes]:
    """Return one file of each format, by its name."""

    def filled(text: str) -> str:
        return text.strip().replace("PAGE", PAGE).replace("WORDS", WORDS)

    return {
        "odt": odt(filled(TEXT), styles=STYLES),
        "rtf": filled(RICH_TEXT).encode(),
        "xlsx": xlsx({"Ratings": filled(SHEET)}, strings=[filled(each) for each in STRINGS], styles=LOOKS),
        "pptx": pptx([filled(SLIDE), filled(SLIDE)]),
        "epub": epub({"one": filled(PAGE), "two": filled(PAGE)}),
        "eml": filled(MAIL).encode(),
    }

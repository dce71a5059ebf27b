"""Small files of every format written out by hand, so that a test says exactly what is on the page.

In: text with its place, paragraphs, or the parts of a packed file. Out: bytes. Pages are 595 by 842 points (A4).
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Put:
    """One line of text on a page; ``mode`` 3 is invisible, ``gray`` 1 is white, ``turned`` runs upwards."""

    x: float
    y: float
    text: str
    size: float = 12
    bold: bool = False
    gray: float = 0
    mode: int = 0
    turned: bool = False


@dataclass(frozen=True)
class Draw:
    """A filled rectangle, drawn before the text."""

    x: float
    y: float
    width: float
    height: float
    gray: float = 0


@dataclass(frozen=True)
class Picture:
    """A gray picture over the whole page: a scan."""


Item = Put | Draw | Picture


def lines(
    *texts: str, x: float = 72, top: float = 760, size: float = 12, step: float = 14, bold: bool = False
) -> list[Item]:
    """Lines of one paragraph below each other."""
    return [Put(x, top - step * at, text, size, bold) for at, text in enumerate(texts)]


def pdf(
    pages: Sequence[Sequence[Item]],
    *,
    about: Mapping[str, str] | None = None,
    outline: Sequence[tuple[str, int]] = (),
    rotate: int = 0,
) -> bytes:
    """A PDF of ``pages``; ``outline`` holds titles and page numbers from 1."""
    objects: list[bytes] = [b""] * 5
    objects[2] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>"
    objects[4] = _stream(
        b"\x80", b"/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8"
    )
    kids = []
    for items in pages:
        objects.append(_stream("\n".join(map(_operators, sorted(items, key=_order))).encode("cp1252")))
        resources = "/Font << /F1 3 0 R /F2 4 0 R >> /XObject << /P 5 0 R >>"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Rotate {rotate} /Contents {len(objects)} 0 R "
            f"/Resources << {resources} >> >>".encode()
        )
        kids.append(len(objects))
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] >>".encode()
    first = len(objects) + 2
    entries = [
        f"<< /Title ({title}) /Parent {first - 1} 0 R /Dest [{kids[page - 1]} 0 R /Fit] "
        + (f"/Next {first + at + 1} 0 R " if at + 1 < len(outline) else "")
        + ">>"
        for at, (title, page) in enumerate(outline)
    ]
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R" + (f" /Outlines {first - 1} 0 R >>".encode() if outline else b" >>")
    if outline:
        objects.append(f"<< /Type /Outlines /First {first} 0 R /Last {first + len(outline) - 1} 0 R >>".encode())
        objects.extend(entry.encode() for entry in entries)
    objects.append(("<< " + " ".join(f"/{key} ({value})" for key, value in (about or {}).items()) + " >>").encode())
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects)))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def _stream(content: bytes, head: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (head, len(content), content)


def _order(item: Item) -> int:
    return isinstance(item, Put)


def _operators(item: Item) -> str:
    match item:
        case Put():
            text = item.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
            font = "F2" if item.bold else "F1"
            turn = "0 1 -1 0" if item.turned else "1 0 0 1"
            return f"BT {item.gray} g {item.mode} Tr /{font} {item.size} Tf {turn} {item.x} {item.y} Tm ({text}) Tj ET"
        case Draw():
            return f"{item.gray} g {item.x} {item.y} {item.width} {item.height} re f"
        case Picture():
            return "q 595 0 0 842 0 0 cm /P Do Q"


def grid(xs: Sequence[float], ys: Sequence[float]) -> list[Item]:
    """The rules of a table with walls at ``xs`` and rules at ``ys``."""
    flat: list[Item] = [Draw(xs[0], y, xs[-1] - xs[0], 0.5) for y in ys]
    return flat + [Draw(x, ys[0], 0.5, ys[-1] - ys[0]) for x in xs]


def docx(body: str, *, parts: Mapping[str, str | bytes] | None = None, related: Sequence[str] = ()) -> bytes:
    """A Word file with ``body`` as the XML of its paragraphs; ``related`` names further parts, such as footnotes."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{WORDS}"><w:body>'
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/{name}" Target="{name}.xml"/>' for at, name in enumerate(related)
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    files: dict[str, str | bytes] = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}">{relations}</Relationships>',
        "word/document.xml": f"{head}{body}</w:body></w:document>",
        **(parts or {}),
    }
    return packed(files)


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """A packed file with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    """A Word paragraph of one run, with the XML of its and the run's properties."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def epub(
    pages: Mapping[str, str], *, about: str = "<dc:title>A book</dc:title>", parts: Mapping[str, str] | None = None
) -> bytes:
    """An e-book of ``pages`` by name, in their order; one whose name starts with "-" is in no order."""
    names = [name.removeprefix("-") for name in pages]
    items = "".join(
        f'<item id="{name}" href="pages/{name}.xhtml" media-type="application/xhtml+xml" properties="{name}"/>'
        for name in names
    )
    order = "".join(f'<itemref idref="{name}"/>' for name in pages if not name.startswith("-"))
    head = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops"><head><title/><link rel="stylesheet" href="../looks.css"/></head>'
    )
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfile full-path="book/book.opf"/></container>',
            "book/book.opf": f'<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{about}</metadata>'
            f"<manifest>{items}</manifest><spine>{order}</spine></package>",
            **{
                f"book/pages/{name}.xhtml": f"{head}<body>{body}</body></html>"
                for name, body in zip(names, pages.values(), strict=True)
            },
            **(parts or {}),
        }
    )


def odt(body: str, *, styles: str = "", shared: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument text with ``body`` as its XML, its own ``styles``, and the ``shared`` ones of its other file."""
    names = "".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" '
        for prefix, name in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
                             ("draw", "drawing"), ("fo", "xsl-fo-compatible"), ("meta", "meta"), ("form", "form"))
    ) + 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip
    return packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {names}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {names}>{shared}</office:document-styles>",
            **{name: part.replace("NAMES", names) for name, part in (parts or {}).items()},
        }
    )


def xlsx(
    sheets: Mapping[str, str],
    *,
    strings: Sequence[str] = (),
    styles: str = "",
    state: str = "visible",
    parts: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of ``sheets`` as XML by name, the last in a ``state``; ``strings`` are those that cells refer to."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="r{at}" state="{state if at == len(names) else ""}"/>'
        for at, name in enumerate(names, 1)
    )
    kinds = [(f"r{at}", "worksheet", f"sheet{at}.xml") for at in range(1, len(names) + 1)]
    kinds += [("s", "sharedStrings", "strings.xml"), ("t", "styles", "styles.xml")]
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    related = "".join(f'<Relationship Id="{at}" Type="{RELATIONS}/{kind}" Target="{to}"/>' for at, kind, to in kinds)
    return packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}">{related}</Relationships>',
            "xl/strings.xml": f"<sst>{''.join(f'<si>{string}</si>' for string in strings)}</sst>",
            "xl/styles.xml": f"<styleSheet>{styles}</styleSheet>",
            **{f"xl/sheet{at}.xml": f"<worksheet>{sheets[name]}</worksheet>" for at, name in enumerate(names, 1)},
            **(parts or {}),
        }
    )


def pptx(slides: Sequence[str], *, related: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A presentation of ``slides`` as XML; ``related`` are the relations of the first."""
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(f'<sldId id="{255 + at}" r:id="r{at}"/>' for at in range(1, len(slides) + 1))
    relations = "".join(
        f'<Relationship Id="r{at}" Type="{RELATIONS}/slide" Target="slide{at}.xml"/>'
        for at in range(1, len(slides) + 1)
    )
    return packed(
        {
            "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r" Type="{RELATIONS}/officeDocument" '
            'Target="ppt/presentation.xml"/></Relationships>',
            "ppt/presentation.xml": f'<presentation xmlns:r="{RELATIONS}"><sldIdLst>{listed}</sldIdLst>'
            '<sldSz cx="9000" cy="6000"/></presentation>',
            "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{package}">{relations}</Relationships>',
            "ppt/_rels/slide1.xml.rels": f'<Relationships xmlns="{package}">{related}</Relationships>',
            **{f"ppt/slide{at}.xml": slide for at, slide in enumerate(slides, 1)},
            **(parts or {}),
        }
    )


def words_missing(content: str, told: Iterable[str]) -> Counter[str]:
    """Count the words of ``content``, tags left aside, that are nowhere in ``told``."""
    written = Counter(re.findall(r"[^\W_]+", html.unescape(re.sub(r"<[^>]*>", " ", content))))
    return written - Counter(re.findall(r"[^\W_]+", " ".join(told)))

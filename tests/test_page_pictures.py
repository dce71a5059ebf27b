"""Pages as pictures: 144 dots to the inch, the marks in them, of the very file that was indexed, within bounds."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from conftest import DOMAIN, write_corpus
from making import lines, pdf
from probqa.cli import main
from probqa.errors import ReadingError
from probqa.indexing.build import build
from probqa.links import reading_link
from probqa.reading import corpus, reader
from probqa.reading.page_pictures import draw_page, read_places
from probqa.records import Document, Quote, Span
from probqa.settings import Settings
from probqa.ui.pictures import Kept

FIRST = "The inspectors read forty case records in each of the offices and"
CONTENT = pdf(
    [
        lines(FIRST, FIRST, top=100),
        lines("talked to the staff of every team. Nobody had been asked before.", "They said so twice."),
        [],
    ]
)
SIDECAR = (
    "title: Inspection of Weir\npublisher: The Inspectorate\nlicence: OGL v3.0\nurl: https://example.org/weir.pdf\n"
)
FILES = DOMAIN | {"weir.pdf": CONTENT, "weir.yaml": SIDECAR, "plain.md": "# Plain\n\nIt was good there."}


def read_one(folder: Path, files: Mapping[str, str | bytes]) -> Document:
    """The PDF among some files, read as a build reads it."""
    write_corpus(folder, files)
    [file] = (file for file in corpus.list_files(folder)[0] if file.path.endswith(".pdf"))
    return reader.read(file, folder)


@pytest.fixture
def weir(chosen: Settings) -> Document:
    return read_one(chosen.corpus, {"weir.pdf": CONTENT, "weir.yaml": SIDECAR})


def picture(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def span_of(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))


def test_a_page_is_drawn_at_144_dots_to_the_inch(chosen: Settings, weir: Document) -> None:
    content = draw_page(weir, chosen.corpus, 1)
    assert content[:4] + content[8:12] == b"RIFFWEBP"
    drawn = picture(content)
    assert drawn.size == (1190, 1684)
    assert drawn.getextrema()[0] == (0, 255)


def test_the_marks_are_in_the_picture_that_is_written(chosen: Settings, weir: Document) -> None:
    [mark] = read_places(weir, chosen.corpus).marks(span_of(weir, "Nobody had been asked"))
    plain, marked = (picture(draw_page(weir, chosen.corpus, 2, marks, "png")) for marks in ((), (mark,)))
    left, right = round(mark.left * plain.width), round(mark.right * plain.width)
    top, bottom = round(mark.top * plain.height), round(mark.bottom * plain.height)
    inside = [(x, y) for x in range(left, right) for y in range(top, bottom)]
    assert {marked.getpixel(at) for at in inside if plain.getpixel(at) == (255, 255, 255)} == {(255, 242, 178)}
    assert {marked.getpixel(at) for at in inside if plain.getpixel(at) == (0, 0, 0)} == {(0, 0, 0)}
    around = [(left - 4, top), (right + 4, bottom), (left, top - 4), (right, bottom + 4)]
    assert [marked.getpixel(at) == plain.getpixel(at) for at in around] == [True] * 4
    # Not on another page.
    assert draw_page(weir, chosen.corpus, 1, (mark,), "png") == draw_page(weir, chosen.corpus, 1, (), "png")


def test_a_page_that_is_not_there_is_refused(chosen: Settings, weir: Document) -> None:
    with pytest.raises(ReadingError, match="has no page 4; it has 3"):
        draw_page(weir, chosen.corpus, 4)


def test_a_file_that_has_changed_is_not_shown(chosen: Settings, weir: Document) -> None:
    file = chosen.corpus / "weir.pdf"
    file.write_bytes(CONTENT.replace(b"forty", b"fifty"))
    for look in (lambda: draw_page(weir, chosen.corpus, 1), lambda: read_places(weir, chosen.corpus)):
        with pytest.raises(ReadingError, match=r"^has changed since the index was made; run: probqa build$"):
            look()
    file.unlink()
    with pytest.raises(ReadingError, match=r"^is not there any more; put it back, or run: probqa build$"):
        draw_page(weir, chosen.corpus, 1)


@pytest.mark.parametrize(
    ("box", "most"),
    [(b"0 0 14400 14400", 8_000_000), (b"0 0 1000000 1000000", 8_000_000), (b"0 0 200000 842", 8_000_000)],
)
def test_a_hostile_page_is_drawn_within_bounds_or_refused(chosen: Settings, box: bytes, most: int) -> None:
    document = read_one(chosen.corpus, {"huge.pdf": CONTENT.replace(b"0 0 595 842", box)})
    try:
        drawn = picture(draw_page(document, chosen.corpus, 1))
    except ReadingError as error:
        assert error.problem == "has a page 1 that cannot be drawn"
    else:
        assert drawn.width * drawn.height <= most
        assert max(drawn.size) <= 16_000


@pytest.fixture
def show(chosen: Settings, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    write_corpus(chosen.corpus, FILES)
    build(chosen)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["show", *arguments, "--corpus", str(chosen.corpus), "--index", str(chosen.index)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def link_of(document: Document, words: str) -> str:
    span = span_of(document, words)
    return f"https://example.org/app/{reading_link(Quote(document, span, span))}"


def test_show_writes_the_words_and_each_of_their_pages(
    show: Callable[..., tuple[int, str, str]], weir: Document, tmp_path: Path
) -> None:
    file = tmp_path / "quote.png"
    code, out, err = show(link_of(weir, "the offices and talked to the staff"), "--png", str(file))
    assert code == 0
    assert out.startswith("- “the offices and talked to the staff”\n   Inspection of Weir · The Inspectorate")
    second = tmp_path / "quote-page-2.png"
    assert err == f"PDF page 1 written to {file}\nPDF page 2 written to {second}\n"
    colors = [picture(each.read_bytes()).getcolors(99_999) for each in (file, second)]
    tints = [(255, 242, 178) in {color for _, color in each or ()} for each in colors]
    assert tints == [True, True]


def test_show_says_that_the_text_has_changed_or_has_the_words_no_more(
    show: Callable[..., tuple[int, str, str]], chosen: Settings, weir: Document
) -> None:
    link = link_of(weir, "Nobody had been asked")
    (chosen.corpus / "weir.pdf").write_bytes(CONTENT.replace(b"forty", b"fifteen"))
    build(chosen)
    assert show(link)[::2] == (0, "note: the text has changed since the link was made; the words stand in it still\n")
    (chosen.corpus / "weir.pdf").write_bytes(CONTENT.replace(b"Nobody", b"Somebody"))
    build(chosen)
    assert show(link) == (1, "", "the words are not in this edition of Inspection of Weir\n")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("read", "this is no link to words of a report"),
        ("read?document=weir", "the link names a report, but no words of it"),
        ("read?document=nowhere&from=1&to=2", "there is no document 'nowhere' in the index; list them: probqa list"),
        ("read?document=plain&from=0&to=5", "plain is no PDF; leave --png out"),
    ],
)
def test_show_says_in_one_line_what_it_cannot_show(
    show: Callable[..., tuple[int, str, str]], tmp_path: Path, link: str, said: str
) -> None:
    code, _, err = show(link, "--png", str(tmp_path / "a.png"))
    assert (code, said in err, err.count("\n")) == (2, True, 1)
    assert not (tmp_path / "a.png").exists()


def test_what_many_ask_for_at_once_is_made_once_and_an_error_is_not_kept() -> None:
    kept = Kept[str, str](100, len)
    began, go = threading.Event(), threading.Event()
    made: list[str] = []

    def make() -> str:
        began.set()
        assert go.wait(30)
        made.append("made")
        if len(made) == 1:
            raise ReadingError("no")
        return "value"

    given: list[str] = []

    def ask() -> None:
        try:
            given.append(kept.get("a", make))
        except ReadingError as error:
            given.append(error.problem)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    asking[0].start()
    assert began.wait(30)
    for thread in asking[1:]:
        thread.start()
    while len(kept._making) != 1:
        pass
    go.set()
    for thread in asking:
        thread.join(30)
    assert given.count("no") >= 1
    assert kept.get("a", make) == "value"
    assert kept.get("a", lambda: "other") == "value"
    assert len(made) == 2

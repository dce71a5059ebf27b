from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probqa.dates import PartialDate
from probqa.errors import ReadingError
from probqa.reading.metadata import read_metadata
from probqa.records import Source

FULL = """---
id: gwent/2017
title: The effectiveness  of probation work
publisher: The Inspectorate
kind: inspection report
published: 2017-04-19
published_note: day not seen
area: Gwent
providers: [Northway Ltd, The Service]
ratings:
  overall: none
  courts: 3.50
urls:
  - https://example.org/a
  - https://example.org/b?c=d
licence: OGL v3
wording: digest
---
# Heading

Text.
"""


def test_every_key_is_taken_as_it_was_written() -> None:
    source, body, line = read_metadata(FULL, None, "a.md")
    assert source == Source(
        id="gwent/2017",
        title="The effectiveness of probation work",
        publisher="The Inspectorate",
        kind="inspection report",
        published=PartialDate("2017-04-19", "day not seen"),
        area="Gwent",
        providers=("Northway Ltd", "The Service"),
        ratings=(("overall", "none"), ("courts", "3.50")),
        urls=("https://example.org/a", "https://example.org/b?c=d"),
        licence="OGL v3",
        wording="digest",
    )
    assert source.url == "https://example.org/a"
    assert (body, line) == ("# Heading\n\nText.\n", 19)


def test_without_front_matter_the_name_and_the_first_heading_are_taken() -> None:
    assert read_metadata("Text.", None, "Gwent PDU (2025).txt")[0] == Source(
        "gwent-pdu-2025", "Gwent PDU (2025)", "", "", title_note="read from the file's name"
    )
    assert read_metadata("## What  was found ##\n", None, "sub/a.md")[0] == Source("sub/a", "What was found", "", "")
    assert read_metadata("Text.", None, "的.md")[0].id == "document-8af2350c"


def test_front_matter_wins_over_the_sidecar_key_by_key() -> None:
    source, body, line = read_metadata("---\ntitle: Mine\n---\nText.", "title: Theirs\narea: Gwent\n", "a.txt")
    assert (source.title, source.area, body, line) == ("Mine", "Gwent", "Text.", 4)
    assert read_metadata("Text.", "title: Theirs\n", "a.txt")[0].title == "Theirs"


def test_an_empty_front_matter_or_sidecar_says_nothing() -> None:
    assert read_metadata("---\n---\nText.", "", "a.txt")[:2] == read_metadata("Text.", None, "a.txt")[:2]
    assert read_metadata("---\narea:\n---\nText.", "# nothing yet\n", "a.txt")[0].area == ""


def test_a_rule_at_the_start_of_a_text_is_no_front_matter() -> None:
    assert read_metadata("---\nIt was late.", None, "a.md")[1] == "---\nIt was late."


FAULTS = [
    ("---\ntitle: A\nText.", "line 1: the front matter is never closed; end it with a line '---'"),
    (
        "---\ntitle: A\narea: [Gwent\nkind: b\n---\n",
        "line 4: broken front matter: expected ',' or ']', but got ':'; mend the YAML",
    ),
    ("---\ntitle: 'A\n---\n", "line 3: broken front matter: found unexpected end of stream; mend the YAML"),
    ("---\ntitle: a: b\n---\n", "line 2: broken front matter: mapping values are not allowed here; mend the YAML"),
    (
        "---\ntitle: A\narea: \x01\n---\n",
        "line 3: broken front matter: special characters are not allowed; mend the YAML",
    ),
    (
        "---\na: " + "[" * 5000 + "\n---\n",
        "line 2: broken front matter: too deep; mend the YAML",
    ),
    ("---\n- a\n---\n", "line 2: the front matter is not a list of 'key: value'; mend the YAML"),
    ("---\njust words\n---\n", "line 2: the front matter is not a list of 'key: value'; mend the YAML"),
    ("---\ntitle: A\ntitle: B\n---\n", "line 3: broken front matter: the key 'title' is there twice; mend the YAML"),
    ("---\ntitle: A\npublished: last week\n---\n", "line 3: published: 'last week' is not a date; write 2017, 2017-04"),
    ("---\npublished: 2017-02-30\n---\n", "line 2: published: '2017-02-30' is not a date: day is out of range"),
    ("---\npublished: 2017-13\n---\n", "line 2: published: '2017-13' is not a date: month must be in 1..12; write"),
    ("---\npublished: 19/04/2017\n---\n", "line 2: published: '19/04/2017' is not a date; write 2017, 2017-04 or"),
    ("---\nkind: a\nid: ../up\n---\n", "line 3: id: '../up' is not usable; use small letters, digits"),
    ("---\nid: Gwent\n---\n", "line 2: id: 'Gwent' is not usable; use small letters, digits, '-', '_', '.' and '/'"),
    ("---\nwording: mine\n---\n", "line 2: wording: 'mine' is neither 'digest' nor 'verbatim'; write one of them"),
    ("---\nwording: digest\n---\n", "line 2: wording: a digest without its sources; list the addresses"),
    ("---\nurl: ftp://a.b\n---\n", "line 2: url: 'ftp://a.b' is not a web address; write one that starts with http"),
    ("---\nurl: javascript:alert(1)\n---\n", "line 2: url: 'javascript:alert(1)' is not a web address"),
    ("---\nurls: ['https://a.b', 'https://a b']\n---\n", "line 2: urls: 'https://a b' is not a web address"),
    ("---\ntitle: [A]\n---\n", "line 2: title: not a line of text; mend the front matter"),
    ("---\ntitle: !!int 5\n---\n", "line 2: broken front matter: a tag; write the value alone; mend the YAML"),
    ("---\nproviders: {a: b}\n---\n", "line 2: providers: not a list of texts; mend the front matter"),
    ("---\nproviders: [[a]]\n---\n", "line 2: providers: not a list of texts; mend the front matter"),
    ("---\nratings: good\n---\n", "line 2: ratings: not a list of 'what: rating'; mend the front matter"),
    ("---\nratings: {a: [b]}\n---\n", "line 2: ratings: not a list of 'what: rating'; mend the front matter"),
    ('---\narea: A\ntitle: "\\ud800"\n---\n', "line 3: title: holds half a character; write the character itself"),
    (
        "---\ntitle: !!python/object/apply:os.system [ls]\n---\n",
        "line 2: broken front matter: a tag; write the value alone",
    ),
]


@pytest.mark.parametrize(("text", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_a_fault_is_told_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_metadata(text, None, "a.md")
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


def test_an_unknown_key_is_told_with_its_line_and_the_known_ones() -> None:
    with pytest.raises(ReadingError) as refused:
        read_metadata("---\npublisher: A\npub: B\n---\n", None, "a.md")
    assert refused.value.problem == "line 3: unknown key 'pub' in the front matter"
    assert refused.value.remedy.startswith("known keys: ")
    assert "published_note, publisher, " in refused.value.remedy


@pytest.mark.parametrize(
    ("sidecar", "said"),
    [
        (
            "area: Gwent\nkind: [a\n",
            "sub/a.yaml line 3: broken front matter: expected ',' or ']', but got '<stream end>'",
        ),
        ("area: Gwent\npublished: soon\n", "sub/a.yaml line 2: published: 'soon' is not a date"),
        ("- a", "sub/a.yaml line 1: the front matter is not a list of 'key: value'"),
        ("area: A\nplace: B\n", "sub/a.yaml line 2: unknown key 'place' in the front matter"),
    ],
)
def test_a_fault_in_a_sidecar_is_told_with_its_file_and_line(sidecar: str, said: str) -> None:
    with pytest.raises(ReadingError) as refused:
        read_metadata("---\ntitle: A\n---\nText.", sidecar, "sub/a.txt")
    assert refused.value.problem == said


@pytest.mark.parametrize("published", ["2017", "2017-04", "2017-04-19"])
def test_a_date_is_kept_as_far_as_it_is_known(published: str) -> None:
    assert read_metadata(f"---\npublished: {published}\n---\n", None, "a.md")[0].published.iso == published


def test_numbers_and_truth_values_stay_the_text_that_was_written() -> None:
    source = read_metadata("---\ntitle: 1.10\narea: no\nlicence: 0x1F\nproviders: [007]\n---\n", None, "a.md")[0]
    assert (source.title, source.area, source.licence, source.providers) == ("1.10", "no", "0x1F", ("007",))


def doubled(levels: int) -> str:
    """Aliases of lists of aliases: each line stands for nine times what the one before it does."""
    return "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(levels))


BOMBS = {
    "aliases": ("a: &a [x,x,x,x,x,x,x,x,x]\n" + doubled(20), "line 3: broken front matter: an alias"),
    "merge keys": (
        "a0: &a0 {x: y}\n" + "".join(f"a{n + 1}: &a{n + 1}\n  <<: [{', '.join([f'*a{n}'] * 7)}]\n" for n in range(40)),
        "line 4: broken front matter: an alias",
    ),
    "a merge key alone": ("ratings:\n  <<: {a: b}\n", "line 3: broken front matter: a merge key"),
    "a tag": ("title: !!binary aGVsbG8=\n", "line 2: broken front matter: a tag"),
    "a tag of our own": ("title: !x y\n", "line 2: broken front matter: a tag"),
    "many keys": ("ratings:\n" + "".join(f"  a{n}: b\n" for n in range(1_000)), "more than 2000 values"),
    "size": ("title: " + "a" * 100_000 + "\n", "line 2: broken front matter: more than 100000 characters"),
    "a list for a key": ("? [a]\n: b\n", "line 2: broken front matter: a key that is no text"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_yaml_makes_large_is_refused_at_once_in_front_matter_and_in_a_sidecar(name: str) -> None:
    text, problem = BOMBS[name]
    began = time.process_time()
    with pytest.raises(ReadingError, match=problem):
        read_metadata(f"---\n{text}---\n", None, "a.md")
    with pytest.raises(ReadingError, match=r"a\.yaml line "):
        read_metadata("Text.", text, "a.md")
    assert time.process_time() - began < 5


def test_as_much_as_may_be_is_taken() -> None:
    ratings = "".join(f"  a{n}: b\n" for n in range(990))
    assert len(read_metadata(f"---\nratings:\n{ratings}---\n", None, "a.md")[0].ratings) == 990


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"%@`?, \n\t0\ud800\x01é", max_size=60))
def test_any_front_matter_is_taken_or_refused_in_one_line(text: str) -> None:
    try:
        source, _, _ = read_metadata(f"---\n{text}\n---\nText.", text, "a.md")
    except ReadingError as error:
        assert "\n" not in str(error)
    else:
        assert source.id


def test_names_in_other_scripts_give_ids_that_differ() -> None:
    def id_of(path: str) -> str:
        return read_metadata("Text.", None, path)[0].id

    assert id_of("Café Äöü.md") == id_of("Cafe\u0301 A\u0308o\u0308u\u0308.md") == "cafe-aou"
    names = ["отчёт 2019.md", "отчёт 2020.md", "報告.md", "доклад.md", "доклад/a.md", "отчёт/a.md"]
    assert len({id_of(name) for name in names}) == len(names)
    assert id_of("отчёт 2019.md").startswith("2019-")
    assert id_of("отчёты/a.md").startswith("document/a-")

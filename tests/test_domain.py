"""Another field is a file: of reports on air accidents, words, ratings, bodies and texts stand in their own domain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conftest import STARTER, write_corpus
from probqa.asking.library import Library
from probqa.asking.sides import side
from probqa.errors import InputError, ReadingError
from probqa.glossary.domain import DOMAIN_FILE, NO_DOMAIN, Domain, load_domain, phrase_pattern
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import Glossary
from probqa.indexing.build import build, is_stale
from probqa.questions import Filters, Request
from probqa.records import Source
from probqa.rendering import to_text
from probqa.settings import Settings
from probqa.ui import groups, suggestions
from probqa.understanding.kinds import holds, read_kind

AIR = """
invitation: Ask about air accidents
about: They are about accidents of aeroplanes.
not_connected_with: the Bureau of Air Safety or any airline
digest_label: digest, not the Bureau's wording
publisher: {name: Bureau of Air Safety, begins: Bureau, licence: Free Licence}
wide_areas: [Ruritania]
bodies:
- {name: ATC, phrases: [ATC, air traffic control*]}
- {name: Crew, phrases: [crew, crews, pilot*]}
services:
- {kind: airport, group: Other airports, abbreviations: [ATZ]}
ratings: {scale: [Airworthy, Fair, Grounded], only_quoted: [Fair]}
strengths: [airworthy, prompt]
shortcomings: [corroded, stalled]
people: [passengers]
field_words: [aviation]
report_words: [investigator, investigators]
service_words: [airfield]
not_names: [bureau]
suggestions:
  asked:
  - {question: "What did the weather do {where} {when}?", headings: [fog*, storm*]}
  rated: How airworthy were aeroplanes {where} {when}?
  subject: What did investigators find about {subject} {where} {when}?
  prepositions:
  - {word: on, places: [Isle of Weir]}
"""
FRONT = "---\ntitle: {0}\npublisher: Bureau of Air Safety\npublished: {1}\narea: {2}\nproviders: [{3}]\n{4}---\n"
DIGEST = "wording: digest\nurl: https://example.org/a\nratings:\n  overall: Grounded\n"
REPORTS = {
    "a.md": FRONT.format("Accident A", 2017, "Strelsau", "Northway", DIGEST)
    + "# Findings\n\n## Fog banks\n\nThe pilots saw nothing. The wings were corroded.\n",
    "b.md": FRONT.format("Accident B", 2018, "Isle of Weir", "Zenda ATZ", "ratings:\n  overall: Airworthy\n")
    + "# Findings\n\n## Landing lights\n\nAir traffic controllers were prompt and had the lights on.\n",
    "c.md": FRONT.format("Accident C", 2019, "Ruritania", "Southway", "ratings:\n  overall: Fair\n")
    + "# Findings\n\n## Rating and verdict\n\nNobody was hurt. ATC was told.\n",
}


@pytest.fixture
def library(chosen: Settings) -> Iterator[Library]:
    write_corpus(chosen.corpus, REPORTS | {DOMAIN_FILE: AIR})
    build(chosen)
    with closing(Library(chosen)) as library:
        yield library


def source(library: Library, name: str) -> Source:
    document = library.generation.document(name)
    assert document
    return document.source


def test_an_index_carries_the_domain_of_its_corpus(library: Library, chosen: Settings) -> None:
    assert library.generation.domain == load_domain(chosen.corpus)
    assert Domain.from_json(library.generation.domain.to_json()) == library.generation.domain
    assert library.generation.domain.invitation == "Ask about air accidents"


@pytest.mark.parametrize(
    ("name", "heading", "question"),
    [
        ("a", "Fog banks", "What did the weather do in Strelsau in 2017?"),
        ("b", "Landing lights", "What did investigators find about landing lights on Isle of Weir in 2018?"),
        ("b", "Rating and verdict", "How airworthy were aeroplanes on Isle of Weir in 2018?"),
        ("c", "Landing lights", "What did investigators find about landing lights in 2019?"),
        ("c", "Investigators and crews", None),
    ],
)
def test_suggestions_are_in_the_words_of_the_field(
    library: Library, name: str, heading: str, question: str | None
) -> None:
    made = suggestions._candidate(heading, source(library, name), library.generation.domain)
    assert (made and made.question) == question


def test_passages_are_filtered_by_the_bodies_of_the_field(library: Library) -> None:
    answer = library.every(Request.of("what was on?", filters=Filters(bodies=("ATC",))))
    assert {document.source.id for document in answer.documents} == {"b", "c"}
    with pytest.raises(InputError, match="'CRC' is not a body; write ATC or Crew"):
        library.ask(Request.of("what was on?", filters=Filters(bodies=("CRC",))))


def test_compare_groups_by_the_ratings_and_services_of_the_field(library: Library) -> None:
    domain, glossary = library.generation.domain, Glossary(Entries())
    documents = library.every("were the wings corroded?").documents
    assert list(groups.grouped(documents, "rating", glossary, domain)) == ["Airworthy", "Fair", "Grounded"]
    assert groups.names(source(library, "b"), "provider", glossary, domain) == ("Other airports",)


def test_praise_faults_and_ratings_are_in_the_words_of_the_field(library: Library) -> None:
    domain = library.generation.domain
    texts = ("The crew was prompt.", "The wings were corroded.", "Supervision was poor.")
    assert [side(text, domain) for text in texts] == [1, -1, 0]
    kind = read_kind("How was the aeroplane rated?", domain)
    assert kind
    assert [holds(kind, text, domain) for text in ("It was grounded.", "It was ‘fair’.", "It was fair.")] == [
        True,
        True,
        False,
    ]


def test_a_digest_bears_the_label_of_its_corpus(library: Library) -> None:
    text = to_text(library.ask("were the wings corroded?"))
    assert "digest, not the Bureau's wording" in text
    assert source(library, "a").to_json().keys() == Source("a", "A", "P", "report").to_json().keys()


def test_a_domain_made_anew_makes_a_new_generation(library: Library, chosen: Settings) -> None:
    (chosen.corpus / DOMAIN_FILE).write_text(AIR.replace("Ask about", "Ask of"))
    assert is_stale(chosen, library.generation)
    report = build(chosen)
    assert report.generation != library.generation.name
    assert report.embedded == 0


def test_a_broken_domain_is_listed_and_done_without(chosen: Settings) -> None:
    write_corpus(chosen.corpus, REPORTS | {DOMAIN_FILE: "bodies: [ATC]\n"})
    [failure] = build(chosen).failures
    assert failure.file == DOMAIN_FILE
    assert failure.problem.endswith("domain.yaml: bodies number 1: 'ATC' is not a list of 'key: value'; mend the file")
    with closing(Library(chosen)) as library:
        assert library.generation.domain == NO_DOMAIN
        with pytest.raises(InputError, match=r"'ATC' is not a body; these reports know none \(docs/domain.md\)"):
            library.ask(Request.of("what was on?", filters=Filters(bodies=("ATC",))))


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("colour: blue", "unknown key 'colour'"),
        ("bodies:\n- {name: A, phrases: ['(a+)+']}", "bodies 'A': '(a+)+' is not plain words"),
        ("bodies:\n- {name: A, phrases: ['a* b']}", "bodies 'A': 'a* b' is not plain words"),
        ("bodies:\n- {name: A, phrases: []}", "bodies 'A': its name or its phrases are missing"),
        ("ratings: {scale: [Good], only_quoted: [Bad]}", "ratings: 'Bad' of only_quoted is none of the scale"),
        ("suggestions: {rated: 'How {well}?'}", "suggestions: rated 'How {well}?': {well} stands for nothing"),
        ("suggestions: {rated: 'How?', subject: 'What'}", "subject 'What': it does not end in a question mark"),
        ("invitation: a\ninvitation: b", "the key 'invitation' is there twice"),
    ],
)
def test_a_domain_that_cannot_be_meant_is_refused_naming_file_and_entry(
    tmp_path: Path, written: str, problem: str
) -> None:
    (tmp_path / DOMAIN_FILE).write_text(written)
    with pytest.raises(ReadingError) as caught:
        load_domain(tmp_path)
    assert str(tmp_path / DOMAIN_FILE) in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("phrase", "text", "holds_it"),
    [
        ("private compan*", "two Private\ncompanies", True),
        ("private compan*", "unprivate companies", False),
        ("company", "companyless", False),
        ("CRCs", "CRCs", True),
        ("CRCs", "crcs", False),
        ("a.b", "axb", False),
    ],
)
def test_a_phrase_is_found_as_whole_words(phrase: str, text: str, holds_it: bool) -> None:
    assert bool(phrase_pattern([phrase]).search(text)) == holds_it


def test_of_no_phrases_nothing_is_found() -> None:
    assert phrase_pattern([]).search("") is None


def test_a_publisher_is_the_one_whose_name_begins_so() -> None:
    assert STARTER.publisher.is_named("HM Inspectorate of Probation and HM Inspectorate of Prisons (joint)")
    assert not STARTER.publisher.is_named("commentary quoting HM Inspectorate of Probation")
    assert not NO_DOMAIN.publisher.is_named("HM Inspectorate of Probation")

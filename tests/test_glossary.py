"""The glossary: what a file must be, what a question is widened by and why, what a text names."""

from __future__ import annotations

import itertools
import json
import re
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from numbers_in import figures
from probqa.errors import CorpusError, ReadingError
from probqa.glossary.entries import Entries
from probqa.glossary.glossary import GLOSSARY_FILE, MAX_ADDED_WORDS, Glossary, load_glossary
from probqa.glossary.matching import fold, words_of
from probqa.glossary.parsing import read_yaml
from probqa.reading import corpus, reader

CORPUS = Path(__file__).resolve().parents[1] / "corpus"

# Written for these tests: a company that ran two services in a county that does not exist.
SMALL = """
terms:
- term: Person on probation
  definition: Somebody serving a sentence in the community.
  basis: seen
  synonyms: [service user, offender]
  related: [client]
  seen_in: [https://example.org/terms]
- {term: Senior officer, abbreviation: SO, definition: A manager., basis: general knowledge, synonyms: [team leader]}
- {term: Team leader, definition: Leads a team., basis: general knowledge, synonyms: [senior officer]}
everyday:
- {words: [boss, people in charge], means: [manager, senior officer]}
who_ran_what:
  owners:
  - name: Northway
    also: [Northway Services]
    linked: [{name: Hale Capital, how: bought it in 2016, seen_in: [https://example.org/hale]}]
    seen_in: [https://example.org/northway]
  services:
  - name: Ambleton CRC
    kind: CRC
    area: Ambleton
    run_by: [{owner: Northway, since: 2015, until: 2019-02, seen_in: [https://example.org/northway]}]
    successors: [{name: Probation Service - Ambleton, since: 2021-06, seen_in: [https://example.org/northway]}]
  - name: Selby and Weir CRC
    kind: CRC
    area: Selby and Weir
    run_by: [{owner: Northway, reported: [2017-04-19], seen_in: [https://example.org/northway]}]
  - {name: Probation Service - Ambleton, kind: region, seen_in: [https://example.org/northway]}
  - name: Millford PDU
    kind: PDU
    area: Millford
    region: Probation Service - Ambleton
    seen_in: [https://example.org/northway]
places:
- {name: Ambleton, seen_in: [https://example.org/places]}
- {name: Millford, within: [Ambleton], seen_in: [https://example.org/places]}
- {name: Selby and Weir, seen_in: [https://example.org/places]}
- {name: Weir, within: [Selby and Weir], basis: general knowledge}
as_written: [SO]
"""


@cache
def starter() -> Glossary:
    return load_glossary(CORPUS)


def glossary_of(folder: Path, text: str) -> Glossary:
    (folder / GLOSSARY_FILE).write_text(text, encoding="utf-8")
    return load_glossary(folder)


@pytest.fixture
def small(tmp_path: Path) -> Glossary:
    return glossary_of(tmp_path, SMALL)


def added(glossary: Glossary, question: str) -> dict[str, str]:
    """What each name in the question adds, as one line."""
    return {group.matched: " ".join(group.words) for group in glossary.widen(question)}


# The file


def test_a_folder_without_a_glossary_has_an_empty_one(tmp_path: Path) -> None:
    glossary = load_glossary(tmp_path)
    assert glossary.entries == Entries()
    assert glossary.widen("What of Working Links in Gwent?") == ()
    assert glossary.definitions("An offender.") == ()
    assert glossary.providers_named("Working Links") == glossary.areas_named("Gwent") == ()


def test_an_empty_file_is_an_empty_glossary(tmp_path: Path) -> None:
    assert glossary_of(tmp_path, "# nothing yet\n").entries == Entries()


def test_the_glossary_is_no_document_and_no_sidecar(tmp_path: Path) -> None:
    (tmp_path / GLOSSARY_FILE).write_text(SMALL, encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no document"):
        corpus.list_files(tmp_path)
    (tmp_path / "a.md").write_text("It was good.", encoding="utf-8")
    files, failures = corpus.list_files(tmp_path)
    assert [(file.path, file.sidecar) for file in files] == [("a.md", None)]
    assert failures == ()
    assert GLOSSARY_FILE not in {file.path for file in corpus.list_files(CORPUS)[0]}


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("  related: [client]", "  relatd: [client]", "terms 'Person on probation': unknown key 'relatd'"),
        ("terms:\n", "words: []\nterms:\n", "unknown key 'words'"),
        ("bought it in 2016", "bought it, seen: x", "linked 'Hale Capital': unknown key 'seen'"),
        ("  definition: Somebody serving a sentence in the community.\n", "", "'Person on probation': definition is"),
        ("definition: A manager.", "definition: ''", "terms 'Senior officer': the term or its definition is empty"),
        ("  basis: seen\n", "  basis: guessed\n", "basis: 'guessed' is none of: seen, partly seen, general knowledge"),
        ("  seen_in: [https://example.org/terms]\n", "", "seen_in is missing, yet its basis is 'seen'"),
        ("https://example.org/terms", "ftp://example.org", "seen_in 'ftp://example.org' is not a web address"),
        ("https://example.org/hale", "example.org", "owners 'Northway': seen_in 'example.org' is not a web address"),
        ("synonyms: [service user, offender]", "synonyms: offender", "synonyms: 'offender' is not a list"),
        ("synonyms: [service user, offender]", "synonyms: [[a]]", "synonyms number 1: ['a'] is not a text"),
        ("related: [client]", "related: [offender]", "'offender' is both the same and only related"),
        ("[service user, offender]", "[service user, SO]", "'SO' already stands for 'Senior officer'"),
        ("[service user, offender]", "[team leaders]", "'team leaders' already stands for 'Team leader'"),
        ("[service user, offender]", "[Team leader]", "its synonym 'Team leader' is a term that does not name it back"),
        ("- {term: Team leader, ", "- {term: senior officer, ", "is there twice"),
        ("owner: Northway, since", "owner: Southway, since", "'Southway', who ran it, is none of the owners"),
        ("since: 2015", "since: spring 2015", "'spring 2015' is not a date"),
        ("until: 2019-02", "until: 2014", "run by 'Northway' until 2014, before 2015"),
        ("successors: [{name: Probation Service - A", "successors: [{name: Service - A", "its successor"),
        ("area: Millford", "area: Millfjord", "its area 'Millfjord' is none of the places"),
        ("region: Probation Service - Ambleton", "region: Ambleton CRC", "is none of the services of kind region"),
        ("name: Millford PDU", "name: Ambleton CRC", "'Ambleton CRC': is there twice"),
        ("within: [Ambleton]", "within: [Ambelton]", "it lies in 'Ambelton', which is none of the places"),
        ("{name: Ambleton, seen", "{name: Ambleton, within: [Millford], seen", "places 'Ambleton': it lies in itself"),
        ("as_written: [SO]", "as_written: [PO]", "as_written: 'PO' is no name of any entry"),
        ("as_written: [SO]", "as_written: [SO", "line"),
        ("related: [client]", "related: &a [*a]", "an alias"),
        ("related: [client]", "related: [client, ~]", "related number 2: None is not a text"),
        ("related: [client]", "related: [client, '']", "an empty entry of a list"),
        ("definition: A manager.", "definition: ' '", "a text of white space alone"),
        ("  related: [client]", "  related: [client]\n  related: [x]", "the key 'related' is there twice"),
        ("related: [client]", "related: !!python/object/apply:os.getcwd []", "a tag; write the value alone"),
        ("[service user, offender]", "['...']", "'...' holds no word"),
    ],
)
def test_a_broken_glossary_is_refused_naming_file_and_entry(
    was: str, becomes: str, problem: str, tmp_path: Path
) -> None:
    assert SMALL.count(was) >= 1
    with pytest.raises(ReadingError) as caught:
        glossary_of(tmp_path, SMALL.replace(was, becomes, 1))
    assert str(tmp_path / GLOSSARY_FILE) in str(caught.value)
    assert problem in str(caught.value)


def test_a_glossary_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / GLOSSARY_FILE).write_bytes(b"terms:\n- term: caf\xe9")
    with pytest.raises(ReadingError, match=r"glossary\.yaml: is not UTF-8"):
        load_glossary(tmp_path)


def test_a_glossary_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / GLOSSARY_FILE).symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(ReadingError, match="leads out of the corpus folder"):
        load_glossary(tmp_path / "corpus")


def test_json_carries_the_whole_glossary_and_the_same_bytes_each_time(small: Glossary) -> None:
    for glossary in (small, starter(), Glossary(Entries())):
        content = glossary.to_json()
        again = Glossary.from_json(content)
        assert again.entries == glossary.entries
        assert again.to_json() == content
        question = "What of Working Links, Northway and offenders in Gwent?"
        assert again.widen(question) == glossary.widen(question)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"terms":[{"term":"A"}]}', b'{"other":[]}', b"\xff"])
def test_json_that_is_no_glossary_is_refused(content: bytes) -> None:
    with pytest.raises(ReadingError, match=r"glossary\.json"):
        Glossary.from_json(content)


# Widening


def test_an_abbreviation_adds_its_words_and_the_words_the_abbreviation() -> None:
    assert added(starter(), "What are RAR days?") == {"RAR": "Rehabilitation activity requirement"}
    assert added(starter(), "What is a rehabilitation activity requirement?") == {
        "rehabilitation activity requirement": "RAR"
    }
    assert added(starter(), "mappa")["mappa"] == "Multi Agency Public Protection Arrangements"
    assert added(starter(), "Two PDUs")["PDUs"] == "Probation Delivery Unit PDU"


def test_an_abbreviation_that_is_an_ordinary_word_counts_only_as_it_is_written() -> None:
    assert added(starter(), "How many POs?")["POs"] == "Probation officer PO qualified"
    assert added(starter(), "the river po, a co op, pf and so on, the bench at court, to stoke fears") == {}
    assert added(starter(), "community services for women; the probation service") == {}
    assert added(starter(), "hours of community service")["community service"] == "Unpaid work UPW Payback"


def test_offender_service_user_and_person_on_probation_widen_each_other() -> None:
    for word in ("offender", "service user", "person on probation", "people on probation", "Offenders"):
        words = {fold(part) for part in words_of(word)}
        gained = {fold(part) for part in words_of(" ".join(added(starter(), f"What do {word} say?").values()))}
        held = words | gained
        assert {"offender", "service", "user", "person", "people", "probation"} <= held
        assert not words & gained


def test_low_risk_and_lower_risk_widen_each_other_and_not_high_risk() -> None:
    assert added(starter(), "low-risk people") == {"low-risk": "serious harm lower"}
    assert added(starter(), "low risk people") == {"low risk": "serious harm lower"}
    assert added(starter(), "lower risk people") == {"lower risk": "Low serious harm"}
    assert added(starter(), "the total was low, risk was high") == {}


def test_working_links_adds_its_three_companies() -> None:
    (group,) = starter().widen("What did inspectors say of Working Links?")
    assert group.phrases == (
        "Wales CRC",
        "Bristol, Gloucestershire, Somerset and Wiltshire CRC",
        "Dorset, Devon and Cornwall CRC",
    )
    assert group.words == tuple("Wales CRC Bristol Gloucestershire Somerset Wiltshire Dorset Devon Cornwall".split())


def test_an_owner_asked_about_in_one_place_adds_only_what_it_ran_there(small: Glossary) -> None:
    assert added(starter(), "Working Links in Gwent") == {"Working Links": "Wales CRC"}
    assert added(starter(), "Newport and Working Links") == {"Working Links": "Wales CRC"}
    assert added(starter(), "Working Links in Somerset") == {"Working Links": "Bristol Gloucestershire Wiltshire CRC"}
    assert added(small, "Northway in Weir") == {"Northway": "Selby CRC"}
    assert added(small, "Northway in Millford") == {"Northway": "Ambleton CRC"}
    assert added(small, "Northway") == {"Northway": "Ambleton CRC Selby Weir"}


def test_a_company_adds_who_ran_it_and_a_tied_company_adds_the_owner(small: Glossary) -> None:
    assert added(small, "Ambleton CRC") == {"Ambleton CRC": "Northway"}
    assert added(small, "Hale Capital") == {"Hale Capital": "Northway Ambleton CRC Selby Weir"}
    assert added(starter(), "Interserve in Merseyside") == {"Interserve": "Purple Futures CRC"}
    assert added(starter(), "the KSS CRC")["KSS CRC"] == "Kent Surrey Sussex Seetec"


def test_related_words_never_widen() -> None:
    assert added(starter(), "Was it Good or Inadequate?") == {}
    assert added(starter(), "the ratings") == {}
    glossary = starter()
    for term in glossary.entries.terms:
        for group in glossary.widen(term.term):
            if group.meaning == term.term:
                assert not set(group.phrases) & set(term.related)


def test_everyday_words_are_widened_by_what_reports_say_and_not_the_other_way_round(small: Glossary) -> None:
    assert added(small, "Did the bosses know?") == {"bosses": "manager senior officer"}
    assert added(small, "Did the people in charge know?") == {"people in charge": "manager senior officer"}
    assert added(small, "Did the manager know?") == {}
    assert small.definitions("The bosses know.") == ()


def test_there_is_no_chain(small: Glossary) -> None:
    # Team leader and senior officer name each other; neither brings what only the other one has.
    assert added(small, "team leader") == {"team leader": "senior officer"}
    assert added(small, "senior officer") == {"senior officer": "SO team leader"}
    # "Seetec" is brought by the company's name and brings nothing itself.
    assert "Bristol" not in " ".join(added(starter(), "KSS CRC").values())


def test_the_longest_name_wins_and_only_whole_words_count() -> None:
    glossary = starter()
    assert [term.term for _, term in glossary.definitions("a very high risk of serious harm")] == [
        "Very high risk of serious harm"
    ]
    assert [term.term for _, term in glossary.definitions("probation service users")] == ["Person on probation"]
    assert [term.term for _, term in glossary.definitions("Offender Management in Custody")] == [
        "Offender Management in Custody"
    ]
    assert glossary.definitions("recalled licensed offenderly RARs-to") != ()
    assert glossary.definitions("recalled licensed offenderly") == ()


def test_a_comma_joins_only_what_the_name_joins_by_one() -> None:
    glossary = starter()
    whole = "Dorset, Devon and Cornwall"
    for written in (whole, "Dorset Devon and Cornwall", "dorset, devon & cornwall"):
        assert [place.name for place in glossary.areas_named(f"in {written} then")] == [whole]
    assert [place.name for place in glossary.areas_named("in Dorset. Devon and Cornwall too")] == [
        "Dorset",
        "Devon",
        "Cornwall",
    ]


def test_what_is_added_is_bounded_and_whole_phrases_are_left_out() -> None:
    question = " ".join(name for owner in starter().entries.who_ran_what.owners for name in (owner.name, *owner.also))
    groups = starter().widen(question)
    assert MAX_ADDED_WORDS - 6 <= sum(len(group.words) for group in groups) <= MAX_ADDED_WORDS


def test_widening_is_quick_even_for_a_long_text() -> None:
    text = "Working Links ran the Bristol, Gloucestershire, Somerset and Wiltshire " * 400
    began = time.perf_counter()
    starter().definitions(text)
    starter().widen(text[:500])
    assert time.perf_counter() - began < 2


SIGNALS = [name for term in load_glossary(CORPUS).entries.terms for name in term.forms] + [
    name
    for entry in load_glossary(CORPUS).entries.who_ran_what.owners + load_glossary(CORPUS).entries.who_ran_what.services
    for name in (entry.name, *entry.also)
]
QUESTIONS = st.lists(
    st.one_of(st.sampled_from(SIGNALS), st.sampled_from(["in", "Gwent", "-", ",", "what", "'s"]), st.text(max_size=12)),
    max_size=7,
).map(" ".join)


@given(QUESTIONS)
def test_widening_adds_no_word_the_question_holds_no_word_twice_and_is_the_same_each_time(question: str) -> None:
    groups = starter().widen(question)
    words = [fold(word) for group in groups for word in group.words]
    assert len(words) == len(set(words)) <= MAX_ADDED_WORDS
    assert not set(words) & {fold(word) for word in words_of(question)}
    for group in groups:
        assert question[group.span.start : group.span.end] == group.matched
        assert group.words and group.phrases
        held = {word for phrase in group.phrases for word in words_of(phrase)}
        assert set(group.words) <= held
    assert [group.span.start for group in groups] == sorted(group.span.start for group in groups)
    assert Glossary(starter().entries).widen(question) == groups


@given(QUESTIONS)
def test_what_a_text_names_is_cut_from_it_in_order_and_never_overlaps(text: str) -> None:
    definitions = starter().definitions(text)
    spans = [span for span, _ in definitions]
    assert spans == sorted(spans)
    assert all(one.end <= two.start for one, two in itertools.pairwise(spans))
    for span, term in definitions:
        found = text[span.start : span.end]
        assert {tuple(map(fold, words_of(found)))} <= {
            tuple(map(fold, words_of(form + ending))) for form in term.forms for ending in ("", "s")
        }
    for named in (*starter().providers_named(text), *starter().areas_named(text)):
        assert text[named.span.start : named.span.end].strip() == text[named.span.start : named.span.end] != ""


# Who ran what, and where


def test_providers_named_are_owners_and_services_under_one_name() -> None:
    named = starter().providers_named("Did Sodexo Justice Services, Aurelius, NPS Wales or the Gwent PDU differ?")
    assert [(one.name, one.kind) for one in named] == [
        ("Sodexo", "owner"),
        ("Working Links", "owner"),
        ("NPS Wales", "NPS division"),
        ("Gwent PDU", "PDU"),
    ]
    assert starter().providers_named("Did Serco run one?") == ()


def test_areas_named_know_the_place_and_what_it_lies_in() -> None:
    glossary = starter()
    assert [one.name for one in glossary.areas_named("Newport, Kent or London?")] == ["Newport", "Kent", "London"]
    assert glossary.containing("Newport") == ("Gwent", "Wales")
    assert "Kent, Surrey and Sussex" in glossary.containing("Kent")
    assert glossary.areas_named("Glasgow") == ()
    assert glossary.containing("Glasgow") == ()


def test_working_links_ran_three_companies_until_february_2019_and_seetec_had_them_after() -> None:
    glossary = starter()
    for service in glossary.run_by("Working Links"):
        runs = [(run.owner, run.since, run.until) for run in service.run_by]
        assert runs == [("Working Links", "2015", "2019-02"), ("Seetec", "2019-02", "")]
    assert len(glossary.run_by("Working Links")) == 3
    assert [service.name for service in glossary.run_by("Seetec")][-1] == "Kent, Surrey and Sussex CRC"
    # As many as the sheets say that each owned.
    assert (len(glossary.run_by("Sodexo")), len(glossary.run_by("Purple Futures"))) == (6, 5)


def test_every_provider_and_area_of_the_corpus_is_known() -> None:
    general = re.compile(
        r"(21 )?CRCs|NPS|7 NPS divisions|Probation Service|HM Prison.*|Ministry of Justice|police forces|"
        r"independent approved premises"
    )
    glossary = starter()
    for file in corpus.list_files(CORPUS)[0]:
        source = reader.read(file, CORPUS).source
        if source.wording != "digest":
            continue
        for provider in source.providers:
            assert general.fullmatch(provider) or glossary.providers_named(provider), provider
        areas = glossary.areas_named(source.area)
        assert areas or source.area in ("England and Wales", "Southview Approved Premises"), source.area


# The starter corpus's glossary beside the sheets it was made from


def sheet(shared: Path) -> list[dict[str, Any]]:
    terms: list[dict[str, Any]] = yaml.safe_load((shared / "facts" / "glossary.yaml").read_text("utf-8"))["terms"]
    return terms


def addresses_of_the_sheets(shared: Path) -> set[str]:
    found: set[str] = set()
    for path in (shared / "facts").glob("*.yaml"):
        found |= set(re.findall(r"https?://[^\s'\"]+", path.read_text(encoding="utf-8")))
    return found


def test_every_definition_is_a_sentence_and_every_entry_says_where_it_was_seen() -> None:
    entries = starter().entries
    for term in entries.terms:
        assert term.definition.endswith((".", "?")), term.term
        assert 2 <= len(term.definition.split()) <= 45, term.term
        assert all(re.fullmatch(r"https?://\S+", address) for address in term.seen_in)
        assert term.seen_in or term.basis == "general knowledge"
        assert not re.search(r"\(.*\b(term|also|era|successor|owner)\b.*\)", " ".join((*term.forms, *term.related)))


def test_every_term_abbreviation_and_synonym_of_the_sheet_is_kept(shared: Path) -> None:
    entries = {term.term: term for term in starter().entries.terms}
    listed = [term["term"] for term in sheet(shared)]
    assert list(entries)[: len(listed)] == listed

    def bare(form: str) -> str:
        return re.sub(r"\s*\(.*\)|'", "", form).lower().removeprefix("the ").strip()

    for given_term in sheet(shared):
        kept = entries[given_term["term"]]
        assert kept.abbreviation == given_term.get("abbreviation", "")
        held = {bare(form) for form in (*kept.forms, *kept.related)}
        assert {bare(form) for form in given_term["synonyms"]} <= held, kept.term
        # What stood in brackets is said in the note or the definition.
        if any("(" in form for form in given_term["synonyms"]):
            assert kept.note
        assert (kept.basis == "general knowledge") == given_term["basis"].startswith("general knowledge")
        assert (kept.basis == "seen") <= given_term["basis"].startswith("seen")
        assert list(kept.seen_in) == ([given_term["seen_in"]] if "seen_in" in given_term else [])


def test_every_figure_of_the_sheets_definitions_is_in_ours_and_no_other(shared: Path) -> None:
    entries = {term.term: term for term in starter().entries.terms}
    for given_term in sheet(shared):
        kept = entries[given_term["term"]]
        assert figures(given_term["definition"]) == figures(kept.definition), kept.term


def test_every_address_of_who_ran_what_and_of_the_places_is_one_the_sheets_name(shared: Path) -> None:
    everything = json.loads(starter().to_json())
    ours = set(re.findall(r'https?://[^"]+', json.dumps(everything, ensure_ascii=False)))
    # A long address is folded over two lines in YAML; compare without its white space.
    assert ours <= addresses_of_the_sheets(shared)


def test_every_report_date_is_the_date_of_a_sheet_that_names_company_and_owner(shared: Path) -> None:
    said: dict[str, str] = {}
    for path in (shared / "facts").glob("*.yaml"):
        if path.stem not in ("catalogue", "glossary"):
            sheet = yaml.safe_load(path.read_text(encoding="utf-8"))
            words = " ".join((*sheet["providers"], *(fact["fact"] for fact in sheet["facts"])))
            said[str(sheet["published"])] = said.get(str(sheet["published"]), "") + words
    for service in starter().entries.who_ran_what.services:
        for run in service.run_by:
            for date in run.reported:
                assert run.owner in said[date], (service.name, date)
                assert set(words_of(service.name)) - {"CRC"} <= set(words_of(said[date])), (service.name, date)


def test_the_areas_of_reports_are_places_where_the_glossary_does_not_know_them() -> None:
    glossary = Glossary(read_yaml(SMALL, "glossary.yaml")).with_areas(
        ["Quarndon", "Weir", "quarndons", "Reading", "Northway", "Quarndon", "nowhere"],
        ["They were reading in Quarndon."],
    )
    assert [place.name for place in glossary.entries.places[-2:]] == ["Quarndon", "Reading"]
    assert [named.name for named in glossary.areas_named("reading about QUARNDON and staff in Reading")] == [
        "Quarndon",
        "Reading",
    ]
    assert glossary.subjects("Quarndon", ()) == (frozenset({"Quarndon"}), frozenset())
    assert Glossary.from_json(glossary.to_json()).entries == glossary.entries

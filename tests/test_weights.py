"""Each weight on a case made by hand: it holds as the weight is, and does not where it is 0."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

import hash_encoder
import hash_reader
from conftest import REPORTS, STARTER, write_corpus
from probqa.asking.by_date import by_date
from probqa.asking.library import Library
from probqa.asking.retrieval import fuse
from probqa.asking.sides import both_sides
from probqa.asking.signals import Candidate
from probqa.calibration import SIGNALS, WITHOUT_READER, Signals
from probqa.dates import PartialDate
from probqa.indexing.build import build
from probqa.indexing.lexical import LexicalIndex
from probqa.questions import Question, Request
from probqa.records import Answer, Passage, Source, Span
from probqa.settings import Settings
from probqa.understanding.follow_ups import complete
from probqa.understanding.kinds import holds, read_kind
from probqa.understanding.question import read_question
from probqa.weights import WEIGHTS, Weights
from quoting import document_of
from test_glossary import SMALL

# One subject, told in ways that differ in one thing each.
SAID = {
    "kinds.md": "# Hostels\n\nHostels in the north were visited at night.\n",
    "gardens.md": "---\narea: Weir\n---\n# Weir\n\nThe gardens were dry.\n",
    "millford.md": "---\narea: Millford\n---\n# Millford\n\nThe gardens were dry in parts.\n",
    "year15.md": "# Early\n\nIn 2015 the lifts were slow and old.\n",
    "year16.md": "# Late\n\nIn 2016 the lifts were slow.\n",
}

Case = Callable[[Library, Weights], bool]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("weights")
    chosen = Settings(place / "corpus", place / "index", hash_encoder.MODEL)
    with pytest.MonkeyPatch.context() as patch:
        hash_encoder.install(patch.setattr)
        write_corpus(chosen.corpus, REPORTS | SAID | {"glossary.yaml": SMALL})
        build(chosen)
        with closing(Library(chosen)) as library:
            yield library


def read(library: Library, weights: Weights, question: str, *previous: str) -> Question:
    return read_question(library.generation, Request.of(question, previous=previous), weights)


def asked(library: Library, weights: Weights, question: str, k: int = 8) -> Answer:
    library.weights = weights
    return library.ask(Request.of(question, k))


def score_of(answer: Answer, text: str) -> float:
    return next(quote.score for quote in answer.shown if quote.text == text)


def carried_vector(library: Library, weights: Weights) -> bool:
    typed = library.generation.encoder.encode_question("And in Weir?")
    return read(library, weights, "And in Weir?", "Was leadership strong?").vector.tolist() != typed.tolist()


def explained_vector(library: Library, weights: Weights) -> bool:
    question = read(library, weights, "What is an SO?")
    alone = library.generation.encoder.encode_question(question.text)
    return bool(question.definitions) and not np.allclose(question.vector, alone)


def added(library: Library, weights: Weights) -> bool:
    words = read(library, weights, "Was the boss late?").words
    return all(word.value > 0 for word in words if word.origin == "added") and words[-1].origin == "added"


def subject_words(library: Library, weights: Weights) -> bool:
    turns = Request.of("And in Weir?", previous=["Was leadership strong?"]).turns
    return complete(turns, library.generation.glossary, STARTER, weights).subject == "leadership strong"


def added_words(library: Library, weights: Weights) -> bool:
    return read(library, weights, "Was the boss late?").added != ()


def likeness(library: Library, weights: Weights) -> bool:
    return read(library, weights, "Was lzzzzzzzp good?").text == "Was lzzzzzzzp good?"


def shortest_corrected(library: Library, weights: Weights) -> bool:
    return read(library, weights, "Was sow slow?").text == "Was sow slow?"


def counted_within(_: Library, weights: Weights) -> bool:
    kind = read_kind("How many hostels were visited?", STARTER)
    return kind is not None and holds(kind, "Forty of the hostels were.", STARTER, weights)


def unknown_share(library: Library, weights: Weights) -> bool:
    # No word is unknown, and with a share of 0 that is already too many.
    far = dataclasses.replace(weights, far=2.0)
    return read(library, far, "Was leadership strong at Weir?").scope.kind == "inside"


def far(library: Library, weights: Weights) -> bool:
    # In 64 dimensions something always lies a little nearer than it does to the real model.
    nearer = dataclasses.replace(weights, far=1.4 * weights.far)
    return read(library, nearer, "quokka zyzzyva quince rhubarb sorrel tansy lifts").scope.kind == "outside"


def broad_words(library: Library, weights: Weights) -> bool:
    return read(library, dataclasses.replace(weights, many=2), "the lifts").scope.kind == "broad"


def many(library: Library, weights: Weights) -> bool:
    return read(library, weights, "What of the lifts?").scope.kind == "inside"


def k1(_: Library, weights: Weights) -> bool:
    once, twice = LexicalIndex.build(["court day", "court court"], weights).scores(["court"])
    return bool(twice > once)


def b(_: Library, weights: Weights) -> bool:
    short, long = LexicalIndex.build(["court day", "court day week month year"], weights).scores(["court"])
    return bool(short > long)


def candidates(library: Library, weights: Weights) -> bool:
    return asked(library, weights, "lifts").shown != ()


def dense(_: Library, weights: Weights) -> bool:
    # No word in common: only the vector says that anything is there.
    return bool(fuse(np.float32([1.0]), np.float32([0.0]), weights)[0] > 0)


def sentence(library: Library, weights: Weights) -> bool:
    text = "Sickness absence was high."
    without = dataclasses.replace(weights, sentence=0)
    return score_of(asked(library, weights, "Was sickness absence high?"), text) != (
        score_of(asked(library, without, "Was sickness absence high?"), text)
    )


def looked_at(library: Library, weights: Weights) -> bool:
    # Two quotes for each that is wanted are looked at anyway.
    texts = {quote.text for quote in asked(library, weights, "In 2015 the lifts were slow", 1).shown}
    library.weights = weights
    return len(texts) == 1 and weights.looked_at > 2


def passage(library: Library, weights: Weights) -> bool:
    text = "In 2016 the lifts were slow."
    by_vector, by_words = (dataclasses.replace(weights, dense=share) for share in (0.9, 0.1))
    return score_of(asked(library, by_vector, "lifts"), text) != score_of(asked(library, by_words, "lifts"), text)


def cosine(library: Library, weights: Weights) -> bool:
    text = "In 2016 the lifts were slow."
    words_only = dataclasses.replace(weights, cosine=0)
    return score_of(asked(library, weights, "lifts"), text) != score_of(asked(library, words_only, "lifts"), text)


def kind(library: Library, weights: Weights) -> bool:
    question, text = "How many hostels were visited at night?", "Hostels in the north were visited at night."
    none = dataclasses.replace(weights, kind=0)
    return score_of(asked(library, weights, question), text) < score_of(asked(library, none, question), text)


def name(library: Library, weights: Weights) -> bool:
    # What is about neither place is not looked at; this is about one of them.
    question, text = "Were gardens dry in Weir and Ambleton?", "The gardens were dry."
    none = dataclasses.replace(weights, name=0)
    return score_of(asked(library, weights, question), text) < score_of(asked(library, none, question), text)


def year(library: Library, weights: Weights) -> bool:
    question, text = "Were the lifts slow and old in 2016?", "In 2015 the lifts were slow and old."
    none = dataclasses.replace(weights, year=0)
    return score_of(asked(library, weights, question), text) < score_of(asked(library, none, question), text)


def read_texts(library: Library, weights: Weights, ask: Callable[[str], object]) -> int:
    """How many texts the reader reads for a question."""
    library.weights = weights
    hash_reader.read.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library.generation, "reader", hash_reader.HashReader(*hash_reader.reader_files().values()))
        ask("What of the lifts and the gardens?")
    return len(hash_reader.read)


def reads(library: Library, weights: Weights) -> bool:
    return 0 < read_texts(library, weights, library.ask) <= weights.reads


def reads_of_every(library: Library, weights: Weights) -> bool:
    return 0 < read_texts(library, weights, library.every) <= weights.reads_of_every


def reader(library: Library, weights: Weights) -> bool:
    # The vectors and words alone, then with what was read.
    without = asked(library, weights, "Were the lifts slow and old?").shown
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library.generation, "reader", hash_reader.HashReader(*hash_reader.reader_files().values()))
        having = asked(library, weights, "Were the lifts slow and old?").shown
    return [quote.score for quote in without] != [quote.score for quote in having]


def found(text: str, score: float, document: str) -> Candidate:
    source = Source(document, "Inspection", "The Inspectorate", "report")
    whole = Span(0, len(text))
    signals = Signals(0, 0, score, 0, 0, 0, 0)
    return Candidate(document_of(source, text), Passage(0, document, whole, (whole,)), whole, signals)


def same_document(_: Library, weights: Weights) -> bool:
    tied = [found("a", 0.9, "x"), found("b", 0.8, "x"), found("c", 0.795, "y")]
    return [each.text for each in both_sides(tied, 3, STARTER, lambda _: False, weights)] == ["a", "c", "b"]


def newest(_: Library, weights: Weights) -> bool:
    old, new = found("old", 0.9, "x"), found("new", 0.5, "y")
    dated = [dated_in(old, "2016"), dated_in(new, "2024")]
    return [each.text for each in by_date(dated, lambda _: True, weights)] == ["old", "new"]


def dated_in(candidate: Candidate, published: str) -> Candidate:
    source = dataclasses.replace(candidate.document.source, published=PartialDate(published))
    return dataclasses.replace(candidate, document=dataclasses.replace(candidate.document, source=source))


def ask_for_newest(library: Library) -> Callable[[str], object]:
    return lambda question: library.ask(Request.of(f"Now, {question}", 1))


def newest_looked_at(library: Library, weights: Weights) -> bool:
    # Sentences of more than two passages are read.
    return read_texts(library, weights, ask_for_newest(library)) > 6


def newest_reads(library: Library, weights: Weights) -> bool:
    return 1 < read_texts(library, weights, ask_for_newest(library)) <= weights.newest_reads


SIDES = [found("poor a", 0.9, "x"), found("poor b", 0.85, "y"), found("poor c", 0.8, "z"), found("good", 0.7, "w")]


def seen_first(_: Library, weights: Weights) -> bool:
    return [each.text for each in both_sides(SIDES, 8, STARTER, lambda _: False, weights)] == [
        "poor a",
        "poor b",
        "good",
        "poor c",
    ]


def other_side(_: Library, weights: Weights) -> bool:
    hardly = [*SIDES[:3], found("good", 0.3, "w")]
    return [each.text for each in both_sides(hardly, 8, STARTER, lambda _: False, weights)] == [
        "poor a",
        "poor b",
        "poor c",
        "good",
    ]


def enough_held(library: Library, weights: Weights) -> bool:
    library.weights = weights if weights.enough_held else dataclasses.replace(weights, enough_held=1e-9)
    signals = library.signals("lifts")
    return signals is not None and 0 < signals.subject_held < 1


def answered_from(_: Library, weights: Weights) -> bool:
    nothing = Signals(*[0.0] * len(SIGNALS))
    return WITHOUT_READER.status(nothing, weights) == "not_found"


CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        *(
            carried_vector,
            explained_vector,
            added,
            subject_words,
            added_words,
            likeness,
            shortest_corrected,
            counted_within,
        ),
        *(unknown_share, far, broad_words, many, k1, b, candidates, dense, sentence, looked_at),
        *(
            passage,
            cosine,
            kind,
            name,
            year,
            reads,
            reads_of_every,
            reader,
            same_document,
            newest,
            newest_looked_at,
            newest_reads,
            seen_first,
            other_side,
            enough_held,
            answered_from,
        ),
    )
}


def test_every_weight_has_a_case() -> None:
    assert list(CASES) == [field.name for field in dataclasses.fields(Weights)]


@pytest.mark.parametrize("weight", CASES)
def test_a_weight_does_what_it_is_for_and_nothing_where_it_is_zero(library: Library, weight: str) -> None:
    assert CASES[weight](library, WEIGHTS)
    assert not CASES[weight](library, dataclasses.replace(WEIGHTS, **{weight: 0}))


def test_a_weight_that_is_a_share_is_one() -> None:
    whole = {"subject_words", "added_words", "shortest_corrected", "counted_within", "broad_words", "many", "k1"}
    whole |= {
        "candidates",
        "looked_at",
        "reads",
        "reads_of_every",
        "seen_first",
        "newest_looked_at",
        "newest_reads",
        "enough_held",
    }
    for field in dataclasses.fields(Weights):
        value = getattr(WEIGHTS, field.name)
        assert value > 0
        assert field.name in whole or value <= 1, field.name
    assert np.isclose(WEIGHTS.unknown_share, 1 / 3)

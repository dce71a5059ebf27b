from __future__ import annotations

import time

import pytest

from probqa.reading.sentences import MAX_CHARACTERS, split_sentences

HARD = [
    "Dr. Hale said so. | She left.",
    "Mr J. Smith agreed. | Mrs. Hill did not.",
    "J. A. Smith agreed. | He left.",
    "St. Helens was inspected. | It was good.",
    "Sgt. Jones left. | PC Hill stayed.",
    "He has a Ph.D. | She has none.",
    "See No. 5 of the report. | It was late.",
    "It was No. 1. | Nobody knew.",
    "See p. 12 and paras. 3–4. | It was late.",
    "See Fig. 3. | It was late.",
    "Vol. 2 was late. | Ch. 3 was not.",
    "The approx. 30 people left.",
    "On 19 Apr. 2017 it rained. | It stopped.",
    "Only one was in Oct. | There were more.",
    "Sept. 2017 was late.",
    "It cost £1.2m. | It was late.",
    "It cost £1.2m in 2017.",
    "It rose by 22.5 per cent. | It fell.",
    "Rated 3.5. | It fell.",
    "It was late. | £5m was lost.",
    "It was late. | 12 people left.",
    "Offices in the U.K. were closed.",
    "Offices in the U.K. | The report says so.",
    "The U.S. Government agreed. | It was late.",
    "He was in category C. | The prison was full.",
    "They saw many, e.g. courts. | It was late.",
    "They saw many, i.e. Courts and prisons.",
    "R v. Smith was cited. | It was late.",
    "Courts, prisons, etc. were seen.",
    "Courts, prisons, etc. | The rest followed.",
    "Working Links Ltd. was bought. | It was late.",
    "It opened at 9 a.m. on Monday. | It closed at 5 p.m. | The staff left.",
    "“It was late.” | She left.",
    "“Was it late?” he asked. | Nobody knew.",
    "It was late.” | “It was cold.”",
    "Work was ‘good.’ | It was late.",
    'Work was "good". | It was late.',
    "Rated 'Good'. | 'Outstanding' was rare.",
    "He said “It was late.” and left.",
    "It was late. | (It was cold.) | Nobody knew.",
    "It was late (see Annex A.). | Nobody knew.",
    "It was late… | Nobody knew.",
    "It was late ... and cold.",
    "It was late... | Nobody knew.",
    "It was late!!! | Why not?! | Nobody knew.",
    "It was late.[12] | Nobody knew.",
    "It was late. | • One more",
    "It was late. | – and more",
    "1. Work was poor. | 2. Staff were few.",
    "a. Work was poor.",
    "(i) Work was poor. | (ii) Staff were few.",
    "3.2.1. Work was poor. | It was late.",
    "See www.example.org. | It was late.",
    "See https://example.org/a.b?c=d. | It was late.",
    "Été. | École.",
    "iPads were late. nobody knew.",
    "No end",
    "Findings",
    "A.",
]


@pytest.mark.parametrize("cut", HARD)
def test_a_hard_case_is_cut_where_a_reader_would(cut: str) -> None:
    text = cut.replace(" | ", " ")
    assert [text[span.start : span.end] for span in split_sentences(text)] == cut.split(" | ")


def test_nothing_has_no_sentence() -> None:
    assert split_sentences("") == split_sentences("  \u00a0\n ") == ()


def test_white_space_of_any_kind_and_length_parts_sentences() -> None:
    text = " \u2009It was late.\u00a0\u3000\n Nobody knew.\t"
    assert [text[span.start : span.end] for span in split_sentences(text)] == ["It was late.", "Nobody knew."]


@pytest.mark.parametrize("unit", ["Dr. ", ".", "b A. ", ".)", "x! ", "a", "(", "A.B."])
def test_a_paragraph_of_any_kind_is_cut_in_a_time_that_grows_with_its_length(unit: str) -> None:
    began = time.process_time()
    split_sentences(unit * 100_000)
    assert time.process_time() - began < 3


def test_a_raised_note_number_belongs_to_the_sentence_before_it() -> None:
    text = "It was late.⁷ Nobody said so.¹² The end."
    assert [text[span.start : span.end] for span in split_sentences(text)] == [
        "It was late.⁷",
        "Nobody said so.¹²",
        "The end.",
    ]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a," * 1_000, [2_000]),
        ("a," * 1_000 + "b", [2_000, 1]),
        ("a," * 1_000 + " b", [2_000, 1]),
        ("a," * 999 + "a  b", [1_999, 1]),
        ("a," * 999 + " bcd", [1_998, 3]),
        ("a, b" + " c" * 398, [800]),
        ("a" * 801, [800, 1]),
        ("a b" + " c" * 399, [799, 1]),
        ("It was late. " + "1," * 2_500, [12, 2_000, 2_000, 1_000]),
        (" \n" + "word, " * 400 + "end. It was late.", [1_997, 406, 12]),
        (" \n" + "word " * 200 + "end. It was late.", [799, 204, 12]),
    ],
)
def test_what_is_too_long_for_a_sentence_is_cut_at_the_end_of_a_word(text: str, lengths: list[int]) -> None:
    assert MAX_CHARACTERS == 2_000
    spans = split_sentences(text)
    assert [span.end - span.start for span in spans] == lengths
    between = [text[a:b] for a, b in zip([0, *(s.end for s in spans)], [*(s.start for s in spans), None], strict=True)]
    assert not "".join(between).strip()
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)

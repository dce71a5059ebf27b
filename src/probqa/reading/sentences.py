"""A passage's text to its sentences, as offsets.

In: one line of text. Out: ``Span`` per sentence; between two of them lies only white space.

>>> text = "Dr. Smith paid £1.2m for No. 5. “Was it good?” he asked. (It was.) Nobody knew."
>>> [text[span.start:span.end] for span in split_sentences(text)]
['Dr. Smith paid £1.2m for No. 5.', '“Was it good?” he asked.', '(It was.)', 'Nobody knew.']

A sentence ends at ``.``, ``!``, ``?`` or ``…``, with the quote marks and brackets that close behind it, where
white space follows and the next word opens like a sentence: a capital, a digit, or an opening mark before
one. A full stop that belongs to an abbreviation, an initial or a list number does not end one. What is longer than
``MAX_CHARACTERS``, or ``MAX_UNPUNCTUATED`` where it has hardly a comma, is no sentence that anybody wrote (a table run
together, a line of figures): it is cut at the last
white space that leaves a piece within the limit, or at the limit where there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from probqa.records import Span

MAX_CHARACTERS = 2_000
# The same for text that hardly has a comma (a transcript): as long as a passage (``passages``), so that all of it is
# embedded.
MAX_UNPUNCTUATED = 800
# Text with fewer signs than one in so many characters hardly has any.
_SPARSE = 200
_SIGN = re.compile(r"[,;:()–—•|]")

# Possessive, and only from the first stop of a run: a hundred thousand dots take no longer than they must.
_END = re.compile(r"(?<![.!?…])(?P<stop>[.!?…]++)(?P<closing>[\"'”’»)\]]*+)(?P<note>\[\d{1,3}\]|[⁰¹²³⁴-⁹]{1,3})?\s++")
_OPENS = re.compile(
    r"[\"'“‘«(\[]*(?:[A-Z0-9À-ÖØ-Þ£$€•–—-]|[^\W\d_a-zß-öø-ÿ])|\((?:[a-z]|[ivx]{1,4})\)\s"  # "(ii) Staff"
)
_GAP = re.compile(r"\s*+")
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+$")

# A word that stands before a name or a number: its full stop never ends a sentence there.
_BEFORE_NAME = frozenset(
    """
    mr mrs ms dr prof st sir rev hon rt cllr sgt supt insp det const capt col gen lt gov sen rep messrs mx
    """.split()
)
_BEFORE_NUMBER = frozenset(
    """
    no nos fig figs p pp para paras vol vols ch chap sec art arts s ss ed eds table app annex ref tel ext
    reg regs cl sch approx c ca circa est jan feb mar apr jun jul aug sep sept oct nov dec
    """.split()
)
_NEVER_LAST = frozenset(
    """
    e.g i.e eg ie cf viz vs v incl
    """.split()
)
_INITIAL = re.compile(r"(?:[A-Z]\.)*[A-Z]")
# Far longer than a word before a full stop; looking no further back keeps long paragraphs fast.
_LONGEST_WORD = 60
# Initials that close a sentence as readily as they stand in one: "in the U.K. The report ...".
_ACRONYMS = frozenset(("U.K", "U.S", "E.U", "U.N", "U.S.A"))
_CAPITALISED = re.compile(r"[A-Z][\w’'-]*")
_LIST_NUMBER = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,4})")


def split_sentences(text: str) -> tuple[Span, ...]:
    """Split ``text`` (one paragraph, item or row) into sentences that tile it but for white space.

    None is longer than ``MAX_CHARACTERS``.
    """
    spans: list[Span] = []
    start = len(text) - len(text.lstrip())
    for end in _END.finditer(text, start):
        if _ends_sentence(text, start, end):
            spans.extend(_pieces(text, start, end.end("note") if end["note"] else end.end("closing")))
            start = end.end()
    last = len(text.rstrip())
    spans.extend(_pieces(text, start, last))
    return tuple(spans)


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut what is too long for a sentence at white space, where there is any."""
    most = MAX_CHARACTERS
    if end - start > MAX_UNPUNCTUATED and len(_SIGN.findall(text, start, end)) * _SPARSE < end - start:
        most = MAX_UNPUNCTUATED
    while end - start > most:
        # One character more: a word may end just at the limit.
        reach = text[start : start + most + 1]
        whole = reach.rstrip() if reach[-1].isspace() else reach.rsplit(maxsplit=1)[0]
        cut = start + min(len(whole), most)
        yield Span(start, cut)
        gap = _GAP.match(text, cut)
        assert gap
        start = gap.end()
    if start < end:
        yield Span(start, end)


def _ends_sentence(text: str, start: int, end: re.Match[str]) -> bool:
    after = end.end()
    if after >= len(text) or not _OPENS.match(text, after):
        return False
    if end["stop"] != "." or end["closing"]:
        return True
    last_word = _LAST_WORD.search(text, max(start, end.start() - _LONGEST_WORD), end.start())
    if last_word is None:
        return True
    word = last_word.group()
    key = word.lower()
    if key in _BEFORE_NAME or key in _NEVER_LAST:
        return False
    if key in _BEFORE_NUMBER and (text[after].isdigit() or word in ("c", "ca")):
        return False
    if _INITIAL.fullmatch(word):
        # "J. Smith" and "category C. The": an initial is followed by a name, and follows one or opens.
        return (word in _ACRONYMS or _follows_lower(text, last_word.start())) and not _is_name_next(text, after)
    return not (last_word.start() == start and _LIST_NUMBER.fullmatch(word))


def _follows_lower(text: str, at: int) -> bool:
    before = text[max(0, at - _LONGEST_WORD) : at].rstrip().rsplit(maxsplit=1)
    return bool(before) and before[-1][:1].islower()


def _is_name_next(text: str, at: int) -> bool:
    """Whether the next word is a capitalised one that is not among the words that open sentences."""
    word = _CAPITALISED.match(text, at)
    return word is not None and word.group().lower() not in _OPENERS


_OPENERS = frozenset(
    """
    the a an this that these those there it its they their he she his her we our i you your in on at of for
    from to by with as and but or if when while where after before since however although though because so
    such some many most all both each every no not none only more less few several one two three inspectors
    managers staff overall
    """.split()
)

"""The ratings in the reports' own metadata, to a table, and what follows from it.

In: a ``Generation`` and a ``Question`` that asks for ratings. Out: a ``RatingTable``: its rows, each with the sentence
of its report that says so, and one sentence on them. It is None where no report has a rating that fits.

A rating is of the whole ("overall"), of one of several that a report is about ("Weir"), or of a part of the work
("leadership"). Its year is the one that the metadata names with it, else that of the report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from probqa.asking.exclusion import Excluded
from probqa.asking.filters import is_about, is_from, is_in_area, passes
from probqa.dates import YEAR_ALONE, PartialDate
from probqa.glossary.domain import Domain, phrase_pattern
from probqa.glossary.glossary import Glossary
from probqa.indexing.generation import Generation, kept
from probqa.indexing.lexical import stems, words
from probqa.questions import AskedRating, Question
from probqa.records import Document, Note, Quote, RatingRow, Source, Span

_BRACKETS = re.compile(r"\([^()]*\)")
_OVERALL = re.compile(r"\boverall\b", re.IGNORECASE)
# So many other ratings are shown where none is the one that was asked for.
_FEW = 12
# Ratings whose sentences are kept, of each generation.
_SAYINGS_KEPT = 1000
_SAYS_RATED = re.compile(r"\b(?:rat(?:ed|ing)|grade[ds]?|moved|rose|kept|received)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rated:
    """One rating: of whom, of which part of the work (empty for the whole), and when."""

    source: Source
    who: str
    part: str
    rating: str
    year: str
    kinds: frozenset[str]

    @property
    def of(self) -> str:
        """Return what was rated, for people."""
        of = f"{self.who}: {self.part}" if self.part else self.who
        return f"{of} ({self.year})" if self.year else of

    @property
    def date(self) -> PartialDate:
        """Return the year of the rating, or the day of its report."""
        return PartialDate(self.year) if self.year else self.source.published.sure


@dataclass(frozen=True, slots=True)
class RatingTable:
    """The rows that fit, and a note on them.

    ``wanted`` are the ratings that were asked for, empty where any will do. ``found`` says whether a row has one.
    ``documents`` are those that rate what was asked about.
    """

    rows: tuple[RatingRow, ...]
    note: Note
    wanted: frozenset[str]
    found: bool
    documents: frozenset[str]


def rating_table(index: Generation, question: Question) -> RatingTable | None:
    """Return the table that a question about ratings is answered from."""
    asked, domain = question.rating, index.domain
    if asked is None:
        return None
    known = _known(index)
    for excluded in (Excluded(name, index) for name in question.excluded):
        known = [each for each in known if not (excluded.is_all_of(each.source) or excluded.is_named_in(each.who))]
    scope = list(_in_scope(known, question, asked, index.glossary))
    whole = [rated for rated in scope if not rated.part]
    if asked.about:
        about = set(asked.about)
        scope = whole = [rated for rated in scope if about <= set(words(f"{rated.who} {rated.part}"))]
    wanted = frozenset(asked.ratings)
    fits = [rated for rated in whole if rated.rating in wanted]
    parts = [rated for rated in scope if rated.part and rated.rating in wanted and not asked.about]
    if asked.form == "what":
        fits = whole
    elif asked.form in ("best", "worst") and whole:
        rank = min if asked.form == "best" else max
        wanted = frozenset({rank((rated.rating for rated in whole), key=domain.ratings.scale.index)})
        fits = [rated for rated in whole if rated.rating in wanted]
    if asked.times > 1:
        often = Counter(rated.who for rated in fits)
        fits = [rated for rated in fits if often[rated.who] >= asked.times]
    elif fits and (asked.form != "which" or asked.kinds or asked.areas or asked.providers):
        # Parts of the work count only where no whole has it, or all that was rated is asked for.
        parts = []
    if asked.times > 1 or asked.form == "what":
        parts = []
    rows = [*fits, *parts] or (whole if asked.form != "what" and len(whole) <= _FEW else [])
    if not rows and not whole:
        return None
    rows = sorted(rows, key=lambda rated: (rated.date.iso, rated.source.id), reverse=True)
    if question.newest_first and asked.form == "what":
        rows = fits = list({rated.who: rated for rated in reversed(rows)}.values())[::-1]
    return RatingTable(
        rows=tuple(_row(index, rated) for rated in rows),
        note=Note(" ".join(_sentences(asked, wanted, whole, fits, parts, question, index.sources, index))),
        wanted=wanted,
        found=bool(fits or parts),
        documents=frozenset(rated.source.id for rated in scope),
    )


@kept(1)
def _known(index: Generation) -> list[_Rated]:
    """Return every rating of the scale in the reports' metadata."""
    return [rated for source in index.sources for rated in _ratings_of(source, index.glossary, index.domain)]


def with_ratings(quotes: Sequence[Quote], table: RatingTable | None, domain: Domain, k: int) -> list[Quote]:
    """Put the sentences that the table rests on before the other quotes, at most ``k`` in all.

    Where some ratings were asked for, a quote of others, or of what was not asked about, is never "answered".
    """
    if table is None:
        return list(quotes)
    told = [row.quote for row in table.rows if row.quote]
    if not table.found:
        told = [replace(quote, status="weak") for quote in told]
    first = list({(quote.source.id, quote.span): quote for quote in told}.values())
    places = {(quote.source.id, quote.context_span.start): quote for quote in first}
    rest = [quote for quote in quotes if (quote.source.id, quote.context_span.start) not in places]
    if table.wanted:
        rest = [_at_most_weak(quote) if _contradicts(quote, table, domain) else quote for quote in rest]
    return [*first, *rest][:k]


def _contradicts(quote: Quote, table: RatingTable, domain: Domain) -> bool:
    """Tell whether a quote tells of no rating that was asked for, or of another's than was asked about."""
    named = {rating for rating in domain.ratings.scale if _pattern(rating, domain).search(quote.text)}
    return named.isdisjoint(table.wanted) or quote.source.id not in table.documents


def _at_most_weak(quote: Quote) -> Quote:
    return replace(quote, status="weak") if quote.status == "answered" else quote


def _ratings_of(source: Source, glossary: Glossary, domain: Domain) -> Iterator[_Rated]:
    """Yield the ratings of the scale in a report's metadata."""
    providers = source.plain_providers
    for subject, rating in source.ratings:
        if rating not in domain.ratings.scale:
            continue
        year = next(iter(YEAR_ALONE.findall(subject)), "")
        rest = " ".join(_OVERALL.sub(" ", YEAR_ALONE.sub(" ", _BRACKETS.sub(" ", subject))).split())
        who = _who(rest, providers, glossary, domain)
        is_whole = bool(who) or bool(_OVERALL.search(subject)) or not rest
        named = who or " and ".join(providers) or source.area or source.title
        yield _Rated(
            source=source,
            who=named,
            part="" if is_whole else subject,
            rating=rating,
            year=year if is_whole else "",
            kinds=frozenset(_kinds([who] if who else providers, glossary, domain)),
        )


def _who(subject: str, providers: Sequence[str], glossary: Glossary, domain: Domain) -> str:
    """Return whose rating it is where the metadata says so: one of the providers, or another that is known.

    It is empty for a part of the work, which has no capital ("leadership").
    """
    if not subject[:1].isupper():
        return ""
    own = _own_words(subject, domain)
    for provider in providers:
        if own and own <= set(words(provider)):
            return provider
    named = glossary.providers_named(subject) or glossary.areas_named(subject)
    return subject if named else ""


def _own_words(name: str, domain: Domain) -> set[str]:
    """Return the stems of a name that are not those of services of its kind."""
    kinds = (word for service in domain.services for word in (service.kind, *service.abbreviations))
    return set(words(name)) - stems((*domain.service_words, *kinds))


def _kinds(providers: Iterable[str], glossary: Glossary, domain: Domain) -> Iterator[str]:
    known = {service.kind for service in domain.services}
    for provider in providers:
        yield from (named.kind for named in glossary.providers_named(provider) if named.kind in known)
        yield from (service.kind for service in domain.services if service.pattern.search(provider))


def _in_scope(known: Sequence[_Rated], question: Question, asked: AskedRating, glossary: Glossary) -> Iterator[_Rated]:
    """Yield the ratings of the kinds, places, bodies and years that are asked for."""
    window = question.window
    since, until = window.since or question.filters.since, window.until or question.filters.until
    years = question.years if not (window.since or window.until) else frozenset[str]()
    filters = replace(question.filters, since="", until="", bodies=())
    inside = _about_bodies(_about_places(known, asked, glossary), asked, glossary)
    for rated in inside:
        if (
            (not asked.kinds or not rated.kinds.isdisjoint(asked.kinds))
            and passes(rated.source, filters, glossary)
            and passes(rated.source, replace(window, since="", until="", bodies=()), glossary)
            and is_from(rated.date, PartialDate(since), PartialDate(until))
            and (not years or rated.date.year in years)
        ):
            yield rated


def _about_bodies(known: Sequence[_Rated], asked: AskedRating, glossary: Glossary) -> list[_Rated]:
    """Return the ratings of the bodies that are asked about, or where none is one, of what they ran or hold."""
    own = [rated for rated in known if all(is_about((rated.who,), name, glossary) for name in asked.providers)]
    theirs = (
        rated
        for rated in known
        if len(rated.source.providers) == 1
        if all(is_about(rated.source.providers, name, glossary) for name in asked.providers)
    )
    return own or list(theirs)


def _about_places(known: Sequence[_Rated], asked: AskedRating, glossary: Glossary) -> list[_Rated]:
    """Return the ratings in the places that are asked about.

    Where it is asked what one place was rated, it is its own ratings where it has any, before those inside it.
    """
    if not asked.areas:
        return list(known)

    def near(lies: Callable[[str, str], bool]) -> list[_Rated]:
        found = []
        for rated in known:
            is_of_all = rated.who in ("", " and ".join(rated.source.plain_providers))
            places = [rated.who, *([*rated.source.places] if is_of_all else [])]
            if any(lies(place, area) for place in places for area in asked.areas):
                found.append(rated)
        return found

    within = near(lambda text, area: is_in_area(text, area, glossary))
    if asked.form != "what" or asked.kinds:
        return within
    own = near(lambda text, area: area in {place.name for place in glossary.areas_named(text)} or text == area)
    return own or within


def _row(index: Generation, rated: _Rated) -> RatingRow:
    return RatingRow(rated.source, rated.of, rated.rating, _saying(index, rated))


@kept(_SAYINGS_KEPT)
def _saying(index: Generation, rated: _Rated) -> Quote | None:
    """Return the sentence of a report that says what its metadata does: the first that says it most plainly.

    It is None where no sentence has the rating beside what was rated.
    """
    document = index.document(rated.source.id)
    if document is None:
        return None
    domain = index.domain
    rating = _pattern(rated.rating, domain)
    others = [_pattern(other, domain) for other in domain.ratings.scale if other != rated.rating]
    own = _own_words(rated.who, domain)
    part = set(words(YEAR_ALONE.sub(" ", _BRACKETS.sub(" ", rated.part))))
    several = len(document.source.plain_providers) > 1
    best: tuple[int, Quote] | None = None
    for row in index.passages_of(rated.source.id):
        passage = index.passage(row)
        for span in passage.sentences:
            text = document.slice(span)
            if not rating.search(text):
                continue
            held = set(words(text))
            if 2 * len(part & held) < len(part) or (several and not own <= held):
                continue
            plain = 4 * bool(_SAYS_RATED.search(text)) + 2 * (rated.year in text) + (own <= held)
            plain -= sum(bool(other.search(text)) for other in others)
            if best is None or plain > best[0]:
                best = plain, _quote(document, span, passage.span)
    return best[1] if best else None


def _quote(document: Document, span: Span, context: Span) -> Quote:
    return Quote(document, span, context, score=1.0, confidence=1.0, status="answered")


def _pattern(rating: str, domain: Domain) -> re.Pattern[str]:
    """Return what finds a rating in a report: one that is an everyday word, in quote marks."""
    return replace(domain.ratings, scale=(rating,)).pattern if rating in domain.ratings.scale else phrase_pattern(())


def _sentences(
    asked: AskedRating,
    wanted: frozenset[str],
    whole: Sequence[_Rated],
    fits: Sequence[_Rated],
    parts: Sequence[_Rated],
    question: Question,
    sources: Sequence[Source],
    index: Generation,
) -> Iterator[str]:
    """Say how many of how many were rated so, and how many reports give no rating."""
    of, had = dict.fromkeys(rated.who for rated in whole), {rated.who for rated in fits}
    when, were = _when(question), "was" if len(had) == 1 else "were"
    given = " or ".join(rating for rating in index.domain.ratings.scale if rating in wanted)
    about = f" for {fits[0].part}" if asked.about and fits and fits[0].part else ""
    among = f"with a rating in these reports{when}"
    if asked.form == "what":
        yield f"{_count(len(fits), 'rating')}{when} in the metadata of these reports, newest first."
    elif asked.form in ("best", "worst"):
        order = "highest" if asked.form == "best" else "lowest"
        yield f"The {order} rating{when} is {given}: {len(had)} of {_things(asked, len(of))} had it."
    elif asked.times > 1:
        yield f"{len(had)} of {_things(asked, len(of))} {among} {were} rated {given} more than once."
    elif had:
        yield f"{len(had)} of {_things(asked, len(of))} {among} {were} rated {given}{about}."
    elif len(of) == 1:
        yield f"{next(iter(of))} was not rated {given} in these reports{when}."
    else:
        yield f"None of {_things(asked, len(of))} {among} was rated {given}."
    if parts:
        yield f"{_count(len(parts), 'rating')} of a part of the work {'is' if len(parts) == 1 else 'are'} {given}."
    unrated = len(list(_unrated(sources, question, asked, index)))
    if unrated:
        yield f"{_count(unrated, 'more inspection report')} {'gives' if unrated == 1 else 'give'} no rating."


def _unrated(sources: Sequence[Source], question: Question, asked: AskedRating, index: Generation) -> Iterator[_Rated]:
    """Yield inspections of what is asked about that have no rating of the scale in their metadata."""
    without = [
        _Rated(source, "", "", "", "", frozenset(_kinds(source.plain_providers, index.glossary, index.domain)))
        for source in sources
        if "inspection" in source.kind and index.domain.ratings.scale
        if not {rating for _, rating in source.ratings} & set(index.domain.ratings.scale)
    ]
    return _in_scope(without, question, asked, index.glossary)


def _things(asked: AskedRating, number: int) -> str:
    """Count what was rated: "12 PDUs", or "3 services" where no kind was asked for."""
    kind = asked.kinds[0] if len(asked.kinds) == 1 else "service"
    return f"{number} {kind if number == 1 or kind.endswith('s') else kind + 's'}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _when(question: Question) -> str:
    since, until = question.window.since, question.window.until
    if since and until:
        return f" from {since} to {until}" if since != until else f" in {since}"
    if since or until:
        return f" since {since}" if since else f" until {until}"
    return f" in {' and '.join(sorted(question.years))}" if question.years else ""

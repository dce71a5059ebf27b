"""A question about ratings, to what it asks of them.

In: a question, a glossary and a domain. Out: an ``AskedRating``; None where it asks for no rating, or for why.

>>> from probqa.glossary.domain import Ratings, ServiceKind
>>> from probqa.glossary.entries import Entries
>>> domain = Domain(ratings=Ratings(("Good", "Inadequate"), ("Good",)), services=(ServiceKind("unit", "Units"),))
>>> reading, asked = read_rating("How many units were inadequate?", Glossary(Entries()), domain)
>>> reading.says, asked.form, asked.ratings, asked.kinds
('the ratings given: Inadequate, unit', 'count', ('Inadequate',), ('unit',))
>>> read_rating("Why was Weir rated inadequate?", Glossary(Entries()), domain) is None
True

A rating of the scale is asked for where the question speaks of rating ("rated good", "the rating for"), or of kinds of
service or places that have it ("which units were inadequate"). What else it speaks of ("leadership") is ``about``: the
part of the work that was rated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from probqa.dates import YEAR_ALONE
from probqa.glossary.domain import Domain
from probqa.glossary.glossary import Glossary
from probqa.indexing.lexical import stems, words
from probqa.questions import AskedRating, RatingForm, Reading
from probqa.records import Span

_RATED = re.compile(
    r"\b(?:(?:top|full|low|bottom) marks?|rated|ratings?"
    r"|graded?|grades?|scored?|scores|ranked|(?:did|do|does|would|inspectors|they) rate)\b",
    re.IGNORECASE,
)
# "Did Weir pass?" asks for its rating where nothing else is asked.
_PASSED = re.compile(r"\b(?:pass(?:ed)?|fail(?:ed)?)\b", re.IGNORECASE)
_DID_WELL = re.compile(r"\b(?:did|do|does|done|doing|rated|scored?|graded) (?:very )?well\b", re.IGNORECASE)
_TWICE = re.compile(r"\b(?:twice|two times|both times|more than once)\b", re.IGNORECASE)
_WHY = re.compile(r"\b(?:why|reasons?|because|how come|cause[ds]?|led to)\b", re.IGNORECASE)
_COUNT = re.compile(r"\b(?:how many|number of|count|what (?:share|proportion|percentage|per cent))\b", re.IGNORECASE)
_WORST = re.compile(r"\b(?:worst|lowest|poorest|bottom)\b", re.IGNORECASE)
_BEST = re.compile(r"\b(?:best|highest|top)\b", re.IGNORECASE)
_ASKS_WHICH = re.compile(
    r"\b(?:which|what|how many|any|list|all|every|each|names?|number of|(?:were|was|are|is) there)\b", re.IGNORECASE
)
_ASKS_BEST = re.compile(
    r"\bwhich\b|\bwhat(?:['’]s| is| was| are| were)\b|^(?:the )?\w+ \w+\W*$"
    r"|^(?:the )?(?:worst|lowest|poorest|best|highest|top)\b",
    re.IGNORECASE,
)
_ANYBODY = re.compile(r"\b(?:who|where|anyone|anybody|anywhere|no one|nobody|nowhere)\b", re.IGNORECASE)
_IS_IT = re.compile(r"\s*(?:is|are|was|were|has|have|did)\b", re.IGNORECASE)
_BE = re.compile(
    r"\b(?:is|are|was|were|be|been|gets?|got|given|awarded|receive[ds]?|came(?: out)?|ended up|judged|deemed|considered"
    r"|classed|marked|found) (?:(?:as|to be) )?(?:(?:not|ever|never|overall|an?) )?['‘“]?$",
    re.IGNORECASE,
)
# "Is Weir still inadequate?" is answered by its latest rating, whichever that is.
_STILL = re.compile(r"\b(?:still|yet|no longer|any longer|remains?)\b", re.IGNORECASE)
_PLACES = re.compile(
    r"\b(?:areas?|places?|regions?|units?|services?|providers?|compan(?:y|ies)|count(?:y|ies)|organisations?|bod(?:y|ies)"
    r"|teams?|offices?)\b",
    re.IGNORECASE,
)
_NOT = re.compile(r"(?:\bnot|\bnever|n['’]t)\b[^.,;?]{0,30}$", re.IGNORECASE)
_BELOW = re.compile(r"\b(?:below|under|(?:worse|lower|less) than)\s*['‘“]?$", re.IGNORECASE)
_ABOVE = re.compile(r"\b(?:above|(?:better|higher|more) than)\s*['‘“]?$", re.IGNORECASE)
_OR_WORSE = re.compile(r"['’”]?\s*or (?:worse|below|lower)\b", re.IGNORECASE)
_OR_BETTER = re.compile(r"['’”]?\s*or (?:better|above|higher)\b", re.IGNORECASE)
_AT_LEAST = re.compile(r"\bat least\s*['‘“]?$", re.IGNORECASE)
# Words that ask or say when, and none of what was rated.
_ASKING = frozenset(
    words(
        """
    overall given give gave got get gets getting receive received award awarded latest recent recently current currently
    now since before after until between first last ever list show tell many number share proportion percentage percent
    all every each only not than at least below above worse better lower higher worst best lowest highest top bottom
    under poorest more less year years come came find found report reports reported name names know please today
    still yet no longer any remain remains judged judge wise twice once time times again
        actually really even just already honestly basically marks full out ended as
        both anyone anybody anywhere nobody nowhere gone go goes went up down change changed january february
        spring summer autumn winter march april may june july august september october november december
        """
    )
)


def read_rating(
    text: str, glossary: Glossary, domain: Domain, rated: Callable[[], Iterable[str]] = tuple
) -> tuple[Reading, AskedRating] | None:
    """Return what a question asks of ratings, and how that is said.

    ``rated`` gives what the reports rate, in their own words. It is None where the question asks for no rating, or for
    that of what none of them rates.
    """
    if not domain.ratings.scale or _WHY.search(text):
        return None
    says_rated, places = _RATED.search(text), _PLACES.search(text)
    ordered = _WORST.search(text) or _BEST.search(text)
    given, passed = list(_ratings(text, domain)), _PASSED.search(text)
    if not (says_rated or ordered or given or passed):
        return None
    kinds = dict(_kinds(text, glossary, domain))
    if not says_rated:
        given = [each for each in given if _is_said_of(text, *each, kinds.values(), domain)]
    providers = glossary.providers_named(text)
    named_places = glossary.areas_named(text)
    areas = [
        named
        for named in named_places
        if named.name not in domain.wide_areas and not any(named.span in provider.span for provider in providers)
    ]
    spans = [span for _, span in given] + list(kinds.values())
    spans += [named.span for named in (*providers, *named_places)]
    patterns = (_RATED, _PLACES, YEAR_ALONE, _DID_WELL, *([_PASSED] if not says_rated else []))
    spans += [Span(*match.span()) for pattern in patterns for match in pattern.finditer(text)]
    about = _about(text, spans, domain)
    things, names = bool(kinds or places), bool(areas or providers)
    asks_which = things and _ASKS_WHICH.search(text)
    asked_for = (
        (says_rated and (given or things or names or about))
        or (given and not about and (asks_which or _ANYBODY.search(text) or (names and _IS_IT.match(text))))
        or (ordered and things and not about and _ASKS_BEST.search(text))
        or (passed and not about and names)
    )
    if not asked_for or (about and not any(set(about) <= set(words(part)) for part in rated())):
        return None
    scale = domain.ratings.scale
    ratings = () if names and _STILL.search(text) else _wanted(text, given, scale)
    if not ratings and about and _DID_WELL.search(text):
        ratings = scale[: (len(scale) + 1) // 2]
    form: RatingForm = "which" if ratings else "what"
    if _COUNT.search(text) and ratings:
        form = "count"
    elif ordered and not given:
        form = "worst" if _WORST.search(text) else "best"
    asked = AskedRating(
        form=form,
        ratings=ratings,
        kinds=tuple(kinds),
        areas=tuple(dict.fromkeys(named.name for named in areas)),
        providers=tuple(dict.fromkeys(named.name for named in providers)),
        about=about,
        times=2 if _TWICE.search(text) else 1,
    )
    matched = [Span(*match.span()) for match in (says_rated, ordered, passed) if match] + [span for _, span in given]
    first, last = min(span.start for span in matched), max(span.end for span in matched)
    says = ", ".join((*ratings, *kinds, *asked.areas, *asked.providers)) or form
    return Reading("rating", text[first:last], f"the ratings given: {says}"), asked


def asks_only_rating(text: str) -> bool:
    """Tell whether a question asks how something was rated and says nothing else: "what was its rating?"."""
    rated = _RATED.findall(text)
    return bool(rated) and frozenset(words(text)) - _ASKING <= frozenset(words(" ".join(rated)))


def without_rating(text: str) -> str:
    """Return ``text`` without the words that speak of rating."""
    return _RATED.sub(" ", text)


def _ratings(text: str, domain: Domain) -> Iterator[tuple[str, Span]]:
    """Yield the ratings of the scale that stand in ``text``, whatever their capitals ("require improvement")."""
    for rating in domain.ratings.scale:
        forms = r"\s+".join(rf"{re.escape(word.removesuffix('s'))}(?:s|d|ing)?" for word in rating.split())
        for match in re.finditer(rf"(?<!\w)(?<!how ){forms}(?!\w)", text, re.IGNORECASE):
            yield rating, Span(*match.span())


def _is_said_of(text: str, rating: str, span: Span, kinds: Iterable[Span], domain: Domain) -> bool:
    """Tell whether a rating is said of something: "was inadequate", "inadequate units", and not "did good work"."""
    if rating not in domain.ratings.only_quoted or text[span.start - 1 : span.start] in ("'", "‘"):
        return True
    behind = span.end + 1
    return bool(_BE.search(text[: span.start])) or any(kind.start == behind for kind in kinds)


def _kinds(text: str, glossary: Glossary, domain: Domain) -> Iterator[tuple[str, Span]]:
    """Yield the kinds of service that ``text`` speaks of: by their name, its last word, an abbreviation or a term."""
    services = [(span.start, span.end) for span in (named.span for named in glossary.providers_named(text))]
    terms = [(span, {form.casefold() for form in term.forms}) for span, term in glossary.definitions(text)]
    for service in domain.services:
        forms = dict.fromkeys((service.kind, *service.abbreviations, service.kind.split()[-1]))
        spans = [
            Span(*match.span())
            for form in forms
            for match in re.finditer(rf"(?<!\w){re.escape(form)}(?:e?s)?(?!\w)", text, re.IGNORECASE)
        ]
        known = {form.casefold() for form in (service.kind, *service.abbreviations)}
        spans += [span for span, forms_of in terms if known & forms_of]
        # "Kent PDU" names one, and no kind.
        alone = [span for span in spans if not any(start <= span.start < end for start, end in services)]
        if alone:
            yield service.kind, alone[0]


def _about(text: str, spans: Iterable[Span], domain: Domain) -> tuple[str, ...]:
    """Return the stems of what ``text`` speaks of besides ratings, names and the words of the field."""
    left = list(text)
    for span in spans:
        left[span.start : span.end] = " " * (span.end - span.start)
    known = _ASKING | stems(domain.field_words) | stems(domain.report_words) | stems(domain.service_words)
    return tuple(dict.fromkeys(stem for stem in words("".join(left)) if stem not in known))


def _wanted(text: str, given: Iterable[tuple[str, Span]], scale: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ratings that are asked for: those given, or those below, above or besides them."""
    wanted: set[str] = set()
    for rating, span in given:
        place, head, tail = scale.index(rating), text[: span.start], text[span.end :]
        if _BELOW.search(head):
            wanted |= set(scale[place + 1 :])
        elif _ABOVE.search(head):
            wanted |= set(scale[:place])
        elif _OR_WORSE.match(tail):
            wanted |= set(scale[place:])
        elif _OR_BETTER.match(tail) or _AT_LEAST.search(head):
            wanted |= set(scale[: place + 1])
        elif _NOT.search(head):
            wanted |= set(scale) - {rating}
        else:
            wanted.add(rating)
    return tuple(rating for rating in scale if rating in wanted)

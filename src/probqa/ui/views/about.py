"""About: what is indexed and how fresh, what is promised and what is not, and on what terms.

In: a ``Library``. Out: plain paragraphs; every number is counted from the index that answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from probqa.asking.library import Library
from probqa.indexing.inspection import error_rates
from probqa.records import Source
from probqa.ui import frame, states
from probqa.ui.markup import Markup, anchor

PROMISES = (
    "Every quote is cut out of its document by position at the moment it is shown, and compared. Not a letter, figure "
    "or “not” is added or left out.",
    "Every quote says who published it, when, about whom, and on which page if the document has pages. “Read in "
    "context” shows what stands around it.",
    "Where nothing answers, the page says so. What it then shows as near is not an answer.",
    "The same question to the same edition gives the same answer, to everyone.",
)
LIMITS = (
    "It finds passages; it does not weigh them, add them up or draw conclusions. Read the report before "
    "you rely on it.",
    "It can miss a passage, and it can take one for an answer that is not. “These reports do not say” means that "
    "nothing was found in the documents below, not that nothing was ever published.",
    "A report describes what inspectors saw when they were there. Services change; look at the date.",
    "It is not legal advice and knows nothing about any person’s case.",
)


def draw(library: Library) -> None:
    """Draw the page."""
    frame.heading("How it works", "You ask; the documents answer, word for word. Nothing is rewritten on the way.")
    sections = {
        "What it promises": _listed(PROMISES),
        "What it cannot do": _listed(LIMITS),
        "How often it is wrong": _errors(library),
        "What is indexed": _indexed(library),
        "Whose words, on what terms": _terms(library),
        "Accessibility": _ACCESSIBILITY,
        "Privacy": _PRIVACY,
        "For programs": _PROGRAMS,
        "Not an official service": _not_official(library),
    }
    drawn = Markup("").join(_section(title, body) for title, body in sections.items())
    frame.draw(Markup('<div class="pq-prose">{}</div>').format(drawn))
    frame.foot(library.generation.domain)


def _section(title: str, body: Markup) -> Markup:
    return Markup('<section aria-label="{title}"><h2 class="pq-sub">{title}</h2>{body}</section>').format(
        title=title, body=body
    )


def _listed(texts: Iterable[str]) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts)
    return Markup("<ul>{}</ul>").format(items)


def _errors(library: Library) -> Markup:
    """Return the error rates that the index holds for its documents and model, if anyone measured them."""
    rates = error_rates(library.generation)
    if rates is None:
        return Markup(
            "<p>Not calibrated: for this edition nobody has measured how often an answer that is called one is wrong, "
            "or how often one is missed. Take “answer this” as a finding aid, and “may answer this” as a guess.</p>"
        )
    answered, missed = round(100 * rates["answered"]), round(100 * (1 - rates["shown"]))
    refused, wrong = round(100 * rates["refused"]), round(100 * (1 - rates["not_answered"]))
    rows = (
        ("that these reports answer", answered, 100 - answered - missed, missed),
        ("that they do not answer", wrong, 100 - wrong - refused, refused),
    )
    body = Markup("").join(
        Markup('<tr><th scope="row">Of 100 questions {}</th><td>{}</td><td>{}</td><td>{}</td></tr>').format(*row)
        for row in rows
    )
    return Markup(
        '<table class="pq-rates"><thead><tr><td></td><th scope="col">are told that passages answer them</th>'
        '<th scope="col">are told that passages may</th><th scope="col">are told that the reports do not say</th></tr>'
        "</thead><tbody>{body}</tbody></table>"
        "<p>So of 100 questions that these reports do not answer, {wrong} are told that passages do, and of 100 that "
        "they do answer, {missed} are told that they do not say. Read the passage before you rely on it.</p>"
        '<p class="pq-small">Measured {when} with {answerable} questions that the reports answer and {unanswerable} '
        "that they do not, each held back while the rule was fitted. How is described in docs/evaluation.md of the "
        "source.</p>"
    ).format(
        when=_when_measured(rates, library.generation.documents),
        body=body,
        wrong=wrong,
        missed=missed,
        answerable=rates["answerable"],
        unanswerable=rates["unanswerable"],
    )


def _when_measured(rates: dict[str, float], documents: int) -> str:
    """Say on which edition errors were measured, and how much of this one came after."""
    new = rates["new_documents"]
    if not new:
        return "on this edition"
    came = "1 of these {} documents was" if new == 1 else f"{new} of these {{}} documents were"
    share = round(100 * rates["new_share"]) or "fewer than 1"
    more = " (so many that it takes more than then to be told that a passage answers)" if rates["takes_more"] else ""
    return f"before {came.format(documents)} added or changed, {share} of 100 passages{more},"


def _indexed(library: Library) -> Markup:
    generation = library.generation
    counts = generation.manifest.counts
    sources = generation.sources
    dated = [source.published for source in sources if source.published.sure]
    newest = f" The newest was published in {max(dated, key=lambda date: date.iso).month.in_words}." if dated else ""
    failures = generation.manifest.failures
    failed = _listed(failure.line for failure in failures)
    not_read = Markup("<p>Not indexed as it is now:</p>{}").format(failed) if failures else Markup("")
    return Markup(
        "<p>{documents}, {passages} passages, {sentences} sentences.{newest}</p>{digests}"
        "<p>This edition was made on {created} and is called <code>{name}</code>. A link to an answer names its "
        "edition, and says so when the reports have changed since.</p>{not_read}"
    ).format(
        documents=anchor("reports", f"{counts.documents} documents"),
        passages=counts.passages,
        sentences=counts.sentences,
        newest=newest,
        digests=_digests(sources, generation.domain.digest_label),
        created=states.edition(library),
        name=generation.name,
        not_read=not_read,
    )


def _digests(sources: Sequence[Source], label: str) -> Markup:
    """Return how many of the documents are digests, and what that means, if any is."""
    digests = sum(source.is_digest for source in sources)
    if not digests:
        return Markup("")
    others = len(sources) - digests
    rest = f" The other {others} are in the publication’s own words." if others else ""
    return Markup(
        "<p>{} of them are digests: short texts written for this project from a publication, because the publication "
        "itself is not held here. Each of their quotes is marked “{}”.{}</p>"
    ).format(digests if others else "All", label, rest)


def _terms(library: Library) -> Markup:
    counts = Counter(source.licence or "not stated" for source in library.generation.sources)
    return Markup(
        "<p>The software is free under the MIT licence. The documents keep the terms of their publishers, by number of "
        "documents:</p>"
        '<details class="pq-fold"><summary>{} licence lines</summary>{}</details>'
    ).format(len(counts), _listed(f"{licence}: {count}" for licence, count in counts.most_common()))


def _not_official(library: Library) -> Markup:
    return Markup("<p>This is not a service of {}, and none of them has checked it.</p>").format(
        library.generation.domain.not_connected_with
    )


_ACCESSIBILITY = Markup(
    "<p>The pages are meant to be used with a keyboard alone, at 200 % zoom, on a phone and with a screen reader; "
    "nothing is said by colour alone, and nothing moves where less motion is asked for. “/” goes to the question box. "
    "The aim is WCAG 2.2, level AA. Every page is checked with axe-core before it is published, a program that finds "
    "some faults and not all; no outside audit has been made. Known: the list of choices in a filter is part of the "
    "framework the page is built with, and cannot be changed here.</p>"
)
_PRIVACY = Markup(
    "<p>No account, and nothing is sent to anyone but this server. One cookie guards against forged requests; it names "
    "nobody. Your question stands in the address, so that you can send it to someone; it is in your browser’s history "
    "too. The server keeps recent answers in memory, not who asked. Your basket and the questions asked before are "
    "kept by your browser, on your device, until you choose “Forget everything” beside them; the server is told what "
    "is in your basket when you look at it. A draft that you give to be checked is read and let go of; its words are "
    "kept for your page alone, until you close it, and stand in no address.</p>"
)
_PROGRAMS = Markup(
    '<p>The same answers as JSON: <a href="api/openapi.json" target="_blank" rel="noopener">the description of the '
    "interface</a>.</p>"
)

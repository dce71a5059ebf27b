"""About: what is indexed and how fresh, what is promised and what is not, and on what terms.

In: a ``Library``. Out: plain paragraphs; every number is counted from the index that answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from probqa.asking.library import Library
from probqa.indexing.inspection import error_rates
from probqa.rendering import DIGEST_LABEL
from probqa.ui import frame, states
from probqa.ui.frame import escaped

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
    st.html(
        f'<div class="pq-prose">{_section("What it promises", _listed(PROMISES))}'
        f"{_section('What it cannot do', _listed(LIMITS))}{_section('How often it is wrong', _errors(library))}"
        f"{_section('What is indexed', _indexed(library))}{_section('Whose words, on what terms', _terms(library))}"
        f"{_section('Accessibility', _ACCESSIBILITY)}{_section('Privacy', _PRIVACY)}"
        f"{_section('For programs', _PROGRAMS)}{_section('Not an official service', _NOT_OFFICIAL)}</div>"
    )
    frame.foot()


def _section(title: str, body: str) -> str:
    return f'<section aria-label="{title}"><h2 class="pq-sub">{title}</h2>{body}</section>'


def _listed(texts: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


def _errors(library: Library) -> str:
    """The error rates that the index holds for its documents and model, if anyone measured them."""
    rates = error_rates(library.generation)
    if rates is None:
        return (
            "<p>Not calibrated: for this edition nobody has measured how often an answer that is called one is wrong, "
            "or how often one is missed. Take “answer this” as a finding aid, and “may answer this” as a guess.</p>"
        )
    answered, missed = round(100 * rates["answered"]), round(100 * (1 - rates["shown"]))
    refused, wrong = round(100 * rates["refused"]), round(100 * (1 - rates["not_answered"]))
    rows = (
        ("that these reports answer", answered, 100 - answered - missed, missed),
        ("that they do not answer", wrong, 100 - wrong - refused, refused),
    )
    body = "".join(
        f'<tr><th scope="row">Of 100 questions {which}</th>'
        + "".join(f"<td>{share}</td>" for share in shares)
        + "</tr>"
        for which, *shares in rows
    )
    return (
        f'<table class="pq-rates"><thead><tr><td></td><th scope="col">are told that passages answer them</th>'
        f'<th scope="col">are told that passages may</th><th scope="col">are told that the reports do not say</th></tr>'
        f"</thead><tbody>{body}</tbody></table>"
        f"<p>So of 100 questions that these reports do not answer, {wrong} are told that passages do, and of 100 that "
        f"they do answer, {missed} are told that they do not say. Read the passage before you rely on it.</p>"
        f'<p class="pq-small">Measured on this edition with {rates["answerable"]} questions that it answers and '
        f"{rates['unanswerable']} that it does not, each held back while the rule was fitted. How is described in "
        "docs/evaluation.md of the source.</p>"
    )


def _indexed(library: Library) -> str:
    generation = library.generation
    counts = generation.manifest["counts"]
    sources = [document.source for document in generation.all_documents()]
    dated = [source.published for source in sources if source.published]
    newest = f" The newest was published in {max(dated, key=lambda date: date.iso).month.in_words}." if dated else ""
    digests = sum(source.wording == "digest" for source in sources)
    wording = ""
    if digests:
        others = len(sources) - digests
        rest = f" The other {others} are in the publication’s own words." if others else ""
        wording = (
            f"<p>{digests if others else 'All'} of them are digests: short texts written for this project from a "
            "publication, because the publication itself is not held here. Each of their quotes is marked "
            f"“{escaped(DIGEST_LABEL)}”.{rest}</p>"
        )
    failures = generation.manifest["failures"]
    failed = "".join(f"<li>{escaped(one['file'])}: {escaped(one['problem'])}</li>" for one in failures)
    not_read = f"<p>Not indexed:</p><ul>{failed}</ul>" if failures else ""
    return (
        f'<p><a class="pq-go" href="reports">{counts["documents"]} documents</a>, {counts["passages"]} passages, '
        f"{counts['sentences']} sentences.{newest}</p>{wording}"
        f"<p>This edition was made on {states.edition(library)} and is called <code>{generation.name}</code>. A "
        f"link to an answer names its edition, and says so when the reports have changed since.</p>{not_read}"
    )


def _terms(library: Library) -> str:
    counts = Counter(document.source.licence or "not stated" for document in library.generation.all_documents())
    listed = "".join(f"<li>{escaped(licence)}: {count}</li>" for licence, count in counts.most_common())
    return (
        "<p>The software is free under the MIT licence. The documents keep the terms of their publishers, by number of "
        f"documents:</p>"
        f'<details class="pq-fold"><summary>{len(counts)} licence lines</summary><ul>{listed}</ul></details>'
    )


_ACCESSIBILITY = (
    "<p>The pages are meant to be used with a keyboard alone, at 200 % zoom, on a phone and with a screen reader; "
    "nothing is said by colour alone, and nothing moves where less motion is asked for. “/” goes to the question box. "
    "The aim is WCAG 2.2, level AA. Every page is checked with axe-core before it is published, a program that finds "
    "some faults and not all; no outside audit has been made. Known: the list of choices in a filter is part of the "
    "framework the page is built with, and cannot be changed here.</p>"
)
_PRIVACY = (
    "<p>No account, and nothing is sent to anyone but this server. One cookie guards against forged requests; it names "
    "nobody. Your question stands in the address, so that you can send it to someone; it is in your browser’s history "
    "too. The server keeps recent answers in memory, not who asked.</p>"
)
_PROGRAMS = (
    '<p>The same answers as JSON: <a href="api/openapi.json" target="_blank" rel="noopener">the description of the '
    "interface</a>.</p>"
)
_NOT_OFFICIAL = (
    "<p>This is not a service of HM Inspectorate of Probation, HM Prison and Probation Service, the Ministry of "
    "Justice or any provider, and none of them has checked it.</p>"
)

"""The side bar's filters: what can be chosen, and the widgets that write it into the address.

In: a ``Library`` and the filters that are on. Out: widgets; a change goes to the address, and the page follows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import streamlit as st

from probqa.asking.filters import allowed_rows
from probqa.asking.library import Library
from probqa.glossary.glossary import Glossary
from probqa.indexing.generation import Generation
from probqa.questions import Filters
from probqa.ui import frame
from probqa.ui.address import Address, filters_on, link, link_to, read
from probqa.ui.markup import Markup
from probqa.understanding.question import MAX_QUESTION_CHARACTERS

ANY = "Any"

_NAMES = {
    "provider": "provider",
    "area": "area",
    "kind": "kind",
    "document": "document",
    "body": "passages about",
    "since": "from",
    "until": "until",
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What lets something through: names with the ids of the documents, the years, and titles by document id.

    ``published`` are the documents of each year.
    """

    providers: dict[str, frozenset[str]]
    areas: dict[str, frozenset[str]]
    kinds: dict[str, frozenset[str]]
    bodies: dict[str, frozenset[str]]
    years: tuple[str, ...]
    published: dict[str, frozenset[str]]
    documents: dict[str, str]


def go(address: Address) -> None:
    """Put another address into the address bar.

    The script that runs next draws it. What else stands there, such as how a table is sorted, stays.
    """
    st.query_params.from_dict(_others() | address.parameters())


def _others() -> dict[str, list[str]]:
    """Return what the address says besides questions and filters, without what kept.js tells by it."""
    held = frame.parameters()
    not_kept = {*read(held).parameters(), "told", "kept"}
    return {name: value for name, value in held.items() if name not in not_kept}


def text_box(label: str, name: str, value: str) -> str:
    """Draw a box whose text stands in the address under ``name``, and return that."""
    if frame.plain():
        box = labelled(label, Markup('<input name="{}" value="{}">').format(name, value))
        frame.draw(plain_form(box, "Go", instead=(name,)))
        return value
    key = _box(name, value)
    st.text_input(label, key=key, on_change=_typed, args=(name, key))
    return value


def choice_box(label: str, name: str, value: str, offered: Sequence[str]) -> None:
    """Draw a list to choose one of the ``offered`` from.

    The choice stands in the address under ``name``.
    """
    if frame.plain():
        options = Markup("").join(
            Markup("<option{}>{}</option>").format(Markup(" selected") if each == value else Markup(""), each)
            for each in ("", *offered)
        )
        box = labelled(label, Markup('<select name="{}">{}</select>').format(name, options))
        frame.draw(plain_form(box, "Go", instead=(name,)))
        return
    key = _box(name, value if value in offered else None)
    st.selectbox(label, offered, key=key, placeholder="Choose", on_change=_typed, args=(name, key))


def question_box(invitation: str) -> str | None:
    """Draw the box for a question, and return what was typed now.

    None where nothing was.
    """
    with frame.part("ask"):
        if frame.plain():
            box = Markup('<input name="q" required maxlength="{}" placeholder="{}">').format(
                MAX_QUESTION_CHARACTERS, invitation
            )
            frame.draw(plain_form(labelled(invitation, box), "Ask"))
            return None
        # In a part of its own it does not drag the page down past the first quote; style.css keeps it in sight.
        return st.chat_input(invitation, key="question")


def plain_form(boxes: Markup, action: str, instead: Sequence[str] = ()) -> Markup:
    """Return boxes as plain HTML, which lead to the same page with what was put into them.

    They stand for the parameters ``instead``; the others of the address go along, but for the edition of a link.
    """
    held = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, values in frame.parameters().items()
        if name not in (*instead, "g")
        for value in values
    )
    return Markup('<form class="pq-form">{}{} <button>{}</button></form>').format(held, boxes, action)


def labelled(label: str, box: Markup) -> Markup:
    """Return a box of a plain form with what belongs into it."""
    return Markup("<label><span>{}</span> {}</label>").format(label, box)


def _box(name: str, value: str | None) -> str:
    """Return the key of the widget that shows what stands in the address under ``name``."""
    state = st.session_state
    count = f"{name} boxes"
    # As with the filters: a box that Back has emptied would come back full.
    if state.get(f"{name} typed") != value or f"{name} {state.get(count)}" not in state:
        state[f"{name} typed"], state[count] = value, state.get(count, 0) + 1
        state[f"{name} {state[count]}"] = value
    return f"{name} {state[count]}"


def _typed(name: str, key: str) -> None:
    state = st.session_state
    state[f"{name} typed"] = state[key]
    held = {other: values for other, values in frame.parameters().items() if other != name}
    st.query_params.from_dict(held | ({name: [state[key]]} if state[key] else {}))


def chips(library: Library, address: Address, page: str = "") -> list[Markup]:
    """Return a chip for each filter that is on, which takes it away."""
    drawn = []
    for name, value in filters_on(address.filters):
        document = library.generation.document(value) if name == "document" else None
        shown = document.source.title if document else value
        without = address.without(name, value).parameters() | _others()
        words = Markup("{}: <b>{}</b>").format(_NAMES[name], shown)
        drawn.append(chip(words, f"Take away the filter {shown}", link_to(page, without)))
    return drawn


def draw_chips(library: Library, address: Address, page: str = "", more: Sequence[Markup] = ()) -> None:
    """Draw the filters that are on, and ``more`` chips, if any."""
    drawn = [*chips(library, address, page), *more]
    if drawn:
        frame.draw(chip_list("Filters that are on", drawn))


def chip_list(name: str, drawn: Sequence[Markup]) -> Markup:
    """Return chips as a list that is called ``name``."""
    return Markup('<ul class="pq-chips" aria-label="{}">{}</ul>').format(name, Markup("").join(drawn))


def chip(words: Markup, action: str, target: str) -> Markup:
    """Return a chip and the cross that takes it away."""
    return Markup(
        '<li class="pq-chip"><span>{words}</span> '
        '<a class="pq-go" href="{target}" title="{action}" aria-label="{action}">×</a></li>'
    ).format(words=words, target=target, action=action)


def side_bar(library: Library, address: Address, answering: Collection[str] | None = None) -> None:
    """Draw the filters, showing what the address says.

    Those that would take nothing away from an answer out of the documents ``answering`` are folded; without it, from
    all that is indexed.
    """
    if page := frame.plain():
        page.has_side_bar = True
        return
    offered = choices(library, library.generation.name)
    filters = address.filters
    state = st.session_state
    # A browser keeps what a widget held when Back or a link takes the filter away, and would send it again: widgets
    # that the address did not get its filters from are made anew; so are those that another page has ended.
    if state.get("filters") != filters or _key("document") not in state:
        state["filters"] = filters
        state["widgets"] = state.get("widgets", 0) + 1
        for name, value in _shown(filters).items():
            state[_key(name)] = value
    boxes = {
        "provider": lambda: _several("Provider", "provider", offered.providers),
        "area": lambda: _several("Area", "area", offered.areas),
        "kind": lambda: _several("Kind of document", "kind", offered.kinds),
        "since": lambda: _years(list(offered.years), filters),
        "body": lambda: _one("Passages about", "body", _bodies(library, offered), filters.bodies),
        "document": lambda: _one("One document", "document", offered.documents, filters.documents),
    }
    if not (offered.bodies or filters.bodies):
        del boxes["body"]
    documents = offered.documents if answering is None else answering
    useful = {name for name, through in _through(offered).items() if _narrows(through, frozenset(documents))}
    useful |= {"since" if name == "until" else name for name, _ in filters_on(filters)}
    with st.sidebar:
        frame.draw(Markup('<p class="pq-side">Answer only from</p>'))
        for name in boxes:
            if name in useful:
                boxes[name]()
        if boxes.keys() - useful:
            with frame.folded("More filters" if useful else "Filters", "filters"):
                for name in boxes:
                    if name not in useful:
                        boxes[name]()
        frame.draw(Markup('<button type="button" class="pq-close">Show the answers</button>'))
        _recent(address)


def _through(offered: Choices) -> dict[str, Iterable[frozenset[str]]]:
    """Return what each choice of each filter lets through."""
    return {
        "provider": offered.providers.values(),
        "area": offered.areas.values(),
        "kind": offered.kinds.values(),
        "since": offered.published.values(),
        "body": offered.bodies.values(),
        "document": [frozenset({name}) for name in offered.documents],
    }


def _narrows(through: Iterable[frozenset[str]], documents: frozenset[str]) -> bool:
    """Tell whether some choice leaves some of the documents, and not all.

    >>> _narrows([frozenset("ab"), frozenset("c")], frozenset("ab")), _narrows([frozenset("a")], frozenset("ab"))
    (False, True)
    """
    return any(0 < len(documents & passed) < len(documents) for passed in through)


def _years(years: list[str], filters: Filters) -> None:
    first, last = st.columns(2)
    first.selectbox("From", [ANY, *_with(years, filters.since)], key=_key("since"), on_change=_changed)
    last.selectbox("Until", [ANY, *_with(years, filters.until)], key=_key("until"), on_change=_changed)


def _one(label: str, name: str, offered: Mapping[str, str], held: Sequence[str]) -> None:
    st.selectbox(
        label,
        [ANY, *_with(list(offered), *held)],
        key=_key(name),
        format_func=lambda value: offered.get(value, value),
        on_change=_changed,
    )


def _bodies(library: Library, offered: Choices) -> dict[str, str]:
    """Return the bodies that passages speak of, spelled out where the glossary does it."""
    return {name: _spelled(name, library.generation.glossary) for name in offered.bodies}


def _spelled(name: str, glossary: Glossary) -> str:
    terms = (term.term for _, term in glossary.definitions(name) if term.abbreviation == name)
    return ": ".join((name, *islice(terms, 1)))


def _several(label: str, name: str, offered: dict[str, frozenset[str]]) -> None:
    st.multiselect(
        label,
        _with(list(offered), *st.session_state[_key(name)]),
        key=_key(name),
        format_func=lambda value: f"{value} ({len(offered.get(value, ()))})",
        placeholder=ANY,
        on_change=_changed,
    )


def _key(name: str) -> str:
    return f"{name} {st.session_state.get('widgets', 0)}"


def _shown(filters: Filters) -> dict[str, str | list[str]]:
    """Return what each widget shows."""
    return {
        "provider": list(filters.providers),
        "area": list(filters.areas),
        "kind": list(filters.kinds),
        "since": filters.since or ANY,
        "until": filters.until or ANY,
        "body": filters.bodies[0] if len(filters.bodies) == 1 else ANY,
        "document": filters.documents[0] if filters.documents else ANY,
    }


def _changed() -> None:
    """Write what the widgets say into the address."""
    chosen = {name: st.session_state[_key(name)] for name in _shown(Filters())}
    given = {name: [value] if isinstance(value, str) else value for name, value in chosen.items() if value != ANY}
    address = read({**frame.parameters(), **{name: given.get(name, []) for name in chosen}})
    st.session_state["filters"] = address.filters
    go(address)


def _recent(address: Address) -> None:
    """Draw where the browser lists the questions that it remembers (kept.js), and name the newest of this page."""
    this = Markup("")
    if address.questions and 0 < len(address.questions[-1].strip()) <= MAX_QUESTION_CHARACTERS:
        this = Markup(' data-asked="{}" data-link="{}"').format(address.questions[-1], link(address))
    frame.draw(Markup('<div class="pq-asked"{}></div>{}').format(this, frame.forgetting()))


@st.cache_resource(max_entries=2, show_spinner=False)
def choices(_library: Library, generation: str) -> Choices:  # noqa: ARG001
    """Return what can be chosen, without names that would let nothing through."""
    held = _library.generation
    sources = held.sources
    glossary = held.glossary
    owners = [owner.name for owner in glossary.entries.who_ran_what.owners]
    providers = [name for source in sources for name in source.plain_providers]
    areas = [place for source in sources for place in source.places]
    wider = [
        place for area in areas for named in glossary.areas_named(area) for place in glossary.containing(named.name)
    ]
    years = [source.published.year for source in sources if source.published]
    published = {year: frozenset(each.id for each in sources if each.published.year == year) for year in set(years)}
    return Choices(
        providers=_let_through(held, {name: Filters(providers=(name,)) for name in (*owners, *sorted(set(providers)))}),
        areas=_let_through(held, {name: Filters(areas=(name,)) for name in sorted({*areas, *wider})}),
        kinds=_let_through(
            held, {name: Filters(kinds=(name,)) for name in sorted({source.kind for source in sources} - {""})}
        ),
        bodies=_let_through(held, {body.name: Filters(bodies=(body.name,)) for body in held.domain.bodies}),
        published=published,
        years=tuple(map(str, range(int(min(years)), int(max(years)) + 1))) if years else (),
        documents={source.id: source.title for source in sorted(sources, key=lambda source: source.title)},
    )


def _let_through(generation: Generation, offered: dict[str, Filters]) -> dict[str, frozenset[str]]:
    """Return the documents that each filter lets through, without filters that let none through."""
    through: dict[str, frozenset[str]] = {}
    for name, filters in offered.items():
        rows = allowed_rows(generation, filters)
        documents = frozenset(generation.passage(int(row)).document_id for row in (() if rows is None else rows))
        if documents:
            through[name] = documents
    return through


def _with(values: list[str], *held: str) -> list[str]:
    """Return the values, and those that the address holds even if they are none of them."""
    return list(dict.fromkeys((*values, *filter(None, held))))

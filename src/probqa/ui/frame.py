"""What every page is drawn with: HTML, the title, the foot, and how a page says that something is not there.

In: ``Markup``, and text, which is escaped. Out: HTML, drawn with ``st.html``, which changes and fetches nothing. The
same calls draw a page as plain HTML where Streamlit does not run: for the first answer, which needs no script.

>>> with plainly({}) as page:
...     draw(Markup("<p>{}</p>").format("<b>Reports</b>"))
>>> page.markup
Markup('<div class="stElementContainer"><div class="stHtml"><p>&lt;b&gt;Reports&lt;/b&gt;</p></div></div>')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import streamlit as st

from probqa.glossary.domain import Domain
from probqa.ui.markup import Markup, anchor


@dataclass
class Plain:
    """A page that is being drawn as plain HTML: what its address says, and what is drawn so far."""

    parameters: Mapping[str, Sequence[str]]
    drawn: list[Markup] = field(default_factory=list)
    # Whether the app has a side bar beside it.
    has_side_bar: bool = False

    @property
    def markup(self) -> Markup:
        """Return what is drawn."""
        return Markup("").join(self.drawn)


_plain: ContextVar[Plain | None] = ContextVar("plain", default=None)


@contextmanager
def plainly(parameters: Mapping[str, Sequence[str]]) -> Iterator[Plain]:
    """Have what is drawn meanwhile become plain HTML instead of going to Streamlit."""
    page = Plain(parameters)
    before = _plain.set(page)
    try:
        yield page
    finally:
        _plain.reset(before)


def plain() -> Plain | None:
    """Return the page that is being drawn as plain HTML, None where Streamlit draws."""
    return _plain.get()


def parameters() -> dict[str, list[str]]:
    """Return the parameters of the page's address."""
    if page := plain():
        return {name: list(values) for name, values in page.parameters.items()}
    return {name: st.query_params.get_all(name) for name in st.query_params}


def draw(markup: Markup, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw HTML, which nothing else puts on a page."""
    if page := plain():
        # Named as Streamlit names its own, so that one style sheet is for both.
        page.drawn.append(Markup('<div class="stElementContainer"><div class="stHtml">{}</div></div>').format(markup))
    else:
        st.html(markup, width=width)


def draw_style(path: Path) -> None:
    """Draw a style sheet of ours, which shows nothing itself."""
    style = f"<style>{path.read_text(encoding='utf-8')}</style>"
    if page := plain():
        page.drawn.append(Markup(style))  # noqa: S704  (a file of ours)
    else:
        st.html(style)


def draw_script(path: Path) -> None:
    """Draw a script of ours, which the browser then runs."""
    st.html(f"<script>{path.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)


def part(key: str, horizontal: bool = False) -> AbstractContextManager[object]:
    """Draw what follows into a part of the page that style.css knows by its key."""
    if plain():
        return _inside(Markup('<div><div class="st-key-{}">').format(key), Markup("</div></div>"))
    if horizontal:
        return st.container(horizontal=True, vertical_alignment="center", key=key)
    return st.container(key=key)


def folded(title: str, key: str) -> AbstractContextManager[object]:
    """Draw what follows folded under its title."""
    if plain():
        opening = Markup('<details class="pq-rest stHtml"><summary>{}</summary>').format(title)
        return _inside(opening, Markup("</details>"))
    return st.expander(title, key=key, type="compact")


def columns(number: int) -> Sequence[AbstractContextManager[object]]:
    """Return places side by side, one below the other where there is no room."""
    if plain():
        return [_inside(Markup("<section>"), Markup("</section>")) for _ in range(number)]
    return st.columns(number)


def waiting(words: str) -> AbstractContextManager[object]:
    """Say what is waited for, where that takes long."""
    return nullcontext() if plain() else st.spinner(words)


@contextmanager
def _inside(opening: Markup, closing: Markup) -> Iterator[None]:
    page = plain()
    assert page is not None
    page.drawn.append(opening)
    yield
    page.drawn.append(closing)


def heading(title: str, lead: str = "") -> None:
    """Draw the page's one first-level heading, and a line under it."""
    under = Markup('<p class="pq-lead">{}</p>').format(lead) if lead else Markup("")
    draw(Markup('<h1 class="pq-title">{}</h1>{}').format(title, under))


def forgetting() -> Markup:
    """Return a button that has the browser forget all that it keeps, while it keeps anything (kept.js)."""
    return Markup('<p class="pq-small pq-lasts"></p><button type="button" class="pq-forget" hidden></button>')


def notice(title: str, text: str, kind: str = "note", arrive: str = "") -> None:
    """Draw what happened instead of an answer, and what to do.

    ``arrive`` names one that is to be scrolled to.
    """
    arriving = Markup("")
    if arrive:
        arriving = Markup(' data-arrive="{}" data-block="center" data-said="{}"').format(arrive, title)
    draw(
        Markup(
            '<div class="pq-notice pq-{kind}"{arriving}><p class="pq-notice-title">{title}</p><p>{text}</p></div>'
        ).format(kind=kind, arriving=arriving, title=title, text=text)
    )


def table(caption: str, head: Markup, rows: Iterable[Markup], kind: str = "") -> Markup:
    """Return a table of whole rows below the cells of its head, with a caption for who does not see it."""
    # The roles are those the elements have; a phone shows rows as blocks, and would lose them.
    return Markup(
        '<table class="{}" role="table"><caption class="pq-hidden">{}</caption>'
        '<thead role="rowgroup"><tr role="row">{}</tr></thead><tbody role="rowgroup">{}</tbody></table>'
    ).format(f"pq-table {kind}".rstrip(), caption, head, Markup("").join(rows))


def table_head(*names: str) -> Markup:
    """Return the cells of a table's head."""
    return Markup("").join(Markup('<th role="columnheader" scope="col">{}</th>').format(name) for name in names)


def foot(domain: Domain) -> None:
    """Draw who does not stand behind this."""
    draw(
        Markup(
            '<footer class="pq-foot">Not an official service. Made from published reports; not connected with {}. {}'
            "</footer>"
        ).format(domain.not_connected_with, anchor("about", "How it works"))
    )

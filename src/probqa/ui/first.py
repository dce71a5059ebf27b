"""A page as the server first sends it: title, link preview, and all it says, readable before or without any script.

In: a page, and what was drawn of it as plain HTML. Out: the page that starts Streamlit's scripts, with that in it.
page.js takes the plain part away when the scripts have drawn the same.

>>> "<title>&lt;b&gt;</title>" in document(Head("<b>", ""), Plain({}), PAGES["about"])
True
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import streamlit

from probqa.ui.frame import Plain
from probqa.ui.markup import Markup
from probqa.ui.pages import PAGES, Page
from probqa.ui.views import ask

_HERE = Path(__file__).parent


def _shell() -> tuple[Markup, Markup, Markup]:
    """Return Streamlit's own page before its title, from there to where its scripts draw, and from there on.

    Without its address for agents, which is closed, and its words for readers without scripts. Its style sheet stands
    where the scripts draw: it holds back what comes after it only.
    """
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    page = re.sub(
        r"<!--.*?-->\s*|<noscript>.*?</noscript>\s*|<link rel=\"service-desc\"[^>]*>\s*", "", page, flags=re.S
    )
    page = page.replace('<html lang="en">', '<html lang="en-GB">')
    style = "".join(re.findall(r"<link rel=\"stylesheet\"[^>]*>", page))
    before, rest = page.replace(style, "").split("<title>Streamlit</title>")
    middle, after = rest.split('<div id="root">')
    # Files of the framework, and of ours.
    return Markup(before), Markup(middle), Markup(f'{style}<div id="root" inert>{after}')  # noqa: S704


def _style(shell: str) -> Markup:
    """Return the style of the first HTML, in the font that Streamlit's page loads."""
    [font] = re.findall(r'href="([^"]*)"\s+as="font"', shell)
    face = f'@font-face {{ font-family: "Source Sans"; font-weight: 200 900; font-display: swap; src: url("{font}") }}'
    # The rules of every page come last, and so outweigh those that stand in for Streamlit's.
    texts = [(_HERE / name).read_text(encoding="utf-8") for name in ("first.css", "style.css")]
    return Markup("\n".join((face, *texts)))  # noqa: S704  (files of the framework and of ours)


_BEFORE, _MIDDLE, _AFTER = _shell()
_STYLE = _style(_BEFORE)
# Not on a page with a base, from which its address would be another.
_SKIP = Markup('<a class="pq-skip" href="#pq-main">Skip to main content</a>')


@dataclass(frozen=True, slots=True)
class Head:
    """What is said of a page where it is not seen: its title, what a preview says below it, and whether to find it."""

    title: str
    preview: str
    is_found: bool = True


def document(head: Head, drawn: Plain, page: Page) -> Markup:
    """Return the first HTML of a page."""
    return Markup("{}{}{}{}{}").format(_BEFORE, _head(head), _MIDDLE, _body(drawn, page), _AFTER)


def alone(head: Head, drawn: Plain, root: str) -> Markup:
    """Return a page that is not of the app and has no scripts.

    ``root`` leads from it to where the app lies.
    """
    return Markup(
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><base href="{}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">{}</head><body>{}</body></html>'
    ).format(root, _head(head), _body(drawn, None))


def _head(head: Head) -> Markup:
    """Return what browsers, search engines and those who show a link read."""
    hidden = Markup("") if head.is_found else Markup('<meta name="robots" content="noindex">')
    return Markup(
        '<title>{title}</title><meta name="description" content="{preview}"><meta property="og:type" content="website">'
        '<meta property="og:title" content="{title}"><meta property="og:description" content="{preview}">'
        '<meta property="og:site_name" content="{site}"><meta property="og:locale" content="en_GB">'
        '<meta name="twitter:card" content="summary">{hidden}<style>{style}</style>'
    ).format(title=head.title, preview=head.preview, site=ask.TITLE, hidden=hidden, style=_STYLE)


def _body(drawn: Plain, page: Page | None) -> Markup:
    # Named as Streamlit names its own, so that one style sheet is for both.
    return Markup(
        '<div id="pq-first" class="stApp{}">{}{}<main class="stMainBlockContainer" id="pq-main" tabindex="-1">'
        '<div class="stVerticalBlock">{}</div></main></div>'
    ).format(" pq-sided" if drawn.has_side_bar else "", _SKIP if page else Markup(""), _menu(page), drawn.markup)


def _menu(page: Page | None) -> Markup:
    links = Markup("").join(
        Markup('<a href="{}"{}>{}</a>').format(
            each.path or ".", Markup(' aria-current="page"') if each == page else Markup(""), each.name
        )
        for each in PAGES.values()
        if each.is_in_menu
    )
    return Markup(
        '<header><details class="pq-menu"><summary>Menu</summary><nav aria-label="Menu">{links}</nav></details>'
        '<nav class="pq-bar-menu" aria-label="Pages">{links}</nav></header>'
    ).format(links=links)

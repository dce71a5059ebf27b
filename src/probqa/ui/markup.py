"""HTML that the type checker tells from text: what is put into it, and is not HTML itself, is escaped.

In: HTML written in the code, and text of a source or a visitor. Out: ``Markup``, the only thing that is drawn.

>>> Markup('<p title="{}">{}</p>').format('"', "<b>$5 :red[x]</b>")
Markup('<p title="&#34;">&lt;b&gt;$5 :red[x]&lt;/b&gt;</p>')
>>> Markup(" · ").join([Markup("<b>a</b>"), "b & c"])
Markup('<b>a</b> · b &amp; c')
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any, Self

import markupsafe

from probqa.rendering import visible


class Markup(markupsafe.Markup):
    """HTML that is safe to draw.

    Its methods escape the text that they are given, after making direction marks visible.
    """

    __slots__ = ()

    @classmethod
    def escape(cls, value: Any, /) -> Self:
        """Return text as HTML that can only be text, and HTML as it is."""
        if isinstance(value, cls):
            return value
        return super().escape(value if hasattr(value, "__html__") else visible(str(value)))


def allowed(inline: str) -> str:
    """Return how a content security policy names the one script or style of a page that it lets through."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


def anchor(target: str, words: str) -> Markup:
    """Return a link to a page of ours, which page.js follows without a reload."""
    return Markup('<a class="pq-go" href="{}">{}</a>').format(target, words)


def original_anchor(url: str, words: str = "Open original") -> Markup:
    """Return a link to where a publication lies on the web."""
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>').format(url, words)

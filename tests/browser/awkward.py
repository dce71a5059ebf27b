"""Sentences that a page may spoil: 504 of them, the same in every run, in 63 reports of eight.

In: nothing. Out: files to index, and for each report the question that finds its eight sentences.
"""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable

GROUPS, EACH = 63, 8
_WORDS = "cold late safe plain brief steady narrow patient early quiet".split()

Family = Callable[[random.Random], str]


def _any_of(*patterns: str) -> Family:
    """One of the patterns, its ``W`` words and its ``N`` numbers drawn anew."""

    def make(draw: random.Random) -> str:
        pattern = draw.choice(patterns)
        return re.sub("[WN]", lambda m: draw.choice(_WORDS) if m[0] == "W" else str(draw.randint(2, 999)), pattern)

    return make


FAMILIES: dict[str, Family] = {
    "dollars": _any_of("$N to $N", "$N", "$x^N$ and $y_N$", "$$N$$", "US$N and A$N", r"$\frac{N}{N}$", r"\$N"),
    "colons": _any_of(":red[W]", ":blue-background[W N]", ":material/home:", ":smile:", "N:N:N", "W::W", ":streamlit:"),
    "asterisks": _any_of("*W*", "**W** and ***W***", "N * N * N", "*W **W", "W*", "* W *"),
    "underscores": _any_of("_W_", "__W__", "W_W_W", "_W __W_", "____"),
    "spaces": _any_of("W  W   W", "W\u00a0W", "W\u2009N", "W\tW", "W\u3000W"),
    "backticks": _any_of("`W`", "``W``", "```W```", "`W", "W``W`"),
    "markup": _any_of(
        "<b>W</b>",
        "N < N > N",
        "<!-- W -->",
        "</blockquote></article>",
        "<br>",
        "<W>",
        "<style>W</style>",
        "<p",
        "<<W>>",
    ),
    "entities": _any_of("&amp;", "&lt;W&gt;", "&#N;", "&nbsp;", "&notit;", "&copy W", "&#x27;W&quot;", "W && W &"),
    "directions": _any_of(
        "\u202eW N\u202c", "\u2067W\u2069 N", "\u061cN W", "W\u200eW", "\u05d0\u05d1\u05d2 N W", "\u0645\u0631 N (W)"
    ),
    "no width": _any_of("wo\u200brd N", "W\u00adW", "W\u2060W", "\ufeffW", "W\u200dW"),
    "emoji": _any_of(
        "\U0001f469\u200d\U0001f467 W", "\U0001f3f3\ufe0f N", "N\ufe0f\u20e3", "\U0001f1ec\U0001f1e7 W", "\u2764\ufe0f"
    ),
    "long words": lambda draw: "".join(draw.choices(string.ascii_letters, k=draw.randint(120, 400))),
    "addresses": _any_of(
        "https://example.org/W?a=N&b=W#W",
        "www.example.org/W",
        "W@example.org",
        "ftp://example.org",
        "//example.org/W_W_",
    ),
    "formulas": _any_of(r"\(W\)", r"\[N\]", r"\frac{N}{N}", r"\begin{W}", r"$\href{W}{N}$", r"\\W\\", "x^N_N"),
    "links": _any_of(
        "![W](https://example.org/N.png)",
        "[W](https://example.org)",
        "[W][N]",
        "<https://example.org/W>",
        "[^N]",
        "[ ] W",
    ),
    "lines": _any_of("# W", "## W", "> W", "- W", "N. W", "| W | N |", "~~W~~", "---", "===", "+ W", "==W=="),
    "quotes": _any_of("“W”", "‘W’", '"W"', "'W'", "«W»", "„W“", "W’s", 'W\'s "W"'),
    "scripts": _any_of(
        "中文 N", "ไทย W", "हिन्दी N", "é e\u0301 W", "Ǆ ǅ N", "𝓍 𝟘 W", "İ ı ß W", "Z\u0351\u036b\u0343a W"
    ),
    "oddities": _any_of("\ue000 W", "\ufffd W", "\ufffc N", "\U000e0041 W", "W\u0338 N", "\u3164 W", "\u2800N"),
    "templates": _any_of(
        "{{W}}", "${W}", "%s %d N", "{0}", "{% W %}", "#{W}", "<%= W %>", "@W", "\\u0041 W", "C:\\W\\n"
    ),
    "dashes": _any_of("W–W", "W — W", "W‑W", "−N", "W--W", "W … W", "N ≤ N ± N", "½ × N", "N% of N"),
}


def awkward(number: int) -> str:
    """The awkward words of sentence ``number``."""
    families = list(FAMILIES.values())
    return families[number % len(families)](random.Random(number))


def topic(group: int) -> str:
    """A word that stands in one report only, and has no ending that a stemmer takes off."""
    letters = "bdfgkmprtvz"
    return f"wum{letters[group // len(letters)]}o{letters[group % len(letters)]}"


def sentences(group: int) -> list[str]:
    """The eight sentences of a report."""
    numbers = range(group * EACH, (group + 1) * EACH)
    return [f"Note {number} of {topic(group)} reads {awkward(number)} and no more." for number in numbers]


def question(group: int) -> str:
    """Finds the sentences of a report, and hardly anything else."""
    return f"note {topic(group)} {topic(group)} {topic(group)}"


def reports() -> dict[str, str]:
    """Every second report as Markdown, the others as plain text."""
    return {
        f"group-{group:02}.{'md' if group % 2 else 'txt'}": "\n\n".join(
            markdown(one) if group % 2 else one for one in sentences(group)
        )
        + "\n"
        for group in range(GROUPS)
    }


def markdown(text: str) -> str:
    """Markdown that means exactly this text."""
    return re.sub(f"([{re.escape(string.punctuation)}])", r"\\\1", text)


def front_matter(**fields: str) -> str:
    """The head of a Markdown file."""
    return "---\n" + "".join(f"{name}: {json.dumps(value)}\n" for name, value in fields.items()) + "---\n"

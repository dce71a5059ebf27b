"""The closed list of repairs a reader may make; nothing else about the published words is touched.

In: text as it lies in a file. Out: the same words, with

1. every run of white space (line breaks, tabs, no-break and thin spaces, control characters) as one space,
2. characters without width removed (soft hyphen, zero-width space and joiners, byte-order mark),
3. the seven Latin ligatures spelt out,
4. a word broken by a hyphen at a line's end joined again (only where the reader asks for it: PDF).

Letters, digits and punctuation stay as published, quote marks and dashes included.

>>> tidy("The \\ufb01rst\\u00a0 nine\\nreports")
'The first nine reports'
>>> tidy("super-\\nvision of self-\\nemployed", join_hyphens=True)
'supervision of selfemployed'
"""

from __future__ import annotations

import re

WHITE_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_WIDTHLESS = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_LIGATURES = {
    ord(ligature): letters
    for ligature, letters in zip(
        "\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", ["ff", "fi", "fl", "ffi", "ffl", "st", "st"], strict=True
    )
}
_BROKEN_WORD = re.compile(r"(?<=[a-z])[-\u00ad\u2010]\s*\n\s*(?=[a-z])")


def tidy(text: str, *, join_hyphens: bool = False) -> str:
    """Apply the repairs; the result holds no line break and no white space at its ends."""
    if join_hyphens:
        text = _BROKEN_WORD.sub("", text)
    return WHITE_SPACE.sub(" ", text.translate(_WIDTHLESS | _LIGATURES)).strip()

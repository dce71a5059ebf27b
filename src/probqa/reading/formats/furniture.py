"""A closed list of the lines that a website puts round an article and that are never part of a report.

In: one tidy line or paragraph of a page saved as text. Out: the kind of furniture, or None where it may be the article.

>>> furniture("Share on twitter")
'share button'
>>> furniture("Findings on shared accommodation") is None
True

A *tail* line ("Leave a Reply") opens the part below an article, so everything after it is furniture too. A tail line
in the first half of the text is not followed: cutting there would lose the article itself. Nor is one like "Comments",
which may head a section of a report, where sentences follow it.
"""

from __future__ import annotations

import re

_LINES = (
    ("share button", r"share (this( post| page| article)?|on \w+|via \w+)|tweet( this)?|copy link"),
    ("share button", r"(print|e-?mail) this( page)?|e-?mail a friend"),
    ("share button", r"(like|enjoy(ed)?) (this|the) (story|article|post).{0,20}share.{0,40}"),
    ("share button", r"(order reprints|print article|e-?mail article|save article)"),
    ("related posts", r"(read more|don['’]t miss)(:| .{0,20}\[|\W*$).{0,300}"),
    ("legal notice", r"(copyright )?(©|\(c\)|copyright) ?\d{4}.{0,120}all rights reserved\.?"),
    ("legal notice", r"this copy is for your personal, non-?commercial use only.*"),
    ("menu", r"skip to (main )?content|(main )?menu|home|search( this site)?|back to top|toggle navigation"),
    ("menu", r"log ?in|sign (in|up)"),
    ("subscription", r"keep up to date with .{1,60}|keep informed|subscribe.{0,60}|one email every day.{0,60}"),
    ("subscription", r"sign up (for|to) .{0,80}(newsletter|e-?mails?|updates).{0,40}"),
    (
        "cookie notice",
        r"(this (web)?site|we) uses? cookies.*|accept (all )?cookies|cookie (settings|policy|preferences)",
    ),
    ("comment form", r"your e-?mail address will not be published\.?( required fields are marked.*)?"),
    ("comment form", r"post comment|\d+ (comments?|responses?|thoughts?)( on .*)?|reply"),
    ("sponsor", r"(all .{1,60} (are|is) )?sponsored by .{1,80}|advertisement|advertised? (here|with us)"),
)
_TAILS = (
    ("related posts", r"related (posts|articles|stories|content|news)"),
    ("related posts", r"(you (may|might) also like|more from|read next).{0,60}"),
    ("comment form", r"leave a (reply|comment)|comments|add (a|your) comment|join the (discussion|conversation)"),
)
_CERTAIN_TAIL = (
    r"leave a (reply|comment)|add (a|your) comment|related (posts|articles|stories)|you (may|might) also like.{0,60}"
)


def furniture(line: str) -> str | None:
    """Name the kind of furniture that ``line`` is, or return None."""
    return _match(_LINES, line) or furniture_tail(line)


def furniture_tail(line: str) -> str | None:
    """Name the kind of furniture that ``line`` opens, or return None.

    Everything below such a line is furniture too.
    """
    return _match(_TAILS, line)


def is_certain_tail(line: str) -> bool:
    """Tell whether ``line`` opens furniture whatever follows: no section of a report is called "Leave a Reply"."""
    return re.fullmatch(_CERTAIN_TAIL, line.strip(), re.IGNORECASE) is not None


def is_sentence(text: str) -> bool:
    """Tell whether a text has five words or more and a sentence's end: no menu and no list of links has."""
    return len(text.split(maxsplit=5)) >= 5 and text.rstrip(" \t\"'”’)]").endswith((".", "!", "?", ":", ";"))


def _match(kinds: tuple[tuple[str, str], ...], line: str) -> str | None:
    return next((kind for kind, pattern in kinds if re.fullmatch(pattern, line.strip(), re.IGNORECASE)), None)

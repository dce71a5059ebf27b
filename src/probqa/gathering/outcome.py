"""What became of one thing that was asked for, as a line for a person.

>>> Outcome("gwent-2017-qi-release", "new", "reports/gwent-2017-qi-release.html").line
'gwent-2017-qi-release: new: reports/gwent-2017-qi-release.html'
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from probqa.errors import ProbqaError

State = Literal["new", "unchanged", "changed", "removed", "undone", "no address", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that was asked for.

    ``note`` says where it is, or why not and what next, and ``details`` more of it, a line each. Of a report that was
    added, ``path`` is where it is in the corpus, and ``missing`` are the keys that nobody stated and that are not
    certain or not to be found in it.
    """

    name: str
    state: State
    note: str
    details: tuple[str, ...] = ()
    path: str = ""
    missing: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return one line for a person, with nothing in it that a terminal would act upon."""
        return printable(f"{self.name}: {self.state}: {self.note}")


def reason(error: ProbqaError | OSError) -> str:
    """Return why something could not be done, and what to do next."""
    return str(error) if isinstance(error, ProbqaError) else f"{error.strerror or error}; mend that and run it again"


def printable(text: str) -> str:
    """Return text of one line, with nothing in it that a terminal or YAML would act upon."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)

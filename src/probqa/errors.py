"""Every error that probqa raises on purpose, as one tree.

    ProbqaError                 exit code 2, one line: what, where, what next
    ├── InputError              the question or an option cannot be used as it was typed
    ├── CorpusError             the folder of reports is missing, empty or unreadable as a whole
    ├── ReadingError            one file cannot be read; the others still are
    ├── DownloadError           one address is refused or does not yield a document; the others still are fetched
    ├── DecodingError           a value of a file is not of its type; the room that read the file says which file
    ├── ModelError              the embedding model is unsafe, not the one expected or cannot be exported
    │   └── ModelMissingError   it is not to be had here
    ├── IndexMissingError       there is no index yet
    ├── IndexMismatchError      the index was made by another model or format than is asked for
    ├── IndexDamagedError       a file of the index is not what was written (exit code 3)
    └── BuildLockedError        another build is running in the same index folder

Rooms raise these. Only the command line turns them into a line on standard error and an exit code.

>>> str(InputError("the question is empty", "type a question"))
'the question is empty; type a question'
"""

from __future__ import annotations


class ProbqaError(Exception):
    """An error that a person can mend: ``problem`` says what and where, ``remedy`` what to do next."""

    exit_code = 2

    def __init__(self, problem: str, remedy: str = "") -> None:
        """Join both halves into a message of one line."""
        self.problem = " ".join(problem.split())
        self.remedy = " ".join(remedy.split())
        super().__init__("; ".join(part for part in (self.problem, self.remedy) if part))


class InputError(ProbqaError):
    """The question or an option cannot be used as it was typed."""


class CorpusError(ProbqaError):
    """The folder of reports is missing, empty or unreadable as a whole."""


class ReadingError(ProbqaError):
    """One file cannot be read. A build lists it and goes on with the others."""


class DownloadError(ProbqaError):
    """One address is refused, or what it serves is not a document. A fetch names it and goes on with the others."""


class DecodingError(ProbqaError):
    """A value is not of its type, or a key is unknown or missing.

    The message begins with the path to it.
    """


class ModelError(ProbqaError):
    """The embedding model is unsafe, not the one expected or cannot be exported."""


class ModelMissingError(ModelError):
    """The embedding model is not to be had here."""


class IndexMissingError(ProbqaError):
    """There is no index where one was looked for."""


class IndexMismatchError(ProbqaError):
    """The index was made by another model or another format than is asked for."""


class IndexDamagedError(ProbqaError):
    """A file of the index differs from what the build wrote."""

    exit_code = 3


class BuildLockedError(ProbqaError):
    """Another build holds the index folder."""

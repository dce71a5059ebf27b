"""The settings: where the folders are, which model is used and which names a server answers to.

In: what was given as options, and the environment. Out: one frozen ``Settings``, and the names.

>>> settings({"PROBQA_INDEX": "/srv/index"}).index
PosixPath('/srv/index')
>>> settings({"PROBQA_INDEX": "/srv/index"}, index="elsewhere").index
PosixPath('elsewhere')
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEFAULT_MODEL = "probqa-encoder"
DEFAULT_READER = "probqa-reader"
NO_READER = "none"


@dataclass(frozen=True, slots=True)
class Settings:
    """The two folders and two models of sentence-transformers, each a packaged one's name, a hub name or a folder.

    ``reader`` is a CrossEncoder, or "none". ``pointer`` says which generation of the index is asked: the one that is
    live, or the draft.
    """

    corpus: Path
    index: Path
    model: str
    reader: str = NO_READER
    pointer: Literal["current", "draft"] = "current"


def settings(
    environment: Mapping[str, str],
    *,
    corpus: Path | str | None = None,
    index: Path | str | None = None,
    model: str | None = None,
    reader: str | None = None,
    draft: bool = False,
) -> Settings:
    """Choose the settings.

    What was given comes first, then the environment, then the folders ``corpus`` and ``index`` in the current one and
    the models that come with probqa.
    """
    return Settings(
        corpus=Path(corpus or environment.get("PROBQA_CORPUS") or "corpus"),
        index=Path(index or environment.get("PROBQA_INDEX") or "index"),
        model=model or environment.get("PROBQA_MODEL") or DEFAULT_MODEL,
        reader=reader or environment.get("PROBQA_READER") or DEFAULT_READER,
        pointer="draft" if draft else "current",
    )


def feedback_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file in ``PROBQA_FEEDBACK``, into which visitors may say what they think of answers.

    None where they are not asked.

    >>> feedback_file({"PROBQA_FEEDBACK": "said.jsonl"}), feedback_file({})
    (PosixPath('said.jsonl'), None)
    """
    name = environment.get("PROBQA_FEEDBACK", "").strip()
    return Path(name) if name else None


def log_file(environment: Mapping[str, str], corpus: Path) -> Path:
    """Return the file in ``PROBQA_LOG``, in which the acts of people are noted: else one that lies in the corpus.

    >>> log_file({}, Path("corpus")).as_posix()
    'corpus/.log.jsonl'
    """
    return Path(environment.get("PROBQA_LOG", "").strip() or corpus / ".log.jsonl")


def staff_file(environment: Mapping[str, str]) -> Path | None:
    """Return the file in ``PROBQA_STAFF``, which says who may sign in to the app for staff."""
    name = environment.get("PROBQA_STAFF", "").strip()
    return Path(name) if name else None


def served_names(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names in ``PROBQA_HOSTS``, under which a server answers besides localhost.

    >>> served_names({"PROBQA_HOSTS": "reports.example, 192.0.2.7"}), served_names({})
    (('reports.example', '192.0.2.7'), ())
    """
    return tuple(name.strip() for name in environment.get("PROBQA_HOSTS", "").split(",") if name.strip())

"""The corpus to begin with: the digests that come with probqa, or an empty folder that says how to fill it.

In: a folder. Out: ``corpus`` in that folder, whole or not at all.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     corpus = start_corpus(Path(folder), empty=True)
...     corpus.name, [path.name for path in corpus.iterdir()]
('corpus', ['README.md'])
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import probqa
from probqa.errors import InputError

STARTER = Path(probqa.__file__).with_name("starter_corpus")
CORPUS = "corpus"
README = """\
# corpus

Put PDF, HTML, Word (.docx), OpenDocument (.odt), Rich Text (.rtf), Excel (.xlsx), PowerPoint (.pptx), e-book
(.epub), e-mail (.eml), Markdown or text files here, in folders if you like, or let probqa do it:

    probqa add report.pdf https://example.org/another-report.html

Then, in the folder above this one:

    probqa build
    probqa serve

A file's title, publisher, date and address are taken from the lines between two `---` at its top, or from a file of the
same name that ends in .yaml:

    title: An inspection of services in Ambleton
    publisher: The Inspectorate
    published: 2017-04-19
    kind: inspection report
    url: https://example.org/ambleton

Questions that a new index must answer before everybody sees it stand in smoke.yaml, each with the name of a report, as
`probqa list` gives it, that must be among the first three that are quoted:

    questions:
    - question: Were people seen often enough in Ambleton?
      document: ambleton-2017

This page is not indexed.
"""


def start_corpus(folder: Path, *, empty: bool = False) -> Path:
    """Write the starter corpus, or an ``empty`` one, to ``folder/corpus``.

    ``folder`` is made where there is none.

    Raises:
        InputError: there is a corpus already, which stays as it is, or ``folder`` is a file.
    """
    corpus = folder / CORPUS
    if corpus.exists() or corpus.is_symlink():
        raise InputError(f"there is already a corpus at {corpus}", "run: probqa build, or name another folder")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is not a folder", "name another")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".corpus-", dir=folder) as beside:
        whole = Path(beside, CORPUS)
        whole.mkdir()
        if empty:
            (whole / "README.md").write_text(README, encoding="utf-8")
        else:
            # Files only: in a clone a folder there may hold fetched reports, and those are not ours to copy. Hidden is
            # the log of who did what there.
            for path in filter(Path.is_file, STARTER.iterdir()):
                if not path.name.startswith("."):
                    shutil.copyfile(path, whole / path.name)
        whole.rename(corpus)
    return corpus

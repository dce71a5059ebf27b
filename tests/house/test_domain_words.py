"""What is about the field stands in a corpus's ``domain.yaml``, not in the code: its words are in no string of ours."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import probqa

PACKAGE = Path(probqa.__file__).parent
WORDS = re.compile(
    r"\b(probation|CRCs?|NPS|PDUs?|HMPPS|inspectorate|HM|Open Government|offenders?|prison(er)?s?|outstanding"
    r"|inadequate|requires improvement|England|Wales)\b",
    re.IGNORECASE,
)
# A file and what it may say, with the reason.
ALLOWED = {
    ("gathering/starter.py", "Inspectorate"): "the help of an empty corpus shows an example of front matter",
    ("understanding/kinds.py", "prison"): "a question may ask which prison, as it may ask which school",
    ("checking/report_names.py", "HM"): "how names of British bodies begin",
    ("glossary/glossary.py", "england"): "with the small words that never help to find anything",
}


def strings(path: Path) -> Iterator[str]:
    """Every string of a file but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def test_no_string_of_the_code_has_a_word_of_the_field() -> None:
    held = {
        (path.relative_to(PACKAGE).as_posix(), word.group())
        for path in PACKAGE.rglob("*.py")
        for text in strings(path)
        for word in WORDS.finditer(text)
    }
    assert held == set(ALLOWED)


def test_no_page_or_description_of_the_interface_has_one() -> None:
    files = [path for kind in ("*.js", "*.css", "*.json") for path in (PACKAGE / "ui").rglob(kind)]
    assert files
    assert {path.name for path in files if WORDS.search(path.read_text(encoding="utf-8"))} == set()

"""Every page of the app in every state that looks different, over ``conftest.REPORTS``."""

from __future__ import annotations

import re
from pathlib import Path

import probqa.ui

PAGES = {
    "first sight": "",
    "answered": "?q=how+did+Northway+supervise+people+at+low+risk%3F",
    "followed up": "?q=how+did+Northway+supervise+people+at+low+risk%3F&q=and+the+victims%3F",
    "filtered": "?q=how+good+was+the+leadership%3F&area=Ambleton&since=2017",
    "not found": "?q=zyzzyva+quokka%3F",
    "refused": f"?q={'x' * 501}",
    "every report": "every?q=how+good+was+the+leadership%3F",
    "every report, nothing asked": "every",
    "compared": "compare?q=how+good+was+the+leadership%3F",
    "compared by place": "compare?q=how+good+was+the+leadership%3F&by=place",
    "check": "check",
    "basket, empty": "basket",
    "about": "about",
    "reports": "reports",
    "read": "read?document=ambleton&from=25&to=60",
    "read, no such report": "read?document=nowhere",
    "embedded": "embed?question=how+did+Northway+supervise+people+at+low+risk%3F",
}


def paths() -> set[str]:
    """The paths of the pages that the app has."""
    main = (Path(probqa.ui.__file__).parent / "main.py").read_text(encoding="utf-8")
    return set(re.findall(r'_page\(\w+\.draw, "[^"]+", "([\w-]*)"', main))

"""Every page of the app in every state that looks different, over ``conftest.REPORTS``."""

from __future__ import annotations

import probqa.ui.pages

LOW_RISK = "how+did+Northway+supervise+people+at+low+risk%3F"

PAGES = {
    "first sight": "",
    "answered": f"?q={LOW_RISK}",
    "followed up": f"?q={LOW_RISK}&q=and+the+victims%3F",
    "filtered": "?q=how+good+was+the+leadership%3F&area=Ambleton&since=2017",
    "not found": "?q=zyzzyva+quokka%3F",
    "refused": f"?q={'x' * 2001}",
    "every report": "every?q=how+good+was+the+leadership%3F",
    "every report, of one year": "every?q=how+good+was+the+leadership%3F&in-year=2018&sort=oldest",
    "every report, nothing asked": "every",
    "compared": "compare?q=how+good+was+the+leadership%3F",
    "compared by place": "compare?q=how+good+was+the+leadership%3F&by=place",
    "compared by rating": "compare?q=how+good+was+the+leadership%3F&by=rating",
    "compared by year": "compare?q=how+good+was+the+leadership%3F&by=year",
    "side by side": f"compare?q={LOW_RISK}&one=Northway+Ltd&other=No+provider+named",
    "side by side, one side": f"compare?q={LOW_RISK}&by=year&one=2017",
    "side by side, empty": f"compare?q={LOW_RISK}&by=year&one=undated&other=1999",
    "check": "check",
    "basket, empty": "basket",
    "about": "about",
    "reports": "reports",
    "read": "read?document=ambleton&from=25&to=60",
    "read, no such report": "read?document=nowhere",
    "embedded": f"embed?question={LOW_RISK}",
}


def paths() -> set[str]:
    """The paths of the pages that the app has."""
    return set(probqa.ui.pages.PAGES)

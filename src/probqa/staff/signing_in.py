"""The pages to sign in and out: plain HTML, without a script.

In: a name and a password, as a form sends them. Out: a session, by a cookie that no script can read; or why not.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from functools import cached_property
from secrets import token_hex
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from probqa.rendering import visible_line
from probqa.settings import log_file, served_names, settings, staff_file
from probqa.staff.gate import AWAY, SIGN_IN, SIGN_OUT, home, secret_of
from probqa.staff.log import Log
from probqa.staff.passwords import Passwords
from probqa.staff.people import BACK, read_people
from probqa.staff.provider import Account, NotLetInError
from probqa.staff.sessions import COOKIE, SESSIONS, Sessions
from probqa.ui.hosts import Hosts
from probqa.ui.limits import QueueFullError, Workers, client_name
from probqa.ui.markup import Markup, allowed
from probqa.ui.middleware import html_response

MAX_FORM_BYTES = 10_000
# A password is compared with 64 MB of memory: one at a time, and few may wait.
THREADS, PLACES = 1, 8
FORM_SECONDS = 10.0

STYLE = Markup("""
:root { color-scheme: light dark; color: light-dark(#1d2433, #e9e6df); background: light-dark(#fbfaf7, #15181d) }
body { max-width: 24rem; margin: 4.5rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 1rem } p { overflow-wrap: anywhere }
label { display: block; margin: 1rem 0 0.25rem; font-weight: 600 }
input, button { box-sizing: border-box; width: 100%; padding: 0.625rem 0.75rem; font: inherit; border-radius: 0.25rem }
input { color: inherit; background: light-dark(#fff, #1e2229); border: 1px solid light-dark(#5a6270, #a9b0bc) }
button { margin-top: 1.5rem; color: #fff; background: #0b5d6b; border: 0; font-weight: 600; cursor: pointer }
:is(input, button, a):focus-visible { outline: 3px solid light-dark(#0b5d6b, #6fc3d0); outline-offset: 2px }
a { color: light-dark(#0b5d6b, #6fc3d0) }
.wrong { padding: 0.75rem 1rem; background: light-dark(#f1eee7, #1e2229) }
.wrong { border-left: 3px solid light-dark(#a3261c, #f2978d) }
""")

HEADERS = {
    "content-security-policy": (
        f"default-src 'none'; style-src {allowed(STYLE)}; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    # With no-referrer a browser would not say which page a form comes from.
    "referrer-policy": "same-origin",
}

_NOTHING = PlainTextResponse("This is not offered here.", 404)

_log = logging.getLogger(__name__)


class SigningIn:
    """The two pages, for the people in the file that ``PROBQA_STAFF`` names."""

    def __init__(self, environment: Mapping[str, str], sessions: Sessions = SESSIONS) -> None:
        """Let in whom the ``environment`` says, into ``sessions``."""
        self.environment, self.sessions = environment, sessions
        self.hosts = Hosts(served_names(environment))
        self.log = Log(log_file(environment, settings(environment).corpus))
        self.workers = Workers(THREADS, PLACES)

    @cached_property
    def by(self) -> Passwords | Account:
        """Return what people sign in by.

        Raises:
            InputError: nobody may sign in.
        """
        people = read_people(staff_file(self.environment))
        return Account(people.provider) if people.has_provider else Passwords(people.people)

    @property
    def routes(self) -> list[Route]:
        """Return what is to be given to ``st.App``."""
        base = home()
        # Between the way to a provider and the way back a cookie says who was sent, signed with what no other process
        # knows.
        begun = Middleware(
            SessionMiddleware, secret_key=token_hex(32), session_cookie=f"{COOKIE}-begun", max_age=600, path=base
        )
        return [
            Route(f"{base}{SIGN_IN}", self._show_sign_in, methods=["GET"]),
            Route(f"{base}{SIGN_IN}", self._sign_in, methods=["POST"]),
            Route(f"{base}{AWAY}", self._away, methods=["GET"], middleware=[begun]),
            Route(f"{base}{BACK}", self._back, methods=["GET"], middleware=[begun]),
            Route(f"{base}{SIGN_OUT}", self._show_sign_out, methods=["GET"]),
            Route(f"{base}{SIGN_OUT}", self._sign_out, methods=["POST"]),
        ]

    async def _show_sign_in(self, _: Request) -> Response:
        return _away_page() if isinstance(self.by, Account) else _sign_in_page()

    async def _away(self, request: Request) -> Response:
        if not isinstance(self.by, Account):
            return _NOTHING
        try:
            return await self.by.way(request)
        except Exception as error:
            _log.warning("the provider cannot be asked: %s", error)
            return _away_page("The service that you sign in with does not answer.", 502)

    async def _back(self, request: Request) -> Response:
        if not isinstance(self.by, Account):
            return _NOTHING
        try:
            who = await self.by.who(request)
        except NotLetInError as error:
            _log.warning("refused: %s", error)
            return _away_page("That account may not sign in here. Ask whoever runs this server.", 403)
        except Exception as error:
            _log.warning("refused: who came from the provider: %s: %s", type(error).__name__, error)
            return _away_page("Signing in did not work. Try again.", 400)
        return await self._let_in(request, who)

    async def _show_sign_out(self, _: Request) -> Response:
        return _page(
            "Sign out?", Markup('<form method="post"><button>Sign out</button></form><p><a href=".">Back</a></p>')
        )

    async def _sign_in(self, request: Request) -> Response:
        given = await self._form(request)
        if isinstance(given, Response):
            return given
        name, password, passwords = given.get("name", ""), given.get("password", ""), self.by
        if not isinstance(passwords, Passwords):
            return _NOTHING
        client = client_name(request.client.host if request.client else "")
        wait = math.ceil(passwords.begin(name, client))
        if wait:
            return _sign_in_page(name, f"Too many tries. Try again in {wait} seconds.", 429, {"retry-after": str(wait)})
        try:
            is_right = await self.workers.run(lambda: passwords.is_right(name, password))
        except QueueFullError:
            return _sign_in_page(name, "Many people are signing in. Try again in a moment.", 503, {"retry-after": "5"})
        if not is_right:
            _log.warning("refused: somebody signs in as %a with another password", name[:100])
            return _sign_in_page(name, "That is not the name and the password of anybody here.", 401)
        passwords.succeed(name, client)
        return await self._let_in(request, name)

    async def _let_in(self, request: Request, who: str) -> Response:
        """Begin a session, which has nothing of what the browser sent before."""
        self.sessions.end(secret_of(request))
        await anyio.to_thread.run_sync(lambda: self.log.note(who, "sign in"))
        response = RedirectResponse(home(), 303, headers={"cache-control": "no-store"})
        response.set_cookie(
            COOKIE,
            self.sessions.begin(who),
            path=home(),
            httponly=True,
            samesite="lax",
            # A browser sends it back over https alone, but where there is none: on this machine.
            secure=not self.hosts.is_this_machine(request.headers["host"]),
        )
        return response

    async def _sign_out(self, request: Request) -> Response:
        given = await self._form(request)
        if isinstance(given, Response):
            return given
        secret = secret_of(request)
        who = self.sessions.who(secret)
        self.sessions.end(secret)
        if who is not None:
            await anyio.to_thread.run_sync(lambda: self.log.note(who, "sign out"))
        response = RedirectResponse(f"{home()}{SIGN_IN}", 303, headers={"cache-control": "no-store"})
        response.delete_cookie(COOKIE, path=home(), httponly=True, samesite="lax")
        return response

    async def _form(self, request: Request) -> Mapping[str, str] | Response:
        """Return what a form of a page of ours says, or why it is not heard."""
        host, origins = self.hosts.named(request.headers["host"]), request.headers.getlist("origin")
        if host is None or any(not self.hosts.may_open(origin, host) for origin in origins):
            return PlainTextResponse("Pages of other sites are not let in.", 403)
        body = b""
        with anyio.move_on_after(FORM_SECONDS) as limit:
            async for part in request.stream():
                body += part
                if len(body) > MAX_FORM_BYTES:
                    return PlainTextResponse("That is too long.", 413)
        if limit.cancelled_caught:
            return PlainTextResponse("The form took too long to come.", 408)
        try:
            given = parse_qs(body.decode("ascii"), max_num_fields=10)
        except ValueError:
            return PlainTextResponse("That is no form.", 400)
        return {name: values[0] for name, values in given.items()}


def _sign_in_page(
    name: str = "", wrong: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    told = Markup('<p class="wrong" role="alert">{}</p>').format(wrong) if wrong else Markup("")
    form = Markup(
        '{told}<form method="post"><label for="name">Name</label>'
        '<input id="name" name="name" value="{name}" autocomplete="username" required autofocus>'
        '<label for="password">Password</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
        "<button>Sign in</button></form>"
    ).format(told=told, name=visible_line(name[:100]))
    return _page("Sign in", form, status, headers)


def _away_page(wrong: str = "", status: int = 200) -> Response:
    told = Markup('<p class="wrong" role="alert">{}</p>').format(wrong) if wrong else Markup("")
    link = Markup('{}<p><a href="{}{}">Sign in with your organisation’s account</a></p>')
    return _page("Sign in", link.format(told, home(), AWAY), status)


def _page(title: str, content: Markup, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    page = Markup(
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title} · Staff</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        "<style>{style}</style></head><body><main><h1>{title}</h1>{content}</main></body></html>"
    ).format(title=title, style=STYLE, content=content)
    return html_response(page, status, {**HEADERS, **(headers or {})})

"""Who is signed in: a secret a browser, known to this process alone, for as long as somebody is at work.

In: names, and the secrets that browsers send back. Out: the name, or None.

>>> clock = iter([0.0, 60.0, 4000.0]).__next__
>>> sessions = Sessions(now=clock)
>>> secret = sessions.begin("Anna")
>>> sessions.who(secret), sessions.who(secret), sessions.who("guessed")
('Anna', None, None)
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

COOKIE = "probqa-staff"
# Seconds without an act of the person, and of work in all, after which one signs in anew.
IDLE, LONGEST = 30 * 60.0, 12 * 3600.0


@dataclass(slots=True)
class _Session:
    who: str
    begun: float
    seen: float


class Sessions:
    """The sessions of one process."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with nobody signed in."""
        self._now = now
        # By the SHA-256 of the secret, so that how long a look-up takes says nothing of one.
        self._sessions: dict[str, _Session] = {}

    def begin(self, who: str) -> str:
        """Sign a person in, and return the secret by which their browser is known, made anew each time."""
        now = self._now()
        self._sessions = {key: each for key, each in self._sessions.items() if _lasts(each, now)}
        secret = secrets.token_urlsafe(32)
        self._sessions[_key(secret)] = _Session(who, now, now)
        return secret

    def who(self, secret: str, *, acts: bool = True) -> str | None:
        """Return who has the secret, and, where that person ``acts``, remember that they are there."""
        session = self._sessions.get(_key(secret))
        if session is None:
            return None
        now = self._now()
        if not _lasts(session, now):
            self.end(secret)
            return None
        session.seen = now if acts else session.seen
        return session.who

    def end(self, secret: str) -> None:
        """Sign out."""
        self._sessions.pop(_key(secret), None)


def _lasts(session: _Session, now: float) -> bool:
    return now - session.seen <= IDLE and now - session.begun <= LONGEST


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


SESSIONS = Sessions()

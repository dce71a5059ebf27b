"""Passwords: what is kept of one, whether one is right, and how long who guesses must wait.

In: names and passwords as they were typed. Out: a hash for the file of people; yes or no; seconds.

>>> clock = iter([0.0, 0.0, 0.0, 0.0, 0.0, 1.5]).__next__
>>> backoff = Backoff(free=2, first=1.0, most=60.0, known=["Anna"], now=clock)
>>> [backoff.left("Anna"), backoff.count("Anna"), backoff.count("Anna"), backoff.count("Anna")]
[0.0, None, None, None]
>>> backoff.left("Anna"), backoff.left("Anna")
(1.0, 0.0)
"""

from __future__ import annotations

import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from probqa.errors import InputError

FEWEST_CHARACTERS, MOST_CHARACTERS = 12, 1000
# What OWASP asks of Argon2id at least: 19 MiB and two passes.
_LEAST_KIB, _LEAST_PASSES = 19 * 1024, 2
# So many names that nobody has, and so many clients, are remembered.
_UNKNOWN = 1000
# Seconds after which tries are forgotten.
_FORGOTTEN = 24 * 3600.0

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """Return what is kept of a password.

    Raises:
        InputError: it is too short or too long.
    """
    password = _normal(password)
    if not FEWEST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise InputError(
            f"the password has {len(password)} characters, not {FEWEST_CHARACTERS} to {MOST_CHARACTERS}",
            "take three or four words that do not belong together",
        )
    return _hasher.hash(password)


def require_strong(name: str, kept: str) -> None:
    """Refuse what is no hash of a password that is slow enough to guess at.

    Raises:
        InputError: it is none.
    """
    remedy = "make another with: probqa password"
    try:
        parameters = extract_parameters(kept)
    except InvalidHashError as error:
        raise InputError(f"what is kept for {name!r} is no hash of a password", remedy) from error
    is_slow = parameters.memory_cost >= _LEAST_KIB and parameters.time_cost >= _LEAST_PASSES
    if parameters.type is not Type.ID or not is_slow:
        raise InputError(f"the hash for {name!r} is not argon2id with 19 MiB and two passes at least", remedy)


class Passwords:
    """The people who may sign in, each with the hash of a password."""

    def __init__(self, hashes: Mapping[str, str], now: Callable[[], float] = time.monotonic) -> None:
        """Take the hashes by name, and count tries by the clock ``now``."""
        self._hashes = {_normal(name): kept for name, kept in hashes.items()}
        # Compared with where there is no such name, so that the answer takes as long.
        self._nobody = _hasher.hash("nobody has this password")
        self._of_name = Backoff(free=3, first=1.0, most=300.0, known=self._hashes, now=now)
        # An office may make many mistakes; who tries all names from one place waits.
        self._of_client = Backoff(free=20, first=0.5, most=60.0, known=[], now=now)
        # From many places: all wait, but little, since that keeps out those who may come in as well.
        self._of_all = Backoff(free=100, first=0.5, most=10.0, known=[""], now=now)

    def begin(self, name: str, client: str) -> float:
        """Count a try as a failed one, and return 0, or the seconds after which that ``client`` may make it."""
        name = _normal(name)
        wait = max(self._of_name.left(name), self._of_client.left(client), self._of_all.left(""))
        if not wait:
            self._of_name.count(name)
            self._of_client.count(client)
            self._of_all.count("")
        return wait

    def is_right(self, name: str, password: str) -> bool:
        """Tell whether it is the password of that person.

        This takes a tenth of a second, whatever the name and the password are.
        """
        password = _normal(password[: MOST_CHARACTERS + 1])
        kept = self._hashes.get(_normal(name))
        try:
            _hasher.verify(kept or self._nobody, password)
        except (VerifyMismatchError, VerificationError):
            return False
        return kept is not None

    def succeed(self, name: str, client: str) -> None:
        """Forget the tries of a person whose password was right."""
        self._of_name.forget(_normal(name))
        self._of_client.uncount(client)
        self._of_all.uncount("")


class Backoff:
    """Counts tries in vain: after a few free ones each costs a wait twice as long as the one before."""

    def __init__(
        self, *, free: int, first: float, most: float, known: Iterable[str], now: Callable[[], float] = time.monotonic
    ) -> None:
        """Let ``free`` tries go without a wait, then ask for ``first`` seconds, and for ``most`` in the end.

        The tries at the ``known`` names are never forgotten to make room for others.
        """
        self._free, self._first, self._most, self._known, self._now = free, first, most, frozenset(known), now
        # Name -> how many tries, and when the next may be made.
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def left(self, name: str) -> float:
        """Return the seconds until the next try may be made."""
        return max(0.0, self._tries.get(name, (0, 0.0))[1] - self._now())

    def count(self, name: str) -> None:
        """Count a try."""
        now = self._now()
        tries, until = self._tries.pop(name, (0, now))
        tries = 1 if now - until > _FORGOTTEN else tries + 1
        over = tries - self._free
        wait = 0.0 if over <= 0 else min(self._most, self._first * 2.0 ** min(over - 1, 30))
        self._tries[name] = (tries, now + wait)
        unknown = [each for each in self._tries if each not in self._known] if len(self._tries) > _UNKNOWN else []
        for each in unknown[: max(0, len(unknown) - _UNKNOWN)]:
            del self._tries[each]

    def uncount(self, name: str) -> None:
        """Take back the last try, which was not in vain."""
        tries, _ = self._tries.get(name, (0, 0.0))
        self._tries[name] = (max(0, tries - 1), self._now())

    def forget(self, name: str) -> None:
        """Forget every try."""
        self._tries.pop(name, None)


def _normal(text: str) -> str:
    """Return a text in the one form that all keyboards' forms of it have."""
    return unicodedata.normalize("NFC", text)

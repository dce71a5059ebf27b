"""Who may sign in, as a file says that only its owner may read.

In: the file that ``PROBQA_STAFF`` names (docs/decisions/0021-staff.md). Out: ``People``, or one line on what is wrong.

>>> people_of('[people]\\n')
Traceback (most recent call last):
probqa.errors.InputError: nobody may sign in; name people, each with what probqa password prints
"""

from __future__ import annotations

import re
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from probqa.decoding import decode
from probqa.errors import DecodingError, InputError
from probqa.rendering import visible_line
from probqa.staff.passwords import require_strong

# Where the provider sends people back to, below the base path.
BACK = "sign-in/back"
WELL_KNOWN = "/.well-known/openid-configuration"
_EMAIL = re.compile(r"[!-?A-~]+@[a-z0-9.-]+", re.IGNORECASE | re.ASCII)
_DOCS = "see: docs/decisions/0021-staff.md"


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider, and the e-mail addresses of those who may sign in by it.

    ``address`` is the one of the app for staff that the provider sends people back to.
    """

    metadata: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    address: str = ""
    emails: tuple[str, ...] = ()

    @property
    def who(self) -> frozenset[str]:
        """Return the e-mail addresses as they are compared."""
        return frozenset(email.lower() for email in self.emails)


@dataclass(frozen=True, slots=True)
class People:
    """Who may sign in: people, each with the hash of a password by name, or those whom a provider knows."""

    people: dict[str, str] = field(default_factory=dict)
    provider: Provider = field(default_factory=Provider)

    @property
    def has_provider(self) -> bool:
        """Tell whether a provider is named."""
        return self.provider != Provider()


def read_people(file: Path | None) -> People:
    """Read who may sign in.

    Raises:
        InputError: nobody is named, or not in a way that is safe.
    """
    if file is None:
        raise InputError("nobody may sign in: PROBQA_STAFF names no file", f"write one, {_DOCS}")
    try:
        mode = file.stat().st_mode
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(f"PROBQA_STAFF names {file}, which cannot be read: {why}", _DOCS) from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise InputError(f"others than its owner may read or write {file}", f"run: chmod 600 {file}")
    try:
        return people_of(text)
    except InputError as error:
        raise InputError(f"{file}: {error.problem}", error.remedy) from error


def people_of(text: str) -> People:
    """Return who may sign in, of the text of such a file.

    Raises:
        InputError: it says nobody, or not in a way that is safe.
    """
    try:
        people = decode(People, tomllib.loads(text))
    except (tomllib.TOMLDecodeError, DecodingError) as error:
        raise InputError(str(error), _DOCS) from error
    if people.has_provider and people.people:
        raise InputError("both people and a provider are named", "take one of them")
    if people.has_provider:
        _require_safe(people.provider)
    elif not people.people:
        raise InputError("nobody may sign in", "name people, each with what probqa password prints")
    for name, kept in people.people.items():
        if not name or visible_line(name.strip()) != name:
            raise InputError(f"{name!r} is no name", "write it on one line, without spaces at its ends")
        require_strong(name, kept)
    return people


def _require_safe(provider: Provider) -> None:
    if not provider.emails:
        raise InputError("nobody may sign in", "name their addresses in emails")
    for email in provider.emails:
        if not _EMAIL.fullmatch(email):
            raise InputError(f"{email!r} in emails is no e-mail address", "name whole addresses")
    if not (_is_https(provider.metadata) and provider.metadata.endswith(WELL_KNOWN)):
        raise InputError(
            f"metadata is {provider.metadata!r}", f"give an address with https that ends with {WELL_KNOWN}"
        )
    if not (_is_https(provider.address) and provider.address.endswith(f"/{BACK}")):
        raise InputError(f"address is {provider.address!r}", f"give that of this app with https and then /{BACK}")
    if not (provider.client_id and provider.client_secret):
        raise InputError("client_id or client_secret is empty", "write down what the provider gave you")


def _is_https(address: str) -> bool:
    """Tell whether nobody on the way reads what is asked and answered: by https, or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))

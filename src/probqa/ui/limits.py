"""How much a client may ask and a server may take on.

In: who asks, and when. Out: a wait in seconds, a turn in a short queue, or one line saying that the server is full.

>>> buckets = Buckets(capacity=2, per_second=0.5, clients=100, now=lambda: 0.0)
>>> [buckets.take("a"), buckets.take("a"), buckets.take("a"), buckets.take("b")]
[0.0, 0.0, 2.0, 0.0]
"""

from __future__ import annotations

import ipaddress
import resource
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
import anyio.to_thread

# Above this share of its descriptors a server takes nobody in: a visitor costs four (docs/decisions/0004-serving.md).
DESCRIPTOR_SHARE = 0.8
_OPEN_DESCRIPTORS = next((path for path in (Path("/proc/self/fd"), Path("/dev/fd")) if path.is_dir()), None)

_Result = TypeVar("_Result")


class Buckets:
    """One bucket of tokens a client, filled steadily.

    The client longest unseen is forgotten first.
    """

    def __init__(
        self, capacity: int, per_second: float, clients: int, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Let each of the last ``clients`` take ``capacity`` at once and ``per_second`` in the long run."""
        self.capacity, self.per_second, self.clients, self.now = capacity, per_second, clients, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> float:
        """Take a token, and return 0 or the seconds until there is one."""
        now = self.now()
        left, seen = self._left.pop(client, (float(self.capacity), now))
        left = min(self.capacity, left + (now - seen) * self.per_second)
        wait = 0.0 if left >= 1 else (1 - left) / self.per_second
        self._left[client] = (left if wait else left - 1, now)
        if len(self._left) > self.clients:
            self._left.popitem(last=False)
        return wait


class QueueFullError(Exception):
    """Every worker is taken and so is every place in the queue."""


class Workers:
    """A few threads, and a queue before them that is never long."""

    def __init__(self, threads: int, places: int) -> None:
        """Run ``threads`` calls at once and let ``places`` wait."""
        self.threads, self.places = threads, places
        self.asked = 0
        # Apart from the limiter of Streamlit's threads, which serve files.
        self._limiter = anyio.CapacityLimiter(threads)

    @property
    def full(self) -> bool:
        """Tell whether the next call would be refused."""
        return self.asked >= self.threads + self.places

    async def run(self, call: Callable[[], _Result]) -> _Result:
        """Run ``call`` in a thread, so that the event loop stays free.

        Raises:
            QueueFullError: too many wait already.
        """
        if self.full:
            raise QueueFullError
        self.asked += 1
        try:
            return await anyio.to_thread.run_sync(call, limiter=self._limiter)
        finally:
            self.asked -= 1


class Visitors:
    """How many people have the page open, each with a connection of their own."""

    def __init__(self, most: int) -> None:
        """Let ``most`` in."""
        self.most = most
        self.count = 0

    @property
    def full(self) -> bool:
        """Tell whether the next one would be refused."""
        return self.count >= self.most or descriptors_are_short()


def client_name(address: str) -> str:
    """Return who counts as one client, an IPv4 address or the 64 bits that one IPv6 household has.

    >>> client_name("2001:db8::1") == client_name("2001:db8::ffff"), client_name("192.0.2.7"), client_name("x" * 999)
    (True, '192.0.2.7', 'unknown')
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def raise_descriptor_limit() -> None:
    """Let this process open as many files and connections as the system allows it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def descriptors_are_short() -> bool:
    """Return whether most of the descriptors that this process may have are open."""
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _OPEN_DESCRIPTORS is None or limit == resource.RLIM_INFINITY:
        return False
    try:
        return sum(1 for _ in _OPEN_DESCRIPTORS.iterdir()) > DESCRIPTOR_SHARE * limit
    except OSError:
        # Listing them needs one more, and there is none.
        return True

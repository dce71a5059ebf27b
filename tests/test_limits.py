"""How much a client may ask and a server may take on."""

from __future__ import annotations

import asyncio
import resource
import threading

import pytest

from probqa.ui import limits
from probqa.ui.limits import Buckets, QueueFullError, Visitors, Workers, client_name


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_fills_steadily_and_never_over_the_brim() -> None:
    clock = Clock()
    buckets = Buckets(3, 2.0, 10, clock)
    assert [buckets.take("a") for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    clock.now = 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]
    clock.now = 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_who_asks_in_vain_does_not_wait_longer_for_it() -> None:
    clock = Clock()
    buckets = Buckets(1, 1.0, 10, clock)
    buckets.take("a")
    for tenth in range(1, 10):
        clock.now = tenth / 10
        assert buckets.take("a") == pytest.approx(1 - tenth / 10)
    clock.now = 1.01
    assert buckets.take("a") == 0


def test_no_more_clients_are_remembered_than_said() -> None:
    buckets = Buckets(1, 1.0, 3, Clock())
    for client in "abcdefg":
        buckets.take(client)
    assert list(buckets._left) == ["e", "f", "g"]


def test_asking_again_keeps_a_client_remembered() -> None:
    buckets = Buckets(1, 1.0, 2, Clock())
    for client in ("a", "b", "a", "c"):
        buckets.take(client)
    assert list(buckets._left) == ["a", "c"]
    assert buckets.take("a") == 1


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("", "unknown"),
        ("testclient", "unknown"),
    ],
)
def test_a_client_is_an_address_or_a_household(address: str, name: str) -> None:
    assert client_name(address) == name


def test_workers_take_so_many_and_refuse_the_next() -> None:
    async def overfill() -> None:
        workers, finish = Workers(threads=2, places=1), threading.Event()
        running = [asyncio.create_task(workers.run(lambda: finish.wait(20))) for _ in range(3)]
        await asyncio.sleep(0)
        assert workers.full
        with pytest.raises(QueueFullError):
            await workers.run(lambda: True)
        finish.set()
        assert await asyncio.gather(*running) == [True, True, True]
        assert not workers.full

    asyncio.run(overfill())


def test_the_last_place_is_taken_by_a_visitor_and_the_next_is_not_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    visitors = Visitors(most=2)
    visitors.count = 1
    assert not visitors.full
    visitors.count = 2
    assert visitors.full


def test_open_descriptors_count_against_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100_000, 100_000))
    assert not limits.descriptors_are_short()
    monkeypatch.setattr(resource, "getrlimit", lambda _: (3, 3))
    assert limits.descriptors_are_short()


def test_the_limit_is_raised_as_far_as_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = (64, 4096)

    def set_limit(_: int, new: tuple[int, int]) -> None:
        nonlocal limit
        limit = new

    monkeypatch.setattr(resource, "getrlimit", lambda _: limit)
    monkeypatch.setattr(resource, "setrlimit", set_limit)
    limits.raise_descriptor_limit()
    assert limit == (4096, 4096)

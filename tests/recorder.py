"""What a program and all its children reach for, seen at the system calls, so that native code is seen too.

In: a command. Out: the addresses that were to be reached and the files that were to be made, whether or not that went
well. Needs strace, and a system that lets it trace.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = "connect,sendto,sendmsg,sendmmsg,open,openat,creat,mkdir,mkdirat"
ALONE = ("unshare", "--map-root-user", "--net")
FAMILY = re.compile(r"sa_family=(AF_\w+)")
PORT = re.compile(r"sin6?_port=htons\((\d+)\)")
ADDRESS = re.compile(r'inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)"')
UNIX = re.compile(r'sun_path=(@?"[^"]*")')
# The directory that a relative path starts from is given by -y.
MADE = re.compile(r'^(?:open|creat|mkdir)(?:at)?\((?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"')
# Who a number of the system's users is may be asked of this socket, which names of hosts are not.
LOCAL = ("AF_NETLINK", "AF_UNSPEC", 'AF_UNIX "/var/run/nscd/socket"')


@dataclass(frozen=True)
class Recording:
    """What was printed, and what was reached for."""

    output: str
    reached: frozenset[str]
    made: frozenset[Path]


def record(command: Sequence[str], environment: Mapping[str, str], folder: Path, alone: bool = False) -> Recording:
    """Run ``command``, which must succeed; ``alone`` gives it a network of its own with nobody in it."""
    folder.mkdir()
    around = ALONE if alone else []
    # One file for each thread, or the lines of several would run into each other.
    tracing = ["strace", "-ff", "--seccomp-bpf", "-qq", "-y", "-s", "4096", "-e", "signal=none", "-e", f"trace={CALLS}"]
    done = subprocess.run(
        [*around, *tracing, "-o", str(folder / "calls"), *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for path in folder.iterdir() for line in path.read_text(encoding="utf-8").splitlines()]
    return Recording(done.stdout, frozenset(_reached(lines)), frozenset(_made(lines)))


def need_strace() -> None:
    """Skip the test, or fail it where it must run, if programs cannot be watched here."""
    if not _runs("strace", "-o", os.devnull, "true"):
        missing = "cannot run strace: apt-get install strace, and allow it to trace"
        pytest.fail(missing) if os.environ.get("PROBQA_REQUIRE_STRACE") else pytest.skip(missing)


def need_a_network_of_its_own() -> None:
    """Skip the test if a program cannot be cut off from the network here."""
    if not _runs(*ALONE, "true"):
        pytest.skip(f"cannot run: {' '.join(ALONE)}")


def _runs(*command: str) -> bool:
    found = shutil.which(command[0])
    return bool(found) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _reached(lines: Sequence[str]) -> Iterator[str]:
    """Addresses outside this machine, and where names are looked up, wherever that is."""
    for line in lines:
        family = FAMILY.search(line)
        if not family:
            continue
        port, address, unix = PORT.search(line), ADDRESS.search(line), UNIX.search(line)
        if address and port:
            host = address[1] or address[2]
            if not ipaddress.ip_address(host).is_loopback or port[1] in ("53", "853", "5353"):
                yield f"{host} port {port[1]}"
        else:
            name = f"{family[1]} {unix[1]}" if unix else family[1]
            if name not in LOCAL:
                yield name


def _made(lines: Sequence[str]) -> Iterator[Path]:
    for line in lines:
        made = MADE.match(line)
        if made and ("O_CREAT" in line or not line.startswith("open")):
            yield Path(made[1] or "/") / made[2]

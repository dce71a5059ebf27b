"""How long people wait when many have the page open: simulated visitors who speak Streamlit's own protocol.

    probqa build && python benchmarks/visitors.py [--visitors 200] [--questions 3] [--seconds 60] [--changes 3]

Starts ``probqa serve`` on a free port of this machine, over a copy of corpus and index, and lets the visitors arrive
evenly over the first third of the time, each from an address of its own: they load the page, keep it open, and ask
their questions with a pause between them. Prints the waits from asking to the last word drawn, and how many were told
that the server is busy. Meanwhile ``--changes`` reports are added and indexed as staff do it, one after another. No
browser draws anything, so what a visitor's own machine adds is not counted. The visitors and the builds run on the
same cores as the server. Timings on a busy machine are noisy; the load is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from probqa.settings import settings  # noqa: E402

PROBQA = (sys.executable, "-m", "probqa.cli")
PATIENCE = 60.0
BUSY = "busy"
# The wait for each answer, and why there was none.
Results = list[tuple[float, str]]
WORDS = (
    ("supervised", "managed", "assessed", "supported", "inspected"),
    ("low-risk cases", "women on probation", "people released from prison", "victims", "court reports", "unpaid work"),
    ("in Wales", "in 2019", "by the CRC", "by the NPS", "since 2021", ""),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--questions", type=int, default=3, help="that each visitor asks, one after another")
    parser.add_argument("--seconds", type=float, default=60.0, help="over which they are spread")
    parser.add_argument("--changes", type=int, default=0, help="reports that are added and indexed meanwhile")
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # A connection each, and a few more.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as place:
        chosen = settings(os.environ)
        here = os.environ | {"PYTHONPATH": str(ROOT / "src"), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"}
        for name, folder in (("CORPUS", chosen.corpus), ("INDEX", chosen.index)):
            here[f"PROBQA_{name}"] = str(shutil.copytree(folder, Path(place, name.lower()), symlinks=True))
        server = subprocess.Popen([*PROBQA, "serve", "--port", str(port)], env=here, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/healthz", server)
            began = time.perf_counter()
            before = cpu_seconds(server.pid)
            memory: list[float] = []
            people = everyone(port, options.visitors, options.questions, options.seconds)
            staff = changing(here, Path(place), options.changes, options.seconds)
            results = asyncio.run(watched(people, staff, server.pid, memory))
            took = time.perf_counter() - began
            report(results, options.visitors, took, cpu_seconds(server.pid) - before, memory)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)
    return 0 if not [failure for _, failure in results if failure not in ("", BUSY)] else 1


async def watched(
    people: Coroutine[Any, Any, Results], staff: Coroutine[Any, Any, None], process: int, memory: list[float]
) -> Results:
    """Return what ``people`` gives while ``staff`` work, and note the memory of the process every second."""
    here, there = asyncio.create_task(people), asyncio.create_task(staff)
    while not here.done():
        memory.append(memory_mb(process))
        await asyncio.wait([here], timeout=1)
    await there
    return here.result()


async def changing(here: dict[str, str], place: Path, changes: int, seconds: float) -> None:
    """Add and index so many reports, evenly over the time.

    Raises:
        SystemExit: a command failed.
    """
    for number in range(1, changes + 1):
        await asyncio.sleep(seconds / (changes + 1))
        report = place / f"added-{number}.md"
        report.write_text(f"# Inspection {number} of Ambleton\n\nThe court of Ambleton was late in week {number}.\n")
        for arguments in (("add", str(report)), ("build",)):
            process = await asyncio.create_subprocess_exec(*PROBQA, *arguments, env=here, stdout=subprocess.DEVNULL)
            if await process.wait():
                sys.exit(f"probqa {arguments[0]} failed")


def wait_until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=30):
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not become ready; is there an index? run: probqa build")


async def everyone(port: int, visitors: int, questions: int, seconds: float) -> Results:
    """Return the wait for each answer, and why there was none."""
    arrivals = [seconds / 3 * number / visitors for number in range(visitors)]
    pause = 2 * seconds / 3 / max(questions, 1)
    people = [visitor(port, number, questions, arrival, pause) for number, arrival in enumerate(arrivals)]
    return [one for person in await asyncio.gather(*people) for one in person]


async def arrive(port: int, address: str) -> bool:
    """Load the page as a browser does, and return whether there was room.

    Raises:
        RuntimeError: what came was neither the page nor the one that says that the server is busy.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
    received = await asyncio.wait_for(reader.read(-1), PATIENCE)
    writer.close()
    status = received.split(b" ", 2)[1]
    if status == b"200":
        return True
    if status == b"503" and b"<title>Busy" in received:
        return False
    raise RuntimeError(f"the page came with {status.decode()}")


async def visitor(port: int, number: int, questions: int, arrival: float, pause: float) -> Results:
    draw = random.Random(number)
    address = f"127.0.{number // 200 + 1}.{number % 200 + 1}"
    await asyncio.sleep(arrival)
    results: Results = []
    try:
        if not await arrive(port, address):
            return [(0.0, BUSY)]
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            open_timeout=PATIENCE,
            local_addr=(address, 0),
        ) as page:
            await asyncio.wait_for(run(page, ""), PATIENCE)
            asked: list[str] = []
            for _ in range(questions):
                await asyncio.sleep(draw.uniform(0.3, 1.0) * pause)
                verb, whom, where = (draw.choice(words) for words in WORDS)
                asked.append(f"how well were {whom} {verb} {where} ({number})?")
                began = time.perf_counter()
                await asyncio.wait_for(run(page, urlencode({"q": asked}, doseq=True)), PATIENCE)
                results.append((time.perf_counter() - began, ""))
    except websockets.InvalidStatus as error:
        # Somebody else took the last place between the page and its connection.
        results.append((0.0, BUSY if error.response.status_code == 503 else f"refused: {error}"))
    except (OSError, TimeoutError, websockets.WebSocketException, RuntimeError) as error:
        results.append((PATIENCE, f"{type(error).__name__}: {error}"[:100]))
    return results


async def run(page: websockets.ClientConnection, query: str) -> None:
    """Have the page drawn for an address, and wait until all of it is."""
    asking = BackMsg()
    asking.rerun_script.query_string = query
    await page.send(asking.SerializeToString())
    drawn = 0
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(await page.recv(decode=False)))
        drawn += message.WhichOneof("type") == "delta"
        if message.WhichOneof("type") == "script_finished":
            if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                continue
            if message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY or not drawn:
                raise RuntimeError("the page was not drawn")
            return


def report(results: Results, visitors: int, took: float, cpu: float, memory: list[float]) -> None:
    waits = sorted(wait for wait, failure in results if not failure)
    if len(waits) > 1:
        cuts = statistics.quantiles(waits, n=100, method="inclusive")
        under = sum(wait < 0.5 for wait in waits) / len(waits)
        print(f"{visitors} visitors, {len(waits)} answers in {took:.0f} s ({len(waits) / took:.1f} a second)")
        print(f"wait: p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, longest {waits[-1]:.2f} s; {under:.0%} under 0.5 s")
    print(f"told that the server is busy: {sum(failure == BUSY for _, failure in results)} of {visitors}")
    failures = Counter(failure for _, failure in results if failure not in ("", BUSY))
    print(
        f"failed: {sum(failures.values())}",
        *(f"  {count} x {failure}" for failure, count in failures.items()),
        sep="\n",
    )
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"server: {cpu:.0f} s of processor; {os.cpu_count()} cores, load of the machine {load}")
    tenths = [memory[len(memory) * tenth // 10] for tenth in range(10)] + memory[-1:]
    print("memory, MB, at each tenth of the time:", *(f"{one:.0f}" for one in tenths))


def cpu_seconds(process: int) -> float:
    """Processor time of a process so far.

    It is 0 where the system does not say.
    """
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int) -> float:
    """Resident memory of a process.

    It is 0 where the system does not say.
    """
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    sys.exit(main())

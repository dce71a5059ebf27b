"""How long people wait when many have the page open: simulated visitors who speak Streamlit's own protocol.

    probqa build && python benchmarks/visitors.py [--visitors 200] [--questions 3] [--seconds 60]

Starts ``probqa serve`` on a free port of this machine, lets the visitors arrive evenly over the first third of the
time, each asks its questions with a pause between them, and prints the waits from asking to the last word drawn. No
browser draws anything, so what a visitor's own machine adds is not counted. The visitors run in this process and
compete with the server for the same cores. Timings on a busy machine are noisy; the load is printed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
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
PATIENCE = 60.0
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
    options = parser.parse_args()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "probqa.cli", "serve", "--port", str(port)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src"), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/healthz", server)
        began = time.perf_counter()
        before = cpu_seconds(server.pid)
        memory: list[float] = []
        results = asyncio.run(
            watched(everyone(port, options.visitors, options.questions, options.seconds), server.pid, memory)
        )
        took = time.perf_counter() - began
        report(results, options.visitors, took, cpu_seconds(server.pid) - before, memory)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)
    return 0 if not [failure for _, failure in results if failure] else 1


async def watched(people: Coroutine[Any, Any, Results], process: int, memory: list[float]) -> Results:
    """Return what ``people`` gives, and note the memory of the process every second."""
    here = asyncio.create_task(people)
    while not here.done():
        memory.append(memory_mb(process))
        await asyncio.wait([here], timeout=1)
    return here.result()


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


async def visitor(port: int, number: int, questions: int, arrival: float, pause: float) -> Results:
    draw = random.Random(number)
    await asyncio.sleep(arrival)
    results: Results = []
    try:
        async with websockets.connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            open_timeout=PATIENCE,
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
    failures = Counter(failure for _, failure in results if failure)
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

"""What the first page costs: bytes, and seconds to the first answer and the question box, on a slow phone and a desk.

    probqa build && python benchmarks/first_page.py [--before CHECKOUT] [--visits 3]

Starts ``probqa serve`` on a free port of this machine and opens it in Chromium (playwright) with an empty cache: as a
phone with 1.6 Mbit/s, 150 ms to each answer and a processor four times slower, as a desk without limits, and as the
phone again with what it has kept. "answer" is when the words of the first quote are on the page, "largest" the
browser's own largest contentful paint, "box" when a question can be typed into the page of the app; medians. Another
checkout given with ``--before`` is measured first, over an index of its own.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Were there enough staff in Gwent?"
PATIENCE_MS = 120_000
MBIT = 1_000_000 / 8

# What is noted on the page itself, from before its first byte on.
NOTES = """
window.noted = {};
new PerformanceObserver(list => { for (const entry of list.getEntries()) noted.largest = entry.startTime; })
  .observe({type: "largest-contentful-paint", buffered: true});
const look = () => {
  const seen = selector =>
    [...document.querySelectorAll(selector)].some(one => one.checkVisibility({opacityProperty: true}));
  if (seen(".pq-words")) noted.answer ??= performance.now();
  if (seen("[data-testid=stChatInputTextArea]")) noted.box ??= performance.now();
  requestAnimationFrame(look);
};
look();
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """What a visitor has: a screen, a line (bytes a second, ms to an answer) if it has limits, a slower processor."""

    screen: tuple[int, int]
    line: tuple[float, float] | None
    slower: int


PHONE = Machine((390, 844), (1.6 * MBIT, 150.0), 4)
DESK = Machine((1440, 900), None, 1)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one visit took: bytes received, and seconds from the start of loading."""

    received: int
    answer: float
    largest: float
    box: float


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--before", type=Path, help="a checkout to be measured first")
    parser.add_argument("--visits", type=int, default=3, help="of which the median is printed")
    options = parser.parse_args()
    print("| | machine | page | received, kB | answer, s | largest, s | box, s |\n|---|---|---|---:|---:|---:|---:|")
    for name, checkout in (("before", options.before), ("now", ROOT)):
        if checkout:
            with serving(checkout) as url:
                for machine, page, measured in everything(url, options.visits):
                    print(f"| {name} | {machine} | {page} | {row(measured)} |", flush=True)
    print(f"\n{os.cpu_count()} cores, load of the machine {' '.join(f'{one:.1f}' for one in os.getloadavg())}")
    return 0


def everything(url: str, visits: int) -> Iterator[tuple[str, str, list[Measured]]]:
    """Return each machine and page with what its visits took."""
    pages = {"first sight": "", "answer": "?" + urlencode({"q": QUESTION})}
    with sync_playwright() as playwright:
        path = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "google-chrome"))))
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for machine_name, machine in {"phone": PHONE, "desk": DESK}.items():
            for page, query in pages.items():
                measured = [visit(context, machine, f"{url}/{query}") for context in fresh(browser, machine, visits)]
                yield machine_name, page, measured
        for context in fresh(browser, PHONE, 1):
            again = [visit(context, PHONE, f"{url}/{pages['answer']}") for _ in range(visits + 1)]
            yield "phone", "answer, again", again[1:]
        browser.close()


def fresh(browser: Browser, machine: Machine, visits: int) -> Iterator[BrowserContext]:
    """Return visitors who have nothing in their cache."""
    for _ in range(visits):
        with browser.new_context(viewport={"width": machine.screen[0], "height": machine.screen[1]}) as context:
            yield context


def visit(context: BrowserContext, machine: Machine, url: str) -> Measured:
    """Open a page and wait until a question can be typed and, if one was asked, until its answer is there."""
    page = context.new_page()
    page.add_init_script(NOTES)
    session = context.new_cdp_session(page)
    received = counted(session)
    session.send("Emulation.setCPUThrottlingRate", {"rate": machine.slower})
    if machine.line:
        speed, wait = machine.line
        limits = {"offline": False, "latency": wait, "downloadThroughput": speed, "uploadThroughput": speed}
        session.send("Network.emulateNetworkConditions", limits)
    page.goto(url, wait_until="commit", timeout=PATIENCE_MS)
    page.get_by_test_id("stChatInputTextArea").wait_for(timeout=PATIENCE_MS)
    if "q=" in url:
        page.locator(".stApp[data-test-script-state] .pq-words").first.wait_for(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle", timeout=PATIENCE_MS)
    noted = page.evaluate("noted")
    page.close()
    seconds = {name: value / 1000 for name, value in noted.items()}
    return Measured(sum(received), seconds.get("answer", 0.0), seconds.get("largest", 0.0), seconds.get("box", 0.0))


def counted(session: CDPSession) -> list[int]:
    """Return a list to which the bytes of each answer and message of the server are added."""
    received: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    # The length of a message of bytes is told in base64.
    session.on(
        "Network.webSocketFrameReceived",
        lambda event: received.append(len(event["response"]["payloadData"]) * 3 // 4),
    )
    return received


def row(measured: list[Measured]) -> str:
    def median(values: list[float]) -> str:
        return f"{statistics.median(values):.1f}" if any(values) else "-"

    return " | ".join(
        [
            f"{statistics.median(one.received for one in measured) / 1000:,.0f}",
            median([one.answer for one in measured]),
            median([one.largest for one in measured]),
            median([one.box for one in measured]),
        ]
    )


@contextmanager
def serving(checkout: Path) -> Iterator[str]:
    """Serve a checkout's index with its own program, and return where."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment: Mapping[str, str] = {
        **os.environ,
        "PYTHONPATH": str(checkout.resolve() / "src"),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "probqa.cli", "serve", "--port", str(port)],
        cwd=checkout,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                # What is worked out once for everybody is not the visitor's.
                urllib.request.urlopen(f"{url}/healthz", timeout=60).close()
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > deadline:
                    sys.exit("the server did not become ready; is there an index? run: probqa build")
                time.sleep(0.2)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


if __name__ == "__main__":
    sys.exit(main())

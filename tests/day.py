"""A whole day in one process tree, for a recorder to watch: ``python day.py CORPUS INDEX PORT PORT-OF-STAFF``.

Builds with the real model, asks, checks and lists in the terminal, serves, and visits the server as programs and pages
do, once with an ``Origin`` of another site; serves the app for staff, and signs in there. Prints what came of each as
one JSON object.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
import urllib.request
from typing import Any
from urllib.parse import urlencode

from streamlit_page import open_page, status_of_page

QUESTION = "How did Northway supervise people at low risk?"
# onnxruntime, where it is let, looks up its maker's server some 8 seconds after a session was opened.
LONG_ENOUGH = 15.0
PAGES = ("", "every", "compare", "check", "basket", "reports", "about")
RIGHT = "cobweb granite tulip"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."


def main(port: int, staff_port: int) -> None:
    seen: dict[str, Any] = {
        "exit codes": [
            command("build"),
            command("ask", QUESTION),
            command("ask", QUESTION, "--every"),
            command("check", QUOTE),
            command("list"),
            command("status"),
            command("verify"),
        ]
    }
    serve = [sys.executable, "-m", "probqa.cli", "serve", "--port", str(port)]
    # As in a container: Streamlit would look outside for what its address is there.
    everywhere = os.environ | {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"}
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, env=everywhere)
    try:
        site = f"http://localhost:{port}"
        seen |= {
            "healthz": when_ready(f"{site}/healthz", server)["status"],
            "api": asked(f"{site}/api/ask?{urlencode({'question': QUESTION})}")["quotes"][0]["text"],
            "api check": asked(f"{site}/api/check?{urlencode({'text': QUOTE})}")["quotes"][0]["status"],
        }
        with open_page(port) as page:
            seen["pages"] = [page.run(path, q=QUESTION) for path in PAGES]
        seen["another site's page"] = status_of_page(port, origin="https://stranger.example")
        seen["staff's page"] = staff(staff_port, everywhere)
        time.sleep(LONG_ENOUGH)
    finally:
        server.terminate()
        server.wait(30)
    json.dump(seen, sys.stdout)


def staff(port: int, environment: dict[str, str]) -> bool:
    """Whether somebody who signs in sees a page of the app for staff, and a page of another site sees nothing."""
    serve = [sys.executable, "-m", "probqa.cli", "staff", "--port", str(port), "--address", "0.0.0.0"]
    server = subprocess.Popen(serve, stdout=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + 120
        form = urlencode({"name": "Anna", "password": RIGHT}).encode()
        while time.monotonic() < deadline:
            try:
                connection = http.client.HTTPConnection("localhost", port, timeout=60)
                connection.request("POST", "/sign-in", form)
                answer = connection.getresponse()
                break
            except OSError:
                time.sleep(0.2)
        cookie = str(answer.headers["set-cookie"]).partition(";")[0]
        with open_page(port, cookie=cookie) as page:
            drawn = page.run()
        return drawn and status_of_page(port, origin="https://stranger.example") == 403
    finally:
        server.terminate()
        server.wait(30)


def command(*arguments: str) -> int:
    done = subprocess.run([sys.executable, "-m", "probqa.cli", *arguments], stdout=subprocess.DEVNULL, check=False)
    return done.returncode


def when_ready(url: str, server: subprocess.Popen[bytes]) -> Any:
    deadline = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < deadline:
        try:
            return asked(url)
        except OSError:
            time.sleep(0.2)
    sys.exit("the server did not become ready")


def asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.load(response)


if __name__ == "__main__":
    os.environ |= {"PROBQA_CORPUS": sys.argv[1], "PROBQA_INDEX": sys.argv[2]}
    main(int(sys.argv[3]), int(sys.argv[4]))

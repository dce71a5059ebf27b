"""The app for staff as it is served: what an attacker meets, and that the public process knows nothing of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from probqa.settings import Settings
from probqa.staff.log import Log
from probqa.staff.sessions import COOKIE
from serving import free_port
from staff_site import RIGHT, Site, staff_served
from streamlit_page import open_page

ROOT = Path(__file__).resolve().parents[2]
PLACE = "01234567-89ab-cdef-0123-456789abcdef"
UPLOAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.md"\r\n\r\n# A\r\n--x--\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=x"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with staff_served(tmp_path_factory.mktemp("staff")) as site:
        yield site


def status_of_page(site: Site, cookie: str = "", origin: str | None = None) -> int:
    try:
        with open_page(site.port, site.base, origin, cookie):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_who_has_not_signed_in_meets_the_page_to_sign_in_and_nothing_else(site: Site) -> None:
    led = site.ask("GET", "/", headers={"Accept": "text/html"})
    assert (led.status, led.headers["location"]) == (303, "/inside/sign-in")
    page = site.ask("GET", "/sign-in")
    assert page.status == 200 and page.headers["x-content-type-options"] == "nosniff"
    for path in ("/", "/review", "/static/js/index.js", "/_stcore/health", "/_stcore/host-config", "/media/a.pdf",
                 "/component/a/index.html", "/favicon.png", "/auth/login", "/oauth2callback"):  # fmt: skip
        assert site.ask("GET", path).status in (401, 404), path
    assert site.ask("PUT", f"/_stcore/upload_file/{PLACE}/{PLACE}", UPLOAD, FORM).status == 401
    assert site.ask("DELETE", f"/_stcore/upload_file/{PLACE}/{PLACE}").status == 401
    assert site.ask("GET", "/_stcore/metrics").status == 404


def test_no_other_method_leads_past_the_page_to_sign_in(site: Site) -> None:
    for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE"):
        for path in ("/sign-in", "/sign-in/away", "/sign-in/back"):
            assert site.ask(method, path).status == 405
    for path in ("/sign-in/away", "/sign-in/back?code=c&state=s"):
        assert site.ask("GET", path).status == 404, "there is no provider"


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=", f"{COOKIE}=guessed", f"{COOKIE}=a; {COOKIE}=b"])
def test_no_page_is_opened_without_a_session(site: Site, cookie: str) -> None:
    assert status_of_page(site, cookie) == 403


def test_who_has_signed_in_sees_a_page_with_their_name_until_they_sign_out(site: Site) -> None:
    cookie = site.cookie()
    with open_page(site.port, site.base, cookie=cookie) as page:
        assert page.run()
        drawn = b"".join(frame.SerializeToString() for frame in page.frames)
        assert b"Signed in as Anna" in drawn
        session = page.frames[0].new_session.initialize.session_id
        upload = f"/_stcore/upload_file/{session}/{PLACE}"
        # Not without the cookie, and with it not without the mark of a page.
        assert site.ask("PUT", upload, UPLOAD, FORM).status == 401
        assert site.ask("PUT", upload, UPLOAD, FORM | {"Cookie": cookie}).status == 403
        marked = f"{cookie}; _streamlit_xsrf=2|aaaaaaaa|00|1"
        assert site.ask("PUT", upload, UPLOAD, FORM | {"Cookie": marked}).status == 403
        assert site.ask("POST", "/sign-out", headers={"Cookie": cookie}).status == 303
        with pytest.raises(ConnectionClosed):
            page.run()
    assert status_of_page(site, cookie) == 403
    assert site.ask("GET", "/", headers={"Cookie": cookie}).status == 401
    acts = [(line.act.who, line.act.what) for line in Log(site.corpus / ".log.jsonl").lines() if line.act]
    assert acts[-2:] == [("Anna", "sign in"), ("Anna", "sign out")]


def test_pages_of_other_sites_and_under_other_names_are_refused_with_a_session_too(site: Site) -> None:
    cookie = site.cookie()
    assert status_of_page(site, cookie, "https://evil.example") == 403
    assert status_of_page(site, cookie, "http://localhost:8501") == 403
    assert status_of_page(site, cookie, f"http://localhost:{site.port}") == 101
    for host in ("evil.example", "staff.example"):
        assert site.ask("GET", "/", headers={"Cookie": cookie, "Host": host}).status == 421
    form = urlencode({"name": "Anna", "password": RIGHT}).encode()
    assert site.ask("POST", "/sign-in", form, {"Origin": "https://evil.example"}).status == 403


def test_streamlits_own_sign_in_is_not_there(site: Site) -> None:
    cookie = {"Cookie": site.cookie()}
    for path in ("/_stcore/metrics", "/_stcore/agent/mcp", "/_stcore/script-health-check"):
        assert site.ask("GET", path, headers=cookie).status == 404


@pytest.mark.parametrize("text", ["", "[people]", '[people]\nAnna = "x"'])
def test_without_people_nothing_is_served(tmp_path: Path, text: str) -> None:
    people = tmp_path / "people.toml"
    people.write_text(text)
    people.chmod(0o600)
    done = staff(tmp_path, PROBQA_STAFF="people.toml")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"probqa: {people.name}: ")


def test_without_a_setting_nothing_is_served(tmp_path: Path) -> None:
    done = staff(tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("probqa: nobody may sign in: PROBQA_STAFF names no file")


def staff(place: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command, which is to refuse."""
    environment = {name: value for name, value in os.environ.items() if name != "PROBQA_STAFF"} | environment
    return subprocess.run(
        [sys.executable, "-m", "probqa.cli", "staff", "--port", str(free_port())],
        cwd=place,
        env=environment | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# Says what is loaded where the public app would begin to serve, with its page and every module of its room.
PUBLIC = """
import importlib, json, pkgutil, sys
import hash_encoder, uvicorn
import probqa.ui

def tell(server, sockets):
    for module in pkgutil.walk_packages(probqa.ui.__path__, "probqa.ui."):
        importlib.import_module(module.name)
    from probqa.ui.api import Api
    loaded = {name: [each for each in sys.modules if each.startswith(name)] for name in ("probqa.staff", "argon2")}
    print(json.dumps(loaded | {"routes": [route.path for route in Api().routes]}))
    server.started = True

uvicorn.Server.run = tell
hash_encoder.install()
from probqa.cli import main
main(["serve", "--port", "0", "--corpus", sys.argv[1], "--index", sys.argv[2]])
"""


def test_the_public_process_loads_nothing_of_staff_and_has_no_address_of_it(built: Settings, tmp_path: Path) -> None:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, "-c", PUBLIC, str(built.corpus), str(built.index)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path, "PROBQA_MODEL": built.model, "PROBQA_READER": built.reader},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(told) == 1, done.stderr
    assert (told[0]["probqa.staff"], told[0]["argon2"]) == ([], [])
    assert "/healthz" in told[0]["routes"]
    assert not [path for path in told[0]["routes"] if "sign" in path or "staff" in path]

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import yaml

from conftest import DOMAIN, write_corpus
from probqa.errors import BuildLockedError, CorpusError, InputError
from probqa.gathering import report_folder
from probqa.gathering.catalogue import parse_catalogue, read_catalogue
from probqa.gathering.download import Limits
from probqa.gathering.intake import add, fetch
from probqa.gathering.outcome import Outcome
from probqa.gathering.upkeep import edit, remove
from probqa.reading import corpus
from probqa.reading.metadata import read_metadata
from probqa.settings import Settings
from web import HOST, PAGE, Names, Request, Web, make_certificate, page, redirect, web

ROOT = Path(__file__).resolve().parents[1]
QUICK = Limits(pause=0)
PDF = b"%PDF-1.7\nAmbleton\n%%EOF\n"

DIGEST = """---
id: ambleton
title: Inspection of Ambleton
publisher: HM Inspectorate of Probation and HM Inspectorate of Prisons (joint)
kind: thematic
providers: [Northway Ltd]
licence: Open Government Licence v3.0 (stated on the page)
url: https://reports.test/ambleton
wording: digest
---
It was good.
"""
CATALOGUE = """
hosts: [reports.test]
reports:
- {id: ambleton-report, title: Inspection of Ambleton, published: '2017-04-19', area: Ambleton,
   url: '%(base)s/ambleton', format: html, address_is: HTML report, digest: ambleton}
- {id: selby-release, title: 'Selby: a start', published: '2018', area: Selby Green,
   url: '%(base)s/selby', format: html, address_is: press release}
- {id: weir-report, title: Inspection of Weir, digest: ambleton}
"""


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def site(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    Names(monkeypatch)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with web(certificate) as here:
        here.routes |= {"/ambleton": page(), "/selby": page(b"<p>Selby Green.</p>")}
        yield here


@pytest.fixture
def place(tmp_path: Path) -> Settings:
    """A corpus of one digest."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus/ambleton.md").write_text(DIGEST)
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", model="")


@pytest.fixture
def listed(place: Settings, site: Web) -> Settings:
    """A corpus whose catalogue leads to ``site``."""
    catalogue = CATALOGUE % {"base": f"https://{HOST}:{site.port}"}
    write_corpus(place.corpus, DOMAIN | {"catalogue.yaml": catalogue})
    return place


def fetch_all(chosen: Settings, site: Web, *ids: str, limits: Limits = QUICK) -> dict[str, str]:
    outcomes = fetch(chosen, ids, everything=not ids, limits=limits, loopback_port=site.port)
    return {outcome.name: f"{outcome.state}: {outcome.note}" for outcome in outcomes}


def add_all(chosen: Settings, *names: str | Path, site: Web | None = None) -> list[Outcome]:
    return list(add(chosen, [str(name) for name in names], limits=QUICK, loopback_port=site.port if site else None))


def files(chosen: Settings) -> list[str]:
    """What lies in reports, the hidden files too, except the lock."""
    return sorted(path.name for path in (chosen.corpus / "reports").iterdir() if path.name != ".lock")


def sidecar(chosen: Settings, name: str) -> dict[str, object]:
    values = yaml.safe_load((chosen.corpus / "reports" / name).read_text(encoding="utf-8"))
    assert isinstance(values, dict)
    return values


NO_ADDRESS = "no official address is known; if you have the report, run: probqa add FILE"


# Fetching


def test_every_entry_has_a_line_and_what_it_serves_is_stored(listed: Settings, site: Web) -> None:
    assert fetch_all(listed, site) == {
        "ambleton-report": "new: reports/ambleton-report.html",
        "selby-release": "new: reports/selby-release.html",
        "weir-report": f"no address: {NO_ADDRESS}",
    }
    assert (listed.corpus / "reports/ambleton-report.html").read_bytes() == PAGE
    assert files(listed) == [
        ".fetched.json",
        "ambleton-report.html",
        "ambleton-report.yaml",
        "selby-release.html",
        "selby-release.yaml",
    ]


def test_the_sidecar_says_what_catalogue_and_digest_know_and_when_and_from_where(listed: Settings, site: Web) -> None:
    site.routes["/ambleton"] = redirect("/moved")
    site.routes["/moved"] = page()
    fetch_all(listed, site)
    ambleton = sidecar(listed, "ambleton-report.yaml")
    added = ambleton.pop("added")
    assert isinstance(added, str)
    assert len(added) == len("2026-11-23T04:18:00Z")
    assert ambleton == {
        "title": "Inspection of Ambleton",
        "publisher": "HM Inspectorate of Probation and HM Inspectorate of Prisons (joint)",
        "kind": "thematic",
        "published": "2017-04-19",
        "area": "Ambleton",
        "providers": ["Northway Ltd"],
        "urls": [site.url("/ambleton")],
        "licence": "Open Government Licence v3.0 (stated on the page)",
        "wording": "verbatim",
        "from": site.url("/moved"),
    }
    selby = sidecar(listed, "selby-release.yaml")
    del selby["added"]
    assert selby == {
        "title": "Selby: a start",
        "publisher": "HM Inspectorate of Probation (HMI Probation)",
        "kind": "press release",
        "published": "2018",
        "area": "Selby Green",
        "urls": [site.url("/selby")],
        "wording": "verbatim",
        "from": site.url("/selby"),
    }


def test_what_a_digest_says_of_others_words_is_not_said_of_the_report(listed: Settings, site: Web) -> None:
    digest = DIGEST.replace("publisher: HM Inspectorate", "publisher: commentary on HM Inspectorate")
    digest = digest.replace("licence: Open Government Licence", "licence: not stated; not the Open Government Licence")
    (listed.corpus / "ambleton.md").write_text(digest)
    fetch_all(listed, site, "ambleton-report")
    said = sidecar(listed, "ambleton-report.yaml")
    assert said["publisher"] == "HM Inspectorate of Probation (HMI Probation)"
    assert "licence" not in said


def test_a_sidecar_is_one_that_the_readers_accept(listed: Settings, site: Web) -> None:
    fetch_all(listed, site)
    text = (listed.corpus / "reports/selby-release.yaml").read_text(encoding="utf-8")
    source, _, _ = read_metadata("", text, "reports/selby-release.html")
    assert (source.id, source.title, source.published.iso, source.wording, source.url) == (
        "reports/selby-release",
        "Selby: a start",
        "2018",
        "verbatim",
        site.url("/selby"),
    )


def test_only_what_is_named_is_fetched_and_each_once(listed: Settings, site: Web) -> None:
    assert list(fetch_all(listed, site, "selby-release", "selby-release")) == ["selby-release"]
    assert site.paths == ["/selby"]


def test_an_entry_without_an_address_that_is_named_has_failed(listed: Settings, site: Web) -> None:
    assert fetch_all(listed, site, "weir-report") == {"weir-report": f"failed: {NO_ADDRESS}"}


def test_an_unknown_id_is_told_before_anything_is_asked(listed: Settings, site: Web) -> None:
    with pytest.raises(InputError, match="'selby-relase' is not in the catalogue; did you mean selby-release"):
        fetch_all(listed, site, "ambleton-report", "selby-relase")
    with pytest.raises(InputError, match=r"'xyz' is not in the catalogue; the ids are in catalogue\.yaml"):
        fetch_all(listed, site, "xyz")
    with pytest.raises(InputError, match=r"no report is named; give ids from .* or --all"):
        list(fetch(listed, []))
    assert site.requests == []


def test_what_is_unchanged_by_the_servers_word_is_left_as_it_is(listed: Settings, site: Web) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        known = request.headers.get("If-None-Match") == '"a1"'
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else page(PAGE, 'ETag: "a1"'))

    site.routes["/ambleton"] = conditional
    fetch_all(listed, site, "ambleton-report")
    before = (listed.corpus / "reports/ambleton-report.yaml").stat()
    assert fetch_all(listed, site, "ambleton-report") == {"ambleton-report": "unchanged: reports/ambleton-report.html"}
    assert site.requests[-1].headers["If-None-Match"] == '"a1"'
    assert (listed.corpus / "reports/ambleton-report.yaml").stat() == before


def test_what_is_unchanged_by_its_bytes_is_left_as_it_is(listed: Settings, site: Web) -> None:
    fetch_all(listed, site)
    before = (listed.corpus / "reports/selby-release.yaml").stat()
    assert fetch_all(listed, site)["selby-release"].startswith("unchanged: ")
    assert (listed.corpus / "reports/selby-release.yaml").stat() == before


def test_what_changed_since_replaces_what_was_there(listed: Settings, site: Web) -> None:
    fetch_all(listed, site)
    site.routes["/selby"] = page(b"<p>Selby Green, corrected.</p>")
    outcomes = fetch_all(listed, site)
    assert outcomes["selby-release"] == "changed: reports/selby-release.html"
    assert outcomes["ambleton-report"].startswith("unchanged: ")
    assert (listed.corpus / "reports/selby-release.html").read_bytes() == b"<p>Selby Green, corrected.</p>"


def test_a_report_that_becomes_a_pdf_leaves_no_page_behind(listed: Settings, site: Web) -> None:
    fetch_all(listed, site, "selby-release")
    site.routes["/selby"] = page(PDF, kind="application/pdf")
    assert fetch_all(listed, site, "selby-release")["selby-release"].startswith("changed: reports/selby-release.pdf")
    assert files(listed) == [".fetched.json", "selby-release.pdf", "selby-release.yaml"]


def test_the_choice_to_recognise_a_scan_outlasts_a_new_edition(listed: Settings, site: Web) -> None:
    site.routes["/selby"] = page(PDF, kind="application/pdf")
    fetch_all(listed, site, "selby-release")
    beside = listed.corpus / "reports/selby-release.yaml"
    beside.write_text(beside.read_text() + "ocr: eng+cym\n")
    site.routes["/selby"] = page(PDF + b"corrected", kind="application/pdf")
    fetch_all(listed, site, "selby-release")
    assert sidecar(listed, "selby-release.yaml")["ocr"] == "eng+cym"
    site.routes["/selby"] = page(b"<p>Selby Green, as a page.</p>")
    fetch_all(listed, site, "selby-release")
    assert "ocr" not in sidecar(listed, "selby-release.yaml")


def test_what_a_person_stated_outlasts_a_new_edition(listed: Settings, site: Web) -> None:
    fetch_all(listed, site, "selby-release")
    outcome = edit(listed, "reports/selby-release", ["published=2018-05", "provider=Weir Ltd"])
    assert outcome.details == ("published: 2018-05 (was: 2018)", "providers: Weir Ltd")
    edit(listed, "reports/selby-release", ["area=Selby"])
    site.routes["/selby"] = page(b"<p>Selby Green, corrected.</p>")
    assert fetch_all(listed, site, "selby-release")["selby-release"].startswith("changed: ")
    said = sidecar(listed, "selby-release.yaml")
    assert (said["published"], said["providers"], said["area"], said["title"]) == (
        "2018-05", ["Weir Ltd"], "Selby", "Selby: a start",
    )  # fmt: skip


def test_an_entry_that_moves_is_asked_for_anew(listed: Settings, site: Web) -> None:
    site.routes["/selby"] = page(b"<p>Selby Green.</p>", 'ETag: "a1"')
    fetch_all(listed, site, "selby-release")
    catalogue = listed.corpus / "catalogue.yaml"
    catalogue.write_text(catalogue.read_text().replace("/selby", "/new"))
    site.routes["/new"] = site.routes["/selby"]
    assert fetch_all(listed, site, "selby-release")["selby-release"].startswith("changed: ")
    assert "If-None-Match" not in site.requests[-1].headers
    assert sidecar(listed, "selby-release.yaml")["urls"] == [site.url("/new")]


@pytest.mark.parametrize("damage", ["edit", "delete", "delete the sidecar", "forget", "spoil the state"])
def test_what_is_not_as_it_was_stored_is_asked_for_anew(listed: Settings, site: Web, damage: str) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        known = "If-None-Match" in request.headers
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else page(PAGE, 'ETag: "a1"'))

    site.routes["/ambleton"] = conditional
    fetch_all(listed, site, "ambleton-report")
    stored = listed.corpus / "reports/ambleton-report.html"
    state = listed.corpus / "reports/.fetched.json"
    expected = {"edit": "changed", "delete": "new", "delete the sidecar": "changed"}.get(damage, "unchanged")
    if damage == "edit":
        stored.write_bytes(PAGE + b"!")
    elif damage == "delete":
        stored.unlink()
    elif damage == "delete the sidecar":
        stored.with_suffix(".yaml").unlink()
    elif damage == "forget":
        state.unlink()
    else:
        state.write_text('{"ambleton-report": {"file": "../../secret"}}')
    assert fetch_all(listed, site, "ambleton-report")["ambleton-report"].startswith(f"{expected}: ")
    assert stored.read_bytes() == PAGE
    assert stored.with_suffix(".yaml").is_file()
    assert json.loads(state.read_text())["ambleton-report"]["file"] == "ambleton-report.html"


@pytest.mark.parametrize("file", ["../ambleton.md", "ambleton-report./../../ambleton.md", "selby-release.html"])
def test_a_state_that_names_another_file_touches_none(listed: Settings, site: Web, file: str) -> None:
    fetch_all(listed, site)
    (listed.corpus / "reports/ambleton-report.").mkdir()
    state = listed.corpus / "reports/.fetched.json"
    was = json.loads(state.read_text())
    was["ambleton-report"]["file"] = file
    state.write_text(json.dumps(was))
    fetch_all(listed, site, "ambleton-report")
    assert (listed.corpus / "ambleton.md").read_text() == DIGEST
    assert (listed.corpus / "reports/selby-release.html").is_file()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (page(status="404 Not Found"), f"{HOST} has nothing at this address any more (404)"),
        (page(b"", status="429 Slow down"), f"{HOST} is busy (429); try again later"),
        (page(PAGE, length=len(PAGE) + 1), f"the file from {HOST} did not arrive whole; try again later"),
        (page(kind="image/png"), f"{HOST} serves image/png, not a report of a kind that is read"),
        (redirect("https://evil.test/"), f"{HOST} redirects to https://evil.test/: evil.test is not a host"),
        (redirect("https://127.0.0.1/"), f"{HOST} redirects to https://127.0.0.1/: 127.0.0.1 is not a host"),
        (b"", f"the connection with {HOST} failed"),
    ],
)
def test_one_failure_is_named_and_stops_nothing(listed: Settings, site: Web, answer: bytes, why: str) -> None:
    site.routes["/ambleton"] = answer
    outcomes = fetch_all(listed, site)
    assert outcomes["ambleton-report"].startswith(f"failed: {why}")
    assert outcomes["selby-release"].startswith("new: ")
    assert files(listed) == [".fetched.json", "selby-release.html", "selby-release.yaml"]


def test_a_failure_leaves_what_was_fetched_before(listed: Settings, site: Web) -> None:
    fetch_all(listed, site)
    before = files(listed), (listed.corpus / "reports/selby-release.html").read_bytes()
    site.routes["/selby"] = page(b"<p>Sel", length=100)
    assert fetch_all(listed, site)["selby-release"].startswith("failed: ")
    assert (files(listed), (listed.corpus / "reports/selby-release.html").read_bytes()) == before


def test_what_failed_is_fetched_the_next_time_and_the_rest_is_not_sent_again(listed: Settings, site: Web) -> None:
    def conditional(request: Request, connection: socket.socket) -> None:
        known = "If-None-Match" in request.headers
        connection.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else page(PAGE, 'ETag: "a1"'))

    site.routes["/ambleton"] = conditional
    selby = site.routes.pop("/selby")
    assert fetch_all(listed, site)["selby-release"].startswith("failed: ")
    site.routes["/selby"] = selby
    outcomes = fetch_all(listed, site)
    assert outcomes["selby-release"].startswith("new: ")
    assert outcomes["ambleton-report"].startswith("unchanged: ")


def test_a_fetch_that_is_stopped_keeps_what_it_had(listed: Settings, site: Web) -> None:
    stopped = fetch(listed, [], everything=True, limits=QUICK, loopback_port=site.port)
    assert next(stopped).name == "ambleton-report"
    stopped.close()
    assert files(listed) == [".fetched.json", "ambleton-report.html", "ambleton-report.yaml"]
    assert fetch_all(listed, site)["ambleton-report"].startswith("unchanged: ")


@pytest.mark.parametrize("step", range(1, 10))
def test_a_disk_that_fails_at_any_step_leaves_whole_files_or_none(
    listed: Settings, site: Web, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Six fsyncs and three renames store one report; each of them fails once."""
    fetch_all(listed, site, "selby-release")
    old = (listed.corpus / "reports/selby-release.html").read_bytes()
    new = b"<p>Selby Green, corrected.</p>"
    site.routes["/selby"] = page(new)
    calls = 0
    real_fsync, real_replace = os.fsync, Path.replace

    def count() -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise OSError(28, "No space left on device")

    def fsync(descriptor: int) -> None:
        count()
        real_fsync(descriptor)

    def replace(self: Path, target: Path) -> Path:
        count()
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    outcomes = fetch_all(listed, site, "selby-release")
    assert outcomes == {"selby-release": "failed: No space left on device; mend that and run it again"}
    stored = listed.corpus / "reports/selby-release.html"
    assert stored.read_bytes() in (old, new)
    assert files(listed) == [".fetched.json", "selby-release.html", "selby-release.yaml"]
    assert sidecar(listed, "selby-release.yaml")["title"] == "Selby: a start"
    step = 0
    assert fetch_all(listed, site, "selby-release")["selby-release"].split(":")[0] in ("changed", "unchanged")
    assert stored.read_bytes() == new


def test_storing_takes_the_nine_steps_that_the_test_above_fails(
    listed: Settings, site: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (steps.append("fsync"), real_fsync(descriptor))[1])
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (steps.append(Path(target).name), real_replace(self, target))[1]
    )
    fetch_all(listed, site, "selby-release")
    assert steps == [
        *("fsync", "selby-release.yaml", "fsync"),
        *("fsync", "selby-release.html", "fsync"),
        *("fsync", ".fetched.json", "fsync"),
    ]


def test_what_a_kill_left_half_written_goes_and_is_never_a_document(listed: Settings, site: Web) -> None:
    left = listed.corpus / "reports/.tmp-selby-release.html"
    left.parent.mkdir()
    left.write_bytes(b"<p>Sel")
    assert [file.path for file in corpus.list_files(listed.corpus)[0]] == ["ambleton.md"]
    fetch_all(listed, site, "selby-release")
    assert files(listed) == [".fetched.json", "selby-release.html", "selby-release.yaml"]


def test_two_at_once_are_one_too_many(listed: Settings, site: Web) -> None:
    with (
        report_folder.changing(listed.corpus),
        pytest.raises(BuildLockedError, match="another command that changes reports"),
    ):
        fetch_all(listed, site)
    assert fetch_all(listed, site)["selby-release"].startswith("new: "), "the control: once it is done, it is free"


def test_a_holder_that_was_killed_does_not_block(listed: Settings, site: Web) -> None:
    (listed.corpus / "reports").mkdir()
    program = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'ab'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    lock = listed.corpus / "reports/.lock"
    with subprocess.Popen([sys.executable, "-c", program, str(lock)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with lock.open("ab") as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        holder.send_signal(signal.SIGKILL)
    assert fetch_all(listed, site)["selby-release"].startswith("new: ")


# Adding


def test_a_file_is_copied_with_its_suffix_and_a_sidecar(place: Settings, tmp_path: Path) -> None:
    report = tmp_path / "Annual Report (2017).PDF"
    report.write_bytes(PDF)
    (outcome,) = add_all(place, report)
    assert outcome.state == "new"
    assert outcome.note.startswith("reports/annual-report-2017-9a8b6d7b.pdf")
    assert files(place) == ["annual-report-2017-9a8b6d7b.pdf", "annual-report-2017-9a8b6d7b.yaml"]
    said = sidecar(place, "annual-report-2017-9a8b6d7b.yaml")
    assert (said["wording"], said["from"]) == ("verbatim", "Annual Report (2017).PDF")
    assert set(said) == {"wording", "added", "from"}, "the title is the reader's to find"


def test_two_files_of_one_name_are_two_and_one_file_of_two_names_is_one(place: Settings, tmp_path: Path) -> None:
    for folder, content in {"a": PDF, "b": PDF + b"\n", "c": PDF}.items():
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.pdf").write_bytes(content)
    (tmp_path / "c/report.pdf").rename(tmp_path / "c/other.pdf")
    outcomes = add_all(place, tmp_path / "a/report.pdf", tmp_path / "b/report.pdf", tmp_path / "c/other.pdf")
    assert [outcome.state for outcome in outcomes] == ["new", "new", "unchanged"]
    assert outcomes[2].note == outcomes[0].note
    assert len([name for name in files(place) if name.endswith(".pdf")]) == 2


def test_a_digest_that_is_there_already_is_not_added_again(place: Settings) -> None:
    (outcome,) = add_all(place, place.corpus / "ambleton.md")
    assert outcome.line == f"{place.corpus / 'ambleton.md'}: unchanged: ambleton.md"


@pytest.mark.parametrize(
    "name",
    [
        "..pdf",
        "-rf.pdf",
        "$(touch x).pdf",
        "; rm -rf ~.pdf",
        "a\nb.pdf",
        "a\x1b[2Jb.pdf",
        "\u202egpj.pdf",
        "報告.pdf",
        "a" * 240 + ".pdf",
        ".hidden.pdf",
        ".lock.pdf",
        "CON.pdf",
        "a:b.pdf",
        os.fsdecode(b"\xff\xfe.pdf"),
    ],
)
def test_a_hostile_name_is_stored_under_a_safe_one(place: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(PDF)
    (outcome,) = add_all(place, tmp_path / name)
    assert outcome.state == "new"
    assert outcome.line.isprintable()
    (stored,) = (name for name in files(place) if name.endswith(".pdf"))
    slug, hashed = stored.removesuffix(".pdf").rsplit("-", 1)
    assert slug
    assert len(stored) <= 73
    assert all(character.isascii() and (character.isalnum() or character == "-") for character in slug + hashed)
    # The sidecar is one the readers accept, whatever the name was.
    text = (place.corpus / "reports" / stored).with_suffix(".yaml").read_text(encoding="utf-8")
    assert read_metadata("", text, f"reports/{stored}")[0].id == f"reports/{stored.removesuffix('.pdf')}"


def test_what_cannot_be_added_is_named_and_stops_nothing(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    (tmp_path / "folder.pdf").mkdir()
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "program.exe").write_bytes(b"MZ")
    (tmp_path / "good.txt").write_text("It was good.")
    names = ["empty.pdf", "folder.pdf", "pipe.pdf", "program.exe", "absent.pdf", "good.txt"]
    outcomes = add_all(place, *(tmp_path / name for name in names))
    assert [f"{Path(outcome.name).name}: {outcome.state}: {outcome.note}" for outcome in outcomes] == [
        "empty.pdf: failed: the file is empty; get it again",
        "folder.pdf: failed: it is not a file; name the files themselves",
        "pipe.pdf: failed: it is not a file; name the files themselves",
        "program.exe: failed: files ending in .exe are not read; save it as .docx, .html, .txt or PDF, or move it "
        f"out of the corpus; read are {', '.join(corpus.SUFFIXES)}",
        "absent.pdf: failed: No such file or directory; mend that and run it again",
        "good.txt: new: reports/good-5ea40a00.txt",
    ]


def test_a_file_too_large_is_refused_unread(place: Settings, tmp_path: Path) -> None:
    with (tmp_path / "large.pdf").open("wb") as file:
        file.truncate(corpus.MAX_FILE_BYTES + 1)
    (outcome,) = add_all(place, tmp_path / "large.pdf")
    assert outcome.note == "it is larger than 100 MB; split it into smaller files"


def test_what_is_downloaded_is_never_too_large_to_be_read() -> None:
    assert Limits().body <= corpus.MAX_FILE_BYTES


def test_an_address_is_downloaded_and_named_after_its_last_part(place: Settings, site: Web) -> None:
    site.routes["/docs/The%20Report.pdf?x=1"] = page(PDF, kind="application/pdf")
    (outcome,) = add_all(place, site.url("/docs/The%20Report.pdf?x=1#page=2"), site=site)
    assert outcome.state == "new"
    assert outcome.note.startswith("reports/the-report-9a8b6d7b.pdf")
    said = sidecar(place, "the-report-9a8b6d7b.yaml")
    assert (said["urls"], said["from"]) == (
        [site.url("/docs/The%20Report.pdf?x=1#page=2")],
        site.url("/docs/The%20Report.pdf?x=1"),
    )


def test_an_edited_file_added_again_replaces_its_earlier_version(place: Settings, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("# Inspection of Selby\n\nIt was good.\n")
    [first] = add_all(place, report)
    report.write_text("# Inspection of Selby\n\nIt was poor.\n")
    [second] = add_all(place, report)
    assert (second.state, second.note) == ("changed", f"reports/report-502f3026.md replaces {first.note}")
    assert sidecar(place, "report-502f3026.yaml")["id"] == first.note.removesuffix(".md"), "addresses still lead to it"
    assert [name for name in files(place) if name.endswith(".md")] == ["report-502f3026.md"]
    report.write_text("# Inspection of Selby\n\nIt was good.\n")
    [again] = add_all(place, report)
    assert (again.state, again.note) == (
        "unchanged",
        "reports/report-502f3026.md replaced this file and is kept; to have this one instead, "
        f"run: probqa remove {first.note.removesuffix('.md')}, and add it again",
    )


def test_files_of_one_title_and_two_names_are_kept_and_the_person_is_asked(place: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Annual report\n\nSelby was good.\n")
    (tmp_path / "b.md").write_text("# Annual report\n\nWeir was good.\n")
    [first, second] = add_all(place, tmp_path / "a.md", tmp_path / "b.md")
    where = first.note.removesuffix(".md")
    assert second.state == "new"
    assert second.note.endswith(f"; {where}.md has the same title: if this replaces it, run: probqa remove {where}")
    assert len([name for name in files(place) if name.endswith(".md")]) == 2


def test_files_of_one_name_without_a_title_of_their_own_are_two_reports(place: Settings, tmp_path: Path) -> None:
    for folder, text in (("a", "Selby was good."), ("b", "Weir was good.")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "report.txt").write_text(text)
    outcomes = add_all(place, tmp_path / "a/report.txt", tmp_path / "b/report.txt")
    assert [outcome.state for outcome in outcomes] == ["new", "new"]
    assert all(outcome.note.endswith(".txt") for outcome in outcomes)


def test_the_original_added_over_a_corrected_copy_leaves_the_correction(place: Settings, tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    report.write_text("# Inspection of Selby\n\nIt was goood.\n")
    [first] = add_all(place, report)
    copy = place.corpus / first.note
    copy.write_text("# Inspection of Selby\n\nIt was good.\n")
    [again] = add_all(place, report)
    assert again.state == "unchanged"
    assert again.note.startswith(f"{first.note} was corrected since it was added from this file and is kept; ")
    report.write_text("# Inspection of Selby\n\nIt was poor.\n")
    [edited] = add_all(place, report)
    assert edited.state == "new"
    assert f"; {first.note} was corrected since it was added: if this replaces it, run: " in edited.note
    assert copy.read_text() == "# Inspection of Selby\n\nIt was good.\n"


def test_the_original_downloaded_over_a_corrected_copy_leaves_the_correction(place: Settings, site: Web) -> None:
    [first] = add_all(place, site.url("/selby"), site=site)
    (place.corpus / first.note).write_text("<p>Selby Green, corrected here.</p>")
    [again] = add_all(place, site.url("/selby"), site=site)
    assert again.state == "unchanged"
    assert (place.corpus / first.note).read_text() == "<p>Selby Green, corrected here.</p>"


def test_an_address_of_no_path_is_named_after_its_host(place: Settings, site: Web) -> None:
    site.routes["/"] = page()
    (outcome,) = add_all(place, f"https://{HOST}:{site.port}", site=site)
    assert outcome.note.startswith("reports/reports-test-")


def test_an_address_whose_file_changed_replaces_it(place: Settings, site: Web) -> None:
    add_all(place, site.url("/selby"), site=site)
    assert add_all(place, site.url("/selby"), site=site)[0].state == "unchanged"
    site.routes["/selby"] = page(b"<p>Selby Green, corrected.</p>")
    assert add_all(place, site.url("/selby"), site=site)[0].state == "changed"
    (stored,) = (place.corpus / "reports").glob("*.html")
    assert stored.read_bytes() == b"<p>Selby Green, corrected.</p>"
    assert len(files(place)) == 2


def test_adding_a_fetched_address_by_hand_does_not_remove_the_fetched_file(listed: Settings, site: Web) -> None:
    fetch_all(listed, site, "selby-release")
    site.routes["/selby"] = page(b"<p>Selby Green, corrected.</p>")
    add_all(listed, site.url("/selby"), site=site)
    assert (listed.corpus / "reports/selby-release.html").is_file()


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://127.0.0.1/", "stands for 127.0.0.1, which is not a public address (loopback)"),
        ("http://2130706433/", "stands for 127.0.0.1, which is not a public address (loopback)"),
        ("http://[fd00:ec2::254]/", "which is not a public address"),
        ("HTTP://169.254.169.254/latest", "which is not a public address (link-local)"),
        ("file:///etc/passwd", "is neither http nor https; download it by hand and add the file"),
        ("ftp://example.org/report.pdf", "is neither http nor https"),
    ],
)
def test_an_address_nobody_may_ask_is_refused(place: Settings, address: str, why: str) -> None:
    (outcome,) = add_all(place, address)
    assert outcome.state == "failed"
    assert why in outcome.note
    assert files(place) == []


def test_an_address_that_redirects_to_a_private_one_is_refused(place: Settings, site: Web) -> None:
    site.routes["/old"] = redirect("https://10.0.0.1/")
    (outcome,) = add_all(place, site.url("/old"), site=site)
    assert outcome.line == (
        f"{site.url('/old')}: failed: 10.0.0.1 stands for 10.0.0.1, which is not a public address (private); "
        "download it by hand and run: probqa add FILE"
    )


def test_nothing_is_added_where_there_is_no_corpus(tmp_path: Path) -> None:
    nowhere = Settings(corpus=tmp_path / "copus", index=tmp_path / "index", model="")
    with pytest.raises(CorpusError, match="there is no corpus folder"):
        add_all(nowhere, tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


# Removing


def stored(chosen: Settings, **content: str) -> None:
    (chosen.corpus / "reports").mkdir(exist_ok=True)
    for name, text in content.items():
        (chosen.corpus / "reports" / name.replace("_", ".")).write_text(text)


def test_a_document_goes_with_its_sidecar_by_its_id_or_its_path(place: Settings) -> None:
    for named in ("reports/a", "reports/a.txt"):
        stored(place, a_txt="A.", a_yaml="title: A", b_txt="B.", b_yaml="title: B")
        outcome = remove(place, named)
        assert outcome.line.startswith(f"{named}: removed: to take it out of the index, run: probqa build; kept in ")
        assert files(place) == ["b.txt", "b.yaml"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"a_txt": "---\nid: ambleton-2017\n---\nA."}, id="front matter"),
        pytest.param({"a_pdf": "%PDF-", "a_yaml": "id: ambleton-2017"}, id="sidecar"),
    ],
)
def test_the_id_is_the_one_the_index_knows(place: Settings, content: dict[str, str]) -> None:
    stored(place, **content)
    remove(place, "ambleton-2017")
    assert files(place) == []


def test_a_file_whose_metadata_is_broken_can_be_removed(place: Settings) -> None:
    stored(place, a_txt="---\nid: [\n---\nA.", b_pdf="%PDF-", b_yaml="nonsense: 1")
    remove(place, "reports/a")
    remove(place, "reports/b")
    assert files(place) == []


def test_a_digest_is_not_removed(place: Settings) -> None:
    for named in ("ambleton", "ambleton.md"):
        with pytest.raises(InputError, match=r"is not below .*reports, but part of what came with the corpus; delete"):
            remove(place, named)
    assert (place.corpus / "ambleton.md").read_text() == DIGEST


@pytest.mark.parametrize(
    "named",
    [
        "nothing",
        "",
        ".",
        "..",
        "reports",
        "reports/../ambleton.md",
        "../corpus/ambleton.md",
        "reports/*",
        "*",
        "reports/.lock",
    ],
)
def test_nothing_else_can_be_named(place: Settings, named: str) -> None:
    stored(place, a_txt="A.")
    with pytest.raises(InputError, match=r"there is no document .* in .*reports; run: probqa list"):
        remove(place, named)
    assert (place.corpus / "ambleton.md").read_text() == DIGEST
    assert files(place) == ["a.txt"]


def test_an_id_of_two_files_is_asked_back_and_a_shared_sidecar_stays(place: Settings) -> None:
    stored(place, a_txt="A.", a_pdf="%PDF-", a_yaml="title: A")
    with pytest.raises(InputError, match=r"'reports/a' names reports/a\.pdf and reports/a\.txt; say which"):
        remove(place, "reports/a")
    remove(place, "reports/a.pdf")
    assert files(place) == ["a.txt", "a.yaml"]
    remove(place, "reports/a.txt")
    assert files(place) == []


def test_a_link_is_removed_and_not_what_it_leads_to(place: Settings) -> None:
    (place.corpus / "reports").mkdir()
    (place.corpus / "reports/link.md").symlink_to(place.corpus / "ambleton.md")
    remove(place, "reports/link.md")
    assert (place.corpus / "ambleton.md").read_text() == DIGEST
    assert "link.md" not in files(place)


def test_what_was_removed_is_new_when_it_is_fetched_again(listed: Settings, site: Web) -> None:
    fetch_all(listed, site)
    remove(listed, "reports/selby-release")
    assert json.loads((listed.corpus / "reports/.fetched.json").read_text()).keys() == {"ambleton-report"}
    assert fetch_all(listed, site)["selby-release"].startswith("new: ")


# The catalogue


@pytest.fixture(scope="module")
def entries() -> Sequence[dict[str, str]]:
    listing = yaml.load((ROOT / "corpus/catalogue.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    found: list[dict[str, str]] = listing["reports"]
    return found


def test_the_catalogue_that_comes_with_probqa_can_be_used(entries: Sequence[dict[str, str]]) -> None:
    catalogue = read_catalogue(ROOT / "corpus")
    assert [entry.id for entry in catalogue.entries] == [entry["id"] for entry in entries]
    assert (len(catalogue.entries), sum(not entry.url for entry in catalogue.entries)) == (141, 15)
    assert all(host.endswith("justiceinspectorates.gov.uk") for host in catalogue.hosts)
    assert len({entry.url for entry in catalogue.entries if entry.url}) == 126


def test_an_entry_names_a_digest_that_is_there_and_has_not_its_id() -> None:
    catalogue = read_catalogue(ROOT / "corpus")
    digests = {path.stem for path in (ROOT / "corpus").glob("*.md")}
    assert {entry.digest for entry in catalogue.entries} - {""} <= digests
    assert not {entry.id for entry in catalogue.entries} & digests


def test_the_dates_of_the_catalogue_are_dates_the_readers_accept() -> None:
    for entry in read_catalogue(ROOT / "corpus").entries:
        text = yaml.safe_dump({"title": entry.title, "published": entry.published})
        assert read_metadata("", text, f"reports/{entry.id}.html")[0].published.iso == entry.published


def test_the_catalogue_lists_every_official_address_of_the_fact_sheets(shared: Path) -> None:
    facts = yaml.safe_load((shared / "facts/catalogue.yaml").read_text(encoding="utf-8"))
    catalogue = read_catalogue(ROOT / "corpus")
    assert [(entry.title, entry.url.removeprefix("https:")) for entry in catalogue.entries if entry.url] == [
        (fact["title"], fact["url"].removeprefix("https:").removeprefix("http:")) for fact in facts["entries"]
    ]
    assert [entry.title for entry in catalogue.entries if not entry.url] == [
        fact["title"] for fact in facts["seen_only_on_third_party_mirrors"]
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hosts: [", "catalogue.yaml: line 1: "),
        ("reports: []", "catalogue.yaml: hosts is missing"),
        ("[]", "catalogue.yaml: [] is not a list of 'key: value'"),
        ("hosts: a.test\nreports: []", "hosts: 'a.test' is not a list"),
        ("hosts: [a.test]\nreports: []\nreport: []", "unknown key 'report'; known keys: hosts, reports"),
        ("hosts: [a.test]\nreports: [a]", "reports number 1: 'a' is not a list of 'key: value'"),
        (
            "hosts: [a.test]\nreports: [{id: a, title: A, adress: b}]",
            "reports 'a': unknown key 'adress'; known keys: id, title",
        ),
        ("hosts: [a.test]\nreports: [{id: a, title: [A]}]", "reports 'a': title: ['A'] is not a text"),
        ("hosts: [a.test]\nreports: [{id: a}]", "reports 'a': title is missing"),
        ("hosts: [a.test]\nreports: [{id: a, title: ''}]", "a has no title; give it one"),
        ("hosts: [a.test]\nreports: [{id: ../a, title: A}]", "the id '../a' is not usable; an id is small letters"),
        ("hosts: [a.test]\nreports: [{id: a, title: A}, {id: a, title: B}]", "the id 'a' occurs twice"),
        ("hosts: [a.test]\nreports: [{id: a, title: A, url: 'http://a.test/'}]", "is not https to one of the hosts"),
        ("hosts: [a.test]\nreports: [{id: a, title: A, url: 'https://b.test/'}]", "is not https to one of the hosts"),
        ("hosts: [a.test]\nreports: [{id: a, title: A, url: 'https://a.test@b.test/'}]", "holds a user name"),
        ("hosts: [a.test]\nreports: [{id: a, title: A, digest: ../../etc}]", "names no digest"),
    ],
)
def test_a_catalogue_that_cannot_be_used_says_what_is_wrong(text: str, why: str) -> None:
    with pytest.raises(CorpusError) as caught:
        parse_catalogue(text)
    assert why in str(caught.value)


def test_a_corpus_without_a_catalogue_says_so(place: Settings) -> None:
    with pytest.raises(CorpusError, match=r"there is no catalogue\.yaml in "):
        list(fetch(place, ["a"]))

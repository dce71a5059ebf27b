"""The server for assistants as a process: on standard input and output, by HTTP, stopped, cut off and lied to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import pytest
from mcp import Client

from assistant import ERAS, ROOT, command, environment, process, session
from conftest import REPORTS, write_corpus
from probqa import cli
from probqa.indexing.build import build
from probqa.mcp import launch, tools
from probqa.mcp.plain import NOTICE
from probqa.settings import Settings
from recorder import need_strace, record
from serving import free_port, indexed

QUESTION = "how did Northway supervise people at low risk?"
QUOTE = "Northway supervised people at low risk by a telephone call every nine weeks."
ASK = {"name": "ask", "arguments": {"question": QUESTION, "k": 1}}
HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
STARTED = b"answering assistants of this machine at "


async def whole_session(client: Client) -> dict[str, Any]:
    """What an assistant does from first to last: everything that is offered, once."""
    offered = {tool.name: tool for tool in (await client.list_tools()).tools}
    asked = await client.call_tool("ask", {"question": QUESTION, "k": 1})
    [quote] = asked.structured_content["result"]["quotes"]
    given = {
        "ask": asked,
        "read": await client.call_tool("read", {"link": quote["link"]}),
        "check": await client.call_tool("check", {"text": QUOTE}),
        "every": await client.call_tool("every", {"question": QUESTION}),
        "reports": await client.call_tool("reports", {}),
    }
    for name, result in given.items():
        jsonschema.Draft202012Validator(offered[name].output_schema).validate(result.structured_content)
    listed = (await client.list_resources()).resources
    read = await client.read_resource(listed[0].uri)
    refused = await client.call_tool("ask", {"question": QUESTION, "k": 99})
    return {
        "tools": sorted(offered),
        "quote": quote["text"],
        "read": given["read"].structured_content["result"]["words"]["text"],
        "check": [one["status"] for one in given["check"].structured_content["result"]["quotes"]],
        "every": given["every"].structured_content["total"],
        "reports": given["reports"].structured_content["total"],
        "resources": [one.name for one in listed],
        "resource": json.loads(read.contents[0].text)["notice"] == NOTICE,
        "refused": refused.content[0].text,
    }


EVERYTHING = {
    "tools": sorted(tool.name for tool in tools.TOOLS),
    "quote": QUOTE,
    "read": QUOTE,
    "check": ["found"],
    "every": 3,
    "reports": 3,
    "resources": ["ambleton", "northway/selby", "weir"],
    "resource": True,
    "refused": "k is 99, more than 20; see the tool's input schema",
}


class Pipe:
    """A server whose standard input and output are ours."""

    def __init__(self, chosen: Settings, **more: str) -> None:
        self.process = subprocess.Popen(
            command(),
            env=environment(chosen) | more,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.printed: list[bytes] = []

    def send(self, *lines: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(line + b"\n" for line in lines))
        self.process.stdin.flush()

    def answer(self, number: int) -> Any:
        """Read until the answer to the request of this number."""
        assert self.process.stdout is not None
        while True:
            self.printed.append(self.process.stdout.readline())
            answer = json.loads(self.printed[-1])
            if answer.get("id") == number:
                return answer

    def end(self) -> tuple[bytes, bytes]:
        """Close its input: what else it printed, and what it said."""
        printed, said = self.process.communicate(timeout=60)
        return printed, said


@contextmanager
def pipe(chosen: Settings, **more: str) -> Iterator[Pipe]:
    """Start a server on pipes, and end it whatever happens."""
    made = Pipe(chosen, **more)
    try:
        yield made
    finally:
        made.process.kill()
        made.process.communicate()


def request(number: int, method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()


OPENING = [
    request(
        0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "test", "version": "1"}
    ),
    b'{"jsonrpc": "2.0", "method": "notifications/initialized"}',
]


# Talks to a server on pipes without the SDK, which would be recorded with it.
ASKS_ONCE = f"""
import json, subprocess
served = subprocess.Popen({command()!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in {[*OPENING, request(1, "tools/call", **ASK)]!r}:
    served.stdin.write(line + b"\\n")
served.stdin.flush()
served.stdout.readline()
answer = json.loads(served.stdout.readline())
print(answer["result"]["structuredContent"]["result"]["quotes"][0]["text"])
served.stdin.close()
served.wait(60)
"""


@contextmanager
def http(chosen: Settings) -> Iterator[Served]:
    """Serve by HTTP: the address, and the process."""
    port = free_port()
    served = subprocess.Popen(
        command("--http", "--port", str(port)),
        env=environment(chosen),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert served.stderr is not None
        line = served.stderr.readline()
        address = f"http://127.0.0.1:{port}/mcp"
        assert line == b"%s%s; stop with Ctrl+C\n" % (STARTED, address.encode()), line + served.stderr.read()
        _wait(port)
        yield address, served
    finally:
        served.kill()
        served.communicate()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


Served = tuple[str, subprocess.Popen[bytes]]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """REPORTS, indexed with the hash encoder."""
    return indexed(tmp_path_factory.mktemp("assistant"), REPORTS)


@pytest.fixture(scope="module")
def site(place: Settings) -> Iterator[Served]:
    """A server by HTTP over REPORTS."""
    with http(place) as served:
        yield served


def post(address: str, method: str = "tools/call", params: Any = ASK, **headers: str) -> httpx2.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return httpx2.post(address, json=body, headers=HEADERS | headers, timeout=30)


@pytest.mark.parametrize("era", ERAS)
def test_a_whole_session_on_standard_input_and_output(place: Settings, era: str) -> None:
    assert session(process(place), whole_session, era) == EVERYTHING


@pytest.mark.parametrize("era", ERAS)
def test_a_whole_session_by_http(site: Served, era: str) -> None:
    assert session(site[0], whole_session, era) == EVERYTHING


def test_standard_output_has_the_protocol_and_nothing_else_whatever_comes_in(place: Settings) -> None:
    hostile = [
        b"",
        b"{",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"jsonrpc": "2.0", "id": 10, "method": "tools/call"}',
        b'{"jsonrpc": "2.0", "id": 11, "method": "tools/call", "params": {"name": 1}}',
        b'{"jsonrpc": "2.0", "id": 12, "method": "no/such"}',
        b'{"jsonrpc": "2.0", "id": 13, "method": "tools/call", "params": {"name": "ask", "arguments": []}}',
        b'{"jsonrpc": "2.0", "id": 14, "method": "tools/call", "params": {"name": "ask", "arguments": '
        b'{"question": "a", "k": ' + b"9" * 5000 + b"}}}",
        b'{"jsonrpc": "2.0", "id": 15, "method": "tools/call", "params": {"name": "ask", "arguments": '
        b'{"question": "\\ud800", "k": 1}}}',
        b'{"jsonrpc": "2.0", "id": 16, "method": "tools/call", "params": {"name": "ask", "arguments": '
        b'{"question": "a", "k": 1e999}}}',
        b'{"jsonrpc": "2.0", "id": 17, "method": "resources/read", "params": {"uri": "probqa://documents/\\u0000"}}',
        request(18, "tools/call", name="ask", arguments={"question": "x" * 3_000_000}),
    ]
    with pipe(place, NOISE="1") as served:
        served.send(*OPENING, *hostile, request(99, "tools/call", **ASK))
        last = served.answer(99)
        printed, said = served.end()
    lines = [*served.printed, *printed.splitlines()]
    answers = [json.loads(line) for line in lines]
    assert last["result"]["structuredContent"]["result"]["quotes"][0]["text"] == QUOTE
    refused = {answer["id"]: answer for answer in answers if answer.get("id") not in (0, 99)}
    assert set(range(10, 14)) | {17, 18} <= set(refused)
    for answer in refused.values():
        assert "error" in answer or answer["result"]["isError"], answer
    assert b"Traceback" not in b"".join(lines)
    assert max(map(len, lines)) < 20_000
    assert b"noise" not in b"".join(lines)
    assert said.count(b"more noise\n") >= 1
    assert served.process.returncode == 0


def test_at_the_end_of_its_input_the_server_ends(place: Settings) -> None:
    with pipe(place) as served:
        served.send(OPENING[0])
        served.answer(0)
        assert served.end() == (b"", b"")
        assert served.process.returncode == 0


def test_stopped_at_a_terminal_the_server_ends_at_once(place: Settings) -> None:
    with pipe(place) as served:
        served.send(OPENING[0])
        served.answer(0)
        served.process.send_signal(signal.SIGINT)
        assert served.process.wait(20) == -signal.SIGINT


def test_the_server_dies_and_the_client_is_told(place: Settings) -> None:
    async def work(client: Client) -> str:
        await client.call_tool("ask", {"question": QUESTION})
        [own] = [int(path.name) for path in Path("/proc").iterdir() if _is_child(path)]
        os.kill(own, signal.SIGKILL)
        try:
            await client.call_tool("ask", {"question": QUESTION})
        except Exception as error:
            return str(error)
        return ""

    assert session(process(place), work) == "Connection closed"


def _is_child(folder: Path) -> bool:
    try:
        started = (folder / "cmdline").read_bytes()
        is_ours = f"PPid:\t{os.getpid()}\n" in (folder / "status").read_text()
        return is_ours and b"assistant.py" in started and b"--http" not in started
    except (OSError, ValueError):
        return False


def test_the_generation_may_change_under_a_running_process(built: Settings) -> None:
    def result(answer: httpx2.Response) -> Any:
        return answer.json()["result"]["structuredContent"]["result"]

    with http(built) as (address, served):
        before = result(post(address))
        write_corpus(built.corpus, {"late.md": "# Late\n\nThe ferry was cancelled on Tuesday.\n"})
        build(built)
        asked = {"name": "ask", "arguments": {"question": "when was the ferry cancelled?"}}
        after = result(post(address, params=asked))
        served.send_signal(signal.SIGINT)
        printed, said = served.communicate(timeout=20)
    assert before["generation"] != after["generation"]
    assert after["quotes"][0]["text"] == "The ferry was cancelled on Tuesday."
    assert (served.returncode, printed, said) == (130, b"", b"probqa: stopped\n")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:PORT"}, 200),
        ({"host": "localhost:PORT", "origin": "http://localhost:PORT"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "evil.example:PORT"}, 421),
        ({"host": "127.0.0.1.evil.example:PORT"}, 421),
        ({"host": "127.0.0.1:1"}, 421),
        ({"host": "127.0.0.1"}, 421),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://localhost:1"}, 403),
        ({"origin": "null"}, 403),
        ({"mcp-protocol-version": "2026-07-28", "host": "evil.example:PORT"}, 421),
        ({"mcp-protocol-version": "2026-07-28", "origin": "https://evil.example"}, 403),
        ({"content-type": "text/plain"}, 400),
        ({"mcp-protocol-version": "1"}, 400),
    ],
    ids=str,
)
def test_only_this_machine_by_its_own_names_is_answered(site: Served, headers: dict[str, str], status: int) -> None:
    port = site[0].split(":")[2].split("/")[0]
    response = post(site[0], **{name: value.replace("PORT", port) for name, value in headers.items()})
    assert response.status_code == status, response.text
    assert (QUOTE in response.text) == (status == 200)
    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_nobody_else_is_listened_to_and_a_long_body_is_refused(site: Served) -> None:
    port = int(site[0].split(":")[2].split("/")[0])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", port), timeout=5)
    body = b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"x" * launch.MAX_BODY_BYTES + b'"}'
    response = httpx2.post(site[0], content=body, headers=HEADERS | {"content-type": "application/json"}, timeout=30)
    assert response.status_code == 413
    assert post(site[0]).status_code == 200


def test_a_client_that_is_cut_off_keeps_nobody_waiting(site: Served) -> None:
    port = int(site[0].split(":")[2].split("/")[0])
    cut = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for one in cut:
        one.sendall(b"POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:%d\r\ncontent-length: 1000\r\n\r\n{" % port)
    assert post(site[0]).status_code == 200
    for one in cut:
        one.close()
    assert post(site[0]).status_code == 200


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(chosen: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    for name in ("corpus", "index", "model", "reader"):
        monkeypatch.setenv(f"PROBQA_{name.upper()}", str(getattr(chosen, name)))

    def command(*arguments: str) -> tuple[int, str]:
        code = cli.main(arguments)
        printed = capsys.readouterr()
        assert printed.out == ""
        return code, printed.err

    return command


def test_what_keeps_the_server_from_starting_is_one_line(
    run: Run, chosen: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_index = (2, f"probqa: there is no index in {chosen.index}; run: probqa build\n")
    assert run("mcp") == no_index
    assert run("mcp", "--http") == no_index
    assert run("mcp", "--port", "8701") == (2, "probqa: --port is for --http; add --http, or leave --port out\n")
    write_corpus(chosen.corpus, REPORTS)
    build(chosen)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = f"probqa: port {port} cannot be used: Address already in use; give another with --port\n"
        assert run("mcp", "--http", "--port", str(port)) == (2, line)
    line = "probqa: port 99999 cannot be used: bind(): port must be 0-65535.; give another with --port\n"
    assert run("mcp", "--http", "--port", "99999") == (2, line)


def test_without_the_extra_the_remedy_is_said(chosen: Settings) -> None:
    program = "import sys; sys.modules['mcp'] = None; from probqa import cli; sys.exit(cli.main(['mcp']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(chosen),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "probqa: mcp is not installed; run: pip install 'probqa[mcp]'\n",
    )


def test_nothing_is_looked_up_reached_or_left(place: Settings, tmp_path: Path) -> None:
    need_strace()
    home = tmp_path / "home"
    home.mkdir()
    own = environment(place) | {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    recording = record([sys.executable, "-c", ASKS_ONCE], own, tmp_path / "calls")
    assert recording.output == f"{QUOTE}\n"
    assert recording.reached == frozenset()
    assert {path for path in recording.made if not path.is_relative_to(place.index)} <= {Path(os.devnull)}


def test_the_command_line_starts_without_the_sdk() -> None:
    program = "import sys; from probqa import cli; cli.parser(); print('mcp' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "False\n"

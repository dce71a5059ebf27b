"""A page without a browser: Streamlit's own protocol over a websocket, for tests that need no Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

PATIENCE = 60.0


class Page:
    """An open page; ``frames`` is all that it was sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[ForwardMsg] = []

    def run(self, page: str = "", **parameters: str) -> bool:
        """Have the page drawn for an address, and wait until it is; whether that went well."""
        asking = BackMsg()
        asking.rerun_script.page_name = page
        asking.rerun_script.query_string = urlencode(parameters)
        self.send(asking.SerializeToString())
        return self.finished() == ForwardMsg.FINISHED_SUCCESSFULLY

    def send(self, frame: bytes | str) -> None:
        self.connection.send(frame)

    def finished(self) -> int:
        """Wait for the end of a run, and say how it ended."""
        while True:
            message = self.next()
            ended = message.script_finished
            if message.WhichOneof("type") == "script_finished" and ended != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return ended

    def next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(bytes(self.connection.recv(PATIENCE, decode=False)))
        self.frames.append(message)
        return message


@contextmanager
def open_page(port: int, base: str = "", origin: str | None = None, cookie: str = "") -> Iterator[Page]:
    """Open a page of the server on ``port`` of this machine."""
    address = f"ws://localhost:{port}{base}/_stcore/stream"
    headers = {"Cookie": cookie} if cookie else {}
    with connect(
        address,
        origin=origin,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers=headers,
        max_size=None,
    ) as connection:
        yield Page(connection)


def status_of_page(port: int, base: str = "", origin: str | None = None) -> int:
    """Open a page and leave; the status of the answer, 101 where it was let in."""
    try:
        with open_page(port, base, origin):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code

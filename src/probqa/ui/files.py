"""The framework's own files: sent small, and kept by browsers until there is another version of it.

In: the path of a file below ``static/``. Out: it, compressed once for all visitors; or that there is no such file.

>>> STATIC.find("js/nothing.js") is None, STATIC.find("../index.html") is None
(True, True)
"""

from __future__ import annotations

import gzip
import mimetypes
from pathlib import Path

import anyio.to_thread
import streamlit
from starlette.datastructures import Headers
from starlette.responses import FileResponse, PlainTextResponse, Response

# Their names hold a hash of what is in them.
KEPT = {"cache-control": "public, max-age=31536000, immutable", "vary": "Accept-Encoding"}
_TEXT = (".css", ".js", ".json", ".svg", ".txt", ".wasm")


class Files:
    """The files below a folder that does not change while the server runs."""

    def __init__(self, folder: Path) -> None:
        """Take those that are there now: a name is looked up among them and never made into a path."""
        files = (path for path in folder.rglob("*") if path.is_file())
        self._paths = {path.relative_to(folder).as_posix(): path for path in files}
        self._small: dict[str, bytes] = {}

    @property
    def names(self) -> frozenset[str]:
        """Return what the files are called below the folder."""
        return frozenset(self._paths)

    def find(self, name: str) -> Path | None:
        """Return where a file lies, None where there is none of that name."""
        return self._paths.get(name)

    async def response(self, name: str, headers: Headers) -> Response:
        """Return a file as ``headers`` allow it, or a line that says it is not there."""
        path = self.find(name)
        if path is None:
            return PlainTextResponse("There is no such file here.", 404, headers={"cache-control": "no-store"})
        if path.suffix not in _TEXT or "gzip" not in headers.get("accept-encoding", ""):
            return FileResponse(path, headers=KEPT)
        if name not in self._small:
            self._small[name] = await anyio.to_thread.run_sync(_compressed, path)
        media_type = mimetypes.guess_type(name)[0]
        return Response(self._small[name], media_type=media_type, headers={**KEPT, "content-encoding": "gzip"})


def _compressed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


STATIC = Files(Path(streamlit.__file__).parent / "static" / "static")

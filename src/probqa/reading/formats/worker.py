"""The child process in which a stranger's file is parsed.

In: the file on standard input, its format and the limits as arguments. Out: one line of JSON on standard output: a
reading, or a problem with its remedy. Instead of its format, what else is wanted of a PDF may be named: the places of
its characters, or the picture of a page. Started by ``sandbox`` only.

It sets its limits first and then imports only the one reader it needs. Whatever a hostile file makes that reader do, it
has no network, cannot start programs or write files, and is bounded in memory and time. Only where the words of scans
are to be recognised may it start one program, whose path is a further argument. The limits hold for that one as well,
and on Linux the system refuses both a socket.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import resource
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

# No report has more text than this. A reader that gives more is being misled by its file.
MAX_TEXT_CHARACTERS = 20_000_000
# File descriptors beyond the standard three that a reader may hold open at once.
_MAX_OPEN_FILES = 32
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "urllib.")


def main() -> None:
    """Read standard input as a file of the format ``sys.argv[1]`` and write the answer."""
    file_format, memory_bytes, cpu_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    # What libraries print must not mix with the answer.
    answer_to = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(memory_bytes, cpu_seconds)
    content = sys.stdin.buffer.read()
    answer = _outcome(file_format, content, *sys.argv[4:])
    answer["peak_kb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer_to.write(json.dumps(answer).encode())
    answer_to.close()
    # Leave without the libraries' clean-up: after a damaged file it can crash, and it is of no use here.
    os._exit(0)


def _outcome(task: str, content: bytes, *arguments: str) -> dict[str, Any]:
    """Read the file, turning everything that can go wrong into one problem.

    The ``arguments`` are the program that recognises and its languages, if there is one, or those of another task.
    """
    from probqa.errors import ReadingError
    from probqa.reading.formats.wire import to_json

    try:
        if task in ("places", "picture"):
            look = _looker(task, *arguments)
            sys.addaudithook(partial(_refuse, ""))
            return {name: base64.b64encode(part).decode() for name, part in look(content).items()}
        read = _recognising(*arguments) if arguments else _reader(task)
        sys.addaudithook(partial(_refuse, *arguments[:1] or ("",)))
        reading = read(content)
        if sum(len(piece.text) for piece in reading.pieces) > MAX_TEXT_CHARACTERS:
            raise ReadingError(
                f"holds more than {MAX_TEXT_CHARACTERS // 1_000_000} million characters", "split it into smaller files"
            )
        return {"reading": to_json(reading)}
    except ReadingError as error:
        return {"problem": error.problem, "remedy": error.remedy}
    except MemoryError:
        return {"problem": "needs too much memory to read", "remedy": "split it, or save it anew in its own program"}
    # The one catch-all: any other error of a parser is the file's fault and must not stop the build.
    except Exception as error:
        return {
            "problem": f"could not be parsed ({type(error).__name__})",
            "remedy": "open it in its own program and save it anew",
        }


def _reader(file_format: str) -> Callable[[bytes], Any]:
    match file_format:
        case "pdf":
            from probqa.reading.formats.pdf import read_pdf

            return read_pdf
        case "html":
            from probqa.reading.formats.webpage import read_webpage

            return read_webpage
        case "epub":
            from probqa.reading.formats.epub import read_epub

            return read_epub
        case "eml":
            from probqa.reading.formats.eml import read_eml

            return read_eml
        case "xlsx":
            from probqa.reading.formats.xlsx import read_xlsx

            return read_xlsx
        case "pptx":
            from probqa.reading.formats.pptx import read_pptx

            return read_pptx
        case "rtf":
            from probqa.reading.formats.rtf import read_rtf

            return read_rtf
        case "odt":
            from probqa.reading.formats.odt import read_odt

            return read_odt
        case _:
            from probqa.reading.formats.word import read_word

            return read_word


def _looker(task: str, *arguments: str) -> Callable[[bytes], dict[str, bytes]]:
    if task == "places":
        from probqa.reading.formats.pdf_places import pdf_places

        return lambda content: pdf_places(content, arguments[0]).packed()
    from probqa.reading.formats.pdf_picture import pdf_picture

    number, picture_format, marks = arguments
    return lambda content: {"picture": pdf_picture(content, int(number), picture_format, json.loads(marks))}


def _recognising(program: str, languages: str) -> Callable[[bytes], Any]:
    from probqa.reading.formats.no_sockets import refuse_sockets
    from probqa.reading.formats.pdf import read_pdf
    from probqa.reading.formats.recognition import Program

    refuse_sockets()
    return partial(read_pdf, program=Program(program, languages))


def _limit(memory_bytes: int, cpu_seconds: int) -> None:
    for kind, value, last in (
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        # At the first limit the process gets a signal that says why, at the second one that cannot be caught.
        (resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 2),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES, _MAX_OPEN_FILES),
    ):
        # A system that cannot limit one of these (macOS: memory) still has the parent's clock.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, last))


def _refuse(program: str, event: str, arguments: Any) -> None:
    """Refuse network and programs, as an audit hook, but for one ``program`` where that is given.

    Such a hook cannot be removed once it is set.
    """
    if event.startswith(_FORBIDDEN) and not (program and event == "subprocess.Popen" and arguments[0] == program):
        _give_up(event)


def _give_up(event: str) -> NoReturn:
    raise PermissionError(f"{event} is not allowed while reading a file")


if __name__ == "__main__":
    main()

"""The moments when the files of a corpus have changed and lie still again.

In: the folder. Out: a wait that ends at such a moment.

The folder is looked at every two seconds. What systems tell of changes (inotify and its like) is silent on network
folders and loses what comes too quickly, so that looking would be needed all the same; a thousand files take some
milliseconds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from probqa.errors import CorpusError
from probqa.reading.corpus import walk

# Seconds: between two looks; without a change before the files are read; of changes without end, after which they are
# read all the same (a file that changes while it is read is refused); before what failed is tried again.
LOOK, STILL, UNREST, AGAIN = 2.0, 10.0, 600.0, 60.0

State = dict[str, tuple[int, int, int]]
"""By path: inode, size in bytes and time of the last change in nanoseconds."""


class Watch:
    """A folder, and what it was like when it was last taken."""

    def __init__(self, folder: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        """Begin with a folder of which nothing was taken."""
        self._folder, self._sleep = folder, sleep
        self._taken: State | None = None

    def wait(self) -> State:
        """Wait until the files are others than were taken, and lie still, and return what they are like."""
        before: State | None = None
        still = unrest = 0.0
        while True:
            state = look(self._folder)
            still = still + LOOK if state == before else 0.0
            unrest = unrest + LOOK if state != self._taken else 0.0
            if state != self._taken and (still >= STILL or unrest >= UNREST):
                return state
            before = state
            self._sleep(LOOK)

    def take(self, state: State) -> None:
        """Remember that the files were read as they were in this state."""
        self._taken = state

    def pause(self) -> None:
        """Wait before what failed is tried again."""
        self._sleep(AGAIN)


def look(folder: Path) -> State:
    """Say what the files of a folder are like that are not hidden: nothing where it cannot be listed."""
    try:
        names = walk(folder)[0]
    except CorpusError:
        return {}
    state: State = {}
    for name in names:
        try:
            status = (folder / name).stat()
        except OSError:
            # It is going away just now, or a link that leads nowhere, which a build names.
            state[name] = (0, 0, 0)
        else:
            state[name] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return state

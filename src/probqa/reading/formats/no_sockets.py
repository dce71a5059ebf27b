"""A process that the system gives no socket any more, nor what it starts.

In: nothing. Out: nothing; from then on ``socket`` fails. On Linux, where the processor is one of those known here:
elsewhere nothing changes, and what a worker starts is kept from the network only by being told of no address.

The rule is a filter of system calls (seccomp), the lock that browsers put on the processes that handle strangers' data.
It cannot be taken off again.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
import sys

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000 | errno.EACCES
# Processor -> its number in a filter, and that of the call ``socket``. ``io_uring_setup``, a second way to one, is 425.
_PROCESSORS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
_IO_URING_SETUP = 425


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_sockets() -> None:
    """Have the system refuse every new socket from now on, where it can."""
    known = _PROCESSORS.get(os.uname().machine)
    if sys.platform != "linux" or known is None:
        return
    processor, socket = known
    steps = (
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 0, 4, processor),
        (_LOAD, 0, 0, 0),
        (_IF_EQUAL, 2, 0, socket),
        (_IF_EQUAL, 1, 0, _IO_URING_SETUP),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _FAIL),
    )
    rules = b"".join(struct.pack("HBBI", *step) for step in steps)
    with contextlib.suppress(AttributeError, OSError):
        control = ctypes.CDLL(None).prctl
        control(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        control(_SET_SECCOMP, _FILTER, ctypes.byref(_Program(len(steps), rules)), 0, 0)

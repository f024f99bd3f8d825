# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of a container, looked at before they are executed.

To execute a script or a program, the kernel opens its interpreter, and the module's own Python is
then still what /proc/self/exe means. A container whose program leads there would execute the
host's Python and could reach for its file: that is refused.
"""

from __future__ import annotations

import errno
import os
import struct
from dataclasses import dataclass
from typing import Dict, Optional

from .._core.errors import ContainersError
from .exitcodes import CANNOT_RUN
from .safepath import open_in_root

_HEAD = 256
_DEPTH = 6
_PT_INTERP = 3
_PATH_MAX = 4096
_SEGMENTS_MAX = 256


class NotExecutedError(ContainersError):
    """The command can't be executed; ``code`` is the exit code that Docker and shells give for why."""

    def __init__(self, message: str, code: int, hint: Optional[str] = None) -> None:
        told = f"(exit code {code})"
        super().__init__(message if message.endswith(told) else f"{message} {told}", hint)
        self.code = code


@dataclass(frozen=True)
class _Layout:
    """Where an ELF file of one word size says where its segments are, and what a segment's head is like."""

    table: str
    table_at: int
    counts_at: int
    segment: str
    offset_field: int
    size_field: int


_LAYOUTS: Dict[int, _Layout] = {
    1: _Layout("I", 28, 42, "IIIII", 1, 4),
    2: _Layout("Q", 32, 54, "IIQQQQ", 2, 5),
}
_ORDERS = {1: "<", 2: ">"}


def missing_interpreter(root: int, path: str) -> Optional[str]:
    """The interpreter that the program at path names and that isn't there; None if all is well.

    Raises ContainersError if the program, or an interpreter of it, is reached through /proc/<pid>.
    What can't be told (not there, not readable, of no known format) is left for the kernel to tell.
    """
    name = path
    for _depth in range(_DEPTH):
        try:
            descriptor = _open(root, name)
        except (FileNotFoundError, NotADirectoryError):
            return name if name != path else None
        except OSError as error:
            if error.errno != errno.ELOOP:
                return None
            raise NotExecutedError(
                f'exec "{path}": {name} is a link in circles or into /proc, which could lead to a program of the host',
                CANNOT_RUN,
            ) from error
        try:
            interpreter = _interpreter(descriptor)
        except (OSError, struct.error):
            return None
        finally:
            os.close(descriptor)
        if interpreter is None:
            return None
        name = interpreter
    return None


def _open(root: int, name: str) -> int:
    return open_in_root(root, name, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)


def _interpreter(descriptor: int) -> Optional[str]:
    head = os.pread(descriptor, _HEAD, 0)
    if head.startswith(b"#!"):
        words = head[2:].split(b"\n", 1)[0].split()
        return os.fsdecode(words[0]) if words else None
    if head.startswith(b"\x7fELF"):
        return _elf_interpreter(descriptor, head)
    return None


def _elf_interpreter(descriptor: int, head: bytes) -> Optional[str]:
    layout, order = _LAYOUTS.get(head[4]), _ORDERS.get(head[5])
    if layout is None or order is None:
        return None
    (table,) = struct.unpack_from(order + layout.table, head, layout.table_at)
    size, count = struct.unpack_from(f"{order}HH", head, layout.counts_at)
    for number in range(min(count, _SEGMENTS_MAX)):
        fields = struct.unpack_from(order + layout.segment, os.pread(descriptor, size, table + number * size))
        if fields[0] == _PT_INTERP:
            raw = os.pread(descriptor, min(fields[layout.size_field], _PATH_MAX), fields[layout.offset_field])
            return os.fsdecode(raw.split(b"\0", 1)[0])
    return None

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wait for the disk beside everything else: a mark goes when what was written before it is safe.

The process that waits ends by itself within the seconds that the disk needs. If it doesn't get
there (a kill, a power cut), the marks stay and tell it.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import List, Sequence, Tuple

from .syscall import libc

_OPEN_MAX = 65536


def settle_later(folder: str, marks: Sequence[str]) -> None:
    """Once the file system of the folder is on the disk, remove the marks, which are files in it."""
    known = [(mark, os.stat(mark)) for mark in marks]
    child = os.fork()
    if child == 0:
        try:
            _detach()
            if os.fork() == 0:
                _settle(folder, known)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _detach() -> None:
    """Let go of all that belongs to the run, its locks and pipes too, before the run goes on."""
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    os.closerange(0, _OPEN_MAX)
    for _standard in range(3):
        os.open(os.devnull, os.O_RDWR)
    os.chdir("/")


def _settle(folder: str, marks: List[Tuple[str, os.stat_result]]) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    libc("syncfs", descriptor, path=folder)
    for mark, status in marks:
        with suppress(FileNotFoundError):
            if os.path.samestat(os.stat(mark), status):
                os.unlink(mark)
    os.fsync(descriptor)

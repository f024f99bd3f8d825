# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The minimal init that option ``init`` asks for: reaps orphans, forwards signals, ends as the command does.

It is this very process, so it costs the memory of the module's Python. It can't be inspected from
inside, and what the module was called with is wiped from its memory.
"""

from __future__ import annotations

import ctypes
import os
import signal
from contextlib import suppress
from typing import Callable, NoReturn

from .exitcodes import exit_code
from .syscall import close_range, libc

_PR_SET_NAME = 15
_ARG_START, _ENV_END = 45, 48  # fields of /proc/<pid>/stat behind the name
_NAME = b"init"
_NOT_FORWARDED = (signal.SIGCHLD, signal.SIGTTIN, signal.SIGTTOU)


def serve_as_init(execute: Callable[[], NoReturn]) -> NoReturn:
    """Fork the command and serve it until it ends."""
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    command = os.fork()
    if command == 0:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        execute()
    close_range(3)
    _forget_the_module()
    while True:
        number = signal.sigwaitinfo(signal.valid_signals()).si_signo
        if number == signal.SIGCHLD:
            _reap(command)
        elif number not in _NOT_FORWARDED:
            _forward(command, number)


def _reap(command: int) -> None:
    """Collect every process that has ended; the command's end is ours."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if ended == command:
            os._exit(exit_code(status))
        if ended == 0:
            return


def _forward(command: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(command, number)


def _forget_the_module() -> None:
    """Overwrite arguments and environment where the kernel shows them (/proc/1/cmdline and environ)."""
    libc("prctl", _PR_SET_NAME, _NAME, 0, 0, 0, path="prctl")
    with open("/proc/self/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
    start, end = int(fields[_ARG_START]), int(fields[_ENV_END])
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)
        ctypes.memmove(start, _NAME, len(_NAME))

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forked copy of the module does, whatever process of a container it is about to become.

It never returns into the module's code and never raises: it says what failed and ends.
"""

from __future__ import annotations

import locale
import os
import resource
import signal
from contextlib import suppress
from typing import NoReturn

from .._core.errors import ContainersError, step
from .channel import Channel, GoneError
from .launch import Process
from .syscall import libc

_PR_SET_DUMPABLE = 4
_LAST_SIGNAL = 64


def tell_and_end(channel: Channel, error: BaseException) -> NoReturn:
    """Say what failed and end. Where the module is gone nobody is left to be told."""
    try:
        if not isinstance(error, ContainersError):
            error = ContainersError(f"{type(error).__name__}: {error}")
        with suppress(GoneError):
            channel.send_refusal(error)
    finally:
        os._exit(1)


def leave_module_behind() -> None:
    """Be a process of its own: not to be inspected, no signal handled or blocked, messages untranslated."""
    forbid_inspection()
    for number in range(1, _LAST_SIGNAL + 1):
        with suppress(OSError, ValueError):  # SIGKILL, SIGSTOP and those libc keeps for itself
            if signal.getsignal(number) != signal.SIG_DFL:
                signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    locale.setlocale(locale.LC_ALL, "C")


def forbid_inspection() -> None:
    """Let nobody of its own user trace it or look into its memory. A change of rights may undo this."""
    libc("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0, path="prctl")


def raise_limits(process: Process, pid: int = 0) -> None:
    """Of the process with the pid, or of our own. Only the host's root may raise a hard limit; the rest comes later."""
    for limit in process.limits:
        number = getattr(resource, f"RLIMIT_{limit.name}")
        soft, hard = resource.prlimit(pid, number)
        if hard != resource.RLIM_INFINITY and (limit.hard == resource.RLIM_INFINITY or limit.hard > hard):
            with step(f"raise its limit {limit.name.lower()} to {limit.hard}"):
                _set_limit(pid, number, soft, limit.hard)


def _set_limit(pid: int, number: int, soft: int, hard: int) -> None:
    try:
        resource.prlimit(pid, number, (soft, hard))
    except PermissionError as error:
        words = os.strerror(error.errno or 0)
        raise ContainersError(words, "The module itself lacks the right to: see its own limits") from error


def become_root() -> None:
    os.setgroups([])
    os.setresgid(0, 0, 0)
    os.setresuid(0, 0, 0)

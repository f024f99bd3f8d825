# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is interrupted ends as one that fails does: with what it did undone.

An op that is begun is finished first, because one that is broken off anywhere can't say how far it came; so is what
takes back others. An op that lasts lets itself be interrupted where it waits and can clean up after itself.
"""

from __future__ import annotations

import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Iterator, Optional

from .errors import ContainersError

_HEEDED = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@dataclass
class _State:
    held: bool = False
    signal: Optional[int] = None
    """The first that came."""


_STATE = _State()


def heed_signals() -> None:
    """Let a lost connection or a kill raise ContainersError, once; while it is held back, where that is asked for."""
    _STATE.signal = None
    for number in _HEEDED:
        signal.signal(number, _interrupt)


@contextmanager
def held_back() -> Iterator[None]:
    """Nothing inside is interrupted but where ``heed`` or ``heeded_at_once`` says so."""
    outer, _STATE.held = _STATE.held, True
    try:
        yield
    finally:
        _STATE.held = outer


@contextmanager
def heeded_at_once() -> Iterator[None]:
    """Interruptions raise anywhere inside, those that came before too."""
    outer, _STATE.held = _STATE.held, False
    try:
        heed()
        yield
    finally:
        _STATE.held = outer


def interrupted() -> bool:
    return _STATE.signal is not None


def heed() -> None:
    """Raise ContainersError if the run was interrupted."""
    if _STATE.signal is not None:
        raise ContainersError(f"interrupted by {signal.Signals(_STATE.signal).name}")


def _interrupt(number: int, _frame: object) -> None:
    for heeded in _HEEDED:
        signal.signal(heeded, signal.SIG_IGN)
    _STATE.signal = number
    if not _STATE.held:
        heed()

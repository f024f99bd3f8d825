# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is interrupted ends as one that fails does: with what it did undone."""

from __future__ import annotations

import signal
from typing import NoReturn

from .errors import ContainersError


def heed_signals() -> None:
    """Let a lost connection or a kill raise ContainersError, once."""

    def interrupted(number: int, _frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)
        raise ContainersError(f"interrupted by {signal.Signals(number).name}")

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupted)

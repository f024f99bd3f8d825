# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's lock on an open file or folder; it is gone with the last process that has it open."""

from __future__ import annotations

import fcntl


def own(descriptor: int) -> None:
    """Lock for this process alone, waiting for whoever has it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def try_own(descriptor: int) -> bool:
    """Lock for this process alone, and tell whether nobody else had it."""
    return _try(descriptor, fcntl.LOCK_EX)


def try_share(descriptor: int) -> bool:
    """Lock together with others that share, and tell whether nobody owned it alone."""
    return _try(descriptor, fcntl.LOCK_SH)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

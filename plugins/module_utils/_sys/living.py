# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's process that may end at any moment, and whose pid may be another's afterwards."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Iterator

from .._core.errors import ContainersError

if TYPE_CHECKING:
    from .processes import Processes


@contextmanager
def living(processes: Processes, pid: int, start_time: int, held: ExitStack) -> Iterator[int]:
    """The pidfd, which is held; what is read of /proc/<pid> inside is read of this very process.

    Raises ContainersError where it has ended, before or meanwhile.
    """
    pidfd = processes.open(pid, start_time)
    if pidfd is None:
        raise gone()
    held.callback(os.close, pidfd)
    try:
        yield pidfd
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        if processes.wait(pidfd, 0):
            raise gone() from None
        raise
    if processes.wait(pidfd, 0):
        raise gone()


def gone() -> ContainersError:
    return ContainersError("the container has ended meanwhile")

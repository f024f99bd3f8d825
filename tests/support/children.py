# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Children of a test that run a function at the same time as others; none ever returns into the test's own code."""

from __future__ import annotations

import os
import traceback
from typing import Any, Callable


def started(function: Callable[..., Any], **options: Any) -> int:
    """A child that runs the function and ends with 0 if it returned; the child's pid."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            function(**options)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return pid


def ended_well(pid: int) -> bool:
    return os.waitpid(pid, 0)[1] == 0

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a program ended, or why it couldn't begin, in one number, as shells and Docker count."""

from __future__ import annotations

import os

CANNOT_RUN = 126
NOT_FOUND = 127
_SIGNALED = 128


def exit_code(status: int) -> int:
    """Of a process that waitpid(2) tells of: a signal's number and 128 where one ended it."""
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else _SIGNALED - code

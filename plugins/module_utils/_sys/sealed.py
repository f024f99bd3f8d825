# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Execute Python anew from a view of its own file that nobody can write to.

Who enters a container has the host's Python behind /proc/<pid>/exe until the command is executed, and for good if the
container makes the command lead back there. A container with the host's ids could write to that file (CVE-2019-5736);
through a read-only mount, attached nowhere, it can't.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn, Sequence

from . import mountfd

_OWN_PROGRAM = "/proc/self/exe"


def execute_sealed(arguments: Sequence[str]) -> NoReturn:
    """Become a new Python with these arguments, which inherits what is inheritable."""
    program = mountfd.clone(_OWN_PROGRAM)
    mountfd.restrict(program, mountfd.RDONLY | mountfd.NODEV | mountfd.NOSUID)
    os.execve(program, [sys.executable, *arguments], os.environ)

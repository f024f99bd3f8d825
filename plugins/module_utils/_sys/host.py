# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host: the machine as rooms see it, and the one seam between them and the kernel.

``observe`` and ops get a Host and touch the machine through its parts only; tests hand them a
double. Each part is imported when it is first used, so that a module pays only for what it needs.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .files import Files
from .locks import Locks

if TYPE_CHECKING:
    from .processes import Processes
    from .sysctl import Sysctl


class Host:
    """The local machine. Its parts keep no state but open sockets."""

    @cached_property
    def files(self) -> Files:
        return Files()

    @cached_property
    def locks(self) -> Locks:
        return Locks(self.files)

    @cached_property
    def processes(self) -> Processes:
        from .processes import Processes

        return Processes()

    @cached_property
    def sysctl(self) -> Sysctl:
        from .sysctl import Sysctl

        return Sysctl()

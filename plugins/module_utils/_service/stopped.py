# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left to say when the unit's main process has ended: how, and what the container wrote last."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._container import settings
from .._container.observe import names_of
from .._container.unit import JOURNALD
from .._core.store import Store
from .words import say

if TYPE_CHECKING:
    from .._sys.host import Host

_LINES = 20
_LINE_MAX = 2000


def stopped(host: Host, store: Store, name: str) -> None:
    """As ExecStopPost, whose environment tells how it ended."""
    code, status = os.environ.get("EXIT_CODE", ""), os.environ.get("EXIT_STATUS", "")
    if not code:
        return
    words = f"exit code {status}" if code == "exited" else f"signal {status}"
    say(f"container {name} has ended: {words}")
    kept = settings.load(host.files, store, name)
    if kept is None or kept.log_driver == JOURNALD:
        return
    log = names_of(store, name)["log"]
    lines = host.files.read_end(log, _LINES * _LINE_MAX).decode("utf-8", "replace").splitlines()[-_LINES:]
    if lines:
        say(f"the end of {log}:")
    for line in lines:
        say(f"| {line[:_LINE_MAX]}")

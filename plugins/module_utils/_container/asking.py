# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One try of a container's health check, in a process that does nothing else. When it is due is for ``awaiting``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._core.interruption import heed_signals, heeded_at_once
from .._core.store import Store
from . import entrance
from .entrance import Command
from .health import Health

if TYPE_CHECKING:
    from .._sys.host import Host

_WORDS_MAX = 500


def ask(host: Host, store: Store, name: str, health: Health, seconds: float) -> Optional[str]:
    """What it says against the container; None where it says nothing. Raises ContainersError where it can't be run.

    An interruption ends the check first, and its process group.
    """
    heed_signals()
    with heeded_at_once():
        entry = entrance.entry(host, store, name, Command(health.test))
        if entry is None:
            return "no check could be run"
        ended = host.entering.run(entry, None, seconds)
    if ended.code == 0 and not ended.timed_out:
        return None
    limit = f"{round(seconds, 2):g} seconds"
    how = f"didn't end within {limit}" if ended.timed_out else f"ended with exit code {ended.code}"
    text = (ended.output + ended.errors)[-_WORDS_MAX:].decode("utf-8", "replace").strip()
    return f"its check {how}" + (f": {text}" if text else "")

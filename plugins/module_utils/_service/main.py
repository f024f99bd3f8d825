# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime: what a container's systemd unit runs, with no controller and nothing of Ansible on the host.

``daemonless-runtime start STORE NAME`` starts the container, ``stopped`` tells the journal of its end.
Both leave the unit's cgroup before they import what they need, since the limits that are set there are the container's.
"""

from __future__ import annotations

import sys
from typing import List, Optional

from .._container.unit_name import unit_name
from .._core.errors import ContainersError, os_error_text
from .._core.interruption import heed_signals
from .._core.store import Store
from .._sys.host import Host

_START = "start"
_ACTS = (_START, "stopped")
_USAGE = "usage: daemonless-runtime start|stopped STORE NAME\n"


def main(arguments: List[str]) -> int:
    """The exit status."""
    if len(arguments) != 3 or arguments[0] not in _ACTS:
        sys.stderr.write(_USAGE)
        return 2
    act, root, name = arguments
    heed_signals()
    host, store = Host(), Store(root)
    try:
        group = _left_group(host, store, name)
        if act == _START:
            from .start import start

            start(host, store, name, group)
        else:
            from .stopped import stopped

            stopped(host, store, name)
    except (ContainersError, OSError) as error:
        text = os_error_text(error) if isinstance(error, OSError) else str(error)
        sys.stderr.write(f"{text}\n")
        return 1
    return 0


def _left_group(host: Host, store: Store, name: str) -> Optional[str]:
    """The unit's cgroup, which we were in; None where we are in it still, or never were."""
    group = host.cgroups.own()
    if group is None or group.rpartition("/")[2] != unit_name(store, name):
        return None
    return group if host.cgroups.leave() else None

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runtime: what a container's systemd unit runs, with no controller and nothing of Ansible on the host.

``daemonless-runtime start STORE NAME`` starts the container, ``stopped`` tells the journal of its end.
"""

from __future__ import annotations

import sys
from typing import Callable, Dict, List

from .._core.errors import ContainersError, os_error_text
from .._core.interruption import heed_signals
from .._core.store import Store
from .._sys.host import Host
from .start import start
from .stopped import stopped

_ACTS: Dict[str, Callable[[Host, Store, str], None]] = {"start": start, "stopped": stopped}
_USAGE = "usage: daemonless-runtime start|stopped STORE NAME\n"


def main(arguments: List[str]) -> int:
    """The exit status."""
    if len(arguments) != 3 or arguments[0] not in _ACTS:
        sys.stderr.write(_USAGE)
        return 2
    act, root, name = arguments
    heed_signals()
    try:
        _ACTS[act](Host(), Store(root), name)
    except (ContainersError, OSError) as error:
        text = os_error_text(error) if isinstance(error, OSError) else str(error)
        sys.stderr.write(f"{text}\n")
        return 1
    return 0

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""container_exec run as its module runs it, in the container ``web``."""

from __future__ import annotations

from typing import Any, Dict

from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._exec.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.container_exec import ARGUMENT_SPEC


def run_in(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """Run the room with the options that Ansible would fill in, on the real host."""
    return run_room(ROOM, with_defaults(ARGUMENT_SPEC, {"name": "web", **options}), Host(), check_mode)


def output_of(script: str, **options: Any) -> str:
    """What the shell script writes in the container, errors too."""
    ended = run_in(shell=f"exec 2>&1; {script}", **options)
    assert ended["rc"] == 0, ended
    return str(ended["stdout"])

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""container_copy run as its module runs it, for the container ``web``, and what comes of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional

from container_runs import STORE
from exec_runs import output_of
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._copy.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.container_copy import ARGUMENT_SPEC

MERGED = Path(STORE.container("web"), "merged")


def copy(check_mode: bool = False, host: Optional[Host] = None, **options: Any) -> Dict[str, Any]:
    """Run the room with the options that Ansible would fill in, on the real host."""
    return run_room(ROOM, with_defaults(ARGUMENT_SPEC, {"name": "web", **options}), host or Host(), check_mode)


def copy_path(path: Path, check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    """The same for a path of this machine."""
    slash = "/" if options.pop("inner", False) else ""
    return copy(check_mode, src=f"{path}{slash}", remote_src=True, **options)


def attributes(path: str) -> str:
    """Mode and owner, as the container sees them."""
    return output_of(f"stat -c '%a %u:%g' {path}")

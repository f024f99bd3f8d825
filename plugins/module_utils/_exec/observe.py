# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the container runs, whether the command can run as asked, and whether it has been run before."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from .._container import entrance
from .._core.errors import step
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.entering import Entry
    from .._sys.host import Host


@dataclass(frozen=True)
class Found:
    running: bool
    created: bool = False
    """Whether something is at ``creates``."""
    removed: bool = False
    """Whether nothing is at ``removes``."""


def observe(host: Host, wanted: Wanted) -> Found:
    """Raises ContainersError where the container runs, but can't run this."""
    with step(f"look at container {wanted.name}"):
        entry = entrance.entry(host, wanted.store, wanted.name, wanted.command)
        if entry is None:
            return Found(False)
        return Found(
            running=True,
            created=wanted.creates is not None and _exists(host, entry, wanted.creates),
            removed=wanted.removes is not None and not _exists(host, entry, wanted.removes),
        )


def _exists(host: Host, entry: Entry, pattern: Optional[str]) -> bool:
    """As the command would see it: from its working folder, with the container's links and mounts."""
    path = posixpath.join(entry.process.working_dir, pattern or "")
    return host.container_files.matches_in_rootfs(entrance.root_of(entry.pid), path)

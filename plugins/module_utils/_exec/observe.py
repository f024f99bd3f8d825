# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the container runs, whether the command can run as asked, and whether it has been run before."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._container import entrance
from .._container.entrance import View
from .._core.errors import step
from .spec import Wanted

if TYPE_CHECKING:
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
        view = entrance.view(host, wanted.store, wanted.name, wanted.command)
        if view is None:
            return Found(False)
        return Found(
            running=True,
            created=wanted.creates is not None and _exists(host, view, wanted.creates),
            removed=wanted.removes is not None and not _exists(host, view, wanted.removes),
        )


def _exists(host: Host, view: View, pattern: str) -> bool:
    """As the command would see it: from its working folder, with the container's links and mounts."""
    path = posixpath.join(view.working_dir, pattern)
    return host.container_files.matches_in_rootfs(view.root, path)

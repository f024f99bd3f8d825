# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns of a container."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Optional

from .observe import Found, names_of
from .settings import Settings
from .spec import Wanted

RUNNING = "running"
STOPPED = "stopped"
ABSENT = "absent"


def status(found: Found) -> str:
    if found.pid is not None:
        return RUNNING
    return ABSENT if found.settings is None else STOPPED


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """Of the container as it is."""
    return _shown(wanted, found, found.settings, status(found))


def predicted(wanted: Wanted, found: Found, settings: Optional[Settings], becomes: str) -> Dict[str, Any]:
    """Of the container as it would be. A process that isn't there yet has no pid."""
    if becomes == RUNNING and settings is not None:
        found = replace(found, pid=None, namespaces={}, hostname=settings.hostname)
    elif becomes != status(found):
        found = replace(found, pid=None, namespaces={}, hostname=None)
    return _shown(wanted, found, settings, becomes)


def _shown(wanted: Wanted, found: Found, settings: Optional[Settings], becomes: str) -> Dict[str, Any]:
    kept = settings is not None and becomes != ABSENT
    return {
        "container": {
            "name": wanted.name,
            "status": becomes,
            "pid": found.pid,
            "exit_code": found.exit_code if becomes == STOPPED else None,
            "hostname": found.hostname or (settings.hostname if settings is not None and kept else None),
            "rootfs": settings.merged if settings is not None and kept else None,
            "namespaces": dict(found.namespaces),
            "log": names_of(wanted.store, wanted.name)["log"] if kept else None,
        }
    }

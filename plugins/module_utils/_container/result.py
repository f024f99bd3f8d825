# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module returns of a container."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Optional

from . import limits
from .observe import Found, names_of
from .settings import Settings
from .spec import Wanted
from .unit import JOURNALD, what_needs_unit
from .unit_name import unit_name

RUNNING = "running"
STOPPED = "stopped"
RESTARTING = "restarting"
ABSENT = "absent"
ALIVE = (RUNNING, RESTARTING)
"""What has to be stopped not to run."""


def status(found: Found) -> str:
    if found.pid is not None:
        return RUNNING
    if found.unit.restarting:
        return RESTARTING
    return ABSENT if found.settings is None else STOPPED


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """Of the container as it is."""
    return _shown(wanted, found, found.settings, status(found))


def predicted(wanted: Wanted, found: Found, settings: Optional[Settings], becomes: str) -> Dict[str, Any]:
    """Of the container as it would be. A process that isn't there yet has no pid."""
    if becomes == RUNNING and settings is not None:
        limiting = limits.as_written(settings.limits)
        found = replace(found, pid=None, namespaces={}, hostname=settings.hostname, limiting=limiting)
    elif becomes != status(found):
        found = replace(found, pid=None, namespaces={}, hostname=None, limiting={})
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
            "limits": limits.view(limits.as_read(found.limiting)),
            "restart_policy": settings.restart_policy if settings is not None and kept else None,
            "unit": unit_name(wanted.store, wanted.name) if _has_unit(found, settings, becomes) else None,
            "log": names_of(wanted.store, wanted.name)["log"] if kept and not _in_journal(settings) else None,
        }
    }


def _has_unit(found: Found, settings: Optional[Settings], becomes: str) -> bool:
    """One that is to be made counts, one that is to go doesn't."""
    if settings is None or becomes == ABSENT:
        return False
    return what_needs_unit(settings) is not None or found.unit.holds_init


def _in_journal(settings: Optional[Settings]) -> bool:
    return settings is not None and settings.log_driver == JOURNALD

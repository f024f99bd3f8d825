# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""(Wanted, Found) -> Plan for the runtime, and what is returned of it. Pure."""

from __future__ import annotations

from typing import Any, Dict, List

from .._core.errors import ContainersError
from .._core.plan import Op, Plan
from .observe import Found
from .ops import InstallVersion, RemoveRuntime, RemoveVersions, UseVersion
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    """Raises ContainersError where what is to be removed is needed."""
    return _present(wanted, found) if wanted.present else _absent(wanted, found)


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """Of the runtime as it is."""
    return _shown(wanted, found.current)


def _present(wanted: Wanted, found: Found) -> Plan:
    store, version = wanted.store, found.version
    ops: List[Op] = []
    if not found.intact:
        ops.append(InstallVersion(store, version, found.files))
    if found.current != version:
        ops.append(UseVersion(store, version, found.current))
    others = tuple(name for name in found.versions if name != version)
    if others:
        ops.append(RemoveVersions(store, others))
    before = {"current": found.current or None, "versions": list(found.versions), "intact": found.intact}
    after = {"current": version, "versions": [version], "intact": True} if ops else before
    return Plan(tuple(ops), before, after, _shown(wanted, version))


def _absent(wanted: Wanted, found: Found) -> Plan:
    if not found.current and not found.versions:
        return Plan(predicted=_shown(wanted, ""), teardown=True)
    if found.needed_by:
        raise ContainersError(
            f"the runtime is needed by container {', '.join(found.needed_by)}",
            "Remove those first, or start them with restart_policy: no and no limits",
        )
    before = {"current": found.current or None, "versions": list(found.versions)}
    return Plan((RemoveRuntime(wanted.store, found.versions),), before, {}, _shown(wanted, ""), teardown=True)


def _shown(wanted: Wanted, version: str) -> Dict[str, Any]:
    path = wanted.store.runtime_entry if version else None
    return {"runtime": {"version": version or None, "path": path}}

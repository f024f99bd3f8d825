# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as the module returns them. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any, Dict, Mapping, Optional

from .._container import overview
from .._container.overview import Overview
from .observe import Found, Seen
from .spec import Wanted

_IDLE = (None, "inactive", "failed")
_MICROSECONDS = 1_000_000


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """``exists`` is about all that were asked for; of all there are, whether there is one."""
    exists = [seen.container.exists for seen in found.seen]
    return {"exists": bool(exists) and all(exists), "containers": [_shown(wanted, seen) for seen in found.seen]}


def _shown(wanted: Wanted, seen: Seen) -> Dict[str, Any]:
    one = seen.container
    kept = one.settings
    told: Dict[str, Any] = {
        "name": one.name,
        "exists": one.exists,
        "status": _status(seen),
        "error": one.error,
        "pid": one.pid,
        "started": None if one.started is None else datetime.fromtimestamp(one.started, timezone.utc).isoformat(),
        "exit_code": one.exit_code,
        "hostname": one.hostname or (kept.hostname if kept else None),
        "image": {"id": seen.image, "names": list(seen.image_names)} if seen.image else None,
        "rootfs": kept.merged if kept else None,
        "namespaces": dict(one.namespaces),
        "interfaces": [{**asdict(interface), "addresses": list(interface.addresses)} for interface in seen.interfaces],
        "addresses": [text.partition("/")[0] for interface in seen.interfaces for text in interface.addresses],
        "ports": [dict(port) for port in seen.ports] if wanted.ports else None,
        "limits": overview.shown_limits(one),
        "usage": _usage(seen),
        "restart_policy": kept.restart_policy if kept else None,
        "healthcheck": overview.shown_healthcheck(kept) if kept else None,
        "unit": _unit(seen),
        "log": overview.log_of(wanted.store, one.name) if kept and not one.in_journal else None,
        "settings": overview.shown_settings(kept) if kept else None,
    }
    return told


def _status(seen: Seen) -> str:
    if seen.container.pid is not None:
        return "running"
    if seen.container.settings is None:
        return "unknown" if seen.container.error else "absent"
    return "stopped" if seen.unit_state in _IDLE else "restarting"


def _unit(seen: Seen) -> Optional[Dict[str, Any]]:
    one = seen.container
    if one.unit is None:
        return None
    return {"name": one.unit, "starts_at_boot": one.starts_at_boot, "state": seen.unit_state}


def _usage(seen: Seen) -> Optional[Dict[str, Any]]:
    """Of the cgroup where there is one of its own, else what its processes say."""
    one, usage = seen.container, seen.usage
    if one.counted:
        return _counted(one)
    if usage is None:
        return None
    return {
        "source": "proc",
        "memory": usage.memory,
        "memory_peak": None,
        "cpu_seconds": usage.cpu_seconds,
        "pids": usage.processes,
    }


def _counted(one: Overview) -> Dict[str, Any]:
    cpu = dict(line.split(" ", 1) for line in one.counted.get(overview.CPU_STAT, "").splitlines() if " " in line)
    return {
        "source": "cgroup",
        "memory": _number(one.counted, overview.MEMORY_NOW),
        "memory_peak": _number(one.counted, overview.MEMORY_PEAK),
        "cpu_seconds": int(cpu["usage_usec"]) / _MICROSECONDS if "usage_usec" in cpu else None,
        "pids": _number(one.counted, overview.PIDS_NOW),
    }


def _number(texts: Mapping[str, str], name: str) -> Optional[int]:
    return int(texts[name]) if name in texts else None

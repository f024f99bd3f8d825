# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a container, for who only looks: from its record, its living init and its unit. Nothing is changed.

The front door for whoever shows containers. What it costs doesn't depend on how many containers there are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store
from . import health, limits, record, settings
from .differences import view
from .group import unit_group
from .observe import exit_code, names_of, told_of
from .record import LiveRecord
from .settings import Settings
from .unit import JOURNALD

if TYPE_CHECKING:
    from .._sys.host import Host

MEMORY_NOW, MEMORY_PEAK, PIDS_NOW, CPU_STAT = "memory.current", "memory.peak", "pids.current", "cpu.stat"
_COUNTED = (MEMORY_NOW, MEMORY_PEAK, PIDS_NOW, CPU_STAT)


@dataclass(frozen=True)
class Overview:
    """``settings`` is what it was last started with; None where there is no such container, or a damaged record."""

    name: str
    settings: Optional[Settings] = None
    pid: Optional[int] = None
    started: Optional[float] = None
    """Seconds since the epoch, of the living init."""
    exit_code: Optional[int] = None
    hostname: Optional[str] = None
    namespaces: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[str, str] = field(default_factory=dict)
    """Files of its unit's cgroup and their texts; none where it has no unit, or no cgroup v2."""
    unit: Optional[str] = None
    starts_at_boot: bool = False
    error: Optional[str] = None
    """Why nothing more can be told of it."""

    @property
    def exists(self) -> bool:
        return self.settings is not None or self.error is not None

    @property
    def in_journal(self) -> bool:
        return self.settings is not None and self.settings.log_driver == JOURNALD


def names(host: Host, store: Store) -> List[str]:
    """All containers of the store."""
    found = host.files.list(store.containers)
    return [name for name in found if host.files.exists(settings.path_of(store, name))]


def overview(host: Host, store: Store, name: str) -> Overview:
    """Of that container. One whose record is damaged says so, so that others can be shown beside it."""
    try:
        kept = settings.load(host.files, store, checked_name(name))
        if kept is None:
            return Overview(name)
        unit = record.unit_of(host, store, name)
        at_boot = unit is not None and host.systemd.is_enabled(unit)
        return Overview(name, kept, unit=unit, starts_at_boot=at_boot, **_process(host, store, name, unit))
    except ContainersError as error:
        return Overview(name, error=str(error))


def rootfs_of(host: Host, store: Store, name: str) -> Optional[str]:
    """The name of the rootfs that the container was last started on; None where nobody can tell."""
    try:
        kept = settings.load(host.files, store, name)
    except ContainersError:
        return None
    return kept.rootfs if kept is not None else None


def log_of(store: Store, name: str) -> str:
    """The file that its output goes to, unless that is the journal."""
    return names_of(store, name)["log"]


def shown_settings(kept: Settings) -> Dict[str, Any]:
    """By the options' names; of the environment only the names."""
    names_only = sorted(name for name, _value in kept.env)
    return {**view(kept), "env": names_only, "etc_hosts": dict(kept.etc_hosts), "sysctls": dict(kept.sysctls)}


def shown_healthcheck(kept: Settings) -> Optional[Dict[str, Any]]:
    """As option and image together have it; None where there is nothing to ask."""
    return health.view(kept.healthcheck)


def shown_limits(found: Overview) -> Dict[str, Any]:
    """As ns_container returns them."""
    return limits.view(limits.as_read(found.counted))


def _process(host: Host, store: Store, name: str, unit: Optional[str]) -> Dict[str, Any]:
    """Of its init, or how that ended. One that ends while it is looked at is one that has ended."""
    live = record.living(host, store, name)
    told = None if live is None else told_of(host, live, lambda: _of_living(host, store, name, unit, live))
    return {"exit_code": exit_code(host, store, name)} if told is None else told


def _of_living(host: Host, store: Store, name: str, unit: Optional[str], live: LiveRecord) -> Dict[str, Any]:
    group = None if unit is None else unit_group(host, store, name, live.pid)
    return {
        "pid": live.pid,
        "started": host.processes.wall_clock(live.start_time),
        "hostname": host.namespaces.hostname(live.pid),
        "namespaces": host.namespaces.own(live.pid),
        "counted": {} if group is None else host.cgroups.read(group, (*limits.FILES, *_COUNTED)),
    }

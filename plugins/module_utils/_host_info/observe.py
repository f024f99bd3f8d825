# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host is and has, as far as containers need it. What that means is judged in ``lacks``."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, FrozenSet, List, Mapping, Optional, Tuple

from .._core import deps
from .._core.errors import ContainersError
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

UNIFIED, HYBRID, LEGACY, NONE = "v2", "hybrid", "v1", "none"
LIBRARIES = ("pyroute2", "nftables", "iptc")
_FIREWALLS = {"firewalld": "firewalld", "dockerd": "docker"}
"""Program -> whose rules it makes."""
_UFW = "/etc/ufw/ufw.conf"
_FAMILIES = (4, 6)
_MODULE_LISTS = ("modules.builtin", "modules.dep")
_TEXT_MAX = 8 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """Where the store is, or would be."""

    path: str
    file_system: str
    free: int
    refusal: Optional[ContainersError] = None
    """Why the ids of its files can't be mapped."""


@dataclass(frozen=True)
class Firewall:
    """``nft_tables`` is None where they can't be looked at."""

    owners: Tuple[str, ...] = ()
    iptables: str = ""
    """The kind of the iptables command, ``nft`` or ``legacy``."""
    legacy_tables: Tuple[str, ...] = ()
    nft_tables: Optional[Tuple[str, ...]] = ()
    trouble: Optional[str] = None


@dataclass(frozen=True)
class Found:
    kernel: str
    machine: str
    python: str
    interpreter: str
    user: int
    place: Place
    overlay: bool
    """Whether the kernel has overlayfs."""
    user_namespaces: Optional[int]
    """How many there may be; None where the kernel has none."""
    cgroup: str
    controllers: FrozenSet[str] = frozenset()
    systemd: bool = False
    firewall: Firewall = field(default_factory=Firewall)
    libraries: Mapping[str, Optional[str]] = field(default_factory=dict)
    """Import name -> version, empty where that isn't known, None where it isn't there."""


def observe(host: Host, wanted: Wanted) -> Found:
    systems = host.files.read("/proc/filesystems").decode("ascii", "replace").split()
    limit = host.sysctl.read("user/max_user_namespaces")
    return Found(
        kernel=host.kernel,
        machine=host.machine,
        python=host.python,
        interpreter=host.interpreter,
        user=os.geteuid(),
        place=_place(host, wanted),
        overlay="overlay" in systems or _has_module(host, "/overlay.ko"),
        user_namespaces=None if limit is None else int(limit),
        cgroup=_cgroup(host, systems),
        controllers=host.cgroups.controllers(),
        systemd=host.systemd.running(),
        firewall=_firewall(host),
        libraries={name: deps.version_of(name) for name in LIBRARIES},
    )


def _place(host: Host, wanted: Wanted) -> Place:
    path = wanted.store.root
    while not host.files.exists(path) and path != "/":
        path = os.path.dirname(path) or "/"
    return Place(path, host.mounts.file_system_of(path), host.disk_usage.free(path), host.mounts.id_map_refusal(path))


def _has_module(host: Host, name: str) -> bool:
    """Whether it could be loaded: the kernel does that by itself when it is first needed."""
    for file in _MODULE_LISTS:
        try:
            listed = host.files.read(f"/lib/modules/{host.kernel}/{file}", _TEXT_MAX)
        except FileNotFoundError:
            continue
        if name.encode() in listed:
            return True
    return False


def _cgroup(host: Host, systems: List[str]) -> str:
    if host.cgroups.controllers():
        return UNIFIED
    if "cgroup" not in systems and "cgroup2" not in systems:
        return NONE
    return HYBRID if host.files.exists("/sys/fs/cgroup/unified") else LEGACY


def _firewall(host: Host) -> Firewall:
    owners = [_FIREWALLS[name] for name in sorted(host.processes.running_of(_FIREWALLS))]
    if "ENABLED=yes" in (host.container_files.read_if_there(_UFW, _TEXT_MAX) or b"").decode("utf-8", "replace"):
        owners.append("ufw")
    legacy = [f"{name} (IPv{family})" for family in _FAMILIES for name in host.xtables.registered(family)]
    try:
        kind = host.iptables_nft.kind()
        tables = _nft_tables(host)
    except ContainersError as error:
        return Firewall(tuple(owners), "", tuple(legacy), None, str(error))
    return Firewall(tuple(owners), kind, tuple(legacy), tables)


def _nft_tables(host: Host) -> Optional[Tuple[str, ...]]:
    """Asked for its tables, the kernel would load nf_tables; where that isn't loaded, there are none."""
    if not _is_loaded(host, "nf_tables"):
        return ()
    if not host.nft.installed():
        return None
    found = [item["table"] for item in host.nft.list("tables")]
    return tuple(f"{table['family']} {table['name']}" for table in found)


def _is_loaded(host: Host, module: str) -> bool:
    """As far as can be told: also where the kernel doesn't say what it was built with."""
    if host.files.exists(f"/sys/module/{module}"):
        return True
    try:
        built_in = host.files.read(f"/lib/modules/{host.kernel}/modules.builtin", _TEXT_MAX)
    except FileNotFoundError:
        return True
    return f"/{module}.ko".encode() in built_in

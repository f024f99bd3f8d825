# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of a container: its record, its init as the kernel shows it, and the rootfs it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Dict, FrozenSet, Mapping, Optional, Tuple, TypeVar

from .._core.errors import ContainersError, step
from .._core.store import Store
from .._image import record as images
from .._rootfs import record as rootfses
from .._rootfs.record import RootfsRecord
from .._sys import exitcodes
from . import confinement, handover, limits, record, replay, settings
from .account import ACCOUNTS_MAX
from .confinement import Confining
from .etcfiles import FILES, FOLDER, has_own_server
from .group import unit_group
from .record import LiveRecord
from .settings import Settings
from .spec import Wanted
from .unit_found import UnitFound, look

if TYPE_CHECKING:
    from .._sys.host import Host

ACCOUNTING = "acct"
FORMER = ".former"
"""Ending of the former run's account while a start may still fail."""
LOG = "log"

_ETC_MAX = 1024 * 1024
_RESOLV = "/etc/resolv.conf"
_RESOLV_OF_RESOLVED = "/run/systemd/resolve/resolv.conf"
_LAST_MOMENTS = 2.0
"""How long a process may take to be gone of which the kernel tells nothing any more, in seconds."""

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """``settings`` is what it was last started with. The fields from ``rootfs`` on are for a start only."""

    settings: Optional[Settings] = None
    pid: Optional[int] = None
    exit_code: Optional[int] = None
    hostname: Optional[str] = None
    namespaces: Mapping[str, str] = field(default_factory=dict)
    """Kind -> path, of those that aren't the host's."""
    limiting: Mapping[str, str] = field(default_factory=dict)
    """What limits it: files of its unit's cgroup and their texts; none where it has no unit."""
    etc: Mapping[str, Optional[bytes]] = field(default_factory=dict)
    unit: UnitFound = field(default_factory=UnitFound)
    leftovers: bool = False
    """Whether any file of a container of that name is there."""
    rootfs: Optional[RootfsRecord] = None
    mounted: bool = False
    root_is_current: bool = True
    """Whether the living init's root is what is mounted now."""
    image: Optional[Mapping[str, Any]] = None
    """The part of the image's config that says how to run it; None where the image is gone."""
    passwd: bytes = b""
    group: bytes = b""
    host_resolv: bytes = b""
    has_cgroup2: bool = True
    controllers: FrozenSet[str] = frozenset()
    """Kinds of limits that the host's cgroups can have."""
    missing_sources: Tuple[str, ...] = ()
    links: Tuple[str, ...] = ()
    """Paths of its files where somebody has put a link: what is behind that isn't ours to write to."""
    confining: Confining = field(default_factory=Confining)
    systemd: bool = False
    """Whether systemd runs the host."""
    runtime: bool = False
    """Whether what units run is there."""
    python: str = ""


def observe(host: Host, wanted: Wanted) -> Found:
    """Look. Nothing is changed."""
    with step(f"look at container {wanted.name}"):
        values = _of_container(host, wanted)
        if wanted.state == "started":
            values.update(_of_rootfs(host, wanted, values.get("pid")))
        return Found(**values)


def names_of(store: Store, name: str) -> Dict[str, str]:
    """The paths of a container's files, all but its rootfs."""
    folder = store.container(name)
    return {
        "record": settings.path_of(store, name),
        "accounting": f"{folder}/{ACCOUNTING}",
        "former accounting": f"{folder}/{ACCOUNTING}{FORMER}",
        "log": f"{folder}/{LOG}",
        "etc": f"{folder}/{FOLDER}",
        "live": store.live(name),
        "task": handover.task_path(store, name),
        "verdict": handover.verdict_path(store, name),
        "network": replay.folder(store, name),
    }


def _of_container(host: Host, wanted: Wanted) -> Dict[str, Any]:
    store, name = wanted.store, wanted.name
    paths = names_of(store, name)
    kept = _settings(host, wanted)
    init = _of_init(host, store, name)
    return {
        **init,
        "settings": kept,
        "exit_code": None if init else exit_code(host, store, name),
        "etc": {file: host.container_files.read_if_there(f"{paths['etc']}/{file}", _ETC_MAX) for file in FILES},
        "unit": look(host, store, name, init.get("pid")),
        "leftovers": any(host.files.exists(path) for path in paths.values()),
    }


def _settings(host: Host, wanted: Wanted) -> Optional[Settings]:
    """The record. Even one that is damaged mustn't keep its container from being removed."""
    try:
        return settings.load(host.files, wanted.store, wanted.name)
    except ContainersError:
        if wanted.state == "absent":
            return None
        raise


def _of_init(host: Host, store: Store, name: str) -> Dict[str, Any]:
    """What the kernel says of the living init; nothing where there is none, or it ends just now."""
    init = record.living(host, store, name)
    if init is None:
        return {}
    pid = init.pid
    told = told_of(
        host,
        init,
        lambda: {
            "pid": pid,
            "hostname": host.namespaces.hostname(pid),
            "namespaces": host.namespaces.own(pid),
            "limiting": _limiting(host, store, name, pid),
        },
    )
    return told or {}


def told_of(host: Host, init: LiveRecord, look: Callable[[], T]) -> Optional[T]:
    """What is seen of a living init; None where it ends just now.

    Of one in its last moments the kernel tells nothing, not even to root.
    """
    try:
        return look()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        if not host.processes.ends(init.pid, init.start_time, _LAST_MOMENTS):
            raise
        return None


def _limiting(host: Host, store: Store, name: str, pid: int) -> Dict[str, str]:
    group = unit_group(host, store, name, pid)
    return {} if group is None else host.cgroups.read(group, limits.FILES)


def _of_rootfs(host: Host, wanted: Wanted, pid: Optional[int]) -> Dict[str, Any]:
    values: Dict[str, Any] = {
        "host_resolv": host_resolv(host),
        "has_cgroup2": b"\tcgroup2\n" in host.files.read("/proc/filesystems"),
        "controllers": host.cgroups.controllers(),
        "missing_sources": tuple(volume.source for volume in wanted.volumes if not host.files.exists(volume.source)),
        "links": _links(host, wanted),
        "rootfs": rootfses.load(host.files, wanted.store, wanted.rootfs),
        "confining": confinement.look(host, wanted),
        "systemd": host.systemd.running(),
        "runtime": host.files.exists(wanted.store.runtime_entry),
        "python": host.interpreter,
    }
    rootfs = values["rootfs"]
    if rootfs is None:
        return values
    values["image"] = _image(host, wanted.store, rootfs.image)
    values["mounted"] = any(entry.path == rootfs.merged for entry in host.mounts.naming([rootfs.merged]))
    if values["mounted"]:
        with step(f"read the users of rootfs {rootfs.name}"):
            values["passwd"] = host.container_files.read_in_rootfs(rootfs.merged, "etc/passwd", ACCOUNTS_MAX)
            values["group"] = host.container_files.read_in_rootfs(rootfs.merged, "etc/group", ACCOUNTS_MAX)
        values["root_is_current"] = pid is None or host.namespaces.same_root(pid, rootfs.merged) is not False
    return values


def _links(host: Host, wanted: Wanted) -> Tuple[str, ...]:
    paths = names_of(wanted.store, wanted.name)
    etc = (f"{paths['etc']}/{file}" for file in FILES)
    return tuple(path for path in (*paths.values(), *etc) if host.files.is_link(path))


def _image(host: Host, store: Store, image_id: Optional[str]) -> Optional[Mapping[str, Any]]:
    """The image's run config; empty for a rootfs that was made from folders."""
    if image_id is None:
        return {}
    image = images.find(host.files, store, image_id)
    return None if image is None else image.config.get("config") or {}


def host_resolv(host: Host) -> bytes:
    """The host's resolv.conf. Where its servers are all local ones, systemd-resolved has the real list."""
    found = host.container_files.read_if_there(_RESOLV, _ETC_MAX) or b""
    real = None if has_own_server(found) else host.container_files.read_if_there(_RESOLV_OF_RESOLVED, _ETC_MAX)
    return found if real is None else real


def exit_code(host: Host, store: Store, name: str) -> Optional[int]:
    """How it last ended, as Docker counts: 128 and the signal's number for one that was killed. None: unknown."""
    status = host.accounting.exit_status(names_of(store, name)["accounting"])
    return None if status is None else exitcodes.exit_code(status)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop a container with given settings. What to do is decided elsewhere."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, List, Mapping, Optional

from .._core.errors import ContainersError
from .._core.store import Store
from .._sys.launch import Bind, Launch, Node, Scratch
from .._sys.mountfd import NODEV, NOEXEC, NOSUID, RDONLY
from . import devices, record, settings
from .account import outside
from .call_filter import compiled_filter
from .etcfiles import FILES
from .observe import FORMER, names_of
from .process import host_id, host_owner, process_of
from .record import LiveRecord
from .service import start_in_unit, stop_in_unit
from .settings import Device, Settings, Tmpfs, Volume
from .unit import JOURNALD, what_needs_unit

if TYPE_CHECKING:
    from .._sys.host import Host

_FLAGS = {"ro": RDONLY, "nosuid": NOSUID, "nodev": NODEV, "noexec": NOEXEC}
_TTY_GROUP = 5
_STRICT = NOSUID | NODEV | NOEXEC


def start(host: Host, store: Store, name: str, wanted: Settings, etc: Mapping[str, bytes]) -> None:
    """Start it, in a unit of its own if it needs one. On failure no process is left.

    The files are for the caller to put back.
    """
    settle_files(host, store, name, wanted, etc)
    if what_needs_unit(wanted) is not None:
        start_in_unit(host, store, name)
    else:
        launch(host, store, name, wanted)


def settle_files(host: Host, store: Store, name: str, wanted: Settings, etc: Mapping[str, bytes]) -> None:
    """Write what a start reads."""
    host.files.make_dir(store.container(name), 0o700)
    settings.save(host.files, store, name, wanted)
    host.files.make_dir(names_of(store, name)["etc"], 0o700)
    for file, data in etc.items():
        write_etc(host, store, name, wanted, file, data)


def launch(
    host: Host,
    store: Store,
    name: str,
    wanted: Settings,
    before_command: Optional[Callable[[int], None]] = None,
    group: Optional[str] = None,
) -> None:
    """Start its init and have it execute the command, but before that call ``before_command`` with the init's pid.

    On failure no process is left and the former run's account is put back.
    """
    paths = names_of(store, name)
    system_calls = compiled_filter(host, store, wanted)

    def ready(pid: int) -> None:
        begun = host.processes.start_time(pid)
        if begun is None:
            raise ContainersError("its init ended before it could execute the command")
        record.save(host.files, store, LiveRecord(name, host.processes.boot_id(), pid, begun))
        if before_command is not None:
            before_command(pid)

    former = f"{paths['accounting']}{FORMER}"
    if host.files.exists(paths["accounting"]):
        host.files.rename(paths["accounting"], former)
    try:
        host.launcher.start(launch_of(wanted, paths, group, system_calls), ready)
        host.files.remove(former)
    except BaseException:
        _end(host, store, name)
        host.files.remove(paths["live"])
        host.files.remove(paths["accounting"])
        if host.files.exists(former):
            host.files.rename(former, paths["accounting"])
        raise


def stop(host: Host, store: Store, name: str, number: int, seconds: float) -> None:
    """Send the signal, wait, and kill what is still there then. One that doesn't run is no error."""
    if record.unit_of(host, store, name) is not None:
        ended = stop_in_unit(host, store, name, _is_recorded(host, store, name, number, seconds), number, seconds)
    else:
        live = record.load(host.files, store, name)
        of_this_boot = live is not None and live.boot_id == host.processes.boot_id()
        ended = live is None or not of_this_boot or host.processes.end(live.pid, live.start_time, number, seconds)
    if not ended:
        raise ContainersError(
            "it doesn't end after SIGKILL",
            "The kernel waits for a device or a file server, or it is frozen (paused): thaw it",
        )
    with suppress(OSError):  # a record of a process that is gone tells nobody anything
        host.files.remove(store.live(name))


def _end(host: Host, store: Store, name: str) -> None:
    """Kill the init on record, if it lives."""
    live = record.load(host.files, store, name)
    if live is not None and live.boot_id == host.processes.boot_id():
        host.processes.end(live.pid, live.start_time, signal.SIGKILL, 0)


def _is_recorded(host: Host, store: Store, name: str, number: int, seconds: float) -> bool:
    """Whether that is how the container itself asked to be stopped."""
    kept = settings.load(host.files, store, name)
    return kept is not None and (kept.stop_signal, kept.stop_timeout) == (number, seconds)


def write_etc(host: Host, store: Store, name: str, wanted: Settings, file: str, data: bytes) -> None:
    """Write one of the files in etc, for the container's root to own."""
    owner = (host_id(wanted.uid_map, 0), host_id(wanted.gid_map, 0))
    host.container_files.overwrite(f"{names_of(store, name)['etc']}/{file}", data, owner)


def remove(host: Host, store: Store, name: str) -> None:
    """Remove a container's files, and its folder if nothing else is in it."""
    for path in names_of(store, name).values():
        host.files.remove_tree(path)
    host.files.remove_empty([store.container(name)])


def launch_of(
    wanted: Settings, paths: Mapping[str, str], group: Optional[str] = None, system_calls: Optional[bytes] = None
) -> Launch:
    """The settings as the launcher takes them."""
    return Launch(
        **vars(process_of(wanted, system_calls)),
        rootfs=wanted.merged,
        namespaces=wanted.namespaces,
        uid_map=wanted.uid_map,
        gid_map=wanted.gid_map,
        log=None if wanted.log_driver == JOURNALD else paths["log"],
        log_owner=host_owner(wanted),
        accounting=paths["accounting"],
        hostname=wanted.hostname if "uts" in wanted.namespaces else None,
        mounts=(*map(_bind, wanted.volumes), *_etc_binds(wanted, paths), *_shared_ipc(wanted)),
        scratch=tuple(map(_scratch, wanted.tmpfs)),
        sysctls=wanted.sysctls,
        read_only=wanted.read_only,
        init=wanted.init,
        interactive=wanted.interactive,
        tty_group=_TTY_GROUP if outside(wanted.gid_map, _TTY_GROUP) is not None else None,
        group=group,
        devices=tuple(_node(device, wanted) for device in wanted.devices),
    )


def _bind(volume: Volume) -> Bind:
    return Bind(
        volume.source,
        volume.target,
        sum(flag for word, flag in _FLAGS.items() if word in volume.options),
        recursive="bind" not in volume.options,
        id_mapped="noidmap" not in volume.options,
    )


def _node(device: Device, wanted: Settings) -> Node:
    """Mode and owner say what everybody inside may do; with the host's own ids they are those of the host's node."""
    if not wanted.uid_map:
        return Node(device.source, device.target)
    return Node(device.source, device.target, devices.mode(device), devices.NOBODYS)


def _scratch(tmpfs: Tmpfs) -> Scratch:
    options = tuple((key, value) for key, equals, value in (word.partition("=") for word in tmpfs.options) if equals)
    return Scratch(tmpfs.target, options, sum(flag for word, flag in _FLAGS.items() if word in tmpfs.options))


def _etc_binds(wanted: Settings, paths: Mapping[str, str]) -> List[Bind]:
    """Our files over those of the rootfs, but where a volume is in their place."""
    taken = {volume.target for volume in wanted.volumes}
    asked = {
        "hostname": False,
        "hosts": bool(wanted.etc_hosts),
        "resolv.conf": bool(wanted.dns_servers or wanted.dns_search or wanted.dns_options),
    }
    return [
        Bind(f"{paths['etc']}/{file}", f"/etc/{file}", _STRICT, False, False, optional=not asked[file])
        for file in FILES
        if f"/etc/{file}" not in taken
    ]


def _shared_ipc(wanted: Settings) -> List[Bind]:
    """A container that shares the host's IPC has its shared memory too."""
    return [] if "ipc" in wanted.namespaces else [Bind("/dev/shm", "/dev/shm", _STRICT, False, False)]

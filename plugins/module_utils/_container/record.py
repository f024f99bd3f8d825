# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others may ask of a container: which process is its init, and which unit it has.

A pid alone can be reused, and after a reboot every pid is another's: a process is the container's
init only if boot id, pid and start time all agree and it isn't a zombie.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Dict, Optional

from .._core.store import Store, read_record, write_record
from .unit_name import is_ours, unit_name

if TYPE_CHECKING:
    from .._sys.files import Files
    from .._sys.host import Host

_WAY_OUT = (
    "The file is damaged and no longer tells which process is the container's. End that process, which overlay_rootfs "
    "names with state: unmounted; then remove the file and run again"
)


@dataclass(frozen=True)
class LiveRecord:
    """Who runs. ``start_time`` is field 22 of /proc/<pid>/stat, in clock ticks since boot."""

    name: str
    boot_id: str
    pid: int
    start_time: int


def load(files: Files, store: Store, name: str) -> Optional[LiveRecord]:
    return read_record(files, store.live(name), _from_json, _WAY_OUT)


def save(files: Files, store: Store, record: LiveRecord) -> None:
    write_record(files, store.live(record.name), asdict(record))


def living(host: Host, store: Store, name: str) -> Optional[LiveRecord]:
    """The record of the container's init if that lives now, else None. The one way to ask."""
    record = load(host.files, store, name)
    if record is None or record.boot_id != host.processes.boot_id():
        return None
    return record if host.processes.start_time(record.pid) == record.start_time else None


def living_pid(host: Host, store: Store, name: str) -> Optional[int]:
    """The pid of the container's init if it lives now, else None."""
    record = living(host, store, name)
    return None if record is None else record.pid


def unit_of(host: Host, store: Store, name: str) -> Optional[str]:
    """The name of the systemd unit that is the container's; None where it has none. The one way to ask."""
    unit = unit_name(store, name)
    text = host.systemd.read(unit)
    return unit if text is not None and is_ours(text, store, name) else None


def _from_json(record: Dict[str, Any]) -> LiveRecord:
    return LiveRecord(record["name"], record["boot_id"], int(record["pid"]), int(record["start_time"]))

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: everything one container runs with, and the record of it in the store (container.json).

A setting is what came out of the options, the image's config and the defaults together. The record
has the environment's values in it, so it is readable by root only.
"""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Tuple

from .._core.store import Store, read_record, write_record
from .health import Health, from_record
from .limits import Limits

if TYPE_CHECKING:
    from .._sys.files import Files

VERSION = 1

DEFAULT = "default"
UNCONFINED = "unconfined"
"""Words for filters of system calls; others are paths."""

Pairs = Tuple[Tuple[str, str], ...]


@dataclass(frozen=True)
class Account:
    """Whom the command runs as: the container's ids, and the home folder."""

    uid: int = 0
    gid: int = 0
    groups: Tuple[int, ...] = (0,)
    home: str = "/"


@dataclass(frozen=True)
class Volume:
    """A path of the host in the container. ``options`` are words like ro and nodev, sorted."""

    source: str
    target: str
    options: Tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.source}:{self.target}:{','.join(self.options)}"


@dataclass(frozen=True)
class Device:
    """A device of the host in the container. ``access`` is r, w or rw."""

    source: str
    target: str
    access: str

    def __str__(self) -> str:
        return f"{self.source}:{self.target}:{self.access}"


@dataclass(frozen=True)
class Tmpfs:
    """A tmpfs in the container. ``options`` are the file system's (size=…) and the mount's (noexec …), sorted."""

    target: str
    options: Tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.target}:{','.join(self.options)}"


@dataclass(frozen=True)
class Ulimit:
    name: str
    soft: int
    hard: int

    def __str__(self) -> str:
        return f"{self.name}:{self.soft}:{self.hard}"


@dataclass(frozen=True)
class Settings:
    """See the module's options of the same names."""

    rootfs: str
    merged: str
    uid_map: str
    gid_map: str
    command: Tuple[str, ...]
    env: Pairs
    user: str
    account: Account
    working_dir: str
    hostname: str
    namespaces: Tuple[str, ...]
    dns_servers: Optional[Tuple[str, ...]]
    dns_search: Tuple[str, ...]
    dns_options: Tuple[str, ...]
    etc_hosts: Pairs
    volumes: Tuple[Volume, ...]
    tmpfs: Tuple[Tmpfs, ...]
    read_only: bool
    capabilities: Tuple[str, ...]
    ulimits: Tuple[Ulimit, ...]
    sysctls: Pairs
    init: bool
    interactive: bool
    oom_score_adj: Optional[int]
    limits: Limits
    stop_signal: int
    stop_timeout: int
    restart_policy: str = "no"
    log_driver: str = "file"
    seccomp: str = UNCONFINED
    seccomp_profile: Optional[str] = None
    """The text of the profile at that path, as it was then."""
    devices: Tuple[Device, ...] = ()
    apparmor_profile: Optional[str] = None
    selinux_label: Optional[str] = None
    healthcheck: Optional[Health] = None


NEEDS_RESTART = (
    "rootfs",
    "merged",
    "uid_map",
    "gid_map",
    "command",
    "user",
    "working_dir",
    "namespaces",
    "volumes",
    "tmpfs",
    "read_only",
    "capabilities",
    "seccomp",
    "seccomp_profile",
    "devices",
    "apparmor_profile",
    "selinux_label",
    "ulimits",
    "sysctls",
    "init",
    "interactive",
    "oom_score_adj",
    "log_driver",
)
"""Settings that only a new process can have; the environment is another, compared by its names."""


def path_of(store: Store, name: str) -> str:
    return f"{store.container(name)}/container.json"


def load(files: Files, store: Store, name: str) -> Optional[Settings]:
    """What the container of that name was last started with; None where there is no such container."""
    return read_record(files, path_of(store, name), _from_json)


def save(files: Files, store: Store, name: str, settings: Settings) -> None:
    write_record(files, path_of(store, name), {"version": VERSION, "name": name, **asdict(settings)})


def _from_json(record: Mapping[str, Any]) -> Settings:
    """What a record of an earlier version lacks has its default."""
    known = [field.name for field in fields(Settings) if field.name in record or field.default is MISSING]
    values: Dict[str, Any] = {name: _tuples(record[name]) for name in known}
    values["account"] = Account(**{key: _tuples(value) for key, value in record["account"].items()})
    values["volumes"] = tuple(Volume(v["source"], v["target"], tuple(v["options"])) for v in record["volumes"])
    values["tmpfs"] = tuple(Tmpfs(t["target"], tuple(t["options"])) for t in record["tmpfs"])
    values["devices"] = tuple(Device(**device) for device in record.get("devices", ()))
    values["limits"] = Limits(**record["limits"])
    values["healthcheck"] = from_record(record.get("healthcheck"))
    values["ulimits"] = tuple(Ulimit(**ulimit) for ulimit in record["ulimits"])
    return Settings(**values)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of a container: the module's options, each checked as far as it can be without the host."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store
from . import devices, health, limits, words
from .health import Asked
from .limits import Limits
from .settings import DEFAULT, UNCONFINED, Device, Pairs, Tmpfs, Ulimit, Volume
from .unit import restart_policy

KINDS = ("mount", "uts", "ipc", "pid", "network", "user", "cgroup")
_NEEDED = ("mount", "pid")
_OOM_RANGE = range(-1000, 1001)
_PATIENCE_RANGE = range(86_401)


@dataclass(frozen=True)
class Wanted:
    """See the module's options. None: not given, so the image's or the default is taken.

    Of ``healthy`` containers ``state`` is started.
    """

    store: Store
    name: str
    state: str
    healthy: bool
    healthy_wait: float
    """Seconds."""
    restart: bool
    recreate: bool
    rootfs: str
    command: Optional[Tuple[str, ...]]
    entrypoint: Optional[Tuple[str, ...]]
    env: Pairs
    user: Optional[str]
    working_dir: Optional[str]
    hostname: Optional[str]
    namespaces: Optional[Tuple[str, ...]]
    dns_servers: Optional[Tuple[str, ...]]
    dns_search: Tuple[str, ...]
    dns_options: Tuple[str, ...]
    etc_hosts: Pairs
    volumes: Tuple[Volume, ...]
    tmpfs: Tuple[Tmpfs, ...]
    read_only: bool
    capabilities: Tuple[str, ...]
    seccomp: str
    devices: Tuple[Device, ...]
    apparmor_profile: Optional[str]
    selinux_label: Optional[str]
    ulimits: Tuple[Ulimit, ...]
    sysctls: Pairs
    init: bool
    interactive: bool
    oom_score_adj: Optional[int]
    limits: Limits
    stop_signal: Optional[int]
    stop_timeout: Optional[int]
    restart_policy: str
    log_driver: str
    healthcheck: Optional[Asked]


def spec(options: Mapping[str, Any]) -> Wanted:
    """The options' exact meaning. Raises ContainersError for the first that is wrong."""
    name = checked_name(options["name"])
    namespaces = _namespaces(options["namespaces"])
    volumes, tmpfs = words.mounts(options["volumes"] or (), options["tmpfs"] or ())
    return Wanted(
        store=Store(options["store"]),
        name=name,
        **_state(options),
        restart=options["restart"],
        recreate=options["recreate"],
        rootfs=checked_name(options["rootfs"] or name, "rootfs"),
        command=words.arguments(options["command"], "command"),
        entrypoint=words.arguments(options["entrypoint"], "entrypoint"),
        env=words.environment(options["env"] or {}),
        user=words.plain(options["user"], "user"),
        working_dir=words.working_dir(options["working_dir"], "working_dir"),
        hostname=_hostname(options["hostname"], namespaces or KINDS),
        namespaces=namespaces,
        dns_servers=_addresses(options["dns_servers"]),
        dns_search=_entries(options["dns_search"], "dns_search"),
        dns_options=_entries(options["dns_options"], "dns_options"),
        etc_hosts=_etc_hosts(options["etc_hosts"] or {}),
        volumes=volumes,
        tmpfs=tmpfs,
        read_only=options["read_only"],
        capabilities=words.capability_set(options["capabilities"] or (), options["cap_drop"] or ()),
        **_confinement(options, volumes, tmpfs),
        ulimits=_ulimits(options["ulimits"] or ()),
        sysctls=words.sysctls(options["sysctls"] or {}, namespaces or KINDS),
        init=options["init"],
        interactive=options["interactive"],
        oom_score_adj=_oom_score(options["oom_score_adj"]),
        limits=limits.parsed(options),
        stop_signal=None if options["stop_signal"] is None else words.signal_number(options["stop_signal"]),
        stop_timeout=_seconds(options["stop_timeout"]),
        restart_policy=restart_policy(options["restart_policy"]),
        log_driver=options["log_driver"],
        healthcheck=health.parsed(options["healthcheck"]),
    )


def _namespaces(kinds: Optional[Sequence[str]]) -> Optional[Tuple[str, ...]]:
    if kinds is None:
        return None
    missing = [kind for kind in _NEEDED if kind not in kinds]
    if missing:
        raise ContainersError(f"namespaces: {missing[0]} can't be left out", "Every container has mount and pid")
    return tuple(kind for kind in KINDS if kind in kinds)


def _hostname(name: Optional[str], namespaces: Sequence[str]) -> Optional[str]:
    if name is None:
        return None
    if "uts" not in namespaces:
        raise ContainersError(
            f"hostname {name!r} would change the host's: the container has no uts namespace of its own"
        )
    return words.host_name(name)


def _addresses(servers: Optional[Sequence[str]]) -> Optional[Tuple[str, ...]]:
    if servers is None:
        return None
    for server in servers:
        if not is_address(server):
            raise ContainersError(f"dns_servers: {server!r} isn't an IP address")
    return tuple(servers)


def is_address(text: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, text)
        except (OSError, ValueError):
            continue
        return True
    return False


def _entries(values: Optional[Sequence[str]], option: str) -> Tuple[str, ...]:
    for value in values or ():
        if not value or len(value.split()) != 1 or not value.isprintable():
            raise ContainersError(f"{option}: {value!r} is not valid")
    return tuple(values or ())


def _etc_hosts(hosts: Mapping[str, Any]) -> Pairs:
    for host, address in hosts.items():
        if not is_address(str(address)):
            raise ContainersError(f"etc_hosts {host}: {address!r} isn't an IP address")
    names = _entries(tuple(hosts), "etc_hosts")
    return tuple(sorted((name, str(hosts[name])) for name in names))


def _ulimits(texts: Sequence[str]) -> Tuple[Ulimit, ...]:
    limits = tuple(words.ulimit(text) for text in texts)
    names = [limit.name for limit in limits]
    for name in names:
        if names.count(name) > 1:
            raise ContainersError(f"ulimit {name} is given twice")
    return tuple(sorted(limits, key=lambda limit: limit.name))


def _confinement(options: Mapping[str, Any], volumes: Sequence[Volume], tmpfs: Sequence[Tmpfs]) -> Dict[str, Any]:
    labels = {option: words.plain(options[option], option) for option in ("apparmor_profile", "selinux_label")}
    given = devices.parsed(options["devices"] or (), volumes, tmpfs)
    return {"seccomp": _seccomp(options["seccomp"]), "devices": given, **labels}


def _seccomp(text: str) -> str:
    """``default``, ``unconfined`` or the path of a profile."""
    if text not in (DEFAULT, UNCONFINED) and not text.startswith("/"):
        raise ContainersError(f"seccomp {text!r} is neither {DEFAULT} nor {UNCONFINED} nor an absolute path")
    return text


def _oom_score(value: Optional[int]) -> Optional[int]:
    if value is not None and value not in _OOM_RANGE:
        raise ContainersError(f"oom_score_adj {value} isn't in -1000..1000")
    return value


def _seconds(value: Optional[int]) -> Optional[int]:
    if value is not None and value not in _PATIENCE_RANGE:
        raise ContainersError(f"stop_timeout {value} isn't in 0..{_PATIENCE_RANGE[-1]}")
    return value


def _state(options: Mapping[str, Any]) -> Dict[str, Any]:
    healthy, seconds = options["state"] == "healthy", options["healthy_wait_timeout"]
    if not 0 < seconds <= _PATIENCE_RANGE[-1]:
        raise ContainersError(f"healthy_wait_timeout {seconds:g} isn't above 0 and at most {_PATIENCE_RANGE[-1]}")
    return {"state": "started" if healthy else options["state"], "healthy": healthy, "healthy_wait": seconds}

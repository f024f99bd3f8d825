# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How two settings of one container differ: in words, and as what --diff shows. No value of the environment in it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, Dict, List, Tuple

from . import health, limits
from .settings import NEEDS_RESTART, Settings

RECORDED_ONLY = (
    "stop_signal",
    "stop_timeout",
    "hostname",
    "dns_servers",
    "dns_search",
    "dns_options",
    "etc_hosts",
    "limits",
    "restart_policy",
    "healthcheck",
)
"""Settings that a running container can have without being started anew."""

_WORDS = {
    "uid_map": "the rootfs's uidmap",
    "gid_map": "the rootfs's gidmap",
    "merged": "the rootfs's path",
    "seccomp_profile": "the text of the seccomp profile",
}
_HIDDEN = "(value hidden)"
_HIDDEN_NEW = "(new value hidden)"
_NOT_SHOWN = ("env", "account", "limits")


def reasons_to_restart(before: Settings, after: Settings) -> List[str]:
    """Why a process with the one isn't what the other asks for."""
    changed = [name for name in NEEDS_RESTART if getattr(before, name) != getattr(after, name)]
    return [f"{_WORDS.get(name, name)} changed" for name in changed] + _changes_of_environment(before, after)


def recorded_changes(before: Settings, after: Settings) -> Tuple[str, ...]:
    return tuple(name for name in RECORDED_ONLY if getattr(before, name) != getattr(after, name))


def views(before: Settings, after: Settings) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """Both as shown by --diff: what is the same in both, and what isn't."""
    shown_before, shown_after = view(before), view(after)
    old, new = dict(before.env), dict(after.env)
    for name in new:
        if name in old and old[name] != new[name]:
            shown_after["env"][name] = _HIDDEN_NEW
    return shown_before, shown_after


def view(settings: Settings) -> Dict[str, Any]:
    """As shown by --diff."""
    shown = {name: value for name, value in vars(settings).items() if name not in _NOT_SHOWN}
    shown["volumes"] = [str(volume) for volume in settings.volumes]
    shown["devices"] = [str(device) for device in settings.devices]
    shown["tmpfs"] = [str(tmpfs) for tmpfs in settings.tmpfs]
    shown["ulimits"] = [str(ulimit) for ulimit in settings.ulimits]
    shown["healthcheck"] = health.view(settings.healthcheck)
    shown.update(limits.view(settings.limits))
    if settings.seccomp_profile is not None:
        shown["seccomp_profile"] = f"sha256:{sha256(settings.seccomp_profile.encode()).hexdigest()}"
    shown["env"] = {name: _HIDDEN for name, _value in settings.env}
    return shown


def _changes_of_environment(before: Settings, after: Settings) -> List[str]:
    old, new = dict(before.env), dict(after.env)
    changed = [f"env {name} changed {_HIDDEN}" for name in new if name in old and new[name] != old[name]]
    added = [f"env {name} added" for name in new if name not in old]
    return changed + added + [f"env {name} removed" for name in old if name not in new]

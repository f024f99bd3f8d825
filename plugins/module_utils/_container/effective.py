# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container is to run with: the options, the image's config and the defaults put together. Pure."""

from __future__ import annotations

from typing import Any, List, Mapping, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.plan import Unmet
from .._rootfs.record import IdMap
from . import devices, words
from .account import find_account, refuse_unmapped, without_unmapped
from .confinement import APPARMOR, SELINUX
from .health import health
from .observe import Found
from .seccomp_profile import parsed
from .settings import Pairs, Settings
from .spec import KINDS, Wanted

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_ROOTFS_HINT = "Module daemonless.containers.overlay_rootfs makes and mounts it"
_TERM = 15
_PATIENCE = 10
_AS_WANTED = (
    "dns_servers",
    "dns_search",
    "dns_options",
    "etc_hosts",
    "volumes",
    "tmpfs",
    "read_only",
    "capabilities",
    "seccomp",
    "devices",
    "apparmor_profile",
    "selinux_label",
    "ulimits",
    "sysctls",
    "init",
    "interactive",
    "oom_score_adj",
    "limits",
    "restart_policy",
    "log_driver",
)


def unmet(wanted: Wanted, found: Found) -> Tuple[Unmet, ...]:
    """What has to be there before a start and isn't."""
    missing: List[Unmet] = []
    if found.rootfs is None:
        missing.append(Unmet(f"rootfs {wanted.rootfs} doesn't exist", _ROOTFS_HINT))
    elif not found.mounted:
        missing.append(Unmet(f"rootfs {wanted.rootfs} isn't mounted at {found.rootfs.merged}", _ROOTFS_HINT))
    elif found.image is None:
        missing.append(Unmet(f"image {found.rootfs.image} of rootfs {wanted.rootfs} is gone", "Unpack it again"))
    make = "Make it first, with ansible.builtin.file"
    return (*missing, *(Unmet(f"volume source {source} doesn't exist", make) for source in found.missing_sources))


def effective(wanted: Wanted, found: Found) -> Settings:
    """Raises ContainersError where options, image and rootfs don't fit together."""
    rootfs = found.rootfs
    image = found.image or {}
    profile = found.confining.seccomp_profile
    uid_map, gid_map = (_map(rootfs.uidmap), _map(rootfs.gidmap)) if rootfs else ("", "")
    user = str(image.get("User") or "") if wanted.user is None else wanted.user
    settings = Settings(
        rootfs=wanted.rootfs,
        merged=rootfs.merged if rootfs else f"{wanted.store.container(wanted.rootfs)}/merged",
        uid_map=uid_map,
        gid_map=gid_map,
        command=_command(wanted, image),
        env=_environment(wanted, image),
        user=user,
        account=without_unmapped(find_account(user, found.passwd, found.group), gid_map),
        working_dir=wanted.working_dir
        or words.checked_working_dir(image.get("WorkingDir") or "/", "the image's WorkingDir"),
        hostname=wanted.hostname or wanted.name,
        namespaces=_namespaces(wanted, found),
        stop_signal=_stop_signal(wanted, image),
        seccomp_profile=None if profile is None else parsed(profile, wanted.seccomp),
        stop_timeout=_PATIENCE if wanted.stop_timeout is None else wanted.stop_timeout,
        healthcheck=health(wanted.healthcheck, image.get("Healthcheck")),
        **{name: getattr(wanted, name) for name in _AS_WANTED},
    )
    _check_limits(settings, found)
    _check_labels(settings, found)
    if found.mounted:
        _check(settings)
        _check_health(wanted, settings)
    return settings


def _map(lines: Sequence[IdMap]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _command(wanted: Wanted, image: Mapping[str, Any]) -> Tuple[str, ...]:
    """As Docker does: an entry point that is given makes the image's arguments void."""
    if wanted.entrypoint is not None:
        return wanted.entrypoint + (wanted.command or ())
    arguments = tuple(image.get("Cmd") or ()) if wanted.command is None else wanted.command
    return tuple(image.get("Entrypoint") or ()) + arguments


def _environment(wanted: Wanted, image: Mapping[str, Any]) -> Pairs:
    of_image = dict(entry.split("=", 1) for entry in image.get("Env") or () if "=" in entry)
    return tuple(sorted({"PATH": DEFAULT_PATH, **of_image, **dict(wanted.env)}.items()))


def _stop_signal(wanted: Wanted, image: Mapping[str, Any]) -> int:
    if wanted.stop_signal is not None:
        return wanted.stop_signal
    return words.signal_number(image["StopSignal"]) if image.get("StopSignal") else _TERM


def _namespaces(wanted: Wanted, found: Found) -> Tuple[str, ...]:
    """All kinds by default, but those that rootfs or host have no use for."""
    has_maps = found.rootfs is None or bool(found.rootfs.uidmap)
    asked = wanted.namespaces
    if asked is None:
        useless = {"user": not has_maps, "cgroup": not found.has_cgroup2}
        return tuple(kind for kind in KINDS if not useless.get(kind))
    if "user" in asked and not has_maps:
        raise ContainersError(
            f"namespaces: user is asked for, but rootfs {wanted.rootfs} has userns: none",
            "Mount the rootfs with userns: auto, or leave user out",
        )
    if "user" not in asked and found.rootfs is not None and has_maps:
        raise ContainersError(
            f"namespaces: rootfs {wanted.rootfs} has a range of ids of its own, so user can't be left out",
            "Mount the rootfs with userns: none, or add user",
        )
    return asked


def _check_limits(settings: Settings, found: Found) -> None:
    for controller, option in settings.limits.needed.items():
        if controller not in found.controllers:
            raise ContainersError(
                f"{option} can't be limited: this host has no controller {controller} in cgroup v2",
                "Boot it with systemd.unified_cgroup_hierarchy=1 (some boards need cgroup_enable=memory too), or leave "
                f"{option} out",
            )


def _check_labels(settings: Settings, found: Found) -> None:
    modules = found.confining.security_modules
    for option, label, module in (
        ("apparmor_profile", settings.apparmor_profile, APPARMOR),
        ("selinux_label", settings.selinux_label, SELINUX),
    ):
        if label is not None and module not in modules:
            raise ContainersError(f"{option}: {module} isn't enabled on this host", "Leave the option out")


def _check_health(wanted: Wanted, settings: Settings) -> None:
    if wanted.healthy and settings.healthcheck is None:
        raise ContainersError(
            f"container {wanted.name} can't be waited for: neither its image nor the options give a health check",
            "Give option healthcheck, or ask for state: started",
        )


def _check(settings: Settings) -> None:
    """What options, image and rootfs may each be right about, but not together."""
    devices.check(settings.devices, settings.uid_map, settings.gid_map)
    if not settings.command:
        raise ContainersError(
            f"rootfs {settings.rootfs} has nothing to run: neither its image nor the options give a command",
            "Give option command",
        )
    refuse_unmapped(settings.account, settings.uid_map, settings.gid_map, settings.rootfs)
    if settings.init and not settings.uid_map and "SYS_PTRACE" in settings.capabilities:
        raise ContainersError(
            "init: true with capability SYS_PTRACE needs a user namespace",
            "Else the container could reach for the host's Python, which its init runs in",
        )

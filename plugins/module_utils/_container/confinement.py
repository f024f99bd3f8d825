# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What confines a container's processes beyond namespaces and capabilities: what the host has for that, and its use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, FrozenSet, List, Optional, Tuple

from .._core import deps
from .._core.plan import Unmet
from .._sys.syscall_filter import LIBRARY
from .settings import DEFAULT, UNCONFINED
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

APPARMOR = "AppArmor"
SELINUX = "SELinux"
_APPARMOR_ENABLED = "/sys/module/apparmor/parameters/enabled"
_PROFILE_MAX = 1024 * 1024
_OR = ". Or seccomp: unconfined runs the container with no filter of system calls"


@dataclass(frozen=True)
class Confining:
    """``lacking`` is what a start needs of the host and isn't there."""

    seccomp_profile: Optional[bytes] = None
    security_modules: FrozenSet[str] = frozenset()
    lacking: Tuple[Unmet, ...] = ()


def look(host: Host, wanted: Wanted) -> Confining:
    profile, lacking = _look_for_profile(host, wanted)
    for device in wanted.devices:
        if not host.files.exists(device.source):
            lacking.append(Unmet(f"device {device.source} doesn't exist", "Load the module that makes it"))
    modules = _security_modules(host) if wanted.apparmor_profile or wanted.selinux_label else frozenset()
    return Confining(profile, modules, tuple(lacking))


def _security_modules(host: Host) -> FrozenSet[str]:
    found = set()
    if host.container_files.read_if_there(_APPARMOR_ENABLED, 1) == b"Y":
        found.add(APPARMOR)
    if b"selinuxfs" in host.files.read("/proc/filesystems").split():
        found.add(SELINUX)
    return frozenset(found)


def _look_for_profile(host: Host, wanted: Wanted) -> Tuple[Optional[bytes], List[Unmet]]:
    if wanted.seccomp == UNCONFINED:
        return None, []
    profile, lacking = None, []
    if deps.file_of(LIBRARY) is None:
        missing = deps.missing(LIBRARY)
        lacking.append(Unmet(missing.message, f"{missing.hint}{_OR}"))
    if wanted.seccomp != DEFAULT:
        profile = host.container_files.read_if_there(wanted.seccomp, _PROFILE_MAX)
        if profile is None:
            lacking.append(Unmet(f"seccomp profile {wanted.seccomp} doesn't exist", "It is a path on the target"))
    return profile, lacking

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host lacks for containers, what that keeps it from, and the remedy, in words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Optional, Tuple

from .._core.deps import PACKAGES
from .observe import UNIFIED, Found

KERNEL_OLDEST = (5, 19)
PYTHON_OLDEST = (3, 9)
PYROUTE2_OLDEST = (0, 7, 2)
_LIMITS = {"memory": "memory", "cpu": "cpus", "pids": "pids_limit"}
_FREE_MIN = 1024**3
_NUMBER = re.compile(r"\d+")
_ROLE = "role daemonless.containers.host installs it"


@dataclass(frozen=True)
class Lack:
    """``required``: without it no container of the usual kind can run."""

    what: str
    keeps_from: str
    remedy: str
    required: bool = False


def lacks(found: Found) -> Tuple[Lack, ...]:
    """The required ones first."""
    all_of_them = (*_of_kernel(found), *_of_store(found), *_of_cgroups(found), *_of_packages(found), *_of_rules(found))
    return tuple(sorted(all_of_them, key=lambda lack: not lack.required))


def numbers(version: str) -> Tuple[int, ...]:
    """``6.1.0-18-amd64`` as (6, 1, 0, 18, 64): the first ones can be compared."""
    return tuple(int(number) for number in _NUMBER.findall(version))


def _of_kernel(found: Found) -> Iterator[Lack]:
    if numbers(found.kernel) < KERNEL_OLDEST:
        yield Lack(
            f"Linux {found.kernel} is older than 5.19",
            "root file systems with ids of their own",
            "Boot a newer kernel; on Debian 11 there is one in backports. Or mount root file systems with userns: none",
            required=True,
        )
    if not found.overlay:
        yield Lack(
            "the kernel has no overlayfs",
            "root file systems",
            "Install the kernel's modules (package linux-modules-extra or kernel-modules of its version)",
            required=True,
        )
    if not found.user_namespaces:
        yield Lack(
            "the kernel allows no user namespaces",
            "root file systems with ids of their own",
            "Set sysctl user.max_user_namespaces to some thousands. Or mount root file systems with userns: none",
            required=True,
        )
    if numbers(found.python) < PYTHON_OLDEST:
        yield Lack(
            f"Python {found.python} is older than 3.9",
            "every module",
            "Install a newer one, and name it with ansible_python_interpreter",
            required=True,
        )
    if found.user != 0:
        yield Lack(
            f"the task runs as user id {found.user}", "every other module", "Give it become: true", required=True
        )


def _of_store(found: Found) -> Iterator[Lack]:
    refusal = found.place.refusal
    if refusal is not None and found.user == 0:
        yield Lack(
            f"the ids of files in {found.place.path} ({found.place.file_system}) can't be mapped: {refusal.message}",
            "root file systems with ids of their own",
            "Keep the store on ext4, xfs or btrfs (option store), or mount root file systems with userns: none",
            required=True,
        )
    if found.place.free < _FREE_MIN:
        yield Lack(
            f"{found.place.path} has {found.place.free // 1024**2} MiB left",
            "images of any size",
            "Make room, or keep the store elsewhere (option store)",
        )


def _of_cgroups(found: Found) -> Iterator[Lack]:
    missing = [option for controller, option in _LIMITS.items() if controller not in found.controllers]
    if found.cgroup != UNIFIED:
        yield Lack(
            f"the control groups are of version 1 or mixed ({found.cgroup})",
            f"limits ({', '.join(missing)})",
            "Boot with systemd.unified_cgroup_hierarchy=1, the default of today's distributions",
        )
    elif missing:
        yield Lack(
            f"control groups lack a controller for {', '.join(missing)}",
            f"limits ({', '.join(missing)})",
            "Some boards need cgroup_enable=memory on the kernel's command line",
        )
    if not found.systemd:
        yield Lack(
            "systemd doesn't run this host",
            "containers that are started again by themselves, limits, and output in the journal",
            "Leave out restart_policy, limits and log_driver; what starts this host's services can run the playbook",
        )


def _of_packages(found: Found) -> Iterator[Lack]:
    version = found.libraries.get("pyroute2")
    if version is None:
        yield _package("pyroute2", "links (veth_pair)")
    elif version and numbers(version) < PYROUTE2_OLDEST:
        yield Lack(f"pyroute2 {version} is older than 0.7.2", "links (veth_pair)", f"Install a newer one; {_ROLE}")
    if found.libraries.get("nftables") is None and not _only_legacy(found):
        yield _package("nftables", "rules (nat_rule)")
    if found.libraries.get("iptc") is None and found.firewall.legacy_tables:
        yield _package("iptc", "rules beside those of legacy iptables (nat_rule)", "host_nat_backend: iptables")


def _of_rules(found: Found) -> Iterator[Lack]:
    firewall = found.firewall
    if firewall.trouble is not None:
        yield Lack(
            f"the packet filter can't be looked at: {firewall.trouble}",
            "rules (nat_rule)",
            "See that the kernel has nf_tables and that the nft command works",
        )
    if firewall.legacy_tables and firewall.nft_tables:
        yield Lack(
            "both legacy iptables and nftables have tables, and a packet has to pass both",
            "an overview: neither tool shows the other's rules",
            "Move the legacy rules over (iptables-legacy-save, iptables-nft-restore), then reboot",
        )


def _only_legacy(found: Found) -> bool:
    return found.firewall.iptables == "legacy" and bool(found.firewall.legacy_tables)


def _package(name: str, keeps_from: str, option: Optional[str] = None) -> Lack:
    with_option = f", with {option}" if option else ""
    return Lack(
        f"Python library {name} is missing",
        keeps_from,
        f"Install package {PACKAGES[name]}; {_ROLE}{with_option}",
    )

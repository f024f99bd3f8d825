# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make, drift, mend and remove, over and over: whatever the host counts is where it was. ``make soak`` does it long."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
from pathlib import Path
from typing import Callable, Dict, List

import pytest
from crashes import differences, go, settled
from fault_cases import Ground, container, nat, rootfs, veth

from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

CYCLES = int(os.environ.get("SOAK_CYCLES", "10"))
TOLERANCE = {"memory of the module, KiB": 4096, "disk, KiB": 64}
"""What may be more at the end: Python's allocator and the file system's own bookkeeping."""
CHAIN = [rootfs(), container(), veth(), nat()]
GONE = [nat(state="absent"), veth(state="absent"), container(state="absent"), rootfs(state="absent")]
MERGED = "/var/lib/daemonless/containers/web/merged"


def shell(words: str) -> str:
    return subprocess.run(words, shell=True, stdout=subprocess.PIPE, text=True, check=True).stdout


def end_init() -> None:
    pid = int(container().go(Host(), check_mode=True)["container"]["pid"])
    pidfd = os.pidfd_open(pid)
    os.kill(pid, 9)
    assert Host().processes.wait(pidfd, 10)
    os.close(pidfd)


DRIFTS: List[Callable[[], object]] = [
    lambda: shell("nft delete table inet daemonless"),
    lambda: shell("ip link del veth-web"),
    lambda: shell("ip addr del 100.100.1.1/24 dev veth-web"),
    lambda: shell(f"umount {MERGED}"),
    end_init,
    lambda: shell("nft flush chain inet daemonless forward; ip link set veth-web mtu 1300"),
]


def counted() -> Dict[str, int]:
    """What could grow."""
    gc.collect()
    usage = os.statvfs("/var/lib/daemonless")
    return {
        "mounts": len(Path("/proc/self/mountinfo").read_text().splitlines()),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "links": len(os.listdir("/sys/class/net")),
        "rules": len(shell("nft -s list ruleset").splitlines()),
        "processes": len([name for name in os.listdir("/proc") if name.isdigit()]),
        "network namespaces": len(set(shell("lsns -t net -n -o NS").split())),
        "files in /run": len(list(Path("/run").rglob("*"))),
        "disk, KiB": (usage.f_blocks - usage.f_bfree) * usage.f_frsize // 1024,
        "inodes": usage.f_files - usage.f_ffree,
        "memory of the module, KiB": _resident(),
    }


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def cycle(number: int) -> None:
    go(CHAIN)
    DRIFTS[number % len(DRIFTS)]()
    go(CHAIN)
    left = [op for run in CHAIN for op in run.go(Host(), check_mode=True)["ops"]]
    assert not left, f"cycle {number}: {left}"
    go(GONE)


@pytest.fixture(scope="module")
def warm(ground: Ground) -> None:
    """Everything was used once, so that what is kept for good is there."""
    go(ground.up_to("rootfs"))
    for number in range(len(DRIFTS)):
        cycle(number)


@pytest.mark.usefixtures("warm")
def test_cycles_of_make_drift_mend_and_remove_leave_nothing(tables: List[str]) -> None:
    state = settled()
    before = counted()
    for number in range(CYCLES):
        cycle(number)
    assert differences(state, settled()) == []
    after = counted()
    lines = [f"| after {CYCLES} cycles | before | after |", "|---|---:|---:|"]
    tables.append("\n".join([*lines, *(f"| {what} | {before[what]} | {after[what]} |" for what in before)]))
    grown = {what: after[what] - before[what] for what in before}
    assert {what: by for what, by in grown.items() if by > TOLERANCE.get(what, 0)} == {}

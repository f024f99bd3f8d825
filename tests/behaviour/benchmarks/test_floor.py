# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The yardstick of the benchmark of fleets really makes containers with a network, and leaves nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Iterator, List

import pytest
from fleet_contestants import PAYLOAD, SUBNET, Running
from fleet_floor import Floor
from fleet_memory import payloads

COUNT = 3
FOLDER = Path("/var/lib/daemonless/floor")
"""Where a sandbox has a file system whose ids can be mapped."""
KINDS = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")


@pytest.fixture
def floor() -> Iterator[Floor]:
    contestant = Floor()
    FOLDER.mkdir()
    with contestant.ready(FOLDER, Path("unused")):
        yield contestant
    shutil.rmtree(FOLDER)


def inside(pid: int, *command: str) -> str:
    words = ["nsenter", "--target", str(pid), "--all", "/bin/busybox", *command]
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def links() -> List[str]:
    return [name for name in os.listdir("/sys/class/net") if "floor" in name]


def mounts() -> str:
    return Path("/proc/self/mountinfo").read_text(encoding="utf-8")


def test_floor(floor: Floor) -> None:
    before = mounts()
    assert floor.run("create", COUNT, Running(FOLDER, {})) > 0
    pids = payloads(PAYLOAD)
    assert len(pids) == COUNT
    namespaces = {os.readlink(f"/proc/{pid}/ns/{kind}") for pid in [os.getpid(), *pids] for kind in KINDS}
    assert len(namespaces) == (COUNT + 1) * len(KINDS)
    maps = {Path(f"/proc/{pid}/uid_map").read_text(encoding="ascii") for pid in pids}
    assert len(maps) == COUNT
    for number, pid in enumerate(pids):
        inside(pid, "touch", "/made")
        assert inside(pid, "ls", "/") == "bin\ndev\nmade\nproc\n"
        assert f"100.100.0.{2 + number}/16" in inside(pid, "ip", "address", "show", "eth0")
        inside(pid, "ping", "-c", "1", "-W", "5", "100.100.0.1")
    assert inside(pids[0], "ls", "-ln", "/made").split()[2:4] == ["0", "0"]
    assert len(links()) == COUNT + 1
    rules = subprocess.run(["nft", "list", "ruleset"], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert f"ip saddr {SUBNET} ip daddr != {SUBNET} masquerade" in rules

    assert floor.run("remove", COUNT, Running(FOLDER, {})) > 0
    assert payloads(PAYLOAD) == []
    assert links() == []
    assert mounts() == before
    assert sorted(os.listdir(FOLDER)) == ["layer"]
    assert set(floor.spent) == {"create", "remove"}

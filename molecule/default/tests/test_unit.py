# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container's unit as an administrator sees it, after a boot at which nobody but systemd started anything."""

from __future__ import annotations

import json
import re
import time
from typing import Any, Dict

import pytest

UNIT = "daemonless-my-docker.service"
RECORD = "/run/daemonless/containers/my-docker.json"
STARTS_WITHIN = 60


@pytest.fixture
def pid(host) -> int:
    return started(host)


def started(host, after: int = 0) -> int:
    """The first process of the container, waited for if it isn't another than that one yet."""
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        shown = properties(host)
        if shown["ActiveState"] == "active" and int(shown["MainPID"]) != after:
            return int(shown["MainPID"])
        assert time.monotonic() < deadline, shown
        time.sleep(0.5)


def properties(host) -> Dict[str, str]:
    listing = host.check_output("systemctl show --property ActiveState,MainPID,UnitFileState,NRestarts %s", UNIT)
    return dict(line.split("=", 1) for line in listing.splitlines())


def record(host) -> Dict[str, Any]:
    state: Dict[str, Any] = json.loads(host.check_output("cat %s", RECORD))
    return state


def test_the_machine_was_booted_again(host) -> None:
    boots = re.findall(r"^ *-?\d+ [0-9a-f]{32} ", host.check_output("journalctl --list-boots --no-pager"), re.MULTILINE)
    assert len(boots) > 1


def test_the_container_is_the_units_main_process(host, pid: int) -> None:
    assert record(host)["pid"] == pid
    assert properties(host)["UnitFileState"] == "enabled"


def test_status_shows_it(host, pid: int) -> None:
    shown = host.check_output("systemctl status --no-pager %s", UNIT)
    assert "Container my-docker" in shown
    assert "active (running)" in shown
    assert f"Main PID: {pid}" in shown


def test_the_journal_tells_of_its_start(host, pid: int) -> None:
    assert "Started" in host.check_output("journalctl --boot --no-pager --unit %s", UNIT)


def test_no_process_of_ours_is_left_beside_the_containers(host, pid: int) -> None:
    """All that is in its control group is the container's own."""
    inside = host.check_output("cat /sys/fs/cgroup/system.slice/%s/cgroup.procs", UNIT).split()
    assert str(pid) in inside
    namespace = host.check_output(f"readlink /proc/{pid}/ns/pid")
    assert {host.check_output(f"readlink /proc/{other}/ns/pid") for other in inside} == {namespace}


def test_a_killed_one_is_started_again_with_its_network(host, pid: int) -> None:
    host.check_output(f"kill -KILL {pid}")
    again = started(host, after=pid)
    assert int(properties(host)["NRestarts"]) >= 1
    answer = host.check_output(f"nsenter --target {again} --all /bin/sh -c 'ping -c 1 -W 5 www.example.test'")
    assert "1 packets received" in answer

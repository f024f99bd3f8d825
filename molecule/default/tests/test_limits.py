# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits take hold: what limits.yml started wants more than it may have, and was started again at boot."""

from __future__ import annotations

import re
import time
from typing import Dict

UNIT = "daemonless-greedy.service"
GROUP = f"/sys/fs/cgroup/system.slice/{UNIT}"
PATIENCE = 120
WATCHED_SECONDS = 4


def limit(host, file: str) -> str:
    text: str = host.check_output("cat %s", f"{GROUP}/{file}")
    return text


def counters(host, file: str) -> Dict[str, int]:
    return {key: int(value) for key, value in (line.split() for line in limit(host, file).splitlines())}


def comes_to_be(host, file: str, key: str) -> bool:
    """Whether it has happened, or does before long: on a slow machine the limits are only reached in a while."""
    deadline = time.monotonic() + PATIENCE
    while counters(host, file)[key] == 0 and time.monotonic() < deadline:
        time.sleep(1)
    return counters(host, file)[key] > 0


def test_a_hog_is_killed_and_its_container_lives(host) -> None:
    assert limit(host, "memory.max") == str(32 * 2**20)
    assert limit(host, "memory.swap.max") == "0"
    assert comes_to_be(host, "memory.events", "oom_kill")
    assert "tail ended with 137" in host.check_output("journalctl --boot --no-pager --output cat --unit %s", UNIT)
    assert host.check_output("systemctl is-active %s", UNIT) == "active"


def test_a_fork_bomb_is_stopped(host) -> None:
    assert limit(host, "pids.max") == "24"
    assert int(limit(host, "pids.current")) <= 24
    assert comes_to_be(host, "pids.events", "max")
    assert host.check_output("systemctl is-active %s", UNIT) == "active"


def test_a_busy_one_gets_its_share_of_the_processor(host) -> None:
    """The share it was given while it ran is the one it has after the boot."""
    assert limit(host, "cpu.max") == "40000 100000"
    host.check_output("systemctl kill --kill-whom main --signal USR1 %s", UNIT)
    time.sleep(2)  # by then it is busy
    before, begin = counters(host, "cpu.stat"), time.monotonic()
    time.sleep(WATCHED_SECONDS)
    after, seconds = counters(host, "cpu.stat"), time.monotonic() - begin
    assert after["nr_throttled"] > before["nr_throttled"]
    assert 0.1 < (after["usage_usec"] - before["usage_usec"]) / 1e6 / seconds < 0.5


def test_a_crashing_one_was_given_up_and_is_not_started_at_boot(host) -> None:
    shown = host.check_output("journalctl --no-pager --output cat --unit daemonless-crasher.service")
    assert len(re.findall("^crashing$", shown, re.MULTILINE)) == 2
    assert host.run("systemctl is-active daemonless-crasher.service").stdout.strip() == "inactive"

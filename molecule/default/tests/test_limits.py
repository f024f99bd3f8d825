# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits take hold: what limits.yml started wants more than it may have, and was started again at boot."""

from __future__ import annotations

import re
import time
from typing import Dict

FOLDER = "/sys/fs/cgroup/system.slice/daemonless-{}.service"
PATIENCE = 120
WATCHED_SECONDS = 4


def limit(host, name: str, file: str) -> str:
    text: str = host.check_output("cat %s", f"{FOLDER.format(name)}/{file}")
    return text


def counters(host, name: str, file: str) -> Dict[str, int]:
    return {key: int(value) for key, value in (line.split() for line in limit(host, name, file).splitlines())}


def comes_to_be(host, name: str, file: str, key: str) -> bool:
    """Whether it has happened, or does before long: on a slow machine the limits are only reached in a while."""
    deadline = time.monotonic() + PATIENCE
    while counters(host, name, file)[key] == 0 and time.monotonic() < deadline:
        time.sleep(1)
    return counters(host, name, file)[key] > 0


def journal(host, name: str) -> str:
    text: str = host.check_output("journalctl --boot --no-pager --output cat --unit %s", f"daemonless-{name}.service")
    return text


def test_a_hog_is_killed_and_its_container_lives(host) -> None:
    assert limit(host, "hog", "memory.max") == str(32 * 2**20)
    assert limit(host, "hog", "memory.swap.max") == "0"
    assert comes_to_be(host, "hog", "memory.events", "oom_kill")
    assert "tail ended with 137" in journal(host, "hog")
    assert host.check_output("systemctl is-active daemonless-hog.service") == "active"


def test_a_fork_bomb_is_stopped(host) -> None:
    assert limit(host, "bomb", "pids.max") == "24"
    assert int(limit(host, "bomb", "pids.current")) <= 24
    assert comes_to_be(host, "bomb", "pids.events", "max")
    assert host.check_output("systemctl is-active daemonless-bomb.service") == "active"


def test_a_busy_one_gets_its_share_of_the_processor(host) -> None:
    """The share it was given while it ran is the one it has after the boot."""
    assert limit(host, "busy", "cpu.max") == "10000 100000"
    before, begin = counters(host, "busy", "cpu.stat"), time.monotonic()
    time.sleep(WATCHED_SECONDS)
    after, seconds = counters(host, "busy", "cpu.stat"), time.monotonic() - begin
    assert after["nr_throttled"] > before["nr_throttled"]
    assert 0 < (after["usage_usec"] - before["usage_usec"]) / 1e6 / seconds < 0.2


def test_a_crashing_one_was_given_up_and_is_not_started_at_boot(host) -> None:
    shown = host.check_output("journalctl --no-pager --output cat --unit daemonless-crasher.service")
    assert len(re.findall("^crashing$", shown, re.MULTILINE)) == 3
    assert host.run("systemctl is-active daemonless-crasher.service").stdout.strip() == "inactive"

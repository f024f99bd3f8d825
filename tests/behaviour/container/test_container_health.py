# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: healthy: a task that goes on when the container does its work, and says why where it doesn't."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import FOREVER, STORE, container, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError

SOON = ["sh", "-c", "sleep 0.7; echo here > /tmp/ready; exec sleep 1000"]


def check(test: Any, **given: Any) -> Dict[str, Any]:
    return {"interval": "100ms", "timeout": None, "start_period": None, "retries": None, **given, "test": test}


def test_it_is_waited_for(merged: Path) -> None:
    asked = {"command": SOON, "healthcheck": check("test -e /tmp/ready", retries=100), "state": "healthy"}
    begin = time.monotonic()
    first = container(**asked)
    assert 0.7 <= time.monotonic() - begin < 20
    assert first["ops"] == ["start container web"]
    assert first["container"]["status"] == "running"
    again = container(**asked)
    assert (again["changed"], again["container"]["pid"]) == (False, first["container"]["pid"])


def test_check_mode_asks_nobody_and_changes_nothing(merged: Path) -> None:
    asked = {"command": FOREVER, "healthcheck": check("echo asked >> /tmp/asked; false"), "state": "healthy"}
    before = state_of_host()
    assert container(check_mode=True, **asked)["changed"]
    assert state_of_host() == before
    container(**{**asked, "state": "started"})
    assert not container(check_mode=True, **asked)["changed"]
    assert not (merged / "tmp/asked").exists()


def test_one_that_is_unhealthy_fails_with_what_its_check_said_and_stays(merged: Path) -> None:
    asked = {"command": FOREVER, "healthcheck": check("echo no database; exit 4", retries=2), "state": "healthy"}
    with pytest.raises(ExecutionError, match=r"web: it is unhealthy: .*exit code 4: no database") as failure:
        container(**asked)
    assert failure.value.kept == ("start container web",)
    with pytest.raises(ExecutionError) as again:
        container(**asked)
    assert again.value.kept == ()
    assert not container(**{**asked, "state": "started"})["changed"]


def test_failures_of_the_start_period_dont_count(merged: Path) -> None:
    once = check("test -e /tmp/ready", retries=1, start_period="30s")
    assert container(command=SOON, healthcheck=once, state="healthy")["changed"]


def test_the_time_to_wait_ends(merged: Path) -> None:
    patient = check(["CMD", "false"], retries=1000)
    begin = time.monotonic()
    with pytest.raises(ExecutionError, match=r"isn't healthy after 0.5 seconds: its check ended with exit code 1"):
        container(command=FOREVER, healthcheck=patient, healthy_wait_timeout=0.5, state="healthy")
    assert time.monotonic() - begin < 10


def test_a_check_that_hangs_is_killed(merged: Path) -> None:
    hanging = check(["CMD", "sleep", "977"], timeout="200ms", retries=1)
    with pytest.raises(ExecutionError, match=r"unhealthy: its check didn't end within 0.2 seconds"):
        container(command=FOREVER, healthcheck=hanging, state="healthy")
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert b"sleep\000977\0" not in lines


def test_a_check_that_cant_be_executed(merged: Path) -> None:
    with pytest.raises(ExecutionError, match=r'unhealthy: exec "nonsense": not found'):
        container(command=FOREVER, healthcheck=check(["CMD", "nonsense"], retries=1), state="healthy")


def test_one_that_ends_meanwhile(merged: Path) -> None:
    with pytest.raises(ExecutionError, match=r"container web: it (has )?ended"):
        container(command=["sleep", "0.3"], healthcheck=check("false", retries=1000), state="healthy")


def test_without_a_check_nothing_is_begun(merged: Path) -> None:
    before = state_of_host()
    with pytest.raises(ContainersError, match=r"neither its image nor the options give a health check"):
        container(command=FOREVER, state="healthy")
    assert state_of_host() == before


def test_another_check_is_a_change_without_a_restart(merged: Path) -> None:
    pid = container(command=FOREVER, healthcheck=check("false"))["container"]["pid"]
    changed = container(command=FOREVER, healthcheck=check("true"), state="healthy")
    assert (changed["changed"], changed["container"]["pid"]) == (True, pid)
    record = json.loads(Path(STORE.container("web"), "container.json").read_text())
    assert record["healthcheck"]["test"] == ["/bin/sh", "-c", "true"]
    assert not container(command=FOREVER, healthcheck=check("true"), state="healthy")["changed"]

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: healthy: a task that goes on when the container does its work, and says why where it doesn't."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any, Callable, Dict

import pytest
from children import started
from container_runs import FOREVER, STORE, container, processes, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._container import awaiting
from ansible_collections.daemonless.containers.plugins.module_utils._container.argspec import HEALTHCHECK
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError
from ansible_collections.daemonless.containers.plugins.module_utils._core.interruption import heed_signals
from ansible_collections.daemonless.containers.plugins.module_utils._sys import entering

SOON = ["sh", "-c", "sleep 0.7; echo here > /tmp/ready; exec sleep 1000"]


def check(test: Any, **given: Any) -> Dict[str, Any]:
    given = {"interval": "100ms", **given, "test": test}
    return {**dict.fromkeys(HEALTHCHECK), **given}


HANGING = check(["CMD", "sleep", "977"])


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
    with pytest.raises(ExecutionError, match=r"it is unhealthy after 2 failures: .*code 4: no database") as failure:
        container(**asked)
    assert failure.value.kept == ("start container web",)
    with pytest.raises(ExecutionError) as again:
        container(**asked)
    assert again.value.kept == ()
    assert not container(**{**asked, "state": "started"})["changed"]


def test_failures_of_the_start_period_dont_count(merged: Path) -> None:
    once = check("test -e /tmp/ready", retries=1, start_period="30s")
    assert container(command=SOON, healthcheck=once, state="healthy")["changed"]


def test_the_start_period_has_an_interval_of_its_own(merged: Path) -> None:
    impatient = check("test -e /tmp/ready", interval="1h", start_period="30s", start_interval="100ms")
    assert container(command=SOON, healthcheck=impatient, state="healthy")["changed"]


def test_one_that_is_still_starting_when_the_time_is_over(merged: Path) -> None:
    slow = check("echo no cache yet; exit 9", start_period="1h")
    words = r"after \d tr(y|ies), still in its start period within 0.5 seconds: .*exit code 9: no cache yet"
    with pytest.raises(ExecutionError, match=words):
        container(command=FOREVER, healthcheck=slow, healthy_wait_timeout=0.5, state="healthy")


def test_the_time_to_wait_ends(merged: Path) -> None:
    patient = check(["CMD", "false"], retries=1000)
    begin = time.monotonic()
    with pytest.raises(
        ExecutionError, match=r"isn't healthy after \d tr(y|ies) within 0.5 seconds: its check .* code 1"
    ):
        container(command=FOREVER, healthcheck=patient, healthy_wait_timeout=0.5, state="healthy")
    assert time.monotonic() - begin < 10


def test_a_check_that_hangs_is_killed(merged: Path) -> None:
    hanging = check(["CMD", "sleep", "977"], timeout="200ms", retries=1)
    with pytest.raises(ExecutionError, match=r"unhealthy after 1 failure: its check didn't end within 0.2 seconds"):
        container(command=FOREVER, healthcheck=hanging, state="healthy")
    assert not hangs()


def test_a_check_that_hangs_is_killed_when_the_time_is_over(merged: Path) -> None:
    with pytest.raises(
        ExecutionError, match=r"after 1 try within 0.5 seconds: its check didn't end within 0.5 seconds"
    ):
        container(command=FOREVER, healthcheck=HANGING, healthy_wait_timeout=0.5, state="healthy")
    assert not hangs()


def test_a_check_that_cant_even_be_begun_is_given_up(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that is frozen."""
    monkeypatch.setattr(entering.Entering, "_let_go", lambda *_args: time.sleep(1000))
    monkeypatch.setattr(awaiting, "GRACE", 0.2)
    with pytest.raises(ExecutionError, match=r"after 1 try within 0.5 seconds: its check can't be ended"):
        container(command=FOREVER, healthcheck=check("true"), healthy_wait_timeout=0.5, state="healthy")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_no_check_outlives_the_module(merged: Path, number: int) -> None:
    module = started(_module, healthcheck=HANGING)
    _within_seconds(hangs)
    os.kill(module, number)
    status = os.waitpid(module, 0)[1]
    if number == signal.SIGKILL:
        _within_seconds(lambda: not hangs())
    else:
        assert status == 0
        assert not hangs()
    assert not container(command=FOREVER, healthcheck=HANGING)["changed"]


def _module(**options: Any) -> None:
    heed_signals()
    with pytest.raises(ContainersError, match="interrupted by SIG"):
        container(command=FOREVER, state="healthy", **options)


def hangs() -> bool:
    """Whether there is a check that hangs."""
    return any(line.endswith(" sleep 977") for line in processes())


def _within_seconds(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert condition()


def test_a_check_that_cant_be_executed(merged: Path) -> None:
    with pytest.raises(ExecutionError, match=r'unhealthy after 1 failure: exec "nonsense": not found'):
        container(command=FOREVER, healthcheck=check(["CMD", "nonsense"], retries=1), state="healthy")


def test_a_container_that_no_check_can_enter(plain: Path) -> None:
    with pytest.raises(ExecutionError, match=r"unhealthy after 3 failures: a container with .* can't be entered"):
        container(command=FOREVER, capabilities=["SYS_PTRACE"], healthcheck=check("true"), state="healthy")


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

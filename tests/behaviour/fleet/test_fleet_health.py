# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: healthy of a fleet: all are waited for at once, and each that doesn't become so is named."""

from __future__ import annotations

import re
import time
from typing import Any, Dict

import pytest
from fleet_runs import alike, by_name, fleet

from ansible_collections.daemonless.containers.plugins.module_utils._container import awaiting
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError
from ansible_collections.daemonless.containers.plugins.module_utils._fleet import healthy

SECONDS = 1.5
LATE = ["sh", "-c", f"sleep {SECONDS}; echo here > /tmp/ready; exec sleep 1000"]
CHECK = {"test": "test -e /tmp/ready", "interval": "100ms", "retries": 1000}


def _healthy(tree: str, *entries: Dict[str, Any], **options: Any) -> Dict[str, Any]:
    wanted = alike(tree, containers=list(entries), state="healthy", **options)
    wanted["defaults"].update(command=LATE, healthcheck=CHECK)
    return wanted


def test_all_are_waited_for_at_once(tree: str) -> None:
    wanted = _healthy(tree, {"name_prefix": "web", "count": 6})
    begin = time.monotonic()
    foreseen = fleet(check_mode=True, **wanted)
    made = fleet(**wanted)
    assert time.monotonic() - begin < 5 * SECONDS  # one after the other they would take six times as long
    assert made["ops"] == foreseen["ops"]
    assert made["counts"] == {"create": 6, "failed": 0}
    assert not fleet(**wanted)["changed"]


def test_checks_of_many_go_on_side_by_side(tree: str) -> None:
    wanted = alike(tree, count=50, state="healthy")
    wanted["defaults"]["healthcheck"] = {"test": ["CMD", "sleep", "1"]}
    fleet(**{**wanted, "state": "started"})
    begin = time.monotonic()
    assert fleet(**wanted)["failures"] == {}
    assert time.monotonic() - begin < 40  # one after the other they would take 50 seconds


def test_one_whose_check_hangs_is_the_only_one_named(tree: str) -> None:
    hanging = {"name": "hangs", "healthcheck": {"test": ["CMD", "sleep", "60"]}}
    wanted = alike(tree, containers=[hanging, {"name_prefix": "web", "count": 3}], state="healthy")
    wanted["defaults"]["healthcheck"] = {"test": ["CMD", "true"]}
    result = fleet(**wanted, healthy_wait_timeout=5.0)
    assert list(result["failures"]) == ["hangs"]
    assert "healthy after 1 try within 5 seconds: its check didn't end within" in result["failures"]["hangs"]


def test_one_that_nobody_came_to_ask_isnt_blamed(tree: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(awaiting, "AT_ONCE", 1)
    hanging = {"name": "hangs", "healthcheck": {"test": ["CMD", "sleep", "60"]}}
    wanted = alike(tree, containers=[hanging, {"name": "web1"}], state="healthy")
    wanted["defaults"]["healthcheck"] = {"test": ["CMD", "true"]}
    assert fleet(**wanted, healthy_wait_timeout=1.0)["failures"]["web1"] == (
        "it isn't healthy: its check wasn't begun within 1 seconds, as those of 1 others took all the time"
    )


def test_those_that_dont_become_so_are_named_and_stay(tree: str) -> None:
    ill = {"name": "ill", "command": ["sleep", "1000"], "healthcheck": {"test": "echo no; exit 3", "retries": 1}}
    late = {"name": "late", "healthcheck": {**CHECK, "test": "false"}}
    result = fleet(**_healthy(tree, {"name": "web1"}, ill, late, healthy_wait_timeout=4.0))
    assert sorted(result["failures"]) == ["ill", "late"]
    assert result["failures"]["ill"] == "it is unhealthy after 1 failure: its check ended with exit code 3: no"
    assert re.match(
        r"it isn't healthy after \d+ tr(y|ies) within 4 seconds: its check .* code 1$", result["failures"]["late"]
    )
    assert result["msg"].startswith("2 of 3 failed: ")
    assert {by_name(result)[name]["status"] for name in ("web1", "ill", "late")} == {"running"}


def test_what_was_done_is_told_where_the_wait_is_interrupted(tree: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise ContainersError("interrupted by SIGTERM")

    monkeypatch.setattr(healthy, "await_healthy", interrupted)
    wanted = _healthy(tree, {"name": "web1"})
    with pytest.raises(ExecutionError, match="interrupted by SIGTERM") as failure:
        fleet(**wanted)
    assert "start container web1" in failure.value.kept
    assert not fleet(**{**wanted, "state": "started"})["changed"]


def test_without_a_check_nothing_is_begun(tree: str) -> None:
    result = fleet(**_healthy(tree, {"name": "web1", "healthcheck": {"test": ["NONE"]}}))
    assert "neither its image nor the options give a health check" in result["failures"]["web1"]
    assert not by_name(result)["web1"]["changed"]


def test_a_wait_of_no_time_is_refused(tree: str) -> None:
    with pytest.raises(ContainersError, match="healthy_wait_timeout 0 isn't above 0"):
        fleet(**_healthy(tree, {"name": "web1"}, healthy_wait_timeout=0.0))

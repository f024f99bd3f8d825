# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""state: healthy of a fleet: all are waited for at once, and each that doesn't become so is named."""

from __future__ import annotations

import time
from typing import Any, Dict

import pytest
from fleet_runs import alike, by_name, fleet

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

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


def test_those_that_dont_become_so_are_named_and_stay(tree: str) -> None:
    ill = {"name": "ill", "command": ["sleep", "1000"], "healthcheck": {"test": "echo no; exit 3", "retries": 1}}
    late = {"name": "late", "healthcheck": {**CHECK, "test": "false"}}
    result = fleet(**_healthy(tree, {"name": "web1"}, ill, late, healthy_wait_timeout=4.0))
    assert sorted(result["failures"]) == ["ill", "late"]
    assert result["failures"]["ill"] == "it is unhealthy: its check ended with exit code 3: no"
    assert result["failures"]["late"].startswith("it isn't healthy after 4 seconds: ")
    assert result["msg"].startswith("2 of 3 failed: ")
    assert {by_name(result)[name]["status"] for name in ("web1", "ill", "late")} == {"running"}


def test_without_a_check_nothing_is_begun(tree: str) -> None:
    result = fleet(**_healthy(tree, {"name": "web1", "healthcheck": {"test": ["NONE"]}}))
    assert "neither its image nor the options give a health check" in result["failures"]["web1"]
    assert not by_name(result)["web1"]["changed"]


def test_a_wait_of_no_time_is_refused(tree: str) -> None:
    with pytest.raises(ContainersError, match="healthy_wait_timeout 0 isn't above 0"):
        fleet(**_healthy(tree, {"name": "web1"}, healthy_wait_timeout=0.0))

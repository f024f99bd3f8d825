# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown of containers that are units, have limits, or are damaged; and of units, as systemd tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Sequence

import pytest
from container_data import settings

from ansible_collections.daemonless.containers.plugins.module_utils._container.health import Health
from ansible_collections.daemonless.containers.plugins.module_utils._container.overview import Overview
from ansible_collections.daemonless.containers.plugins.module_utils._container_info.observe import Found, Seen
from ansible_collections.daemonless.containers.plugins.module_utils._container_info.result import result
from ansible_collections.daemonless.containers.plugins.module_utils._container_info.spec import spec
from ansible_collections.daemonless.containers.plugins.module_utils._nat.published import _shown
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import Rule
from ansible_collections.daemonless.containers.plugins.module_utils._sys.systemd import Systemd

WANTED = spec({"name": None, "store": "/store", "ports": True})
UNIT = "daemonless-web.service"


def shown(seen: Seen) -> Dict[str, Any]:
    return dict(result(WANTED, Found((seen,)))["containers"][0])


@pytest.mark.parametrize(
    ("state", "status"),
    [("activating", "restarting"), ("deactivating", "restarting"), ("failed", "stopped"), ("inactive", "stopped")],
)
def test_one_that_is_between_two_runs(state: str, status: str) -> None:
    found = shown(Seen(Overview("web", settings(), unit=UNIT, starts_at_boot=True), unit_state=state))
    assert found["status"] == status
    assert found["unit"] == {"name": UNIT, "starts_at_boot": True, "state": state}


def test_limits_and_usage_of_a_cgroup() -> None:
    counted = {
        "memory.max": "67108864",
        "memory.swap.max": "0",
        "cpu.max": "50000 100000",
        "pids.max": "max",
        "memory.current": "4096",
        "memory.peak": "8192",
        "pids.current": "3",
        "cpu.stat": "usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000",
    }
    found = shown(Seen(Overview("web", settings(), pid=7, counted=counted)))
    assert found["limits"] == {"memory": 67108864, "memory_swap": 67108864, "cpus": 0.5, "pids_limit": None}
    assert found["usage"] == {"source": "cgroup", "memory": 4096, "memory_peak": 8192, "cpu_seconds": 1.5, "pids": 3}


def test_files_that_an_older_kernel_lacks() -> None:
    found = shown(Seen(Overview("web", settings(), pid=7, counted={"memory.current": "4096"})))
    usage = {"source": "cgroup", "memory": 4096, "memory_peak": None, "cpu_seconds": None, "pids": None}
    assert found["usage"] == usage


def test_output_in_the_journal_has_no_file() -> None:
    assert shown(Seen(Overview("web", settings(log_driver="journald"))))["log"] is None
    assert shown(Seen(Overview("web", settings())))["log"] == "/store/containers/web/log"


def test_no_value_of_the_environment() -> None:
    found = shown(Seen(Overview("web", settings(env={"KEY": "hush"}))))
    assert "hush" not in str(found)
    assert "KEY" in found["settings"]["env"]


def test_its_health_check() -> None:
    check = Health(("probe",), 5.0, 30.0, 0.0, 5.0, 3)
    found = shown(Seen(Overview("web", replace(settings(), healthcheck=check))))["healthcheck"]
    assert found == {
        "test": ["probe"],
        "interval": 5.0,
        "timeout": 30.0,
        "start_period": 0.0,
        "start_interval": 5.0,
        "retries": 3,
    }
    assert shown(Seen(Overview("web", settings())))["healthcheck"] is None
    assert shown(Seen(Overview("gone")))["healthcheck"] is None


def test_exists() -> None:
    there, damaged, gone = Seen(Overview("a", settings())), Seen(Overview("b", error="broken")), Seen(Overview("c"))
    assert result(WANTED, Found((there, damaged)))["exists"] is True
    assert result(WANTED, Found((there, gone)))["exists"] is False
    assert result(WANTED, Found(()))["exists"] is False
    assert shown(damaged)["status"] == "unknown"


def test_names_once_each() -> None:
    assert spec({"name": ["b", "a", "b"], "store": "/s", "ports": True}).names == ("b", "a")


def test_states_of_units_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def run(_self: Systemd, *arguments: str) -> str:
        calls.append(arguments)
        return "Id=a.service\nActiveState=active\n\nId=b.service\nActiveState=failed\n"

    monkeypatch.setattr(Systemd, "_run", run)
    monkeypatch.setattr(Systemd, "running", lambda _self: True)
    assert Systemd().states(["a.service", "b.service"]) == {"a.service": "active", "b.service": "failed"}
    assert Systemd().states([]) == {}
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("rule", "port"),
    [
        (
            Rule("output", 4, "dnat", local=True, protocol="tcp", port="8080", to="100.100.1.2:80"),
            ("", "8080", "100.100.1.2", "80", "tcp"),
        ),
        (
            Rule("output", 4, "dnat", destination="127.0.0.1", protocol="udp", port="8000-8009", to="100.100.1.2"),
            ("127.0.0.1", "8000-8009", "100.100.1.2", "8000-8009", "udp"),
        ),
        (
            Rule("output", 6, "dnat", destination="!::1", local=True, protocol="tcp", port="80", to="[2001:db8::2]:81"),
            ("", "80", "2001:db8::2", "81", "tcp"),
        ),
        (
            Rule("output", 6, "dnat", destination="!::1", protocol="tcp", port="80-81", to="2001:db8::2"),
            ("", "80-81", "2001:db8::2", "80-81", "tcp"),
        ),
    ],
)
def test_ports_as_rules_say(rule: Rule, port: Sequence[str]) -> None:
    other = Rule("output", 4, "something else: x")
    assert [tuple(found.values()) for found in _shown([other, rule])] == [port]

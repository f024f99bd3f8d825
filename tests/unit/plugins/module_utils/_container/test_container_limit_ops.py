# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of containers: what a host has to have for them, what leads there, and how they are set on a cgroup."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional

import pytest
from container_data import bare, running, settings, wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container import record
from ansible_collections.daemonless.containers.plugins.module_utils._container.group import unit_group
from ansible_collections.daemonless.containers.plugins.module_utils._container.limit_ops import SetLimits
from ansible_collections.daemonless.containers.plugins.module_utils._container.limits import Limits, as_written
from ansible_collections.daemonless.containers.plugins.module_utils._container.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._container.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit import unit_of
from ansible_collections.daemonless.containers.plugins.module_utils._container.unit_found import UnitFound
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.cgroups import Cgroups
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

STORE = Store("/store")
ALL = frozenset({"memory", "cpu", "pids"})
HOST: Dict[str, Any] = {"systemd": True, "runtime": True, "python": "/usr/bin/python3", "controllers": ALL}
SOME: Dict[str, Any] = {"memory": "64m", "cpus": 0.5, "pids_limit": 20}
PID = 77


def limited(texts: Optional[Dict[str, str]] = None, **options: Any) -> Found:
    """A host where the container runs in its unit with these options; its cgroup has other texts where given."""
    found = bare(**HOST)
    kept = settings_with(**options)
    unit = UnitFound(text=unit_of(STORE, "web", kept, found.python).text, holds_init=True)
    return running(kept, unit=unit, limiting={**as_written(kept.limits), **(texts or {})}, **HOST)


def settings_with(**options: Any) -> Any:
    (*_unit, start) = plan(wanted(**options), bare(**HOST)).ops
    return start.settings  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("option", "controller"), [({"memory": "64m"}, "memory"), ({"cpus": 1}, "cpu"), ({"pids_limit": 9}, "pids")]
)
def test_host_without_the_controller(option: Dict[str, Any], controller: str) -> None:
    host = {**HOST, "controllers": ALL - {controller}}
    name = next(iter(option))
    with pytest.raises(ContainersError, match=f"{name} can't be limited: .* no controller {controller} .*leave {name}"):
        plan(wanted(**option), bare(**host))


def test_host_without_systemd() -> None:
    with pytest.raises(ContainersError, match="a limit of memory, cpus or pids needs systemd"):
        plan(wanted(**SOME), bare(**{**HOST, "systemd": False}))


def test_first_start_writes_the_unit() -> None:
    made = plan(wanted(**SOME), bare(**HOST))
    assert made.describe()[-1] == "start container web"
    assert "TasksMax=20\nMemoryMax=67108864\nMemorySwapMax=67108864\nCPUQuota=50.00%\n" in made.after["unit"]
    assert made.predicted["container"]["limits"] == {
        "memory": 64 * 1024**2,
        "memory_swap": 128 * 1024**2,
        "cpus": 0.5,
        "pids_limit": 20,
    }


def test_nothing_to_do() -> None:
    made = plan(wanted(**SOME), limited(**SOME))
    assert made.ops == ()
    assert made.before == made.after


def test_limits_are_changed_live() -> None:
    made = plan(wanted(**{**SOME, "memory": "32m", "cpus": None}), limited(**SOME))
    unit, limits, kept = made.describe()
    assert unit.startswith("change unit daemonless-web")
    assert limits == (
        "set memory.max to 33554432, memory.swap.max to 33554432, cpu.max to max 100000 for container web"
    )
    assert kept == "record limits of container web"
    assert (made.before["memory"], made.after["memory"]) == (64 * 1024**2, 32 * 1024**2)
    assert made.predicted["container"]["pid"] == PID
    assert made.predicted["container"]["limits"]["cpus"] is None


def test_only_what_drifted_is_set() -> None:
    made = plan(wanted(**SOME), limited({"pids.max": "max"}, **SOME))
    assert made.describe() == ("set pids.max to 20 for container web",)
    assert (made.before["pids_limit"], made.after["pids_limit"]) == (None, 20)


def test_without_a_unit_limits_need_a_restart() -> None:
    made = plan(wanted(**SOME), running(settings(), **HOST))
    assert made.describe()[-1] == "restart container web: a limit of memory, cpus or pids needs a systemd unit"


class FakeHost:
    """Real files below a folder, and one process in a cgroup."""

    def __init__(self, folder: Path, group: str) -> None:
        (folder / "proc" / str(PID)).mkdir(parents=True)
        (folder / "proc" / str(PID) / "cgroup").write_text(f"0::{group}\n")
        self.group = folder / "cgroup" / group[1:]
        self.group.mkdir(parents=True)
        for file in ("memory.max", "pids.max"):
            (self.group / file).write_text("max")
        self.cgroups = Cgroups(str(folder / "cgroup"), str(folder / "proc"))
        self.files = Files()
        self.processes = self
        self.alive = True

    def boot_id(self) -> str:
        return "boot"

    def start_time(self, pid: int) -> Optional[int]:
        return 1 if self.alive else None


UNIT = "/system.slice/daemonless-web.service"


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Store, "run", property(lambda self: str(tmp_path / "run")))
    made = FakeHost(tmp_path, UNIT)
    (tmp_path / "run" / "containers").mkdir(parents=True)
    record.save(made.files, Store(), record.LiveRecord("web", "boot", PID, 1))
    return made


def test_set_and_undo(host: Any) -> None:
    limits = SetLimits(
        Store(), "web", {"memory.max": "999", "pids.max": "100"}, {"memory.max": "max", "pids.max": "max"}
    )
    limits.apply(host)
    assert host.cgroups.read(UNIT, ("memory.max", "pids.max")) == {"memory.max": "999", "pids.max": "100"}
    limits.undo(host)
    assert host.cgroups.read(UNIT, ("memory.max", "pids.max")) == {"memory.max": "max", "pids.max": "max"}


def test_failure_leaves_nothing_set(host: Any) -> None:
    limits = SetLimits(Store(), "web", {"pids.max": "100", "cpu.max": "1 2"}, {"pids.max": "max", "cpu.max": "max"})
    with pytest.raises(ContainersError, match=r"its cgroup has no cpu.max\. Start it anew"):
        limits.apply(host)
    assert host.cgroups.read(UNIT, ("pids.max",)) == {"pids.max": "max"}


def test_one_that_has_ended(host: Any) -> None:
    host.alive = False
    limits = SetLimits(Store(), "web", {"pids.max": "100"}, {"pids.max": "max"})
    with pytest.raises(ContainersError, match="it has ended meanwhile"):
        limits.apply(host)
    limits.undo(host)
    assert host.cgroups.read(UNIT, ("pids.max",)) == {"pids.max": "max"}


@pytest.mark.parametrize(
    ("group", "found"),
    [
        (UNIT, UNIT),
        (f"{UNIT}/inner", UNIT),
        ("/system.slice/daemonless-web.service2", None),
        ("/user.slice/session-1.scope", None),
        ("/system.slice/daemonless-web2.service", None),
    ],
)
def test_the_group_is_that_of_its_own_unit(tmp_path: Path, group: str, found: Optional[str]) -> None:
    made: Any = FakeHost(tmp_path, group)
    assert unit_group(made, Store(), "web", PID) == found
    assert unit_group(made, Store(), "web", PID + 1) is None


def test_no_limits_are_none() -> None:
    assert settings().limits == Limits()

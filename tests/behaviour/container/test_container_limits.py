# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits where the host can't have them. That they take hold where it can is seen in a virtual machine (molecule)."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from container_runs import FOLDER, FOREVER, container

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

pytestmark = pytest.mark.usefixtures("merged")

LIMITS = [
    ({"memory": "64m"}, "memory", "memory"),
    ({"cpus": 0.5}, "cpu", "cpus"),
    ({"pids_limit": 9}, "pids", "pids_limit"),
]
NONE = {"memory": None, "memory_swap": None, "cpus": None, "pids_limit": None}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(("option", "controller", "name"), LIMITS)
def test_host_that_can_not(option: Dict[str, Any], controller: str, name: str, check_mode: bool) -> None:
    """For want of the controller, or of systemd: none runs in here. Either way nothing was made."""
    missing = f"{name} can't be limited: this host has no controller {controller} in cgroup v2"
    if controller in Host().cgroups.controllers():
        missing = "a limit of memory, cpus or pids needs systemd"
    with pytest.raises(ContainersError, match=missing):
        container(check_mode, command=FOREVER, **option)
    assert not (FOLDER / "container.json").exists()


def test_a_running_one_stays_as_it_is() -> None:
    before = container(command=FOREVER)["container"]
    with pytest.raises(ContainersError, match=r"memory can't be limited|needs systemd"):
        container(command=FOREVER, memory="64m")
    after = container(command=FOREVER)
    assert (after["ops"], after["container"]["pid"]) == ([], before["pid"])


def test_no_limits_need_nothing_of_the_host() -> None:
    made = container(command=FOREVER, memory="0", cpus=0, pids_limit=-1)["container"]
    assert (made["status"], made["limits"], made["unit"]) == ("running", NONE, None)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet whose leader is killed, while a process of its crew is at work or not: none lives on, the next converges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List

import pytest
from crashes import STRIDE, Case, kills
from fault_cases import Ground, image
from fleet_runs import fleet_on
from fuse import calls_on, ops_on

from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

OPS_STRIDE = 1 if STRIDE == 1 else 3
NETWORK = {"subnet": ["100.100.8.0/24"]}
ABSENT: Dict[str, Any] = {"state": "absent"}


@dataclass(frozen=True)
class Fleet:
    """One run of container_fleet."""

    options: Dict[str, Any] = field(default_factory=dict)

    def go(self, host: Any, check_mode: bool = False) -> Dict[str, Any]:
        result = fleet_on(host, check_mode, **self.options)
        assert not result.get("failed"), result["msg"]
        return result


def crew(seconds: str = "1000", count: int = 2) -> Fleet:
    defaults = {"image": "app:1", "command": ["sleep", seconds], "stop_timeout": 0}
    entries = [{"name_prefix": "web", "count": count}]
    return Fleet({"defaults": defaults, "containers": entries, "network": NETWORK, "prune": True})


def cases(ground: Ground) -> List[Case]:
    gone = [Fleet(ABSENT), image(src=ground.first)]
    return [
        Case("fleet made", [crew()], gone, all_or_nothing=False),
        Case("fleet changed", [crew("2000")], [*gone, crew()], all_or_nothing=False),
        Case("fleet shrunk", [crew(count=1)], [*gone, crew()], all_or_nothing=False),
        Case("fleet removed", [Fleet(ABSENT)], [*gone, crew()], all_or_nothing=False),
    ]


NAMES = [case.name for case in cases(Ground("", ""))]


@pytest.fixture(autouse=True)
def _gone() -> Any:
    yield
    Fleet(ABSENT).go(Host())


@pytest.mark.parametrize("name", NAMES)
def test_killed_after_ops_of_a_fleet_it_converges(ground: Ground, counts: Dict[str, int], name: str) -> None:
    case = next(case for case in cases(ground) if case.name == name)
    counts["crash points after ops of fleets, all converge"] += kills(case, ops_on, OPS_STRIDE).points


@pytest.mark.parametrize("name", NAMES)
def test_killed_within_ops_of_a_fleet_it_converges(ground: Ground, counts: Dict[str, int], name: str) -> None:
    case = next(case for case in cases(ground) if case.name == name)
    counts["crash points within ops of fleets, all converge"] += kills(case, calls_on, STRIDE).points

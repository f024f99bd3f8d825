# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits: what the options mean, how the kernel and systemd are told, and what is different from it."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.limits import (
    FILES,
    Limits,
    as_read,
    as_written,
    parsed,
    to_write,
    unit_properties,
    view,
)
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

NONE: Dict[str, Any] = {"memory": None, "memory_swap": None, "cpus": None, "pids_limit": None}
MIB = 1024**2
COUNTED = {"CPUWeight": "100", "MemoryAccounting": "yes", "TasksAccounting": "yes"}
FREE = {"memory.max": "max", "memory.swap.max": "max", "cpu.max": "max 100000", "pids.max": "max"}


def limits(**options: Any) -> Limits:
    return parsed({**NONE, **options})


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("67108864", 64 * MIB),
        ("67108864b", 64 * MIB),
        ("65536k", 64 * MIB),
        ("64m", 64 * MIB),
        ("64M", 64 * MIB),
        ("64MiB", 64 * MIB),
        ("64 mb", 64 * MIB),
        ("0.5g", 512 * MIB),
        ("1t", 1024**4),
        ("10000000", 152 * 65536),
        ("6m", 6 * MIB),
        ("0", None),
        (None, None),
    ],
)
def test_memory(text: str, size: int) -> None:
    assert limits(memory=text).memory == size


@pytest.mark.parametrize(
    ("text", "swap"), [(None, 64 * MIB), ("0", 64 * MIB), ("-1", None), ("64m", 0), ("96m", 32 * MIB)]
)
def test_memory_and_swap_together(text: str, swap: int) -> None:
    assert limits(memory="64m", memory_swap=text).swap == swap


@pytest.mark.parametrize(("value", "cpus"), [(0.5, 0.5), (2, 2), (0.01, 0.01), (1.23456, 1.2346), (0, None)])
def test_cpus(value: float, cpus: float) -> None:
    assert limits(cpus=value).cpus == cpus


@pytest.mark.parametrize(("value", "pids"), [(2, 2), (4194304, 4194304), (0, None), (-1, None)])
def test_pids(value: int, pids: int) -> None:
    assert limits(pids_limit=value).pids == pids


WRONG: Dict[str, Dict[str, Any]] = {
    "memory '64q' isn't a size": {"memory": "64q"},
    "memory '' isn't a size": {"memory": ""},
    "memory '-1' isn't a size": {"memory": "-1"},
    "memory '5m' is less than 6m": {"memory": "5m"},
    "memory '1k' is less than 6m": {"memory": "1k"},
    "memory '9{400}' is more than any host has": {"memory": "9" * 400},
    "memory_swap '64m' is given without memory": {"memory_swap": "64m"},
    "memory_swap '-1' is given without memory": {"memory_swap": "-1"},
    "memory_swap '32m' is less than memory": {"memory": "64m", "memory_swap": "32m"},
    "memory_swap 'all' isn't a size": {"memory": "64m", "memory_swap": "all"},
    "cpus 0.001 isn't in 0.01..8192": {"cpus": 0.001},
    "cpus -1 isn't in": {"cpus": -1},
    "cpus nan isn't in": {"cpus": float("nan")},
    "cpus inf isn't in": {"cpus": float("inf")},
    "pids_limit -2 isn't in 2..4194304": {"pids_limit": -2},
    "pids_limit 4194305 isn't in": {"pids_limit": 4194305},
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong(message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        limits(**WRONG[message])


def test_no_limits() -> None:
    assert limits() == Limits()
    assert Limits().needed == {}
    assert as_written(Limits()) == FREE
    assert as_read({}) == Limits()
    assert dict(unit_properties(Limits())) == {**COUNTED, "TasksMax": "infinity"}


def test_all_limits() -> None:
    wanted = limits(memory="64m", memory_swap="96m", cpus=0.5, pids_limit=10)
    assert wanted.needed == {"memory": "memory", "cpu": "cpus", "pids": "pids_limit"}
    assert view(wanted) == {"memory": 64 * MIB, "memory_swap": 96 * MIB, "cpus": 0.5, "pids_limit": 10}
    assert as_written(wanted) == {
        "memory.max": "67108864",
        "memory.swap.max": "33554432",
        "cpu.max": "50000 100000",
        "pids.max": "10",
    }
    assert dict(unit_properties(wanted)) == {
        **COUNTED,
        "MemoryMax": "67108864",
        "MemorySwapMax": "33554432",
        "CPUQuota": "50.00%",
        "TasksMax": "10",
    }


@pytest.mark.parametrize(
    "wanted",
    [Limits(), limits(memory="6m"), limits(memory="1g", memory_swap="-1"), limits(cpus=1.2345), limits(pids_limit=2)],
)
def test_what_is_written_is_read_back(wanted: Limits) -> None:
    assert as_read(as_written(wanted)) == wanted
    assert to_write(wanted, as_written(wanted)) == {}


def test_swap_without_limit_is_said_to_systemd() -> None:
    assert ("MemorySwapMax", "infinity") in unit_properties(limits(memory="64m", memory_swap="-1"))


@pytest.mark.parametrize(("file", "drifted"), [("memory.max", "max"), ("cpu.max", "60000 100000"), ("pids.max", "11")])
def test_only_what_is_different_is_written(file: str, drifted: str) -> None:
    wanted = limits(memory="64m", cpus=0.5, pids_limit=10)
    right = as_written(wanted)
    assert to_write(wanted, {**right, file: drifted}) == {file: right[file]}


def test_another_period_of_the_same_share_is_no_difference() -> None:
    wanted = limits(cpus=0.5)
    assert to_write(wanted, {**FREE, "cpu.max": "25000 50000"}) == {}


def test_controller_that_is_not_switched_on() -> None:
    assert to_write(Limits(), {}) == {}
    assert to_write(limits(cpus=0.5), {}) == {"cpu.max": "50000 100000"}


def test_swap_that_the_kernel_does_not_count() -> None:
    wanted = limits(memory="64m")
    assert to_write(wanted, {"memory.max": "67108864"}) == {}


def test_files_are_all_of_them() -> None:
    assert set(FILES) == set(as_written(Limits()))

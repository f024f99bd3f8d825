# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The arithmetic of the benchmark of fleets: what it says of figures is what they say."""

from __future__ import annotations

from typing import Dict

import pytest
from fleet_figures import (
    NOTHING,
    OURS,
    Measured,
    breakdown_table,
    fit,
    goals,
    memory_table,
    single_table,
    start_of_ansible,
    step_table,
)

NAMES = {OURS: "us", "floor": "floor", "docker_container": "docker"}


def measured(**seconds: Dict[int, float]) -> Measured:
    """Of the step "create"."""
    found = Measured()
    for key, of_size in seconds.items():
        for size, value in of_size.items():
            found.add_seconds(key, "create", size, value)
    return found


def test_fit_of_a_line() -> None:
    line = fit({1: 2.5, 20: 12.0, 100: 52.0})
    assert line is not None
    assert (line.fixed, line.each) == (pytest.approx(2.0), pytest.approx(0.5))
    assert line.at(500) == pytest.approx(252.0)


def test_fit_is_the_least_sum_of_squares() -> None:
    points = {1: 1.0, 2: 3.0, 3: 2.0, 10: 8.0}
    line = fit(points)
    assert line is not None

    def error(fixed: float, each: float) -> float:
        return sum((fixed + each * size - seconds) ** 2 for size, seconds in points.items())

    least = error(line.fixed, line.each)
    for step in (-0.01, 0.01):
        assert error(line.fixed + step, line.each) > least
        assert error(line.fixed, line.each + step) > least


def test_one_size_has_no_fit() -> None:
    assert fit({20: 3.0}) is None
    assert fit({}) is None


def test_medians() -> None:
    found = Measured()
    for seconds in (9.0, 1.0, 2.0):
        found.add_seconds(OURS, "create", 20, seconds)
    assert found.medians(OURS, "create") == {20: 2.0}
    assert found.medians(OURS, "remove") == {}


def test_step_table() -> None:
    found = measured(ours={1: 1.0, 101: 2.0}, docker_container={1: 2.0, 101: 52.0})
    assert list(step_table(found, NAMES, "create", [1, 101, 201])) == [
        "| create, seconds | 1 | 101 | 201 | ms per container |",
        "|---|---|---|---|---|",
        "| us | 1.00 | 2.00 | [3.00] | 10.0 |",
        "| docker | 2.00 (×2.0) | 52.0 (×26) | [102.0] | 500.0 (×50) |",
    ]


def test_step_table_of_one_size() -> None:
    found = measured(ours={20: 1.0}, docker_container={20: 12.0})
    assert list(step_table(found, NAMES, "create", [20]))[2:] == ["| us | 1.00 |  |", "| docker | 12.0 (×12) |  |"]


def test_a_slope_that_is_noise_has_no_ratio() -> None:
    found = measured(ours={1: 2.0, 2: 1.0}, docker_container={1: 1.0, 2: 3.0}, floor={1: 3.0, 2: 1.0})
    cells = [line.split(" | ")[-1] for line in list(step_table(found, NAMES, "create", [1, 2]))[2:]]
    assert cells == ["-1000.0 |", "-2000.0 |", "2000.0 |"]


def test_whoever_has_no_such_step_is_left_out() -> None:
    found = measured(ours={20: 1.0})
    assert len(list(step_table(found, NAMES, "unchanged", [20]))) == 2


def test_memory_is_that_of_the_largest_size() -> None:
    found = Measured()
    found.add_resident(OURS, 20, 0, 0)
    found.add_resident("docker_container", 1, 9 * 1024, 100 * 1024)
    found.add_resident("docker_container", 20, 80 * 1024, 110 * 1024)
    assert list(memory_table(found, NAMES))[2:] == ["| us | 0.0 | 0.0 |", "| docker | 4.0 | 105.0 |"]


def test_single_table() -> None:
    found = measured(role={1: 1.5}, podman_single={1: 3.25})
    names = {"role": "role", "podman_single": "podman", "absent": "left out"}
    assert list(single_table(found, names, ["create", "remove"])) == [
        "| one container, seconds | create | remove |",
        "|---|---|---|",
        "| role | 1.50 |  |",
        "| podman | 3.25 |  |",
    ]


def test_breakdown_is_that_of_the_largest_size() -> None:
    found = Measured()
    found.spent[20] = {"create": {"clone": 0.1, "mount": 0.05}}
    found.spent[1] = {"create": {"clone": 0.1}}
    assert list(breakdown_table(found))[2:] == ["| create: clone | 5.00 |", "| create: mount | 2.50 |"]


def test_start_of_ansible() -> None:
    found = Measured()
    assert start_of_ansible(found) is None
    for size, seconds in ((1, 0.5), (1, 0.75), (20, 9.0)):
        found.add_seconds(NOTHING, "unchanged", size, seconds)
    assert start_of_ansible(found) == 0.75


def test_goals() -> None:
    found = measured(
        ours={20: 1.2, 100: 2.0, 500: 8.5}, floor={20: 0.1, 100: 0.6}, docker_container={20: 10.0, 100: 50.0}
    )
    found.add_seconds(OURS, "unchanged", 100, 1.0)
    found.add_seconds("docker_container", "unchanged", 100, 40.0)
    assert list(goals(found, 0.8)) == [
        "- 100 containers take 2.00 s; without Ansible's own start (0.80 s) that is 2.0 times the floor (0.60 s).",
        "- Making 100 is 25 times as fast as community.docker's loop.",
        "- Finding nothing to do for 100 is 40 times as fast as community.docker's loop.",
        "- Of 500 each costs 0.77 times what each of 20 costs, Ansible's own start left out.",
    ]


def test_goals_say_nothing_of_what_was_not_run() -> None:
    assert list(goals(measured(ours={1: 1.0}, docker_container={1: 2.0}), 0.8)) == []

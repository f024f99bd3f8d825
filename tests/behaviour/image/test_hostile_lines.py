# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every line of the table of hostile images, in both shapes, with a new store and one in use, beside a victim."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile import LINES, SHAPES, Case, try_case
from hostile_table import CASES


@pytest.mark.parametrize("in_use", [False, True], ids=["fresh", "existing"])
@pytest.mark.parametrize(
    ("case", "shape"), [pytest.param(case, shape, id=f"{case}-{shape}") for case in CASES for shape in case.shapes]
)
def test_hostile_line(case: Case, shape: str, in_use: bool, place: Path) -> None:
    try_case(case, shape, place, in_use)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_line_is_without_a_case(shape: str) -> None:
    assert {case.line for case in CASES if shape in case.shapes} == set(range(1, LINES + 1))


def test_cases_are_told_apart() -> None:
    names = [(str(case), shape) for case in CASES for shape in case.shapes]
    assert len(set(names)) == len(names)

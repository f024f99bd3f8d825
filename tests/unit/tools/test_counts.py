# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A check that tested nothing, or broke off, is never taken for one that passed."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from counts import Counts, from_ansible_test, from_junit, whole

BEGINS = r"^Running sanity test "


def report(folder: Path, *cases: str) -> Path:
    path = folder / "report.xml"
    path.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    return path


PASSED = "<testcase/>"
FAILED = "<testcase><failure message='no'/></testcase>"
BROKEN = "<testcase><error message='no'/></testcase>"
SKIPPED = "<testcase><skipped message='no root'/></testcase>"


def test_report_of_pytest(tmp_path: Path) -> None:
    counted = from_junit(1, report(tmp_path, PASSED, PASSED, FAILED, BROKEN, SKIPPED))
    assert counted == Counts(2, 2, Counter({"no root": 1}))


@pytest.mark.parametrize("cases", [[], [SKIPPED]])
@pytest.mark.parametrize("status", [0, 5])
def test_pytest_that_tested_nothing_has_failed(tmp_path: Path, cases: list[str], status: int) -> None:
    assert from_junit(status, report(tmp_path, *cases)).failed == 1


def test_pytest_that_broke_off_has_failed(tmp_path: Path) -> None:
    assert from_junit(2, report(tmp_path, PASSED)) == Counts(1, 1)
    assert from_junit(0, tmp_path / "missing.xml") == Counts(0, 1)


def test_output_of_ansible_test() -> None:
    assert from_ansible_test(0, 'Running sanity test "a"\nRunning sanity test "b"\n', BEGINS) == Counts(2, 0)
    assert from_ansible_test(1, 'Running sanity test "a"\nRunning sanity test "b"\n', BEGINS) == Counts(1, 1)


@pytest.mark.parametrize(
    "output", ["", "WARNING: All targets skipped.\n", 'Running sanity test "a"\nAll targets skipped\n']
)
def test_ansible_test_that_tested_nothing_has_failed(output: str) -> None:
    assert from_ansible_test(0, output, BEGINS).failed == 1


def test_sum() -> None:
    total = whole(0) + whole(3) + Counts(skipped=Counter({"no root": 2}))
    assert str(total) == "1 passed, 1 failed, 2 skipped"

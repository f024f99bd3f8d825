# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is promised is in the support matrix, and its table in CONTRIBUTING.md is what runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List

import matrix
import pytest
import yaml
from checklist import OLDEST, ROOT

COLUMNS = ["ansible-core", "controller", "target", "pyroute2", "what runs"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table() -> List[List[str]]:
    lines = read("CONTRIBUTING.md").split("## Support matrix")[1].split("\n## ")[0].splitlines()
    return [[word.strip() for word in line.strip("|").split("|")] for line in lines if line.startswith("|")]


def test_the_table_tells_each_cell() -> None:
    head, _rule, *rows = table()
    assert head == ["cell", *COLUMNS]
    cells = list(matrix.cells())
    assert all(set(cell.row) <= set(COLUMNS) for cell in cells)
    assert rows == [[f"`{cell.name}`", *(cell.row.get(column, "") for column in COLUMNS)] for cell in cells]


def test_the_oldest_ansible_promised_is_the_oldest_tested() -> None:
    promised = yaml.safe_load(read("meta/runtime.yml"))["requires_ansible"]
    assert promised == f">={matrix.CORES[0][0]}.0"
    assert f"ansible-core {matrix.CORES[0][0]} or newer" in read("README.md")


def test_the_oldest_python_promised_is_the_oldest_tested() -> None:
    assert matrix.TARGET_PYTHONS[0] == OLDEST
    assert yaml.safe_load(read("tests/config.yml"))["modules"]["python_requires"] == f">={OLDEST}"
    assert f"Python {OLDEST} or newer" in read("README.md")


def test_the_oldest_pyroute2_promised_is_the_oldest_tested() -> None:
    assert f"`python3-pyroute2` ({matrix.PYROUTE2['oldest']} or newer)" in read("README.md")


@pytest.mark.parametrize("age", matrix.PYROUTE2)
def test_a_version_of_pyroute2_is_installed_as_told(age: str) -> None:
    assert f"pyroute2 == {matrix.PYROUTE2[age]}\n" in read(f"requirements/pyroute2-{age}.txt")


@pytest.mark.parametrize("core", sorted({core for core, _python in matrix.CORES}))
def test_an_ansible_core_is_installed_as_told(core: str) -> None:
    assert f"ansible-core ~= {core}.0\n" in read(f"requirements/core-{core}.txt")


def test_modules_run_with_the_targets_python_by_integration_targets_that_are_there() -> None:
    targets = {path.name for path in Path(ROOT / "tests/integration/targets").iterdir()}
    assert set(matrix.TARGET_MODULES) <= targets


def test_a_python_that_is_not_here_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "find_python", lambda _version: "")
    reasons = {check.lacking for check in matrix.on_target("3.12").checks}
    assert all(re.match(r"no Python 3\.1[23] here$", reason) for reason in reasons)
    assert [check.lacking for check in matrix.on_controller("2.21", "3.13").checks] == ["no Python 3.13 here"] * 2

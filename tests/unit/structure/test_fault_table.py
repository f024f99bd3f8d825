# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault in the table has tests, and each of those is there and isn't skipped."""

from __future__ import annotations

import ast
from functools import cache
from typing import Dict

import pytest
from fault_table import FAULTS, FOREIGN
from foreign import CHANGE, CREATE, REMOVE, Foreign
from foreign_table import KINDS
from project import ROOT, tree

LINES = 28
NAMED = {**{f"{number} {line.what}": line.tests for number, line in FAULTS.items()}, **FOREIGN}


@cache
def functions_of(file: str) -> Dict[str, str]:
    """Its tests, with what decorates them."""
    functions = (node for node in tree(ROOT / "tests" / file).body if isinstance(node, ast.FunctionDef))
    return {node.name: " ".join(map(ast.dump, node.decorator_list)) for node in functions}


def test_no_line_is_missing() -> None:
    assert sorted(FAULTS) == list(range(1, LINES + 1))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.kind))
def test_beside_a_thing_of_others_is_made_changed_and_removed(kind: Foreign) -> None:
    assert {act.what for act in kind.acts} == {CREATE, CHANGE, REMOVE}


@pytest.mark.parametrize("line", NAMED)
def test_the_tests_of_a_line_are_there_and_not_skipped(line: str) -> None:
    assert NAMED[line]
    for name in NAMED[line]:
        file, _colons, function = name.partition("::")
        assert function in functions_of(file), f"{name} is not there"
        assert "skip" not in functions_of(file)[function], f"{name} is skipped"
        assert "xfail" not in functions_of(file)[function], f"{name} may fail"

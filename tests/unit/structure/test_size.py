# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and functions stay small enough to be read at one sitting."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

from project import python_files, shown, tree

FILE_LINES = 300
FUNCTION_LINES = 40
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def documentation_lines(path: Path) -> Iterator[int]:
    """What Ansible wants in the file of a module, which is no code."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", None) in DOCUMENTATION:
            yield length(node)


def code_lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines()) - sum(documentation_lines(path))


def functions(path: Path) -> Iterator[ast.stmt]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def test_files_are_short() -> None:
    assert [f"{shown(path)}: {code_lines(path)}" for path in python_files() if code_lines(path) > FILE_LINES] == []


def test_functions_are_short() -> None:
    found = [(path, node) for path in python_files() for node in functions(path)]
    assert len(found) > 100
    long = [(path, node) for path, node in found if length(node) > FUNCTION_LINES]
    assert [f"{shown(path)}:{node.lineno}: {length(node)}" for path, node in long] == []

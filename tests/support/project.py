# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The project's own files, for tests about how it is laid out."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path
from typing import Iterator, List, Tuple

ROOT = Path(__file__).resolve().parents[2]
COLLECTION = "ansible_collections.daemonless.containers."
PLUGINS = ROOT / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
NOT_OURS = {
    ".git",
    ".venv",
    ".cache",
    ".ansible",
    "__pycache__",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    "output",
}
WRITTEN_BY_ANSIBLE_TEST = ROOT / "tests/integration/inventory"


@cache
def files() -> Tuple[Path, ...]:
    """Every file of the checkout that somebody wrote."""
    found: List[Path] = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = sorted(set(folders) - NOT_OURS)
        found += [Path(folder, name) for name in sorted(names) if not name.endswith((".pyc", ".tar.gz"))]
    ours = (path for path in found if path != WRITTEN_BY_ANSIBLE_TEST)
    return tuple(path for path in ours if path.is_file() and not path.is_symlink())


def python_files(*folders: str) -> List[Path]:
    """Those in Python, in the given folders of the checkout or in all."""
    wanted = [ROOT / folder for folder in folders] or [ROOT]
    return [path for path in files() if path.suffix == ".py" and any(above in path.parents for above in wanted)]


def modules() -> List[Path]:
    return python_files("plugins/modules")


def documented() -> List[Path]:
    """Every plugin with documentation of its own, modules among them."""
    return [*modules(), *python_files("plugins/connection", "plugins/inventory")]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    """The path as a reader knows it."""
    return str(path.relative_to(ROOT))


def constant(path: Path, name: str) -> str:
    """A string that a module assigns at its top level, such as EXAMPLES."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            return str(ast.literal_eval(node.value))
    raise AssertionError(f"{shown(path)} has no {name}")


def table_rows(path: Path) -> Iterator[List[str]]:
    """The rows of all tables of a page, each as its cells, without headings' rules."""
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and set(line) - set("|-: "):
            yield cells


def imports(module: ast.AST, path: Path) -> Iterator[Tuple[int, str]]:
    """Line and absolute name of everything imported; names in this collection begin with ``plugins.``."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module]))).replace(COLLECTION, "")
            is_package = (ROOT / base.replace(".", "/")).is_dir()
            yield from ((node.lineno, f"{base}.{alias.name}" if is_package else base) for alias in node.names)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every plugin of the controller has: documentation with its own name, examples that can be run, a test target."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List

import pytest
import yaml
from project import ROOT, constant, documented, modules, shown

NAME = "daemonless.containers"


def plugins() -> List[Path]:
    return sorted(set(documented()) - set(modules()))


each_plugin = pytest.mark.parametrize("path", plugins(), ids=shown)


def test_there_are_plugins() -> None:
    assert {path.parent.name for path in plugins()} == {"connection", "inventory"}


@each_plugin
def test_documentation(path: Path) -> None:
    documentation: Any = yaml.safe_load(constant(path, "DOCUMENTATION"))
    assert documentation["name"] == path.stem
    assert documentation["short_description"]


@each_plugin
def test_examples(path: Path) -> None:
    """Plays are of tasks with names, and each file of an inventory says whose it is."""
    documents: List[Any] = list(yaml.safe_load_all(constant(path, "EXAMPLES")))
    for document in documents:
        if isinstance(document, dict):
            assert document["plugin"] == f"{NAME}.{path.stem}"
        else:
            assert all(play["vars"]["ansible_connection"] == f"{NAME}.{path.stem}" for play in document)
            assert all(task["name"] for play in document for task in play["tasks"])
    assert len(documents[0]) > 0


@each_plugin
def test_behaviour_and_integration(path: Path) -> None:
    assert list((ROOT / "tests/behaviour" / path.parent.name).glob("test_*.py"))
    target = ROOT / "tests/integration/targets" / f"{path.parent.name}_{path.stem}"
    assert (target / "aliases").is_file()
    assert f"{NAME}.{path.stem}" in (target / "tasks/main.yml").read_text(encoding="utf-8")

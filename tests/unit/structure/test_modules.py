# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module has: its place in the action group, an integration target, examples that can be run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from project import ROOT, constant, modules, shown

NAME = "daemonless.containers"

each_module = pytest.mark.parametrize("path", modules(), ids=shown)


def test_action_group_holds_every_module() -> None:
    groups = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert sorted(groups["containers"]) == sorted(path.stem for path in modules())


@each_module
def test_integration_target(path: Path) -> None:
    target = ROOT / "tests/integration/targets" / path.stem
    assert (target / "aliases").is_file()
    assert f"{NAME}.{path.stem}:" in (target / "tasks/main.yml").read_text(encoding="utf-8")


@each_module
def test_documentation(path: Path) -> None:
    documentation: Any = yaml.safe_load(constant(path, "DOCUMENTATION"))
    assert documentation["module"] == path.stem
    assert f"{NAME}.attributes" in documentation["extends_documentation_fragment"]
    assert documentation["attributes"]["check_mode"]["support"] == "full"
    assert documentation["attributes"]["diff_mode"]["support"] == "full"


@each_module
def test_examples(path: Path) -> None:
    examples: Any = yaml.safe_load(constant(path, "EXAMPLES"))
    assert all(task["name"] for task in examples)
    assert any(f"{NAME}.{path.stem}" in task for task in examples)


@each_module
def test_returned_values(path: Path) -> None:
    returned: Any = yaml.safe_load(constant(path, "RETURN"))
    assert "ops" in returned

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every module has: its place in the action group, an integration target, examples that can be run."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
import yaml
from project import ROOT, constant, modules, shown

from ansible_collections.daemonless.containers.plugins.doc_fragments.attributes import ModuleDocFragment

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


def attributes_of(documentation: Any) -> Dict[str, Dict[str, Any]]:
    """Those of the module with what fragments say of them, as ansible-doc puts them together."""
    parts = [
        f"{fragment}.documentation".split(".")[2:4] for fragment in documentation["extends_documentation_fragment"]
    ]
    texts = [getattr(ModuleDocFragment, part.upper()) for name, part in parts if name == "attributes"]
    said = [yaml.safe_load(text)["attributes"] for text in texts] + [documentation.get("attributes", {})]
    found: Dict[str, Dict[str, Any]] = {}
    for attributes in said:
        for name, values in attributes.items():
            found.setdefault(name, {}).update(values)
    return found


@each_module
def test_called_from_the_cache(path: Path) -> None:
    """By its action plugin; but for the runtime, which consists of what Ansible's ordinary way brings along."""
    action = ROOT / "plugins/action" / path.name
    assert action.is_file() == (path.stem != "runtime")
    assert path.stem == "runtime" or "class ActionModule(CachedCall):" in action.read_text(encoding="utf-8")


@each_module
def test_documentation(path: Path) -> None:
    documentation: Any = yaml.safe_load(constant(path, "DOCUMENTATION"))
    assert documentation["module"] == path.stem
    assert f"{NAME}.attributes" in documentation["extends_documentation_fragment"]
    attributes = attributes_of(documentation)
    assert attributes["check_mode"]["support"] == "full"
    assert attributes["diff_mode"]["support"] == "full"


@each_module
def test_examples(path: Path) -> None:
    examples: Any = yaml.safe_load(constant(path, "EXAMPLES"))
    assert all(task["name"] for task in examples)
    assert any(f"{NAME}.{path.stem}" in task for task in examples)


@each_module
def test_returned_values(path: Path) -> None:
    returned: Any = yaml.safe_load(constant(path, "RETURN"))
    assert "ops" in returned

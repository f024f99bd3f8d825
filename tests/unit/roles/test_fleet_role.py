# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role fleet says of its variables what is so: defaults and declarations agree, in each of its entry points."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict

import pytest
import yaml

ROLE = Path(__file__).resolve().parents[3] / "roles/fleet"
SPECS = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
DEFAULTS: Dict[str, Any] = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
INSIDE = yaml.safe_load((ROLE / "vars/main.yml").read_text(encoding="utf-8"))


def test_every_entry_point_is_declared() -> None:
    parts = {"up", "down"}
    assert {path.stem for path in (ROLE / "tasks").iterdir()} - parts == set(SPECS)


@pytest.mark.parametrize("entry", SPECS)
def test_declared_defaults_are_the_roles(entry: str) -> None:
    for name, option in SPECS[entry]["options"].items():
        default = DEFAULTS.get(name)
        made_of_others = isinstance(default, str) and "{{" in default
        assert option.get("default") == (None if made_of_others else default), name
        assert not (option.get("required") and name in DEFAULTS), name


def test_every_default_is_a_declared_variable_and_none_is_hidden() -> None:
    assert set(DEFAULTS) <= set(SPECS["main"]["options"])
    assert not set(INSIDE) & set(SPECS["main"]["options"])

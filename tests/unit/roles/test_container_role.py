# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Role container passes options on: its variables have to be what the modules' options are."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ROLE = ROOT / "roles/container"
PREFIX = "daemonless.containers."
MODULES = "ansible_collections.daemonless.containers.plugins.modules."
PASSED_ON = re.compile(r"\{\{ (container_\w+)(?: \| default\(.*\))? \}\}")
NOT_THE_OPTIONS_OWN = {
    *("container_archive", "container_image_before", "container_image_mounted", "container_image_src"),
    "container_state",
}
"""Variables that the role makes, or whose words it turns into others."""
NO_VARIABLE = {
    "image_unpack": {"max_bytes", "max_entries", "max_path_length", "max_ratio"},
    "image_fetch": {"policy", "timeout", "retries"},
    "overlay_rootfs": {"read_only", "reset"},
    "ns_container": {"rootfs", "restart", "recreate"},
    "veth_pair": {"netns"},
    "nat_rule": {"source"},
}
"""Options without a variable: for one run, or not of a container's."""


def _load(name: str) -> Any:
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


def _tasks(tasks: Any) -> Iterator[Tuple[str, Dict[str, Any]]]:
    for task in tasks:
        yield from _tasks([*task.get("block", ()), *task.get("rescue", ())])
        for key, options in task.items():
            if key.startswith(PREFIX):
                yield key[len(PREFIX) :], options


VARIABLES = _load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
TASKS = list(_tasks(_load("tasks/up.yml")))
PAIRS = sorted(
    {
        (module, option, match.group(1))
        for module, options in TASKS
        for option, value in options.items()
        for match in [PASSED_ON.fullmatch(str(value))]
        if match and match.group(1) not in NOT_THE_OPTIONS_OWN
    }
)


def _options(module: str) -> Dict[str, Dict[str, Any]]:
    found: Dict[str, Dict[str, Any]] = importlib.import_module(MODULES + module).ARGUMENT_SPEC
    return found


@pytest.mark.parametrize(("module", "option", "variable"), PAIRS)
def test_a_variable_is_declared_as_the_option_it_goes_to(module: str, option: str, variable: str) -> None:
    of_module, of_role = _options(module)[option], VARIABLES[variable]
    for part in ("type", "elements", "choices", "default"):
        assert of_role.get(part) == of_module.get(part), part


@pytest.mark.parametrize("module", NO_VARIABLE)
def test_every_option_has_its_variable(module: str) -> None:
    passed = {option for name, options in TASKS if name == module for option in options}
    options = set(_options(module))
    assert options - passed == NO_VARIABLE[module] | {"store"} | ({"state"} & options - passed)


def test_what_starts_it_is_given_all_that_is_for_its_start() -> None:
    starts = [options for name, options in TASKS if name == "ns_container" and options["state"] != "stopped"]
    assert [options["state"] for options in starts] == ["healthy", "started", "healthy"]
    for start in starts:
        assert set(_options("ns_container")) - set(start) == NO_VARIABLE["ns_container"] | {"store"}


def test_it_is_asked_for_its_health_when_its_network_is_there() -> None:
    order = [(name, options["state"]) for name, options in TASKS if name in ("ns_container", "veth_pair", "nat_rule")]
    assert order[-1] == ("ns_container", "healthy")
    assert order.index(("ns_container", "started")) < order.index(("nat_rule", "present"))


def test_defaults_are_those_that_are_declared() -> None:
    defaults = _load("defaults/main.yml")
    assert defaults == {name: VARIABLES[name].get("default") for name in defaults}


def test_every_variable_is_used() -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for folder in ("tasks", "vars") for path in (ROLE / folder).iterdir()
    )
    assert [name for name in VARIABLES if not re.search(rf"\b{name}\b", text)] == []

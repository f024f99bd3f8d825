# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a module would take the arguments of a task: its argument spec and then its room's own, with no host."""

from __future__ import annotations

import importlib
from functools import cache, partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, Tuple
from unittest import mock

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from project import COLLECTION, ROOT

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._fleet import checks
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.spec import spec as fleet_spec

NAME = "daemonless.containers."
Spec = Callable[[Mapping[str, Any]], object]


@cache
def called(module: str) -> Tuple[Spec, Mapping[str, Any]]:
    """How the module checks options once their types are right, and what it hands to AnsibleModule."""
    code = importlib.import_module(f"{COLLECTION}plugins.modules.{module}")
    runs = "run" if hasattr(code, "run") else "run_work"
    with mock.patch.object(code, runs) as run:
        code.main()
    (work,) = run.call_args.args
    return (_fleet(work) if runs == "run_work" else work.spec), run.call_args.kwargs


def _fleet(work: partial[Any]) -> Spec:
    def spec(options: Mapping[str, Any]) -> None:
        checks.check_options(fleet_spec(options, work.args[0]))

    return spec


def options(module: str) -> Mapping[str, Mapping[str, Any]]:
    """The module's argument spec."""
    spec: Mapping[str, Mapping[str, Any]] = called(module)[1]["argument_spec"]
    return spec


def faults(module: str, given: object) -> List[str]:
    """What the module would say against these arguments; nothing where it takes them."""
    spec, ansible_module = called(module)
    found = ArgumentSpecValidator(**ansible_module).validate(given or {})
    if found.error_messages:
        return list(found.error_messages)
    try:
        spec(found.validated_parameters)
    except ContainersError as error:
        return [str(error)]
    return []


def role_options(role: str) -> Mapping[str, Mapping[str, Any]]:
    """The role's argument spec."""
    document = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    spec: Mapping[str, Mapping[str, Any]] = document["argument_specs"]["main"]["options"]
    return spec


def role_faults(role: str, given: Mapping[str, Any]) -> List[str]:
    """What the role's argument spec says against those of these variables that are its own; more may be elsewhere."""
    spec = {name: {**option, "required": False} for name, option in role_options(role).items()}
    own = {name: value for name, value in given.items() if name.startswith(f"{role}_")}
    return list(ArgumentSpecValidator(spec).validate(own).error_messages)


def tasks(document: object) -> Iterator[Dict[str, Any]]:
    """Every task of a document as it is read from YAML, in whatever play, block or list it is."""
    if isinstance(document, list):
        for entry in document:
            yield from tasks(entry)
    elif isinstance(document, dict):
        if "name" in document and not any(isinstance(document.get(key), list) for key in ("tasks", "block")):
            yield document
        for key in ("tasks", "block", "rescue", "always", "pre_tasks", "post_tasks"):
            yield from tasks(document.get(key))


def task_faults(task: Mapping[str, Any]) -> Iterator[str]:
    """What our modules and roles would say against what the task hands them."""
    for key, given in task.items():
        if key.startswith(NAME):
            yield from faults(key[len(NAME) :], given)
    role = (task.get("ansible.builtin.include_role") or {}).get("name", "")
    if role.startswith(NAME):
        yield from role_faults(role[len(NAME) :], task.get("vars", {}))

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of modules: have the target call them from its cache of modules, and bring that what it lacks.

Ansible's ordinary way, which collects, sends and compiles a module's code with every call, is what remains where the
cache can't be used, or shan't. The outcome is the same; so whatever goes wrong before the module is run is no failure.
"""

from __future__ import annotations

import inspect
import json
from dataclasses import replace
from enum import Enum
from tempfile import NamedTemporaryFile
from typing import Any, Dict, Optional, Tuple

from ansible import constants
from ansible.executor.interpreter_discovery import InterpreterDiscoveryRequiredError
from ansible.executor.module_common import modify_module
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from .module_code import KEEPS, NOT_RUN, PLUGINS, program

SWITCH = "ansible_daemonless_module_cache"
"""Variable of a host that mustn't keep modules."""
_ELSEWHERE = (
    "DEFAULT_KEEP_REMOTE_FILES",
    "_ANSIBALLZ_COVERAGE_CONFIG",
    "_ANSIBALLZ_DEBUGPY_CONFIG",
    "_ANSIBALLZ_PYDEVD_CONFIG",
    "PYTHON_MODULE_RLIMIT_NOFILE",
)
"""Settings for Ansible's own wrapper of modules: with one of them, the ordinary way is meant."""
_AS_PYTHON = b"#!/usr/bin/python\n# <<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>\n"
"""A module that Ansible takes as it is, and chooses the target's Python for."""

display = Display()


class Way(Enum):
    CACHED = "cached"
    BROUGHT = "brought along"
    ORDINARY = "ordinary"


class CachedCall(ActionBase):
    """Runs the module of the same name."""

    _supports_check_mode = True
    _supports_async = True
    _supports_diff = True
    _way = Way.ORDINARY

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        result: Dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._call(task_vars or {}))
        return result

    def _call(self, task_vars: Dict[str, Any], module_args: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        """With the task's arguments, where there are no others."""
        wrap_async = bool(self._task.async_val and not self._connection.has_native_async)
        given: Dict[str, Any] = {"module_args": module_args, "task_vars": task_vars, "wrap_async": wrap_async}
        self._way = self._first_way(task_vars)
        result: Dict[str, Any] = self._execute_module(**given)
        while NOT_RUN in result:
            display.vvv(f"{self._task.action} isn't run from the module cache: {result[NOT_RUN]}")
            brings = self._way is Way.CACHED and result[KEEPS] and not self._task.check_mode
            self._way = Way.BROUGHT if brings else Way.ORDINARY
            result = self._execute_module(**given)
        return result

    def _first_way(self, task_vars: Dict[str, Any]) -> Way:
        config = constants.config
        known = [name for name in _ELSEWHERE if config.get_configuration_definition(name)]
        ordinary = (
            self._task.async_val
            or any(config.get_config_value(name, variables=task_vars) for name in known)
            or not boolean(self._variables(task_vars).get(SWITCH, True), strict=False)
        )
        return Way.ORDINARY if ordinary else Way.CACHED

    def _configure_module(self, module_name: str, module_args: Any, task_vars: Any) -> Tuple[Any, str]:
        if self._way is not Way.ORDINARY:
            try:
                return self._configure_call(module_name.rpartition(".")[2], module_args, task_vars)
            except Exception as error:  # of another ansible-core, for instance
                display.vvv(f"{module_name} isn't run from the module cache: {type(error).__name__}: {error}")
                self._way = Way.ORDINARY
        found: Tuple[Any, str] = super()._configure_module(module_name, module_args, task_vars)
        return found

    def _configure_call(self, module: str, module_args: Any, task_vars: Dict[str, Any]) -> Tuple[Any, str]:
        """The program that calls the module, and the file that the module is."""
        from ansible.module_utils._internal._ansiballz import _loader  # where another ansible-core lacks it,
        from ansible.module_utils.common.json import Direction, get_module_encoder  # its ordinary way is gone

        expected = inspect.signature(_loader.run_module)
        expected.bind(json_params=b"", profile="", module_fqn="", modlib_path="", extensions={})
        try:
            built = self._built(task_vars)
        except InterpreterDiscoveryRequiredError:
            super()._configure_module("ansible.builtin.ping", {}, task_vars)  # finds the target's Python
            built = self._built(task_vars)
        profile = built.serialization_profile
        encoder = get_module_encoder(profile, Direction.CONTROLLER_TO_MODULE)
        arguments = json.dumps({"ANSIBLE_MODULE_ARGS": module_args}, cls=encoder).encode()
        text = program(module, _loader.__name__, profile, arguments, with_code=self._way is Way.BROUGHT)
        return replace(built, b_module_data=text), str(PLUGINS / f"modules/{module}.py")

    def _built(self, task_vars: Dict[str, Any]) -> Any:
        """What Ansible makes of a module that has nothing in it."""
        with NamedTemporaryFile() as file:
            file.write(_AS_PYTHON)
            file.flush()
            return modify_module(
                module_name=self._task.action,
                module_path=file.name,
                module_args={},
                templar=self._templar,
                task_vars=self._variables(task_vars),
                remote_is_local=bool(getattr(self._connection, "_remote_is_local", False)),
            )

    def _variables(self, task_vars: Dict[str, Any]) -> Any:
        """Those of the host that the module is run on."""
        delegate = self._task.delegate_to
        return task_vars["ansible_delegated_vars"][delegate] if delegate else task_vars

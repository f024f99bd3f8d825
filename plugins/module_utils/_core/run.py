# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one room for Ansible: the only file that knows of AnsibleModule, and the only one that ends the module."""

from __future__ import annotations

import os
from functools import partial
from typing import Any, Callable, Dict, Mapping, NoReturn, Optional

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._sys.host import Host
from .errors import ContainersError, os_error_text
from .execute import ExecutionError
from .interruption import heed_signals
from .room import Room, run_room

_NOT_LOGGED = "NOT_LOGGING_PARAMETER"
"""Ansible's own word for it."""

Work = Callable[[Mapping[str, Any], Host, bool], Dict[str, Any]]
"""Options, host and whether it is check mode -> the values that a module exits with."""


class _Module(AnsibleModule):
    """Logs how it was called, as every module does, but no values of environment variables."""

    def _log_invocation(self) -> None:
        params = self.params
        self.params = without_secrets(params)
        try:
            super()._log_invocation()  # type: ignore[no-untyped-call]
        finally:
            self.params = params


def without_secrets(value: Any) -> Any:
    """The value, with the names only of whatever environment variables are in it."""
    if isinstance(value, Mapping):
        return {key: _hidden(inner) if key == "env" else without_secrets(inner) for key, inner in value.items()}
    return [without_secrets(inner) for inner in value] if isinstance(value, list) else value


def _hidden(env: Any) -> Any:
    return dict.fromkeys(env, _NOT_LOGGED) if isinstance(env, Mapping) else env and _NOT_LOGGED


def run(room: Room[Any, Any], **ansible_module: Any) -> NoReturn:
    """Run the room with an AnsibleModule made of the given arguments."""
    run_work(partial(run_room, room), **ansible_module)


def run_work(work: Work, **ansible_module: Any) -> NoReturn:
    """Do the work with an AnsibleModule made of the given arguments."""
    module = _Module(supports_check_mode=True, **ansible_module)  # type: ignore[no-untyped-call]
    heed_signals()
    try:
        outcome = work(module.params, Host(), module.check_mode)
    except ExecutionError as error:
        module.fail_json(msg=_told(error), changed=bool(error.kept), ops=list(error.kept))
    except ContainersError as error:
        module.fail_json(msg=_told(error), changed=False, ops=[])
    except OSError as error:
        module.fail_json(msg=_told(error), changed=False, ops=[])
    except Exception as error:  # a defect of ours: said as such, without a traceback
        module.fail_json(msg=f"internal error, please report it: {type(error).__name__}: {error}")
    for warning in outcome.pop("warnings"):
        module.warn(warning)
    if not module._diff:
        outcome.pop("diff")
    if outcome.get("failed"):
        module.fail_json(**outcome)
    module.exit_json(**outcome)


def entry_check(spec: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """What brings one entry of a list into the types of that argument spec; ContainersError for what isn't in it.

    Only what was given comes back.
    """
    validator = ArgumentSpecValidator(dict(spec))

    def check(given: Mapping[str, Any]) -> Mapping[str, Any]:
        result = validator.validate(dict(given))
        if result.error_messages:
            raise ContainersError("; ".join(result.error_messages))
        return {name: value for name, value in result.validated_parameters.items() if value is not None}

    return check


def _told(error: Exception) -> str:
    """The failure for the user; where it is for want of rights, with what to do about that."""
    text = os_error_text(error) if isinstance(error, OSError) else str(error)
    if os.geteuid() == 0 or not _for_want_of_rights(error):
        return text
    return f"{text}. The task runs as user id {os.geteuid()}, which may not do this: give it become: true"


def _for_want_of_rights(error: Optional[BaseException]) -> bool:
    return error is not None and (isinstance(error, PermissionError) or _for_want_of_rights(error.__cause__))

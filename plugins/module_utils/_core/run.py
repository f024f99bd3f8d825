# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one room for Ansible: the only file that knows of AnsibleModule, and the only one that ends the module."""

from __future__ import annotations

import os
from typing import Any, NoReturn, Optional

from ansible.module_utils.basic import AnsibleModule

from .._sys.host import Host
from .errors import ContainersError, os_error_text
from .execute import ExecutionError
from .interruption import heed_signals
from .room import Room, run_room


def run(room: Room[Any, Any], **ansible_module: Any) -> NoReturn:
    """Run the room with an AnsibleModule made of the given arguments."""
    module = AnsibleModule(supports_check_mode=True, **ansible_module)
    heed_signals()
    try:
        outcome = run_room(room, module.params, Host(), module.check_mode)
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
    module.exit_json(**outcome)


def _told(error: Exception) -> str:
    """The failure for the user; where it is for want of rights, with what to do about that."""
    text = os_error_text(error) if isinstance(error, OSError) else str(error)
    if os.geteuid() == 0 or not _for_want_of_rights(error):
        return text
    return f"{text}. The task runs as user id {os.geteuid()}, which may not do this: give it become: true"


def _for_want_of_rights(error: Optional[BaseException]) -> bool:
    return error is not None and (isinstance(error, PermissionError) or _for_want_of_rights(error.__cause__))

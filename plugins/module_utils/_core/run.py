# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one room for Ansible: options in, result out.

The only file that knows check mode and diff mode, and the only one that ends the module. What a
room does is in its four functions; see :class:`Room`.
"""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Callable, Dict, Generic, Mapping, NoReturn, Optional, Sequence, TypeVar

from ansible.module_utils.basic import AnsibleModule

from .._sys.host import Host
from .errors import ContainersError, os_error_text
from .execute import ExecutionError, execute
from .plan import Plan
from .store import Store

W = TypeVar("W")
F = TypeVar("F")


@dataclass(frozen=True)
class Room(Generic[W, F]):
    """A resource: options -> wanted, host -> found, both -> plan, found -> what is returned."""

    spec: Callable[[Mapping[str, Any]], W]
    observe: Callable[[Host, W], F]
    plan: Callable[[W, F], Plan]
    result: Callable[[W, F], Dict[str, Any]]
    locks: Callable[[W], Sequence[str]]
    """Names of the objects a run owns while it works; taken in sorted order."""
    upkeep: Optional[Callable[[Host, W], None]] = None
    """Housekeeping that changes nothing a user can see; done at the end of real runs."""


def run(room: Room[Any, Any], **ansible_module: Any) -> NoReturn:
    """Run the room with an AnsibleModule made of the given arguments."""
    module = AnsibleModule(supports_check_mode=True, **ansible_module)
    _heed_signals()
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


def run_room(room: Room[Any, Any], options: Mapping[str, Any], host: Host, check_mode: bool) -> Dict[str, Any]:
    """What ``run`` does, without Ansible around it: the values to exit with."""
    for option, value in options.items():
        _refuse_nul(option, value)
    wanted = room.spec(options)
    store = Store(options["store"]) if options.get("store") else Store()
    with ExitStack() as held:
        if not check_mode:
            held.enter_context(host.locks.hold(store, room.locks(wanted)))
        found = room.observe(host, wanted)
        plan = room.plan(wanted, found)
        if check_mode:
            result = dict(plan.predicted) if plan.changes or plan.unmet else room.result(wanted, found)
            warnings = plan.warnings + tuple(f"{unmet.what}; an earlier task has to make it" for unmet in plan.unmet)
        else:
            _refuse_unmet(plan)
            execute(plan, host)
            if room.upkeep is not None:
                room.upkeep(host, wanted)
            result = room.result(wanted, room.observe(host, wanted) if plan.changes else found)
            warnings = plan.warnings
    return {
        "changed": plan.changes,
        "ops": list(plan.describe()),
        "diff": {"before": dict(plan.before), "after": dict(plan.after)},
        "warnings": warnings,
        **result,
    }


def _refuse_unmet(plan: Plan) -> None:
    if plan.unmet:
        first = plan.unmet[0]
        raise ContainersError("; ".join(unmet.what for unmet in plan.unmet), first.hint)


def _refuse_nul(option: str, value: Any) -> None:
    """No path, name or argument can hold a NUL character, and the kernel would read only what is before it."""
    if isinstance(value, str) and "\0" in value:
        raise ContainersError(f"{option} holds a NUL character, which no text here can have")
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    names = value if isinstance(value, Mapping) else ()
    for item in (*names, *inside):
        _refuse_nul(option, item)


def _told(error: Exception) -> str:
    """The failure for the user; where it is for want of rights, with what to do about that."""
    text = os_error_text(error) if isinstance(error, OSError) else str(error)
    if os.geteuid() == 0 or not _for_want_of_rights(error):
        return text
    return f"{text}. The task runs as user id {os.geteuid()}, which may not do this: give it become: true"


def _for_want_of_rights(error: Optional[BaseException]) -> bool:
    return error is not None and (isinstance(error, PermissionError) or _for_want_of_rights(error.__cause__))


def _heed_signals() -> None:
    """Let a lost connection or a kill end the run as a failure does: with everything undone."""

    def interrupted(number: int, _frame: object) -> NoReturn:
        signal.signal(number, signal.SIG_IGN)
        raise ContainersError(f"interrupted by {signal.Signals(number).name}")

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, interrupted)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A room, and one run of it: options in, result out. Nothing of Ansible in here, nor of any resource.

What a room does is in its four functions; see :class:`Room`.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, Generic, Mapping, Optional, Sequence, TypeVar

from .errors import ContainersError, os_error_text
from .execute import ExecutionError, execute
from .plan import Plan
from .store import Store

if TYPE_CHECKING:
    from .._sys.host import Host

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
    host_wide: bool = False
    """Whether those objects are the host's, whichever store is worked with."""
    prepare: Optional[Callable[[Host, W], ContextManager[None]]] = None
    """What takes long, changes nothing a user can see and is needed by the ops; done before the locks of real runs."""
    upkeep: Optional[Callable[[Host, W], None]] = None
    """Housekeeping that changes nothing a user can see; done at the end of real runs."""
    awaited: Optional[Callable[[Host, W], None]] = None
    """Wait for what comes about by itself once all is done; nothing is locked meanwhile. Done in real runs."""


def run_room(room: Room[Any, Any], options: Mapping[str, Any], host: Host, check_mode: bool) -> Dict[str, Any]:
    """Observe, plan and, but in check mode, carry out: the values that a module exits with.

    ``failed`` among them means that all was done, and the user is to take it for a failure.
    """
    for option, value in options.items():
        refuse_nul(option, value)
    if check_mode:
        return run_owned(room, options, host, check_mode)
    store = Store(options["store"]) if options.get("store") else Store()
    wanted = room.spec(options)
    with ExitStack() as held:
        if room.prepare is not None:
            held.enter_context(room.prepare(host, wanted))
        held.enter_context(host.locks.hold(Store() if room.host_wide else store, room.locks(wanted)))
        outcome = run_owned(room, options, host, check_mode)
    if room.awaited is not None:
        try:
            room.awaited(host, wanted)
        except ContainersError as error:
            raise ExecutionError(error.message, error.hint, tuple(outcome["ops"])) from error
    return outcome


def run_owned(room: Room[Any, Any], options: Mapping[str, Any], host: Host, check_mode: bool) -> Dict[str, Any]:
    """The same for options that hold no NUL, where what the room locks is the caller's own already."""
    wanted = room.spec(options)
    found = room.observe(host, wanted)
    plan = room.plan(wanted, found)
    if check_mode:
        result = dict(plan.predicted) if plan.changes or plan.unmet else room.result(wanted, found)
        warnings = plan.warnings + tuple(f"{unmet.what}; an earlier task has to make it" for unmet in plan.unmet)
    else:
        refuse_unmet(plan)
        told = execute(plan, host)
        result = told or _outcome(room, wanted, found, plan, host)
        warnings = plan.warnings
    return {
        "changed": plan.changes,
        "ops": list(plan.describe()),
        "diff": {"before": dict(plan.before), "after": dict(plan.after)},
        "warnings": warnings,
        **plan.told,
        **result,
    }


def _outcome(room: Room[Any, Any], wanted: Any, found: Any, plan: Plan, host: Host) -> Dict[str, Any]:
    """What is there now. Where that can't be told any more, what was done is."""
    try:
        if room.upkeep is not None:
            room.upkeep(host, wanted)
        if plan.once:
            return dict(plan.predicted)
        return room.result(wanted, room.observe(host, wanted) if plan.changes else found)
    except (ContainersError, OSError) as error:
        words, hint = (
            (error.message, error.hint) if isinstance(error, ContainersError) else (os_error_text(error), None)
        )
        raise ExecutionError(f"look at the outcome: {words}", hint, plan.describe()) from error


def refuse_unmet(plan: Plan) -> None:
    """Raise ContainersError for what an earlier step should have made."""
    if plan.unmet:
        first = plan.unmet[0]
        raise ContainersError("; ".join(unmet.what for unmet in plan.unmet), first.hint)


def refuse_nul(option: str, value: Any) -> None:
    """No path, name or argument can hold a NUL character, and the kernel would read only what is before it."""
    if isinstance(value, str) and "\0" in value:
        raise ContainersError(f"{option} holds a NUL character, which no text here can have")
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
    names = value if isinstance(value, Mapping) else ()
    for item in (*names, *inside):
        refuse_nul(option, item)

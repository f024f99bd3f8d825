# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a container: which ops lead from what was found to what is wanted. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._core.plan import Op, Plan, Unmet
from . import limit_ops, limits, ops, units
from .differences import reasons_to_restart, recorded_changes, view, views
from .effective import effective, unmet
from .etcfiles import etc_files
from .observe import Found
from .result import ABSENT, ALIVE, RUNNING, STOPPED, predicted, result, status
from .settings import Settings
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    """Raises ContainersError where what is wanted can't be."""
    if wanted.state == "started":
        return _plan_started(wanted, found)
    return _plan_stopped(wanted, found) if wanted.state == "stopped" else _plan_absent(wanted, found)


def _plan_started(wanted: Wanted, found: Found) -> Plan:
    for path in found.links:
        raise ContainersError(f"{path} is a link, which this module doesn't make or follow", "Remove it")
    settings = effective(wanted, found)
    etc = etc_files(settings, found.host_resolv)
    if found.pid is None or found.settings is None:
        return _plan_start(wanted, found, settings, etc)
    reasons = _reasons(wanted, found, found.settings, settings)
    if not reasons:
        return _plan_live(wanted, found, found.settings, settings, etc)
    why = "; ".join(reasons)
    before, after = views(found.settings, settings)
    aim = units.aimed_unit(wanted, found, settings, goes_on=False)
    restart = ops.RestartContainer(
        wanted.store, wanted.name, settings, etc, why, found.settings, _present(found.etc), wanted.recreate
    )
    return Plan(
        ops=(*units.ops_before(found, aim), restart, *units.ops_after(wanted, found, aim)),
        before={**before, **units.shown(found), "status": RUNNING},
        after={**after, **units.shown_aim(aim), "status": f"{RUNNING}, restarted: {why}"},
        predicted=predicted(wanted, found, settings, RUNNING),
        unmet=_unmet(wanted, found, settings) + found.confining.lacking,
    )


def _plan_start(wanted: Wanted, found: Found, settings: Settings, etc: Mapping[str, bytes]) -> Plan:
    first: List[Op] = []
    if found.pid is not None:
        first.append(ops.KillUnknown(wanted.store, wanted.name))
    start = ops.StartContainer(
        wanted.store, wanted.name, settings, etc, _how_it_ended(found), found.settings, _present(found.etc)
    )
    before, after = ({}, view(settings)) if found.settings is None else views(found.settings, settings)
    aim = units.aimed_unit(wanted, found, settings, goes_on=False)
    return Plan(
        ops=(*first, *units.ops_after(wanted, found, aim), *units.ops_before(found, aim), start),
        before={**before, **units.shown(found), "status": _status_shown(found)},
        after={**after, **units.shown_aim(aim), "status": RUNNING},
        predicted=predicted(wanted, found, settings, RUNNING),
        unmet=_unmet(wanted, found, settings) + found.confining.lacking,
    )


def _plan_live(wanted: Wanted, found: Found, kept: Settings, settings: Settings, etc: Mapping[str, bytes]) -> Plan:
    """What a running container can be given without a restart."""
    store, name = wanted.store, wanted.name
    todo: List[Op] = []
    before, after = views(kept, settings)
    aim = units.aimed_unit(wanted, found, settings, goes_on=True)
    todo += [*units.ops_before(found, aim), *units.ops_after(wanted, found, aim)]
    before.update(units.shown(found))
    after.update(units.shown_aim(aim))
    if "uts" in settings.namespaces and found.hostname != settings.hostname:
        todo.append(ops.SetHostname(store, name, settings.hostname, found.hostname or ""))
        before["hostname"] = found.hostname
    for file, data in etc.items():
        if found.etc.get(file) != data:
            todo.append(ops.WriteEtc(store, name, settings, file, data, found.etc.get(file)))
            before[f"/etc/{file}"], after[f"/etc/{file}"] = _text(found.etc.get(file)), _text(data)
    unlike = limits.to_write(settings.limits, found.limiting)
    if unlike:
        todo.append(limit_ops.SetLimits(store, name, unlike, limits.texts_of(unlike, found.limiting)))
        before.update(limits.view(limits.as_read(found.limiting)))
    changed = recorded_changes(kept, settings)
    if changed:
        todo.append(ops.KeepSettings(store, name, settings, kept, changed))
    future = result(wanted, _with_live(found, settings)) if todo else {}
    return Plan(tuple(todo), before, after, future, _unmet(wanted, found, settings))


def _unmet(wanted: Wanted, found: Found, settings: Settings) -> Tuple[Unmet, ...]:
    return unmet(wanted, found) + units.unmet(found, settings)


def _with_live(found: Found, settings: Settings) -> Found:
    return replace(found, hostname=settings.hostname, limiting=limits.as_written(settings.limits))


def _plan_stopped(wanted: Wanted, found: Found) -> Plan:
    todo: List[Op] = [_stop(wanted, found)] if status(found) in ALIVE else []
    todo += units.ops_stopped(wanted, found)
    if not todo:
        shown = {"status": status(found)}
        return Plan(before=shown, after=shown)
    return Plan(
        ops=tuple(todo),
        before={"status": status(found), **units.shown(found)},
        after={"status": STOPPED, **units.shown_stopped(wanted, found)},
        predicted=predicted(wanted, found, found.settings, STOPPED),
    )


def _plan_absent(wanted: Wanted, found: Found) -> Plan:
    todo: List[Op] = [_stop(wanted, found)] if status(found) in ALIVE else []
    todo += units.ops_after(wanted, found, None)
    if found.leftovers:
        todo.append(ops.RemoveContainer(wanted.store, wanted.name))
    before = status(found)
    if todo and before == ABSENT:
        before = "left over"
    return Plan(
        ops=tuple(todo),
        before={"status": before, **units.shown(found)},
        after={"status": ABSENT},
        predicted=predicted(wanted, found, None, ABSENT),
        teardown=True,
    )


def _stop(wanted: Wanted, found: Found) -> Op:
    if found.settings is None:
        return ops.KillUnknown(wanted.store, wanted.name)
    number = found.settings.stop_signal if wanted.stop_signal is None else wanted.stop_signal
    seconds = found.settings.stop_timeout if wanted.stop_timeout is None else wanted.stop_timeout
    return ops.StopContainer(wanted.store, wanted.name, number, seconds, found.settings, _present(found.etc))


def _reasons(wanted: Wanted, found: Found, kept: Settings, settings: Settings) -> List[str]:
    reasons = reasons_to_restart(kept, settings)
    into_unit = units.reason_to_restart(found, settings)
    if into_unit is not None:
        reasons.append(into_unit)
    if found.mounted and not found.root_is_current:
        reasons.append("its rootfs was mounted anew")
    if wanted.recreate:
        reasons.append("recreate was asked for")
    elif wanted.restart:
        reasons.append("restart was asked for")
    return reasons


def _how_it_ended(found: Found) -> str:
    if found.settings is None:
        return ""
    code = "unknown" if found.exit_code is None else found.exit_code
    return f" (it had ended with exit code {code})"


def _status_shown(found: Found) -> str:
    return f"{STOPPED} (exit code {found.exit_code})" if status(found) == STOPPED else status(found)


def _present(etc: Mapping[str, Optional[bytes]]) -> Dict[str, bytes]:
    return {file: data for file, data in etc.items() if data is not None}


def _text(data: Optional[bytes]) -> str:
    return (data or b"").decode("utf-8", "replace")

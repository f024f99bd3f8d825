# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan a container's systemd unit: whether it is to have one, and what leads there. Pure.

A running container that no longer needs its unit keeps it, with no policy and no limit in it, until it is stopped: it
couldn't leave it alive.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

from .._core.errors import ContainersError
from .._core.plan import Op, Unmet
from .observe import Found
from .settings import Settings
from .spec import Wanted
from .unit import UNLESS_STOPPED, Unit, unit_of, what_needs_unit
from .unit_name import unit_name
from .unit_ops import RemoveUnit, SetEnabled, WriteUnit


def aimed_unit(wanted: Wanted, found: Found, settings: Settings, goes_on: bool) -> Optional[Unit]:
    """The unit it is to have, None for none. ``goes_on``: the running process stays.

    Raises ContainersError where it needs one and can't have it.
    """
    why = what_needs_unit(settings)
    if why is not None:
        _refuse(wanted, found, why)
    if why is None and not (goes_on and found.unit.holds_init):
        return None
    return unit_of(wanted.store, wanted.name, settings, found.python)


def reason_to_restart(found: Found, settings: Settings) -> Optional[str]:
    """Why a running container has to be started anew to be in its unit."""
    why = what_needs_unit(settings)
    return None if why is None or found.unit.holds_init else f"{why} needs a systemd unit"


def ops_before(found: Found, aim: Optional[Unit]) -> List[Op]:
    """What has to be there before it is started."""
    if aim is None:
        return []
    changed: List[Op] = [SetEnabled(aim.name, aim.enabled)] if found.unit.enabled != aim.enabled else []
    if found.unit.text == aim.text:
        return changed
    return [WriteUnit(aim.name, aim.text, found.unit.text, reload=not changed), *changed]


def ops_after(wanted: Wanted, found: Found, aim: Optional[Unit]) -> List[Op]:
    """What has to go when nothing runs in it any more."""
    if aim is not None or found.unit.text is None:
        return []
    return [RemoveUnit(unit_name(wanted.store, wanted.name), found.unit.text, found.unit.enabled)]


def ops_stopped(wanted: Wanted, found: Found) -> List[Op]:
    """What a stop on purpose means to the unit: with one policy, not to be started at boot; without any use, to go."""
    kept = found.settings
    if kept is not None and what_needs_unit(kept) is None:
        return ops_after(wanted, found, None)
    if kept is None or kept.restart_policy != UNLESS_STOPPED or not found.unit.enabled:
        return []
    return [SetEnabled(unit_name(wanted.store, wanted.name), False)]


def unmet(found: Found, settings: Settings) -> Tuple[Unmet, ...]:
    """What the unit would run."""
    if what_needs_unit(settings) is None or found.runtime:
        return ()
    return (
        Unmet(
            "the runtime that starts containers with no task isn't on this host",
            "Module daemonless.containers.runtime puts it there, as role container does where it is needed",
        ),
    )


def shown(found: Found) -> Dict[str, Any]:
    """As --diff shows it before."""
    return {} if found.unit.text is None else {"unit": found.unit.text, "starts at boot": found.unit.enabled}


def shown_stopped(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """As --diff shows it after a stop."""
    todo = ops_stopped(wanted, found)
    if any(isinstance(op, RemoveUnit) for op in todo):
        return {}
    return {**shown(found), **({"starts at boot": False} if todo else {})}


def shown_aim(aim: Optional[Unit]) -> Dict[str, Any]:
    """As --diff shows it after."""
    return {} if aim is None else {"unit": aim.text, "starts at boot": aim.enabled}


def _refuse(wanted: Wanted, found: Found, why: str) -> None:
    if not found.systemd:
        raise ContainersError(
            f"{why} needs systemd, which doesn't run this host",
            "Leave it out; what starts this host's services can run the playbook",
        )
    if found.unit.foreign:
        raise ContainersError(
            f"{why}: {unit_name(wanted.store, wanted.name)} is there and isn't this container's",
            "Remove that unit, or give the container another name",
        )

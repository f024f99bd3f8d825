# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""(Wanted, Found) -> Plan for a command in a container, and what is returned of one that isn't run. Pure."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .._core.plan import Plan, Unmet
from .observe import Found
from .ops import RunCommand
from .result import blank
from .spec import Wanted


def plan(wanted: Wanted, found: Found) -> Plan:
    if _why_not(wanted, found) is not None:
        return Plan()
    run = RunCommand(
        wanted.store, wanted.name, wanted.command, wanted.given, wanted.timeout, wanted.detach, wanted.strip
    )
    return Plan(
        ops=(run,),
        after={"run": wanted.command.argv[0], "container": wanted.name},
        predicted=_predicted(wanted),
        unmet=() if found.running else (_not_running(wanted),),
    )


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """Of a command that wasn't run, and needn't be."""
    why = _why_not(wanted, found)
    return {
        **blank(wanted.command),
        "rc": 0,
        "stdout": f"skipped, since {why}",
        "msg": f"Did not run command since {why}",
    }


def _why_not(wanted: Wanted, found: Found) -> Optional[str]:
    if found.created:
        return f"'{wanted.creates}' exists"
    return f"'{wanted.removes}' does not exist" if found.removed else None


def _predicted(wanted: Wanted) -> Dict[str, Any]:
    """As ansible.builtin.command does: without creates or removes nobody can tell whether it would change anything."""
    told = {**blank(wanted.command), "rc": 0, "msg": "Command would have run if not in check mode"}
    if wanted.creates is None and wanted.removes is None:
        told.update(skipped=True, changed=False)
    return told


def _not_running(wanted: Wanted) -> Unmet:
    return Unmet(
        f"container {wanted.name} doesn't run", "Module daemonless.containers.ns_container starts it; see its log"
    )

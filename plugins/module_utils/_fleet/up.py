# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring one member up: rootfs, process, link. Rules come later, for all at once (``rules``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

from .._container.record import living_pid
from .._container.room import ROOM as CONTAINER
from .._core.errors import ContainersError, InUseError
from .._core.plan import Op, Plan
from .._rootfs.room import ROOM as ROOTFS
from .._veth.model import Parts
from .._veth.room import ROOM as VETH
from .._veth.target import current_pair, target
from . import options
from .chain import Chain, attempt
from .members import Member
from .outcome import CREATE, LIVE, NONE, RECREATE, RESTART, START, Outcome
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_RUNNING = "running"


@dataclass(frozen=True)
class StartAgain:
    """Start a container that was stopped for a new rootfs: in words that don't depend on how it ended."""

    start: Op
    name: str

    def describe(self) -> str:
        return f"start container {self.name} on it"

    def apply(self, host: Host) -> None:
        self.start.apply(host)

    def undo(self, host: Host) -> None:
        self.start.undo(host)


@dataclass(frozen=True)
class Place:
    """What a member was given by the fleet: the image unpacked for it, and the number of its address."""

    image: Optional[str] = None
    number: Optional[int] = None
    bridge_made: bool = False
    """Whether another member makes the bridge before."""
    stopped: bool = False
    """Whether it was running and has been stopped for a new rootfs."""


def bring_up(host: Host, wanted: Wanted, member: Member, place: Place, check_mode: bool) -> Outcome:
    """The member running and connected, or its failure with all taken back."""
    chain = Chain(host, check_mode, Outcome(member.name))
    return attempt(chain, lambda: _Up(chain, wanted, member, place).run())


class _Up:
    """One member on its way."""

    def __init__(self, chain: Chain, wanted: Wanted, member: Member, place: Place) -> None:
        self._chain = chain
        self._wanted = wanted
        self._member = member
        self._place = place
        self._stopped = place.stopped

    def run(self) -> None:
        outcome = self._chain.outcome
        made = self._rootfs()
        container = self._container()
        outcome.shown = {
            **container,
            "action": outcome.action,
            "pid": None if self._chain.check_mode and outcome.action not in (NONE, LIVE) else self._pid(),
            "image": made.get("image"),
            "address": [],
            "host_interface": None,
        }
        link = self._link_if_alive()
        if link:
            outcome.shown["address"] = list(link["inside"]["addresses"])
            outcome.shown["host_interface"] = link["host"]["name"]
        if outcome.action == NONE and outcome.ops:
            outcome.action = outcome.shown["action"] = LIVE

    def _link_if_alive(self) -> Dict[str, Any]:
        """Of a container that ends before it is connected, that it ended is what counts (``last_words``)."""
        try:
            return self._link()
        except (ContainersError, OSError):
            if self._chain.check_mode or self._pid() is not None:
                raise
            return {}

    def _pid(self) -> Optional[int]:
        return living_pid(self._chain.host, self._wanted.store, self._member.name)

    def _rootfs(self) -> Dict[str, Any]:
        chain, member = self._chain, self._member
        asked = options.rootfs(self._wanted, member, self._place.image, "mounted")
        wanted, found = chain.look(ROOTFS, asked)
        try:
            plan = ROOTFS.plan(wanted, found)
        except InUseError as used:
            if used.container != member.name:
                raise
            self._stop()
            found = replace(found, container=None, users=()) if chain.check_mode else ROOTFS.observe(chain.host, wanted)
            plan = ROOTFS.plan(wanted, found)
        chain.take("rootfs", plan)
        shown = plan.predicted if plan.changes or plan.unmet else ROOTFS.result(wanted, found)
        return dict(shown.get("rootfs") or {})

    def _stop(self) -> None:
        self._stopped = True
        self._chain.run("container", CONTAINER, options.container(self._wanted, self._member, "stopped"))

    def _container(self) -> Dict[str, Any]:
        chain = self._chain
        wanted, found = chain.look(CONTAINER, options.container(self._wanted, self._member, "started"))
        if self._stopped:
            found = replace(found, pid=None, exit_code=None)
        plan = CONTAINER.plan(wanted, found)
        if self._stopped:
            plan = replace(plan, ops=(*plan.ops[:-1], StartAgain(plan.ops[-1], self._member.name)))
        chain.outcome.action = RECREATE if self._stopped else _action(plan)
        chain.take("container", plan)
        shown = plan.predicted if plan.changes or plan.unmet else CONTAINER.result(wanted, found)
        keys = ("name", "status", "hostname", "rootfs", "unit", "log")
        return {key: value for key, value in shown["container"].items() if key in keys}

    def _link(self) -> Dict[str, Any]:
        chain = self._chain
        asked = options.veth(self._wanted, self._member, self._place.number, "present")
        if asked is None:
            return {}
        wanted, found = chain.look(VETH, asked)
        if chain.check_mode:
            found = self._foreseen(wanted, found)
        plan = VETH.plan(wanted, found)
        chain.take("link", plan)
        shown = plan.predicted if plan.changes or plan.unmet else VETH.result(wanted, found)
        return dict(shown["veth"])

    def _foreseen(self, wanted: Any, found: Any) -> Any:
        """Of the link, what check mode would find: none of a process that is yet to start, a bridge made by then."""
        if self._chain.outcome.action not in (NONE, LIVE):
            parts = Parts(bridge=found.parts.bridge, loopback_up=True)
            found = replace(found, parts=parts, connected=False, former=None)
        if self._place.bridge_made and found.parts.bridge is None:
            bridge = target(wanted, found, current_pair(wanted, found)).bridge
            found = replace(found, parts=replace(found.parts, bridge=bridge))
        return found


def _action(plan: Plan) -> str:
    """How the plan makes the container what it is to be."""
    if not plan.changes:
        return NONE
    before, after = _status(plan.before), _status(plan.after)
    if after.startswith(f"{_RUNNING}, "):
        return RESTART
    if after == _RUNNING and before != _RUNNING:
        return CREATE if before == "absent" else START
    return LIVE


def _status(shown: Mapping[str, Any]) -> str:
    return str(shown.get("status") or "")

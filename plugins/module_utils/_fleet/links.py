# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The links of members that end: the kernel takes them away with their network namespaces, many at a time.

Taking each away by itself would wait for all processors each time. So it is only seen to that they go, and that the
bridge goes after the last of them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Dict, Iterable, List, Optional, Sequence

from .._core.errors import ContainersError
from .._core.execute import execute
from .._core.plan import Plan
from .._veth.ops import RemoveBridge, RemoveLink
from .._veth.room import ROOM as VETH
from . import options
from .members import Member
from .outcome import Outcome
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_PATIENCE = 5.0
_LOOK_EVERY = 0.01


class Links:
    """The links that the fleet's members have now, and the bridges these are in."""

    def __init__(self, host: Host, wanted: Wanted, members: Iterable[Member]) -> None:
        self._host = host
        self._found: Dict[str, RemoveLink] = {}
        bridges: Dict[int, None] = {}
        for member in members:
            asked = VETH.spec(options.veth(wanted, member, None, "absent") or {})
            link = host.networks.own.link(asked.host_interface)
            if link is not None and link.kind == "veth" and link.alias == asked.alias:
                self._found[member.name] = RemoveLink(link.name, link.alias)
                bridges[link.master] = None
        named = (host.networks.own.link_at(index) for index in bridges if index)
        self._bridges = [link.name for link in named if link is not None]

    def note(self, outcome: Outcome) -> None:
        """Tell of the member's link that it goes."""
        op = self._found.get(outcome.name)
        if op is not None:
            outcome.ops = [op.describe(), *outcome.ops]

    def see_to_it(self, names: Sequence[str]) -> None:
        """Wait until the links of these members have gone; remove those that stay. Raises ContainersError."""
        ops = [self._found[name] for name in names if name in self._found]
        deadline = time.monotonic() + _PATIENCE
        while ops and time.monotonic() < deadline:
            ops = [op for op in ops if self._host.networks.own.link(op.name) is not None]
            if ops:
                time.sleep(_LOOK_EVERY)
        execute(Plan(tuple(ops), teardown=True), self._host)

    def remove_bridges(self, outcome: Outcome, going: Sequence[str], kept: Optional[str], check_mode: bool) -> None:
        """Remove each bridge of ours whose last members these are; ``kept`` is the one that the fleet had."""
        own = self._host.networks.own
        leaving = {self._found[name].name for name in going if name in self._found}
        ops: List[RemoveBridge] = []
        for bridge in dict.fromkeys([*self._bridges, *([kept] if kept else [])]):
            link = own.link(bridge)
            if link is None or not RemoveBridge.is_ours(self._host, link):
                continue
            if leaving.issuperset(own.members(link.index)):
                ops.append(RemoveBridge(bridge))
        plan = Plan(tuple(ops), teardown=True)
        outcome.ops += plan.describe()
        if not check_mode:
            try:
                execute(plan, self._host)
            except ContainersError as error:
                outcome.error = str(error)

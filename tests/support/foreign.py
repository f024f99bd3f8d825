# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others made where a name or a place of ours would be, and what our modules are asked to do there.

An act is told with an error that names the thing, or does its work beside it; either way the thing stays as it was to
its last attribute. The kinds are in ``foreign_table``.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple

from fault_cases import Ground, container, image, nat, rootfs, veth
from fleet_runs import fleet_on

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

CREATE, CHANGE, REMOVE = "create", "change", "remove"
NOTHING = "nothing"
LEVELS = (NOTHING, "image", "rootfs", "container", "veth", "nat")
"""What of ours is there before: each stands on all before it."""

THEIRS = "/run/theirs"
"""A folder of somebody else's."""
WEB = "/var/lib/daemonless/containers/web"
TREE = (
    f"find {THEIRS} -printf '%p %y %m %U:%G %s %T@ %l\\n' | sort; find {THEIRS} -type f -exec sha256sum {{}} + | sort"
)
"""Shows every attribute of their folder and all in it."""

Make = Callable[[Ground], Any]
"""What has a method ``go``, as runs have; made for archives that are there."""


@dataclass(frozen=True)
class Act:
    """What a module is asked for: one of ``CREATE`` and so on, where ``level`` of ours is there, and ``first`` done.

    ``says`` is a pattern of the error; without one it is done.
    """

    what: str
    module: str
    run: Make
    level: str
    says: Optional[str] = None
    first: Tuple[Make, ...] = ()
    last: Tuple[Make, ...] = ()
    """What takes away again what ``first`` and the act may have left, but for what the levels are about."""
    planted_first: bool = False
    """Whether the thing is there before what ``first`` does."""
    ours_too: bool = True
    """Whether a failure leaves all of ours as it was, too; a fleet's members go different ways."""


@dataclass(frozen=True)
class Foreign:
    """A thing: commands that make it, show all of it and take it away."""

    kind: str
    plant: str
    seen: str
    uproot: str
    acts: Tuple[Act, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Fleet:
    """A run of container_fleet whose failures are raised."""

    options: Dict[str, Any]

    def go(self, host: Any, check_mode: bool = False) -> Dict[str, Any]:
        result = fleet_on(host, check_mode, **self.options)
        if result.get("failed"):
            raise ContainersError(result["msg"])
        return result


def sh(words: str) -> str:
    """Run commands that have to succeed; what they printed."""
    done = subprocess.run(["sh", "-ec", words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr}"
    return done.stdout


def up_to(ground: Ground, level: str) -> List[Any]:
    """Runs that lead to that level, from any other."""
    runs = [
        (image(src=ground.first), image(name="app:1", state="absent")),
        (rootfs(), rootfs(state="absent")),
        (container(), container(state="absent")),
        (veth(), veth(state="absent")),
        (nat(), nat(state="absent")),
    ]
    height = LEVELS.index(level)
    gone = [absent for _run, absent in reversed(runs[height:])]
    return [*gone, *(run for run, _absent in runs[:height])]


def acts(
    module: str, level: str, create: Make, change: Make, remove: Make, says: Optional[str] = None, stays: bool = False
) -> Tuple[Act, ...]:
    """One of each kind: made where ``level`` of ours is there, changed and removed where the next is.

    ``says`` is of making and changing, and of removing too where that ``stays`` undone.
    """
    above = LEVELS[LEVELS.index(level) + 1]
    return (
        Act(CREATE, module, create, level, says),
        Act(CHANGE, module, change, above, says),
        Act(REMOVE, module, remove, above, says if stays else None),
    )

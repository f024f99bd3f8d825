# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one op: put everything that changes into the container, all or none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Tuple

from .._container.files import surface
from .._core.errors import ContainersError
from .._core.store import Store
from .._sys.looking import ABSENT, FILE, FOLDER, LINK
from .._sys.placing import GIVE, MAKE, WRITE, Change

if TYPE_CHECKING:
    from .._sys.host import Host

__all__ = ["ABSENT", "FILE", "FOLDER", "GIVE", "LINK", "MAKE", "WRITE", "Change", "CopyInto"]

_NAMED = 3
"""So many paths are named one by one."""
_VERBS = {
    MAKE: ("make folder", "make {} folders"),
    WRITE: ("write", "write {} files"),
    GIVE: ("set owner and mode of", "set owner and mode of {} files"),
}


@dataclass(frozen=True)
class CopyInto:
    store: Store
    name: str
    changes: Tuple[Change, ...]
    source: int
    """The descriptor of all contents."""

    final: ClassVar[bool] = True
    """It takes back itself what it can't finish; what it replaced is gone then."""

    def describe(self) -> str:
        said = []
        for act, (one, many) in _VERBS.items():
            paths = [change.path for change in self.changes if change.act == act]
            if len(paths) > _NAMED:
                said.append(f"{many.format(len(paths))}, {paths[0]} to {paths[-1]}")
            elif paths:
                said.append(f"{one} {', '.join(paths)}")
        return f"{'; '.join(said)} in container {self.name}"

    def apply(self, host: Host) -> None:
        found = surface(host, self.store, self.name)
        if found is None:
            raise ContainersError("the container has ended meanwhile, and its root file system isn't mounted")
        host.insides.put(found.reach, self.changes, self.source)

    def undo(self, host: Host) -> None:
        """Nothing comes after it that could fail."""

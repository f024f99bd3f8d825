# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the inner end lives: the network namespace of a container, or one given by its path."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Optional

from .._container.record import living_pid
from .._core.errors import ContainersError
from .._core.store import DEFAULT_STORE, Store

if TYPE_CHECKING:
    from .._sys.host import Host
    from .._sys.networks import Namespace


class GoneError(ContainersError):
    """The place isn't there (any more)."""


@dataclass(frozen=True)
class Place:
    """A container by name, or a network namespace by path; just one of the two is set."""

    container: str = ""
    netns: str = ""
    store: str = DEFAULT_STORE

    def __str__(self) -> str:
        return f"container {self.container}" if self.container else f"network namespace {self.netns}"

    @property
    def owner(self) -> str:
        """What the alias of a link calls it: no two places on one host have the same."""
        if self.netns:
            return self.netns
        return self.container if self.store == DEFAULT_STORE else f"{self.container}@{self.store}"

    def path(self, host: Host) -> Optional[str]:
        """The file of its network namespace; None while the container doesn't run or nothing is there."""
        if self.netns:
            return self.netns if host.networks.is_namespace(self.netns) else None
        pid = living_pid(host, Store(self.store), self.container)
        return None if pid is None else f"/proc/{pid}/ns/net"

    @contextmanager
    def entered(self, host: Host) -> Iterator[Namespace]:
        """Its network namespace, open. Raises ContainersError if it isn't there (any more)."""
        path = self.path(host)
        if path is None:
            raise GoneError(f"{self} is gone")
        with host.networks.inside(path) as namespace:
            if self.path(host) != path:  # the pid may have been another's when it was opened
                raise GoneError(f"{self} is gone")
            yield namespace

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's files, seen and changed with the rights that its root has there, and no others.

A forked process does it, in a user namespace of its own that has the container's ids. What it is led to by links and
mounts of the container, and by whoever changes them meanwhile, are files that the container could reach itself. It
joins no namespace of the container, so nothing in there sees it, and it executes and imports nothing from there.
Out of scope: what is to be copied where (the room's); how files are looked at (``looking``) and put (``placing``).
"""

from __future__ import annotations

import os
import resource
import signal
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, List, Optional, Sequence

from .._core.errors import ContainersError
from .crew import Crew
from .forked import become_root, forbid_inspection
from .idmap import Lines, user_namespace
from .living import living
from .looking import Ask, Seen, look
from .namespaces import FLAGS, enter
from .placing import Change, put
from .processes import Processes
from .syscall import end_with_parent
from .workers import outcome_of

_ROOT = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True)
class Reach:
    """Where the files are: a mounted rootfs, or what is the root of just that process, with all that it has mounted."""

    root: str
    pid: int = 0
    start_time: int = 0
    """See ``Processes.start_time``; both 0 where no process is meant."""
    uidmap: Lines = ()
    gidmap: Lines = ()
    """Empty for a container with the host's own ids."""


class Insides:
    """See the file's first line."""

    def __init__(self, processes: Processes, crew: Crew) -> None:
        self._processes = processes
        self._crew = crew

    def look(self, reach: Reach, asks: Sequence[Ask]) -> List[Seen]:
        """What is there, in the order of the asks."""
        return [Seen(*seen) for seen in self._do(reach, partial(look, asks=asks))]

    def put(self, reach: Reach, changes: Sequence[Change], source: int) -> None:
        """Make all of the changes, in their order, or none; contents come from the descriptor."""
        self._do(reach, partial(put, changes=changes, source=source))

    def _do(self, reach: Reach, job: Callable[[int], Any]) -> Any:
        with ExitStack() as held:
            root = self._root(reach, held)
            namespace = None
            if reach.uidmap:
                namespace = user_namespace(reach.uidmap, reach.gidmap)
                held.callback(os.close, namespace)
            told: List[Any] = []
            work = partial(_as_its_root, os.getpid(), root, namespace, job)
            self._crew.serve(1, lambda _number: outcome_of(work), lambda _number, outcome: told.append(outcome))
        if not told:
            raise ContainersError("interrupted")
        if "error" in told[0]:
            raise ContainersError(told[0]["error"], told[0]["hint"])
        return told[0]["result"]

    def _root(self, reach: Reach, held: ExitStack) -> int:
        if not reach.pid:
            return _opened(reach.root, held)
        with living(self._processes, reach.pid, reach.start_time, held):
            return _opened(reach.root, held)


def _opened(path: str, held: ExitStack) -> int:
    descriptor = os.open(path, _ROOT)
    held.callback(os.close, descriptor)
    return descriptor


def _as_its_root(module: int, root: int, namespace: Optional[int], job: Callable[[int], Any]) -> Any:
    """In the forked process: become who may do no more than the container's root, then do the job."""
    os.umask(0)
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if namespace is not None:
        enter(namespace, FLAGS["user"], "setns")
        become_root()
    forbid_inspection()
    end_with_parent(signal.SIGTERM)  # anew, as a change of rights undoes it
    if os.getppid() != module:
        raise ContainersError("interrupted")
    return job(root)

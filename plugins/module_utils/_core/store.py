# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie on the target, and how records are kept there.

Paths only, and JSON records written whole or not at all. What a record means is its room's
business; how the bytes reach the disk is ``_sys.files``' business.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, Optional, TypeVar

from .errors import ContainersError

if TYPE_CHECKING:
    from .._sys.files import Files

T = TypeVar("T")

DEFAULT_STORE = "/var/lib/daemonless"
RUN = "/run/daemonless"
CURRENT = "current"
RUNTIME_ENTRY = "daemonless-runtime"
ID_RANGES = "/var/lib/daemonless/id-ranges.json"
"""Ranges of subordinate ids are the host's, whichever store a container lies in."""


@dataclass(frozen=True)
class Store:
    """The folders of one store. ``root`` survives a reboot, ``run`` doesn't."""

    root: str = DEFAULT_STORE

    @property
    def run(self) -> str:
        if self.root == DEFAULT_STORE:
            return RUN
        return f"{RUN}/stores/{hashlib.sha256(self.root.encode()).hexdigest()[:12]}"

    @property
    def images(self) -> str:
        return f"{self.root}/images"

    @property
    def layers(self) -> str:
        return f"{self.root}/layers/sha256"

    @property
    def fetching(self) -> str:
        """Images on their way here, a folder for each; gone when the run ends that fetches it."""
        return f"{self.root}/fetching"

    @property
    def containers(self) -> str:
        return f"{self.root}/containers"

    @property
    def fleets(self) -> str:
        return f"{self.root}/fleets"

    @property
    def locks(self) -> str:
        return f"{self.run}/locks"

    @property
    def filters(self) -> str:
        """Compiled filters of system calls, for containers yet to start. They may be lost at any time."""
        return f"{self.run}/filters"

    @property
    def runtime(self) -> str:
        """The versions of what units run, each in a folder; ``current`` is a link to the one in use."""
        return f"{self.root}/runtime"

    @property
    def runtime_entry(self) -> str:
        """What units run, whichever version that is."""
        return f"{self.runtime}/{CURRENT}/{RUNTIME_ENTRY}"

    def container(self, name: str) -> str:
        """The folder of one container: its rootfs (merged, diff, work), records and log."""
        return f"{self.containers}/{name}"

    def live(self, name: str) -> str:
        """The record of a running container: pid, start time, boot id."""
        return f"{self.run}/containers/{name}.json"

    def folders(self) -> List[str]:
        """Every folder the store may consist of, the innermost first: to be removed when empty."""
        inside = [self.layers, f"{self.root}/layers", self.images, self.containers, self.fleets, self.root]
        return [*inside, f"{self.run}/containers", self.locks, self.run, f"{RUN}/stores", RUN]


_REMOVE = "The file is damaged; remove it and run again"


def read_record(files: Files, path: str, form: Callable[[Dict[str, Any]], T], way_out: str = _REMOVE) -> Optional[T]:
    """What ``form`` makes of the JSON object at path, or None where there is no file.

    A damaged one is an error, and ``way_out`` what the user is told to do then. An empty one is none: its name
    reached the disk before a power cut, and what was to be in it didn't.
    """
    try:
        data = files.read(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not data:
        return None
    try:
        record = json.loads(data)
    except ValueError as error:
        raise ContainersError(f"read {path}: not JSON ({error})", way_out) from error
    if not isinstance(record, dict):
        raise ContainersError(f"read {path}: not a JSON object", way_out)
    try:
        return form(record)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        words = f"not a record in this version's form ({type(error).__name__}: {error})"
        raise ContainersError(f"read {path}: {words}", way_out) from error


def write_record(files: Files, path: str, record: Mapping[str, Any]) -> None:
    """Write the record so that a reader sees the old one or the new one, mode 0600."""
    files.write_atomic(path, json.dumps(record, sort_keys=True).encode() + b"\n", 0o600)

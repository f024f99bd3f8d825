# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run has come, in a file that whoever waits for it may read: ``120 500``."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator

from .._core.store import Store
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_EVERY = 10


def path_of(store: Store, fleet: str) -> str:
    """Where the count is. Anybody may read it: it tells no more than two numbers."""
    return f"{store.run}/fleets/{fleet}.progress"


class Progress:
    """Counts members; the file is there while the count goes on."""

    def __init__(self, host: Host, wanted: Wanted, check_mode: bool) -> None:
        self._host = host
        self._path = path_of(wanted.store, wanted.fleet)
        self._check_mode = check_mode
        self._total = 0
        self._done = 0

    @contextmanager
    def told(self, total: int) -> Iterator[None]:
        """Keep the file while the block runs, which is to take so many steps."""
        self._total = total
        self._tell()
        try:
            yield
        finally:
            if not self._check_mode:
                self._host.files.remove(self._path)
                self._host.files.remove_empty([os.path.dirname(self._path)])

    def step(self) -> None:
        self._done += 1
        if self._done % _EVERY == 0:
            self._tell()

    def _tell(self) -> None:
        if not self._check_mode and self._total >= _EVERY:
            self._host.files.write_atomic(self._path, f"{self._done} {self._total}\n".encode(), 0o644)

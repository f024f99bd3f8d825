# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run has come, in a file that whoever waits for it may read: ``120 500``."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator

from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host

_EVERY = 10


class Progress:
    """Counts members; the file is there while the count goes on."""

    def __init__(self, host: Host, wanted: Wanted, total: int, check_mode: bool) -> None:
        self._host = host
        self._path = f"{wanted.store.run}/fleets/{wanted.fleet}.progress"
        self._total = total
        self._done = 0
        self._silent = check_mode or total <= _EVERY

    @contextmanager
    def told(self) -> Iterator[None]:
        """Keep the file while the block runs."""
        self._tell()
        try:
            yield
        finally:
            if not self._silent:
                self._host.files.remove(self._path)
                self._host.files.remove_empty([os.path.dirname(self._path)])

    def step(self) -> None:
        self._done += 1
        if self._done % _EVERY == 0:
            self._tell()

    def _tell(self) -> None:
        if not self._silent:
            self._host.files.write_atomic(self._path, f"{self._done} {self._total}\n".encode(), 0o600)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which user and group ids the host has given to somebody already."""

from __future__ import annotations

import grp
import pwd
from contextlib import contextmanager, suppress
from typing import Iterator, List, Optional, Tuple

SUBORDINATE = ("/etc/subuid", "/etc/subgid")


class Accounts:
    """The host's users, groups and the subordinate ids of its users."""

    _seen: Optional[List[Tuple[int, int]]] = None

    @contextmanager
    def seen_once(self) -> Iterator[None]:
        """Look once, whatever the number of times that they are asked for in the block."""
        self._seen = self.taken_ids()
        try:
            yield
        finally:
            self._seen = None

    def taken_ids(self) -> List[Tuple[int, int]]:
        """Ranges (first id, how many) that belong to a user or group, or are set aside for one."""
        if self._seen is not None:
            return self._seen
        single = {user.pw_uid for user in pwd.getpwall()} | {group.gr_gid for group in grp.getgrall()}
        return [(number, 1) for number in sorted(single)] + [line for path in SUBORDINATE for line in _lines(path)]


def _lines(path: str) -> List[Tuple[int, int]]:
    """The ranges in a file of lines ``name:first:count``; what isn't such a line is passed over."""
    found = []
    with suppress(FileNotFoundError), open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            fields = line.strip().split(":")
            if len(fields) == 3 and fields[1].isdecimal() and fields[2].isdecimal():
                found.append((int(fields[1]), int(fields[2])))
    return found

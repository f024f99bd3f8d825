# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's table of mounts, /proc/<pid>/mountinfo, as data. Text in, entries out; no I/O."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Iterable, List, Optional, Tuple

_ESCAPED = re.compile(rb"\\([0-7]{3})")
_TO_ESCAPE = re.compile(r"[ \t\n\\#]")


@dataclass(frozen=True)
class MountEntry:
    """One mount. Entries of one table are in the order the mounts were made, the topmost last."""

    root: str
    """The folder of the file system that is mounted: "/" for all of it."""
    path: str
    options: Tuple[str, ...]
    """Of this mount: ``ro``, ``nodev`` …"""
    fs_type: str
    source: str
    fs_options: Tuple[str, ...]
    """Of the file system, whatever mount it is seen through."""
    peers: Tuple[str, ...] = ()
    """The peer groups it gets mounts and unmounts from: those of ``shared:N`` and ``master:N``."""

    @property
    def writable(self) -> bool:
        return "rw" in self.options and "rw" in self.fs_options


def parse(table: bytes, naming: Optional[Iterable[str]] = None) -> List[MountEntry]:
    """The entries of the table; only those that name one of the words, if words are given."""
    lines = table.splitlines()
    if naming is not None:
        words = [escaped(word) for word in naming]
        lines = [line for line in lines if any(word in line for word in words)]
    return [_entry(line) for line in lines]


def file_system_of(table: bytes, path: str) -> str:
    """The type of the file system a path lies on: that of the deepest mount above it."""
    above = [entry for entry in parse(table) if _is_above(entry.path, path)]
    return max(above, key=lambda entry: len(entry.path)).fs_type if above else "unknown"


def escaped(text: str) -> bytes:
    """The text as the kernel writes it in the table."""
    return os.fsencode(_TO_ESCAPE.sub(lambda found: f"\\{ord(found.group()):03o}", text))


def _entry(line: bytes) -> MountEntry:
    before, _separator, after = line.partition(b" - ")
    fields = before.split(b" ")
    fs_type, source, fs_options = after.split(b" ", 2)
    return MountEntry(
        root=_plain(fields[3]),
        path=_plain(fields[4]),
        options=tuple(_plain(fields[5]).split(",")),
        fs_type=_plain(fs_type),
        source=_plain(source),
        fs_options=tuple(_plain(fs_options).split(",")),
        peers=tuple(_plain(tag.partition(b":")[2]) for tag in fields[6:] if tag.startswith((b"shared:", b"master:"))),
    )


def _plain(field: bytes) -> str:
    return os.fsdecode(_ESCAPED.sub(lambda found: bytes([int(found.group(1), 8)]), field))


def _is_above(folder: str, path: str) -> bool:
    return folder == "/" or path == folder or path.startswith(f"{folder}/")

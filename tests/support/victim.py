# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder beside the store that no image may touch, with something of every kind in it, and trees in full detail."""

from __future__ import annotations

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, Iterator, Tuple

SECRET = b"untouched"


class Victim:
    """Filled when made; ``check`` fails if anything about it has changed since, the count of its links too."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "etc").mkdir(parents=True)
        folder.chmod(0o751)
        (folder / "secret").write_bytes(SECRET)
        (folder / "secret").chmod(0o640)
        with suppress(OSError):  # a file system in memory may have none of these
            os.setxattr(folder / "secret", "user.note", b"mine")
        (folder / "etc/passwd").write_bytes(b"root:x:0:0::/:/bin/sh\n")
        if os.geteuid() == 0:
            os.chown(folder / "etc/passwd", 12, 34)
            (folder / "etc/passwd").chmod(0o4711)
        (folder / "link").symlink_to("secret")
        os.mkfifo(folder / "fifo")
        for path in ("secret", "etc", "."):
            os.utime(folder / path, ns=(1, 1))
        self._before = self._now()

    def check(self) -> None:
        assert self._now() == self._before

    def _now(self) -> Dict[str, Any]:
        return {name: (*seen(str(self.folder / name)), *_links(self.folder / name)) for name in names(str(self.folder))}


def _links(path: Path) -> Tuple[int, int, int]:
    found = path.lstat()
    return found.st_ino, found.st_nlink, found.st_ctime_ns


def snapshot(top: Path, fleeting: str = "/") -> Dict[str, Any]:
    """Everything that can be seen of a tree: kinds, modes, owners, times, contents, targets, attributes.

    Files whose names end in ``fleeting`` go by themselves, maybe just now, and are left out.
    """
    lasting = (name for name in names(str(top)) if not name.endswith(fleeting))
    return {name: seen(os.path.join(top, name)) for name in lasting}


def names(top: str) -> Iterator[str]:
    yield "."
    for parent, folders, files in os.walk(top):
        for name in sorted(folders + files):
            yield os.path.relpath(os.path.join(parent, name), top)


def seen(path: str) -> Tuple[Any, ...]:
    found = os.lstat(path)
    content: Any = None
    if stat.S_ISREG(found.st_mode):
        with open(path, "rb") as file:
            content = hashlib.sha256(file.read()).hexdigest()
    elif stat.S_ISLNK(found.st_mode):
        content = os.readlink(path)
    attributes = {
        name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)
    }
    return found.st_mode, found.st_uid, found.st_gid, found.st_mtime_ns, found.st_rdev, content, attributes

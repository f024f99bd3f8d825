# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task copies from the controller, as one tar archive to send: a file, or a folder with all in it.

Links are followed, as nobody knows where they would lead on the target. Out of scope: how the archive gets there.
"""

from __future__ import annotations

import io
import os
import stat
import tarfile
from typing import IO, Callable, Iterator, List, Tuple

from ansible.errors import AnsibleError

TOP = "."
"""Name, in the archive, of what is copied itself."""
_CONTENT_MODE = 0o644

Id = Tuple[int, int]


def pack(archive: IO[bytes], path: str, readable: Callable[[str], str]) -> None:
    """Write the archive. ``readable`` leads to where a file's contents are, such as those of one in a vault."""
    with _tar(archive) as tar:
        for name, whole in _found(path):
            mode = os.stat(whole).st_mode
            if stat.S_ISDIR(mode):
                tar.addfile(_member(name, mode, tarfile.DIRTYPE, 0))
            else:
                with open(readable(whole), "rb") as file:
                    tar.addfile(_member(name, mode, tarfile.REGTYPE, os.fstat(file.fileno()).st_size), file)


def pack_content(archive: IO[bytes], content: bytes) -> None:
    """Write the archive of a file with this content."""
    with _tar(archive) as tar:
        tar.addfile(_member(TOP, _CONTENT_MODE, tarfile.REGTYPE, len(content)), io.BytesIO(content))


def _tar(archive: IO[bytes]) -> tarfile.TarFile:
    return tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT)


def _found(top: str) -> Iterator[Tuple[str, str]]:
    """Names in the archive and paths here, folders before what is in them."""
    waiting: List[Tuple[str, Tuple[Id, ...]]] = [("", ())]
    while waiting:
        name, above = waiting.pop()
        whole = os.path.join(top, name) if name else top
        found = os.stat(whole)
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise AnsibleError(f"{whole} is neither a file nor a folder")
        yield name or TOP, whole
        if stat.S_ISDIR(found.st_mode):
            own = (found.st_dev, found.st_ino)
            if own in above:
                raise AnsibleError(f"{whole}: a link in it leads back to a folder that it is in")
            inside = sorted(os.listdir(whole), reverse=True)
            waiting += [(f"{name}/{entry}".lstrip("/"), (*above, own)) for entry in inside]


def _member(name: str, mode: int, kind: bytes, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.mode, member.type, member.size = stat.S_IMODE(mode), kind, size
    return member

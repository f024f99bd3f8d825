# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mounts go inside the container: targets that are found, or made if missing.

Run by the init after the root has changed, so that links of the rootfs stay inside.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress

from .._core.errors import ContainersError, step
from . import mountfd

_FOLDER_MODE = 0o755
_FILE_MODE = 0o644


def attach_to_real_folder(mount: int, path: str) -> None:
    """Attach over a folder, made if missing, that mustn't be a link: what is expected there isn't elsewhere."""
    with step(f"mount its {path}"):
        with suppress(FileExistsError):
            os.mkdir(path, _FOLDER_MODE)
        try:
            target = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
            raise ContainersError(f"{path} of the rootfs isn't a folder", "The image is broken or hostile") from error
        _attach(mount, target, path)


def attach_to_new_file(mount: int, path: str) -> None:
    """Attach over a file that is made for it."""
    _attach(mount, os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE), path)


def attach(mount: int, path: str) -> None:
    """Attach at path, links followed inside the container. A missing target becomes what the mount is."""
    place = os.path.realpath(path)
    if place == "/":
        raise ContainersError(f"{path} of the rootfs leads to its root")
    if stat.S_ISDIR(os.fstat(mount).st_mode):
        os.makedirs(place, _FOLDER_MODE, exist_ok=True)
        target = os.open(place, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    else:
        target = _file(place)
    _attach(mount, target, path)


def _file(place: str) -> int:
    os.makedirs(os.path.dirname(place), _FOLDER_MODE, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE))
    target = os.open(place, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    unfit = {stat.S_IFDIR: errno.EISDIR, stat.S_IFLNK: errno.ELOOP}.get(stat.S_IFMT(os.fstat(target).st_mode))
    if unfit is not None:  # a link is left where links lead in circles
        os.close(target)
        raise OSError(unfit, os.strerror(unfit), place)
    return target


def _attach(mount: int, target: int, path: str) -> None:
    try:
        mountfd.attach(mount, target, path)
    finally:
        os.close(target)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that a run fills before anybody may look into them, known from those that a killed run left.

Such a folder is locked while a run is at work on it, by the run itself; one left behind has a free lock.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Iterable

from .._sys import flock
from .._sys.files import Files

_PRIVATE = 0o700
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def locked_new(files: Files, path: str) -> int:
    """Make the folder and lock it, as long as that descriptor is open. Its parent is there.

    Another run's sweep may win it in between: then again.
    """
    while True:
        files.remove_tree(path)
        os.mkdir(path, _PRIVATE)
        descriptor = os.open(path, _FOLDER)
        flock.own(descriptor)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.stat(path), os.fstat(descriptor)):
                return descriptor
        os.close(descriptor)


def is_left(path: str) -> bool:
    """Whether no run is at work on the folder."""
    try:
        descriptor = os.open(path, _FOLDER)
    except FileNotFoundError:
        return False
    try:
        return flock.try_own(descriptor)
    finally:
        os.close(descriptor)


def sweep(files: Files, paths: Iterable[str]) -> None:
    """Remove those of the folders that were left behind."""
    for path in paths:
        with suppress(FileNotFoundError):
            descriptor = os.open(path, _FOLDER)
            try:
                if flock.try_own(descriptor):
                    files.remove_tree(path)
            finally:
                os.close(descriptor)

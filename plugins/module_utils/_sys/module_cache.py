# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The target's cache of modules: their code as one file, with bytecode for our Python, so that no task compiles it.

How the code comes here, and how a module is run from it, is in ``_sent/call.py``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import marshal
import os
import zipfile
from contextlib import suppress

from . import flock
from .files import Files

_KEPT = 4
"""More than one: controllers of several versions, and Pythons, take turns on a host."""
_WHOLE, _HALF = ".zip", ".zip.new"
_UNCHECKED = 1
"""Flags of bytecode that is never compared with its source (PEP 552): both are in a file with a digest."""


class ModuleCache:
    """See the file's first line."""

    def __init__(self, files: Files) -> None:
        self._files = files

    def put(self, sources: str, path: str) -> None:
        """Make the file from an archive of sources, whole or not at all; sweep what isn't used any more."""
        archive = _compiled(sources, path)
        self._files.make_dir(os.path.dirname(path), 0o755)
        self._files.write_atomic(path, hashlib.sha256(archive).hexdigest().encode() + archive, 0o644)
        self._sweep(path)

    def _sweep(self, put: str) -> None:
        """Remove what killed runs left, and all but the files that were used last; nothing that is in use."""
        folder = os.path.dirname(put)
        paths = [f"{folder}/{name}" for name in self._files.list(folder) if name.endswith((_WHOLE, _HALF))]
        whole = [path for path in paths if path.endswith(_WHOLE)]
        for path in {*paths}.difference([put], sorted(whole, key=_last_used)[-_KEPT:]):
            with suppress(OSError):
                _remove_unused(path)


def _compiled(sources: str, path: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(sources) as given, zipfile.ZipFile(stream, "w") as made:
        for name in given.namelist():
            text = given.read(name)
            made.writestr(zipfile.ZipInfo(name), text)
            made.writestr(zipfile.ZipInfo(f"{name}c"), _bytecode(text, f"{path}/{name}"))
    return stream.getvalue()


def _bytecode(text: bytes, path: str) -> bytes:
    code = compile(text, path, "exec", dont_inherit=True)
    head = importlib.util.MAGIC_NUMBER + _UNCHECKED.to_bytes(4, "little") + importlib.util.source_hash(text)
    return head + marshal.dumps(code)


def _last_used(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except FileNotFoundError:  # another run sweeps, too
        return 0


def _remove_unused(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        if flock.try_own(descriptor):
            os.unlink(path)
    finally:
        os.close(descriptor)

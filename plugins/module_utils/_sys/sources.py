# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection's own sources, wherever its code is running from: folders, or the archive that Ansible sends."""

from __future__ import annotations

import compileall
import importlib
import importlib.util
import os
import pkgutil
from typing import Dict, Sequence

from .._core.errors import ContainersError

_FILE_MODE, _FOLDER_MODE = 0o644, 0o755


class Sources:
    """See the file's first line."""

    def read(self, packages: Sequence[str]) -> Dict[str, bytes]:
        """Each module of the packages beside our own: its path, as ``_core/plan.py``, and its text."""
        parent = __name__.rpartition(".")[0].rpartition(".")[0]
        found = {}
        for package in packages:
            folder = importlib.import_module(f"{parent}.{package}")
            for module in pkgutil.iter_modules(folder.__path__):
                found[f"{package}/{module.name}.py"] = _source(f"{parent}.{package}.{module.name}")
        return found

    def write_tree(self, folder: str, files: Dict[str, bytes]) -> None:
        """Make the folder with these files, readable by all, on the disk, and compiled for our Python."""
        for path, data in files.items():
            whole = f"{folder}/{path}"
            _make_folders(os.path.dirname(whole))
            descriptor = os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                os.fchmod(descriptor, _FILE_MODE)
                file.write(data)
        compileall.compile_dir(folder, quiet=2)

    def read_tree(self, folder: str) -> Dict[str, bytes]:
        """Every file in the folder but what was compiled; none where there is no such folder."""
        found = {}
        for parent, folders, names in os.walk(folder):
            folders[:] = [name for name in folders if name != "__pycache__"]
            for name in names:
                path = os.path.join(parent, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, folder)] = file.read()
        return found

    def link(self, target: str, path: str) -> None:
        """Have the symbolic link lead there, whatever it led to before."""
        temporary = f"{path}.new"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        os.symlink(target, temporary)
        os.rename(temporary, path)

    def link_target(self, path: str) -> str:
        """Where the symbolic link leads; empty where there is none."""
        return os.readlink(path) if os.path.islink(path) else ""


def _source(name: str) -> bytes:
    """By what every loader of Python's own can do, that of archives too."""
    spec = importlib.util.find_spec(name)
    get_source = getattr(spec.loader, "get_source", None) if spec else None
    source = get_source(name) if get_source else None
    if not isinstance(source, str):
        raise ContainersError(f"the source of {name} can't be read", "Run the module without an accelerator")
    return source.encode()


def _make_folders(path: str) -> None:
    os.makedirs(path, exist_ok=True)
    os.chmod(path, _FOLDER_MODE)

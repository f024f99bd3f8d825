# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The code that modules run on targets: what a target's cache of modules has of it, and the program that calls one.

That is all of the collection's own modules and what they share, and Ansible's part of what is shared. No import is
followed: what is sent once may be more than one module needs. When which program is sent is decided in
``cached_call.py``.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, Dict, Mapping

from ansible import module_utils
from ansible.release import __author__, __version__

PLUGINS = Path(__file__).resolve().parents[1]
NOT_RUN = "daemonless_not_run"
KEEPS = "daemonless_keeps"
"""Among the values that the program returns where it didn't run the module; see ``_sent/call.py``."""

_ANSIBLE = Path(module_utils.__file__).resolve().parent
_PACKAGE = "ansible_collections/daemonless/containers/plugins"
_TREES = (
    (_ANSIBLE, "ansible/module_utils"),
    (PLUGINS / "module_utils", f"{_PACKAGE}/module_utils"),
    (PLUGINS / "modules", f"{_PACKAGE}/modules"),
)
_NEVER_NEEDED = (_ANSIBLE / "facts",)
_VERSION_LENGTH = 16
_THEN = (1980, 1, 1, 0, 0, 0)


def program(module: str, loader: str, profile: str, arguments: bytes, with_code: bool) -> bytes:
    """What a target's Python is to run. Arguments are in it and nowhere else, so they are in no list of processes."""
    code = sources() if with_code else None
    words: Dict[str, Any] = {
        "version": version_of(code) if code else version(),
        "loader": loader,
        "module": f"{_PACKAGE}/modules/{module}".replace("/", "."),
        "profile": profile,
        "arguments": arguments,
        "code": _archive(code) if code else None,
    }
    text = PLUGINS.joinpath("module_utils/_sent/call.py").read_text(encoding="utf-8")
    given = ", ".join(f"{name}={value!r}" for name, value in words.items())
    return f"{text}\n\ncall({given})\n".encode()


@cache
def version() -> str:
    return version_of(sources())


def version_of(code: Mapping[str, bytes]) -> str:
    """The same for the same code, wherever it is."""
    contents = hashlib.sha256()
    for path, data in sorted(code.items()):
        contents.update(f"{path}\0{len(data)}\0".encode() + data)
    return contents.hexdigest()[:_VERSION_LENGTH]


def sources() -> Dict[str, bytes]:
    """Path in the archive -> content."""
    found = {
        f"{base}/{path.relative_to(tree).as_posix()}": path.read_bytes()
        for tree, base in _TREES
        for path in tree.rglob("*.py")
        if not any(folder in path.parents for folder in _NEVER_NEEDED)
    }
    for path in list(found):
        for folder in list(Path(path).parents)[:-1]:
            found.setdefault(f"{folder}/__init__.py", b"")
    found["ansible/__init__.py"] = f"__version__ = {__version__!r}\n__author__ = {__author__!r}\n".encode()
    return found


def _archive(code: Mapping[str, bytes]) -> bytes:
    """As text that a program can hold."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, data in sorted(code.items()):
            archive.writestr(zipfile.ZipInfo(path, _THEN), data, zipfile.ZIP_DEFLATED)
    return base64.b64encode(stream.getvalue())


version()  # as long as this is imported, before Ansible forks a worker for each task

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parcel: that part of ``module_utils`` which a target is sent, as one archive that Python runs from memory.

What goes in is what ``_sent.main``, one act and its parts of the host import when they start, followed from file to
file; so the target runs the very code that modules run, and compiles no more of it than it needs. How the parcel gets
there is not known here.
"""

from __future__ import annotations

import ast
import io
import zipfile
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Dict, Iterator

PACKAGE = "daemonless_containers"
_SOURCES = Path(__file__).resolve().parents[1] / "module_utils"
_BEGIN = ("_sent/main.py", "_sys/sealed.py")
_HOST_PARTS = {
    "execution": ("containerfiles", "entering", "syscall_filter"),
    "listing": ("accounting", "cgroups", "interfaces", "namespaces", "nft", "processes", "systemd", "usage", "xtables"),
}
"""Act -> what it takes of the host, which ``_sys.host`` imports only then."""
_THEN = (1980, 1, 1, 0, 0, 0)


@cache
def parcel(act: str) -> bytes:
    """The same bytes for the same sources."""
    files = sources(act)
    folders = {"", *(f"{path.parent}/" for path in files)}
    contents = {f"{PACKAGE}/{folder}__init__.py": b"" for folder in folders}
    contents.update({f"{PACKAGE}/{path}": data for path, data in files.items()})
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(contents.items()):
            archive.writestr(zipfile.ZipInfo(name, _THEN), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def sources(act: str) -> Dict[PurePosixPath, bytes]:
    """Path below ``module_utils`` -> content, of what that act needs."""
    found: Dict[PurePosixPath, bytes] = {}
    parts = (f"_sys/{part}.py" for part in _HOST_PARTS[act])
    waiting = [PurePosixPath(path) for path in (*_BEGIN, f"_sent/{act}.py", *parts)]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found[path] = _SOURCES.joinpath(path).read_bytes()
            waiting.extend(_imported(path, ast.parse(found[path])))
    return found


def _imported(path: PurePosixPath, module: ast.Module) -> Iterator[PurePosixPath]:
    """The files of ours that one imports when it is loaded itself: not in functions, not for type checks only."""
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and node.level:
            folder = PurePosixPath(*path.parent.parts[: len(path.parent.parts) - node.level + 1])
            base = folder.joinpath(*(node.module or "").split("."))
            package = _SOURCES.joinpath(base).is_dir()
            yield from (base / f"{alias.name}.py" for alias in node.names) if package else (base.with_suffix(".py"),)

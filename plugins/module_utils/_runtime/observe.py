# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of the runtime, what it should consist of, and who needs it.

It consists of what Ansible brings along for this module, no more; so this is the one module that isn't called from a
target's cache of modules, where all code is.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Dict, Mapping, Tuple

from .._container.unit_name import PREFIX, container_of
from .._core.store import CURRENT, RUNTIME_ENTRY
from .spec import Wanted

if TYPE_CHECKING:
    from .._service import main  # noqa: F401  # named for Ansible, which sends to the target what a module imports
    from .._sys.host import Host

_PACKAGE = "daemonless_containers"
_PACKAGES = ("_core", "_sys", "_image", "_rootfs", "_container", "_veth", "_nat", "_service")
_ENTRY = f'''\
# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the units of containers run; put here by module daemonless.containers.runtime."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from {_PACKAGE}._service.main import main

sys.exit(main(sys.argv[1:]))
'''
_NAME_LENGTH = 16
_VERSION = re.compile(rf"\.?[0-9a-f]{{{_NAME_LENGTH}}}")
"""Names of versions, and of those that are being made."""


@dataclass(frozen=True)
class Found:
    """``current`` is the name of the version in use, empty for none; ``versions`` all that lie there."""

    version: str
    """The name of the version that this module brings, made of its contents."""
    files: Mapping[str, bytes] = field(repr=False)
    current: str = ""
    intact: bool = False
    """Whether the module's version lies there whole."""
    versions: Tuple[str, ...] = ()
    needed_by: Tuple[str, ...] = ()
    """Containers with a unit."""


def observe(host: Host, wanted: Wanted) -> Found:
    files = _files(host)
    version = _version(files)
    store = wanted.store
    texts = (host.systemd.read(unit) or "" for unit in host.systemd.units(PREFIX))
    containers = (container_of(text, store) for text in texts)
    return Found(
        version=version,
        files=files,
        current=posixpath.basename(host.sources.link_target(f"{store.runtime}/{CURRENT}")),
        intact=_version(host.sources.read_tree(f"{store.runtime}/{version}")) == version,
        versions=tuple(name for name in host.files.list(store.runtime) if _VERSION.fullmatch(name)),
        needed_by=tuple(name for name in containers if name is not None),
    )


def _files(host: Host) -> Dict[str, bytes]:
    """Path in the version's folder -> content."""
    sources = host.sources.read(_PACKAGES)
    del sources["_core/run.py"]  # needs Ansible
    packages = {"", *(f"{posixpath.dirname(path)}/" for path in sources)}
    files = {f"{_PACKAGE}/{path}": data for path, data in sources.items()}
    files.update({f"{_PACKAGE}/{package}__init__.py": b"" for package in packages})
    return {**files, RUNTIME_ENTRY: _ENTRY.encode()}


def _version(files: Mapping[str, bytes]) -> str:
    contents = hashlib.sha256()
    for path, data in sorted(files.items()):
        contents.update(f"{path}\0{len(data)}\0".encode() + data)
    return contents.hexdigest()[:_NAME_LENGTH]

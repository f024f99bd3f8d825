# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Call a module from the target's cache of modules. The text of this file is the program that a task runs.

The cache has a file for each version of the code and each kind of Python: an archive that Python imports from, behind
its own digest. Where that isn't there and whole, nothing is run and that is said; the controller then sends the code
along, to be put there, or goes Ansible's ordinary way. So this file stands alone. What puts the file there is
``_sys/module_cache.py``.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import importlib
import json
import os
import sys
from contextlib import suppress
from typing import Optional

FOLDER = "/var/cache/daemonless-modules"
NOT_RUN = "daemonless_not_run"
"""Among the values that are returned where the module wasn't run: why."""
KEEPS = "daemonless_keeps"
"""Beside it: whether the code could be put there if it were sent."""

_UTILS = "ansible_collections.daemonless.containers.plugins.module_utils"
_DIGEST = 64
_OTHERS_WRITE = 0o022
_OLDEST_PYTHON = (3, 9)


def call(version: str, loader: str, module: str, profile: str, arguments: bytes, code: Optional[bytes] = None) -> None:
    """Run the module as Ansible's wrapper does, by Ansible's own ``loader``; put the ``code`` there first, if given."""
    _settle()
    path = f"{FOLDER}/{version}-{sys.implementation.cache_tag}.zip"
    trouble = "" if _held(path) else "it isn't there, or not whole"
    if trouble and code is not None:
        trouble = _put(path, code) or ("" if _held(path) else "what was put there isn't whole")
    if trouble:
        told = {"changed": False, NOT_RUN: trouble, KEEPS: _keeps()}
        sys.stdout.write(json.dumps(told) + "\n")
        return
    sys.path.insert(0, path)
    run_module = importlib.import_module(loader).run_module
    run_module(json_params=arguments, profile=profile, module_fqn=module, modlib_path=path, extensions={})


def _settle() -> None:
    """Be in a folder that can be read, and import nothing from where this text is."""
    try:
        os.getcwd()
    except OSError:
        os.chdir("/")
    ours = {"", ".", os.path.dirname(os.path.realpath(globals().get("__file__", "/-")))}
    sys.path[:] = [folder for folder in sys.path if folder not in ours]


def _held(path: str) -> bool:
    """Whether the file is whole, and root's alone to change. Then nobody sweeps it before we end."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    with open(descriptor, "rb", closefd=False) as file:
        content = memoryview(file.read())
    whole = hashlib.sha256(content[_DIGEST:]).hexdigest().encode() == content[:_DIGEST]
    found = os.fstat(descriptor)
    with suppress(OSError):
        if whole and _only_roots(found) and _only_roots(os.stat(FOLDER)) and os.path.samestat(found, os.stat(path)):
            with suppress(OSError):
                os.utime(descriptor)  # of several, those that were used last stay
            return True
    os.close(descriptor)
    return False


def _only_roots(found: os.stat_result) -> bool:
    return found.st_uid == 0 and not found.st_mode & _OTHERS_WRITE


def _keeps() -> bool:
    if os.geteuid() != 0 or sys.version_info < _OLDEST_PYTHON:
        return False
    try:
        return _only_roots(os.stat(FOLDER))
    except OSError:
        return True


def _put(path: str, code: bytes) -> str:
    """Have the code do that, from memory. Why it failed, or nothing; a host that has no room for it is as good."""
    memory = os.memfd_create("daemonless")
    place = f"/proc/self/fd/{memory}"
    sys.path.insert(0, place)
    try:
        with open(memory, "wb", closefd=False) as file:
            file.write(base64.b64decode(code))
        importlib.import_module(f"{_UTILS}._sys.host").Host().module_cache.put(place, path)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    finally:
        sys.path.remove(place)
        for name in [name for name in sys.modules if name.startswith(_UTILS.partition(".")[0])]:
            del sys.modules[name]
        os.close(memory)
    return ""

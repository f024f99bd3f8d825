# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run rooms of images as their modules would: with the defaults of the options, and without Ansible."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from typing import Any, Dict, List, Mapping, Tuple

from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.argspec import ARGUMENT_SPEC as FETCH_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.room import ROOM as FETCH
from ansible_collections.daemonless.containers.plugins.module_utils._image.room import ROOM as IMAGE
from ansible_collections.daemonless.containers.plugins.module_utils._pack.room import ROOM as PACK
from ansible_collections.daemonless.containers.plugins.module_utils._prune.argspec import ARGUMENT_SPEC as PRUNE_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._prune.room import ROOM as PRUNE
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules import image_pack, image_unpack

STORE = "/var/lib/daemonless"
SETTLING = ".unsettled"
"""Marks of layers on their way to the disk; they go by themselves, at any time."""


def with_defaults(spec: Mapping[str, Any], options: Mapping[str, Any]) -> Dict[str, Any]:
    """The options as AnsibleModule would complete them. An option that isn't declared is a mistake of the test."""
    assert set(options) <= set(spec), set(options) - set(spec)
    complete = {name: options.get(name, declared.get("default")) for name, declared in spec.items()}
    for name, declared in spec.items():
        if "options" in declared and complete[name] is not None:
            inner = declared["options"]
            value = complete[name]
            many = isinstance(value, list)
            complete[name] = [with_defaults(inner, one) for one in value] if many else with_defaults(inner, value)
    return complete


def unpack(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(IMAGE, with_defaults(image_unpack.ARGUMENT_SPEC, options), Host(), check_mode)


def fetch(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(FETCH, with_defaults(FETCH_SPEC, options), Host(), check_mode)


def prune(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(PRUNE, with_defaults(PRUNE_SPEC, options), Host(), check_mode)


def pack(check_mode: bool = False, **options: Any) -> Dict[str, Any]:
    return run_room(PACK, with_defaults(image_pack.ARGUMENT_SPEC, options), Host(), check_mode)


def empty_store() -> None:
    """Leave nothing in the sandbox's store, which is a file system of its own."""
    for entry in list(os.scandir(STORE)):
        if entry.is_dir(follow_symlinks=False):
            while os.path.exists(entry.path):
                with suppress(FileNotFoundError):  # a mark that its own process removed in between
                    shutil.rmtree(entry.path)
        else:
            os.unlink(entry.path)


def snapshot(folder: str) -> List[Tuple[str, int, str]]:
    """Everything below a folder: path, mode, and for files what is in them; for comparing before and after."""
    found = []
    for parent, folders, files in os.walk(folder):
        for name in [*folders, *(name for name in files if not name.endswith(SETTLING))]:
            path = os.path.join(parent, name)
            found.append((os.path.relpath(path, folder), os.lstat(path).st_mode, _content(path)))
    return sorted(found)


def _content(path: str) -> str:
    if os.path.islink(path):
        return os.readlink(path)
    if not os.path.isfile(path):
        return ""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command in a container for the connection plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Tuple

from .._container.entrance import Command, entry
from .._container.settings import path_of
from .._core.errors import ContainersError, step
from .._core.names import checked_name
from .._core.store import Store
from .._sys.program import NotExecutedError

if TYPE_CHECKING:
    from .._sys.host import Host

_SHELL = "ansible_daemonless_executable names the container's shell"


def answer(host: Host, asked: Mapping[str, Any], data: bytes) -> Tuple[Dict[str, Any], bytes]:
    """Run ``argv`` with the data as its input, to its end or for ``timeout`` seconds."""
    store, name = Store(asked["store"]), checked_name(asked["container"])
    command = Command(
        argv=tuple(asked["argv"]),
        env=tuple(sorted(asked["env"].items())),
        user=asked["user"],
        working_dir=asked["working_dir"],
    )
    with step(f"enter container {name}"):
        found = entry(host, store, name, command)
        if found is None:
            raise _not_running(host, store, name)
        try:
            ended = host.entering.run(found, data, asked["timeout"])
        except NotExecutedError as error:
            raise ContainersError(error.message, error.hint or _SHELL) from error
    words = {"code": ended.code, "output": len(ended.output), "timed_out": ended.timed_out}
    return words, ended.output + ended.errors


def _not_running(host: Host, store: Store, name: str) -> ContainersError:
    if host.files.exists(path_of(store, name)):
        return ContainersError("it isn't running", "Start it with daemonless.containers.ns_container")
    return ContainersError(
        f"there is no such container in {store.root}",
        "ansible_daemonless_container names another than the inventory's, ansible_daemonless_store another store",
    )

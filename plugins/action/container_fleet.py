# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of container_fleet: call the module, and meanwhile show how far it has come.

The module keeps a count in a file of the target. A thread reads that every few seconds over a connection of its own
and shows it, so that whoever makes hundreds of containers sees that it moves. What the module does is none of its
business, and where the count can't be read nothing is shown.
"""

from __future__ import annotations

import copy
import shlex
import threading
from typing import Any, Dict, Optional

from ansible.utils.display import Display

from ansible_collections.daemonless.containers.plugins.module_utils._core.store import DEFAULT_STORE, Store
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.progress import path_of

from ..plugin_utils.cached_call import CachedCall

EVERY_SECONDS = 2.0
display = Display()


class ActionModule(CachedCall):
    """Runs the module of the same name."""

    def run(self, tmp: Optional[str] = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        ended = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(ended, (task_vars or {}).get("inventory_hostname", "")))
        watcher.daemon = True
        if not self._task.async_val and not self._task.check_mode:
            watcher.start()
        try:
            return super().run(tmp, task_vars)
        finally:
            ended.set()

    def _watch(self, ended: threading.Event, host: str) -> None:
        """Show the count whenever it has changed, until the module has ended."""
        fleet = str(self._task.args.get("fleet", ""))
        path = path_of(Store(self._task.args.get("store") or DEFAULT_STORE), fleet)
        connection = copy.copy(self._connection)
        shown = ""
        while not ended.wait(EVERY_SECONDS):
            try:
                status, output, _error = connection.exec_command(f"cat {shlex.quote(path)} 2>/dev/null", sudoable=False)
            except Exception:  # whatever it is: the task goes on without being watched
                return
            count = output.decode("utf-8", "replace").strip()
            if status == 0 and count and count != shown and not ended.is_set():
                done, _space, total = count.partition(" ")
                display.display(f"{host}: fleet {fleet}: {done} of {total} containers")
                shown = count

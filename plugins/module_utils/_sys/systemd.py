# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd as far as containers need it: their unit files and the ``systemctl`` command.

What stands in a unit is the room's business. Drop-ins that an administrator adds to one are neither read nor changed.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import Dict, List, Optional, Sequence

from .._core.errors import ContainersError

_FOLDER = "/etc/systemd/system"
_WANTED_BY = f"{_FOLDER}/multi-user.target.wants"
_RUNNING = "/run/systemd/system"
_UNIT_MAX = 1024 * 1024
IDLE = ("inactive", "failed")
"""States of a unit that neither runs nor is about to be started again."""
_SETTLE_SECONDS = 0.01


class Systemd:
    """The service manager of this host, if it is systemd."""

    def running(self) -> bool:
        """Whether systemd runs this host."""
        return os.path.isdir(_RUNNING)

    def path(self, unit: str) -> str:
        """Where the file of that unit is, or would be."""
        return f"{_FOLDER}/{unit}"

    def read(self, unit: str) -> Optional[str]:
        """The unit's file; None where there is none."""
        try:
            with open(self.path(unit), encoding="utf-8", errors="replace") as file:
                return file.read(_UNIT_MAX)
        except FileNotFoundError:
            return None

    def units(self, prefix: str) -> List[str]:
        """The names of the unit files that begin so."""
        with suppress(FileNotFoundError):
            return sorted(name for name in os.listdir(_FOLDER) if name.startswith(prefix) and name.endswith(".service"))
        return []

    def is_enabled(self, unit: str) -> bool:
        """Whether it is started at boot."""
        return os.path.lexists(f"{_WANTED_BY}/{unit}")

    def holds(self, unit: str, pid: int) -> bool:
        """Whether the process belongs to the unit."""
        try:
            with open(f"/proc/{pid}/cgroup", encoding="utf-8", errors="replace") as file:
                return any(unit in line.rstrip("\n").split("/") for line in file)
        except (FileNotFoundError, ProcessLookupError):
            return False

    def states(self, units: Sequence[str]) -> Dict[str, str]:
        """What systemd says of each unit, in one word such as ``active``; nothing where it doesn't run the host."""
        if not units or not self.running():
            return {}
        told = self._run("show", "--property=Id", "--property=ActiveState", *units)
        blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in told.split("\n\n")]
        return {block["Id"]: block["ActiveState"] for block in blocks if len(block) == 2}

    def is_idle(self, unit: str) -> bool:
        """Whether it neither runs nor is about to be started again."""
        return self._run("show", "--property=ActiveState", "--value", unit).strip() in IDLE

    def reload(self) -> None:
        """Have it read changed unit files."""
        self._run("daemon-reload")

    def start(self, unit: str) -> None:
        """Start it, however often that was tried before. Raises ContainersError where it doesn't come up."""
        self.forget_failures(unit)
        self._run("start", unit)

    def stop(self, unit: str) -> None:
        """Stop it, or keep it from being started again. One that is unknown is stopped."""
        if self.read(unit) is not None:
            self._run("stop", unit)

    def forget_failures(self, unit: str) -> None:
        """Let it be as if it had never failed. One that isn't loaded has nothing to forget."""
        with suppress(ContainersError):
            self._run("reset-failed", unit)

    def enable(self, unit: str) -> None:
        """Have it started at boot. All changed unit files are read for it."""
        self._run("enable", "--quiet", unit)

    def disable(self, unit: str, reload: bool = True) -> None:
        """Have it no longer started at boot, and all changed unit files read unless ``reload`` comes anyway.

        Where systemd doesn't run, only its link is removed.
        """
        if self.running():
            self._run("disable", "--quiet", *([] if reload else ["--no-reload"]), unit)
            return
        with suppress(FileNotFoundError):
            os.unlink(f"{_WANTED_BY}/{unit}")

    def settle(self) -> None:
        """Wait a moment for what systemd or a unit of its is about to do."""
        time.sleep(_SETTLE_SECONDS)

    def notify(self, message: str) -> None:
        """As a unit's main process, tell systemd something, and return when it has heeded that."""
        from .notification import notify

        notify(message)

    def _run(self, *arguments: str) -> str:
        import subprocess

        command: Sequence[str] = ["systemctl", "--no-pager", "--no-ask-password", *arguments]
        environment = {**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0"}
        try:
            # pylint: disable-next=ansible-bad-function; there is no AnsibleModule here to run it
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise ContainersError("systemctl is missing", "It comes with systemd") from None
        if done.returncode != 0:
            words = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
            raise ContainersError(f"systemctl {' '.join(arguments)}: {words}")
        return done.stdout

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a unit's processes wrote to their standard output and error, as systemd's journal keeps it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, List, Optional

from .._core.errors import ContainersError

_MICROSECONDS = 1_000_000


@dataclass(frozen=True)
class Entry:
    """One line, and when it was written, in seconds since the epoch."""

    time: float
    line: bytes


class Journal:
    """Read by the ``journalctl`` command."""

    def of(self, unit: str, lines: Optional[int], since: Optional[str]) -> List[Entry]:
        """The unit's last so many lines, None for all, the newest last. ``since`` is a time as journalctl takes it."""
        import subprocess

        command = ["journalctl", "--quiet", "--no-pager", "--all", "--output=json", "--output-fields=MESSAGE"]
        command += [f"--lines={lines}"] if lines is not None else []
        command += [f"--since={since}"] if since is not None else []
        command += [f"_SYSTEMD_UNIT={unit}", "_TRANSPORT=stdout"]
        try:
            # pylint: disable-next=ansible-bad-function; there is no AnsibleModule here to run it
            done = subprocess.run(command, env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=False)
        except FileNotFoundError:
            raise ContainersError("journalctl is missing", "It comes with systemd") from None
        if done.returncode != 0:
            words = " ".join(done.stderr.decode("utf-8", "replace").split())
            raise ContainersError(f"journalctl: {words or f'exit status {done.returncode}'}")
        return [_entry(json.loads(line)) for line in done.stdout.splitlines()]


def _entry(fields: Any) -> Entry:
    """journalctl writes a message that is no text as a list of its bytes."""
    message = fields.get("MESSAGE")
    line = bytes(message) if isinstance(message, list) else (message or "").encode("utf-8", "surrogateescape")
    return Entry(int(fields["__REALTIME_TIMESTAMP"]) / _MICROSECONDS, line)

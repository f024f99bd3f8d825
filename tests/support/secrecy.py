# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a value that is nobody else's business can be read by others than root."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import List

SECRET = "hush-0f41c7"


def readable_by_others() -> List[str]:
    """Files with the value in them that somebody else than root can reach."""
    found = []
    for top in ("/var/lib/daemonless", "/run", "/etc", "/tmp"):
        for parent, folders, names in os.walk(top):
            folders[:] = [name for name in folders if os.stat(f"{parent}/{name}").st_mode & stat.S_IXOTH]
            for name in names:
                path = Path(parent, name)
                with suppress(OSError):
                    if stat.S_ISREG(path.lstat().st_mode) and SECRET.encode() in path.read_bytes():
                        found.append(f"{path} {path.stat().st_mode:o}")
    return [line for line in found if int(line.rpartition(" ")[2], 8) & stat.S_IROTH]

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where benchmarks keep what they make, and a new ext4 file system (in a file) for each run that needs one."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

SIZE = "12G"
REPOSITORY = Path(__file__).resolve().parents[1]
CACHE = REPOSITORY / ".cache" / "bench"
SANDBOX = REPOSITORY / "tests" / "sandbox"


@contextmanager
def file_system() -> Iterator[Path]:
    """The root of a new ext4 file system."""
    with tempfile.TemporaryDirectory(dir=CACHE) as scratch:
        disk, folder = Path(scratch, "disk"), Path(scratch, "mount")
        folder.mkdir()
        subprocess.run(["truncate", "--size", SIZE, str(disk)], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(disk)], check=True)
        subprocess.run(["mount", "-o", "loop", str(disk), str(folder)], check=True)
        try:
            yield folder
        finally:
            _unmount(folder)


def _unmount(folder: Path) -> None:
    """Unmount all that is there, once whoever still writes to it is done."""
    os.sync()
    deadline = time.monotonic() + 60
    while subprocess.run(["umount", "--recursive", str(folder)], capture_output=True, check=False).returncode:
        if time.monotonic() > deadline:
            sys.exit(f"{folder} stays busy")
        time.sleep(0.2)

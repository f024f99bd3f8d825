# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines there are, and where they and their images lie below the checkout's cache."""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Tuple


@dataclass(frozen=True)
class Machine:
    release: str
    packages: Tuple[str, ...] = ()
    """What it has besides that which every machine has."""


MACHINES = {
    "debian12": Machine("bookworm"),
    "debian13": Machine("trixie"),
    "docker": Machine("trixie", ("docker.io", "docker-cli")),
    "firewalld": Machine("bookworm", ("firewalld",)),
}

ROOT = Path(os.environ.get("DAEMONLESS_VM_CACHE", Path(__file__).resolve().parents[2] / ".cache" / "vm"))
IMAGES = ROOT / "images"
RUNS = ROOT / "machines"
SSH_CONFIG = ROOT / "ssh_config"


class VmError(Exception):
    """Said to the user as it is."""


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Keep other processes that want the same waiting."""
    ROOT.mkdir(parents=True, exist_ok=True)
    with open(ROOT / f".{what}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

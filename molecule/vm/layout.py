# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where images and machines lie below the checkout's cache, and which there are."""

from __future__ import annotations

import os
from pathlib import Path

RELEASES = {"debian12": "bookworm", "debian13": "trixie"}

ROOT = Path(os.environ.get("DAEMONLESS_VM_CACHE", Path(__file__).resolve().parents[2] / ".cache" / "vm"))
IMAGES = ROOT / "images"
MACHINES = ROOT / "machines"
SSH_CONFIG = ROOT / "ssh_config"


class VmError(Exception):
    """Said to the user as it is."""

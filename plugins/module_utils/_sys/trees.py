# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remove a tree by its path; how it is emptied is in ``removal``."""

from __future__ import annotations

import os

from .removal import remove_at


def remove_tree(path: str) -> None:
    """Remove the folder, or whatever is at path, links unfollowed. Raises OSError, ENOENT where nothing is."""
    parent = os.open(os.path.dirname(os.path.abspath(path)), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        remove_at(parent, os.path.basename(path.rstrip("/")))
    finally:
        os.close(parent)

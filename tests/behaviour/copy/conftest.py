# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test here stands on."""

from __future__ import annotations

from container_fixtures import clean_host, merged, plain, tree

__all__ = ["clean_host", "merged", "plain", "tree"]

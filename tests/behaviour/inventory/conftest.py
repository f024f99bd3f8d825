# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clean host for every test."""

from __future__ import annotations

from container_fixtures import clean_host, merged, tree

__all__ = ["clean_host", "merged", "tree"]

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's side of image_prune: call the module from the target's cache of modules."""

from __future__ import annotations

from ..plugin_utils.cached_call import CachedCall


class ActionModule(CachedCall):
    """Runs the module of the same name."""

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room that shows containers."""

from __future__ import annotations

from .._core.looking import looking_room
from .observe import observe
from .result import result
from .spec import spec

ROOM = looking_room(spec, observe, result, lambda found: found.warnings)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container wrote, as the module returns it. Pure."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Dict

from .observe import Found
from .spec import Wanted


def result(_wanted: Wanted, found: Found) -> Dict[str, Any]:
    return {
        "exists": found.exists,
        "log": found.log,
        "unit": found.unit,
        "lines": [line.decode("utf-8", "replace") for line in found.lines],
        "times": [datetime.fromtimestamp(time, timezone.utc).isoformat() for time in found.times],
        "truncated": found.truncated,
    }

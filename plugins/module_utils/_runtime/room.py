# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The room of the runtime: what containers' units run, on the host without Ansible. What it does is in ``_service``."""

from __future__ import annotations

from typing import Tuple

from .._core.room import Room
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec


def locks(_wanted: Wanted) -> Tuple[str, ...]:
    return ("runtime",)


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks)

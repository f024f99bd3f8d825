# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plan what is remembered of a container's rules: the options that its next start makes them with. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .._container import replay
from .._container.replay import Remember
from .._core.plan import Op
from .observe import Found
from .spec import Wanted


def memory_ops(wanted: Wanted, found: Found) -> List[Remember]:
    return replay.changes(
        found.memory, wanted.store, wanted.name, replay.RULES, wanted.asked if wanted.present else None
    )


def remembered(ops: Sequence[Op], side: str) -> Dict[str, Any]:
    """As --diff shows it, ``before`` or ``after``."""
    return replay.shown([op for op in ops if isinstance(op, Remember)], side)

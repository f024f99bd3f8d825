# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cgroup that a container's limits are set on: that of its unit. Where there is no unit there are no limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._core.store import Store
from .unit_name import unit_name

if TYPE_CHECKING:
    from .._sys.host import Host


def unit_group(host: Host, store: Store, name: str, pid: int) -> Optional[str]:
    """The group of the unit that the container's init is in; None where it is in none of its own."""
    own = f"/{unit_name(store, name)}"
    above, found, below = (host.cgroups.of(pid) or "").partition(own)
    return f"{above}{own}" if found and below[:1] in ("", "/") else None

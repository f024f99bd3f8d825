# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter of system calls that the settings ask for, compiled: for a container's init and for all that enter it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._core.errors import ContainersError
from .._core.store import Store
from .seccomp_default import default_filter
from .seccomp_profile import profile_filter
from .settings import DEFAULT, UNCONFINED, Settings

if TYPE_CHECKING:
    from .._sys.host import Host


def compiled_filter(host: Host, store: Store, settings: Settings) -> Optional[bytes]:
    """The filter of its system calls, for every process that is started in the container; None for no filter."""
    if settings.seccomp == UNCONFINED:
        return None
    if settings.seccomp == DEFAULT:
        wanted = default_filter(settings.capabilities, host.machine)
    elif settings.seccomp_profile is None:
        raise ContainersError(f"the text of seccomp profile {settings.seccomp} is lost", "Run ns_container again")
    else:
        wanted = profile_filter(settings.seccomp_profile, settings.capabilities, host.machine, host.kernel)
    return host.filters.compiled(wanted, store.filters)

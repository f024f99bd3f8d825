# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wait for members that are to be healthy, when the fleet is what it was to be. How it goes is ``_container``'s."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from .._container.awaiting import await_healthy
from .outcome import Outcome
from .spec import Wanted

if TYPE_CHECKING:
    from .._sys.host import Host


def await_members(host: Host, wanted: Wanted, outcomes: Sequence[Outcome]) -> None:
    """Wait for all of those listed that are up, at once, and set the error of each that doesn't become healthy."""
    listed = {member.name for member in wanted.members}
    up = {one.name: one for one in outcomes if one.name in listed and one.error is None}
    for name, error in await_healthy(host, wanted.store, list(up), wanted.healthy_wait).items():
        up[name].error = error

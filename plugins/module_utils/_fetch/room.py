# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fetching room's functions under one name, for ``_core.room``."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Sequence

from .._core.room import Room
from .bringing import brought, sweep
from .observe import Found, observe
from .plan import plan, result
from .spec import Wanted, spec

if TYPE_CHECKING:
    from .._sys.host import Host


def locks(_wanted: Wanted) -> Sequence[str]:
    """As the room of images: one run at a time changes a store's images."""
    return ("images",)


@contextmanager
def prepare(host: Host, wanted: Wanted) -> Iterator[None]:
    """Bring the layers that the store lacks. Whoever mounts or unpacks an image meanwhile needn't wait for that."""
    sweep(host, wanted.store)
    found = observe(host, wanted)
    if not found.missing:
        yield
        return
    with host.locks.hold(wanted.store, (f"fetch {found.image_id}",)):
        found = observe(host, wanted)  # another run may have fetched it while this one waited
        if found.load is None:
            yield
            return
        with brought(host, wanted, found.load, found.missing):
            yield


ROOM: Room[Wanted, Found] = Room(spec=spec, observe=observe, plan=plan, result=result, locks=locks, prepare=prepare)

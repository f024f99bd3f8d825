# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Take and give back the host ids of a rootfs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from .._core.store import Store
from . import ranges
from .ranges import Claim

if TYPE_CHECKING:
    from .._sys.host import Host


@dataclass(frozen=True)
class ClaimIds:
    """Take ids for the rootfs. A range we chose may be another's by now: then the next free one is taken."""

    store: Store
    name: str
    claim: Claim
    previous: Optional[Claim]

    def describe(self) -> str:
        if self.claim.chosen:
            return f"claim {self.claim.ids[0][1]} ids for rootfs {self.name}"
        return f"claim the given ids for rootfs {self.name}"

    def apply(self, host: Host) -> None:
        owner = self.store.container(self.name)
        with host.locks.hold(Store(), [ranges.LOCK]):
            claims = ranges.load(host.files)
            claim = self.claim
            if claim.chosen:
                taken = host.accounts.taken_ids()
                claim = Claim(True, (ranges.free_range(owner, claims, taken, claim.ids[0]),))
            else:
                ranges.refuse_overlap(owner, claim.ids, claims)
            ranges.save(host.files, {**claims, owner: claim})

    def undo(self, host: Host) -> None:
        put_back(host, self.store, self.name, self.previous)


@dataclass(frozen=True)
class ReleaseIds:
    """Give back the ids of a rootfs that no longer is for a user namespace."""

    store: Store
    name: str
    previous: Claim

    def describe(self) -> str:
        return f"release the ids of rootfs {self.name}"

    def apply(self, host: Host) -> None:
        put_back(host, self.store, self.name, None)

    def undo(self, host: Host) -> None:
        put_back(host, self.store, self.name, self.previous)


def put_back(host: Host, store: Store, name: str, claim: Optional[Claim]) -> None:
    """Let the rootfs have that claim, or none."""
    owner = store.container(name)
    with host.locks.hold(Store(), [ranges.LOCK]):
        claims = ranges.load(host.files)
        if claims.get(owner) == claim:
            return
        claims.pop(owner, None)
        ranges.save(host.files, claims if claim is None else {**claims, owner: claim})

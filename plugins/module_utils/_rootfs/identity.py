# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mount of ours is called in the kernel's table, so that the kernel itself tells what is mounted. Pure.

The source of a mount, ``daemonless:<name>:<fingerprint>``, stands for all that the mount was made of;
two mounts with the same source are interchangeable.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from typing import Tuple

from .._core.store import RUN, Store
from .record import RootfsRecord

FORM = 1
"""To be raised when the same record is to be mounted in another way: every rootfs then is mounted anew."""


MARK = "daemonless"
"""How the source of every mount of ours begins, whichever rootfs and store it is of."""


def source_prefix(store: Store, name: str) -> str:
    """How the source of every mount of that rootfs begins. Names of another store don't match it."""
    tag = MARK if store.run == RUN else f"{MARK}/{store.run.rpartition('/')[2]}"
    return f"{tag}:{name}:"


def source_of(store: Store, record: RootfsRecord) -> str:
    """The source of a mount made by that record."""
    maps = [[astuple(line) for line in lines] for lines in (record.uidmap, record.gidmap)]
    made_of = [FORM, stack(record.layers), record.diff, record.work, maps, record.read_only]
    digest = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    return f"{source_prefix(store, record.name)}{digest[:16]}"


def stack(layers: Tuple[str, ...]) -> Tuple[str, ...]:
    """The layers to mount, lowest first: one that occurs twice only counts where it lies higher.

    overlayfs refuses the same layer twice. What the lower occurrence adds or hides, the higher one
    adds or hides again.
    """
    return tuple(layer for number, layer in enumerate(layers) if layer not in layers[number + 1 :])

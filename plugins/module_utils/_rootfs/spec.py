# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of overlay_rootfs -> Wanted, or an error that names the option. No look at the host."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._core.names import checked_name
from .._core.store import Store
from .maps import parsed_map, root_is_mapped
from .record import IdMap


@dataclass(frozen=True)
class Wanted:
    """A rootfs as asked for. ``userns`` is ``given`` where the maps are the user's own."""

    store: Store
    name: str
    state: str
    image: Optional[str]
    layers: Tuple[str, ...]
    path: str
    userns: str
    uidmap: Tuple[IdMap, ...]
    gidmap: Tuple[IdMap, ...]
    read_only: bool
    reset: bool

    @property
    def folder(self) -> str:
        return self.store.container(self.name)


def wanted(options: Mapping[str, Any]) -> Wanted:
    """Check every option, whatever the state; what only ``mounted`` needs is only missed there."""
    store = Store(_checked_path(options["store"], "store"))
    name = checked_name(options["name"])
    path = options["path"]
    layers = tuple(_checked_path(layer, "layers") for layer in options["layers"] or ())
    if options["image"] and layers:
        raise ContainersError("image and layers exclude one another", "A rootfs is made of one or the other")
    if options["state"] == "mounted" and not options["image"] and not layers:
        raise ContainersError(f"rootfs {name} is to be made of nothing", "Set image, or layers with at least one path")
    if path is not None and not path.strip("/"):
        raise ContainersError(f"path: {path!r} is the root folder of the host", "Choose a folder for this rootfs alone")
    userns, uidmap, gidmap = _maps(options)
    return Wanted(
        store=store,
        name=name,
        state=options["state"],
        image=options["image"] or None,
        layers=layers,
        path=f"{store.container(name)}/merged" if path is None else _checked_path(path, "path"),
        userns=userns,
        uidmap=uidmap,
        gidmap=gidmap,
        read_only=options["read_only"],
        reset=options["reset"],
    )


def _maps(options: Mapping[str, Any]) -> Tuple[str, Tuple[IdMap, ...], Tuple[IdMap, ...]]:
    uidmap: Sequence[str] = options["uidmap"] or ()
    gidmap: Sequence[str] = options["gidmap"] or ()
    if not uidmap and not gidmap:
        return options["userns"], (), ()
    if not uidmap:
        raise ContainersError("gidmap is set and uidmap isn't", "Set uidmap too; gidmap is the same if left out")
    if options["userns"] == "none":
        raise ContainersError("uidmap and userns: none exclude one another", "Leave one of them out")
    uids = parsed_map(uidmap, "uidmap")
    gids = parsed_map(gidmap, "gidmap") if gidmap else uids
    for option, lines in (("uidmap", uids), ("gidmap", gids)):
        if not root_is_mapped(lines):
            raise ContainersError(f"{option} doesn't map id 0, which the container's root needs")
    return "given", uids, gids


def _checked_path(path: str, option: str) -> str:
    """The path without "." and doubled slashes. ".." is refused: what it means depends on links."""
    if not path.startswith("/"):
        raise ContainersError(f"{option}: {path!r} is not absolute")
    if "\0" in path or "\n" in path or ".." in path.split("/"):
        raise ContainersError(f"{option}: {path!r} has a part '..', a line break or a NUL byte in it")
    return os.path.normpath("/" + path.lstrip("/"))

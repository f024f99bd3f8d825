# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at containers: each by itself, and once at what is told of all of them at once (units, rules)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from .._container.overview import Overview, names, overview
from .._core.errors import ContainersError
from .._image import record as images
from .._nat.published import published
from .._rootfs import record as rootfses
from .spec import Wanted

if TYPE_CHECKING:
    from .._core.store import Store
    from .._sys.host import Host
    from .._sys.interfaces import Interface
    from .._sys.usage import Usage


@dataclass(frozen=True)
class Seen:
    """One container, and what other rooms know of it."""

    container: Overview
    image: Optional[str] = None
    """The id of the image that its rootfs was made of."""
    image_names: Tuple[str, ...] = ()
    interfaces: Tuple[Interface, ...] = ()
    usage: Optional[Usage] = None
    """Where no cgroup counts for it."""
    unit_state: Optional[str] = None
    ports: Tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Found:
    seen: Tuple[Seen, ...] = ()
    warnings: Tuple[str, ...] = field(default_factory=tuple)


def observe(host: Host, wanted: Wanted) -> Found:
    everything = wanted.names is None
    asked = names(host, wanted.store) if wanted.names is None else wanted.names
    looked = [overview(host, wanted.store, name) for name in asked]
    found = [one for one in looked if one.exists or not everything]  # one may have gone since the store was listed
    states = host.systemd.states([one.unit for one in found if one.unit is not None])
    ports, warnings = _ports(host, found) if wanted.ports else ({}, ())
    known: Dict[str, Tuple[str, ...]] = {}
    seen = tuple(
        Seen(
            container=one,
            ports=tuple(ports.get(one.name, ())) if one.exists else (),
            unit_state=states.get(one.unit or ""),
            **_of_rootfs(host, wanted.store, one, known),
            **_of_init(host, one),
        )
        for one in found
    )
    return Found(seen, warnings)


def _ports(host: Host, found: List[Overview]) -> Tuple[Dict[str, List[Dict[str, Any]]], Tuple[str, ...]]:
    """A host whose rules can't be looked at can still show containers."""
    if not any(one.exists for one in found):
        return {}, ()
    try:
        return published(host)
    except ContainersError as error:
        return {}, (f"published ports can't be looked at: {error}",)


def _of_rootfs(host: Host, store: Store, one: Overview, known: Dict[str, Tuple[str, ...]]) -> Dict[str, Any]:
    """``known`` are the names of images that were looked up before."""
    if one.settings is None:
        return {}
    try:
        rootfs = rootfses.load(host.files, store, one.settings.rootfs)
    except ContainersError:
        return {}
    if rootfs is None or rootfs.image is None:
        return {}
    if rootfs.image not in known:
        image = images.load(host.files, store, rootfs.image)
        known[rootfs.image] = image.names if image else ()
    return {"image": rootfs.image, "image_names": known[rootfs.image]}


def _of_init(host: Host, one: Overview) -> Dict[str, Any]:
    """What needs a look into its namespaces; nothing where it ends just now."""
    if one.pid is None:
        return {}
    try:
        return {
            "interfaces": tuple(host.interfaces.of(one.pid)) if "network" in one.namespaces else (),
            "usage": None if one.counted else host.usages.of(one.pid),
        }
    except OSError:
        return {}

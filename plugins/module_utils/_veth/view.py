# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pair as a user sees it: what the module returns, and (``detailed``) what a diff shows. Pure."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple, Union

from .model import Bridge, Interface, Pair, Parts, Route, Setting
from .spec import Wanted


def view(wanted: Wanted, pair: Union[Pair, Parts], detailed: bool = False) -> Dict[str, Any]:
    """Both ends and the bridge; what isn't there is None."""
    peers = (pair.inside.name if pair.inside else None, pair.host.name if pair.host else None)
    shown: Dict[str, Any] = {
        "container": wanted.place.container or None if wanted.place else None,
        "netns": wanted.place.netns or None if wanted.place else None,
        "host": _end(pair.host, peers[0], detailed, ("alias", "bridge", "hairpin", "reserved")),
        "inside": _end(pair.inside, peers[1], detailed, ()),
        "bridge": _bridge(pair.bridge, detailed),
    }
    if detailed and pair.inside:
        shown["inside"]["loopback"] = _state(pair.loopback_up)
    return shown


def _end(
    end: Optional[Interface], peer: Optional[str], detailed: bool, details: Sequence[str]
) -> Optional[Dict[str, Any]]:
    if end is None:
        return None
    shown: Dict[str, Any] = {
        "name": end.name,
        "peer": peer,
        "mac": end.mac,
        "mtu": end.mtu,
        "state": _state(end.up),
        "addresses": sorted(end.addresses),
        "routes": sorted((_route(route) for route in end.routes), key=repr),
        "checksum_offload": end.checksum_offload,
    }
    if "bridge" in details:
        shown["bridge"] = end.bridge
    if detailed:
        shown["settings"] = _settings(end.settings)
        shown.update({name: getattr(end, name) for name in details})
    return shown


def _bridge(bridge: Optional[Bridge], detailed: bool) -> Optional[Dict[str, Any]]:
    if bridge is None:
        return None
    shown: Dict[str, Any] = {
        "name": bridge.name,
        "mac": bridge.mac,
        "state": _state(bridge.up),
        "addresses": sorted(bridge.addresses),
        "ours": bridge.ours,
    }
    if detailed:
        shown.update(settings=_settings(bridge.settings), spanning_tree=bridge.spanning)
    return shown


def _route(route: Route) -> Dict[str, Any]:
    return {"dest": route.dest, "gateway": route.gateway, "metric": route.metric}


def _settings(settings: Tuple[Setting, ...]) -> Dict[str, str]:
    return {f"{setting.family}.{setting.name}": setting.value for setting in settings}


def _state(up: bool) -> str:
    return "up" if up else "down"

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VXLAN links in netlink's terms: their attributes, and the forwarding entries that name the other hosts.

Builds and reads messages only; ``netlink`` sends them.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

AF_BRIDGE = 7
NUD_PERMANENT = 0x80
NTF_SELF = 0x02

_ANY = "00:00:00:00:00:00"


@dataclass(frozen=True)
class Tunnel:
    """What makes a VXLAN link the one it is; the kernel can't change these later."""

    vni: int
    port: int
    local: str


def link_info(vni: int, port: int, local: str) -> Dict[str, Any]:
    """IFLA_LINKINFO of a new link that sends from the local address and learns where neighbours are."""
    source = "IFLA_VXLAN_LOCAL6" if ":" in local else "IFLA_VXLAN_LOCAL"
    data = [("IFLA_VXLAN_ID", vni), ("IFLA_VXLAN_PORT", port), (source, local), ("IFLA_VXLAN_LEARNING", 1)]
    return {"attrs": [("IFLA_INFO_KIND", "vxlan"), ("IFLA_INFO_DATA", {"attrs": data})]}


def tunnel_of(info: Any) -> Optional[Tunnel]:
    """The tunnel that the IFLA_LINKINFO of a link tells of."""
    data = info.get_attr("IFLA_INFO_DATA") if info is not None and info.get_attr("IFLA_INFO_KIND") == "vxlan" else None
    if data is None:
        return None
    local = data.get_attr("IFLA_VXLAN_LOCAL") or data.get_attr("IFLA_VXLAN_LOCAL6") or ""
    return Tunnel(data.get_attr("IFLA_VXLAN_ID") or 0, data.get_attr("IFLA_VXLAN_PORT") or 0, local)


def entry(remote: str) -> List[Tuple[str, Any]]:
    """Attributes of the entry that sends frames for unknown neighbours to the host, too."""
    return [("NDA_LLADDR", _ANY), ("NDA_DST", remote)]


def remote_of(message: Any) -> Optional[str]:
    """The host that an entry for unknown neighbours names; None for any other entry."""
    remote = message.get_attr("NDA_DST")
    if message.get_attr("NDA_LLADDR") != _ANY or not remote:
        return None
    return str(ipaddress.ip_address(remote))

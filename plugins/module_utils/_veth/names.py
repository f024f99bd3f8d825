# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and hardware addresses of links: what the kernel takes, and those made up here where none are given."""

from __future__ import annotations

import hashlib
import re

from .._core.errors import ContainersError

NAME_MAX = 15
_TAKEN = ("lo", "all", "default")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")


def link_name(option: str, name: str) -> str:
    """The name itself, if the kernel takes it for a link as it is."""
    if not name:
        raise ContainersError(f"{option} is empty")
    if len(name.encode()) > NAME_MAX:
        raise ContainersError(f"{option} {name!r} is too long", f"A link's name has at most {NAME_MAX} characters")
    if name in (".", "..") or not re.fullmatch(r"[!-~]+", name) or re.search(r"[/:%]", name):
        raise ContainersError(f"{option} {name!r} is not a name for a link", "Use letters, digits, '-', '_' and '.'")
    if name in _TAKEN:
        raise ContainersError(f"{option} {name!r} can't be used: the kernel needs that name itself")
    return name


def host_link_name(owner: str, interface: str, plain: bool) -> str:
    """A name for the outer end: always the same for that owner and interface, and no other's.

    It begins with ``veth``, which NetworkManager's and udev's rules leave alone. ``plain``: the owner
    is a container's name, which is shown as it is where it is short enough.
    """
    readable = f"veth-{owner}"
    if plain and interface == "eth0" and len(readable) <= NAME_MAX and re.fullmatch(r"[!-~]+", readable):
        return readable
    return "veth" + hashlib.sha256(f"{owner}\0{interface}".encode()).hexdigest()[: NAME_MAX - len("veth")]


def hardware_address(value: str) -> str:
    """The address in the kernel's own notation, checked to be one that an interface can have."""
    mac = value.strip().lower().replace("-", ":")
    if not _MAC.fullmatch(mac):
        raise ContainersError(f"mac {value!r} is not a hardware address", "Write it as 02:42:ac:11:00:02")
    if int(mac[:2], 16) & 1:
        raise ContainersError(f"mac {value!r} is a multicast address", "The first byte has to be even, as in 02:…")
    if mac == "00:00:00:00:00:00":
        raise ContainersError(f"mac {value!r} is all zeros, which no interface can have")
    return mac


def bridge_mac(machine: str, name: str) -> str:
    """Of a bridge of ours; nobody else's link has it, so it tells ours even before the alias is set."""
    return made_up_mac("02", machine, "bridge", name)


def made_up_mac(first_byte: str, *parts: str) -> str:
    """A locally administered address that is always the same for the same parts."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return ":".join([first_byte, *(digest[at : at + 2] for at in range(0, 10, 2))])

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each room is asked for a member: the member's options, sorted by room and completed. Pure."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from .._core.errors import ContainersError
from .._nat.spec import FLEET
from .argspec import defaults, taken
from .members import Member
from .network import Network
from .spec import Wanted

Options = Dict[str, Any]


def image(wanted: Wanted, member: Member) -> Optional[Options]:
    """Of image_unpack; None where its image is to be in the store already."""
    if member.given.get("image_src") is None:
        return None
    return {**_of("image", wanted, member), "state": "present"}


def rootfs(wanted: Wanted, member: Member, unpacked: Optional[str], state: str) -> Options:
    """Of overlay_rootfs; ``unpacked`` is the id of the image that was unpacked for it."""
    options = {**_of("rootfs", wanted, member), "name": member.name, "state": state, "reset": wanted.reset}
    return {**options, "image": unpacked} if unpacked else options


def container(wanted: Wanted, member: Member, state: str) -> Options:
    """Of ns_container."""
    restart = bool(member.given.get("restart")) or wanted.reset
    if wanted.healthy and state == "started":
        state = "healthy"
    given = {"name": member.name, "state": state, "restart": restart, "healthy_wait_timeout": wanted.healthy_wait}
    return {**_of("container", wanted, member), **given}


def veth(wanted: Wanted, member: Member, number: Optional[int], state: str) -> Optional[Options]:
    """Of veth_pair; None for a member that is to have no link."""
    options = {**_of("veth", wanted, member), "container": member.name, "state": state}
    if has_own_address(member):
        if not options["gateway"]:
            options["gateway"] = [text.partition("/")[0] for text in options["host_address"] or ()] or None
        return options
    if number is None or wanted.network is None:
        return None if state == "present" else options
    return {**options, **_without_none(wanted.network.veth(number))}


def nat(wanted: Wanted, member: Member, number: Optional[int], in_interface: str) -> Optional[Options]:
    """Of nat_rule, for what the fleet's own rules don't do for it; None where there is nothing such."""
    options = {**_of("nat", wanted, member), "name": member.name, "in_interface": in_interface, "state": "present"}
    if has_own_address(member):
        return options if options["masquerade"] or options["published_ports"] else None
    if number is None or wanted.network is None or not options["published_ports"]:
        return None
    direct = options["direct_access"]
    return {
        **options,
        "address": [text.partition("/")[0] for text in wanted.network.addresses(number)],
        "source": wanted.network.texts,
        "out_interface": wanted.network.out_interface,
        "routed_networks": list(wanted.network.routed),
        "masquerade": False,
        "direct_access": False if direct is None else direct,
    }


def nat_absent(wanted: Wanted, name: str) -> Options:
    return {**defaults("nat"), "name": name, "state": "absent", "store": wanted.store.root}


def nat_of_fleet(wanted: Wanted, net: Network) -> Options:
    """The rules that all members on the fleet's network share."""
    return {
        **nat_absent(wanted, owner(wanted)),
        "state": "present",
        "source": net.texts,
        "in_interface": net.bridge,
        "out_interface": net.out_interface,
        "routed_networks": list(net.routed),
    }


def owner(wanted: Wanted) -> str:
    """Whose the rules are that all members share."""
    return FLEET + wanted.fleet


def has_own_address(member: Member) -> bool:
    """Whether its addresses were given by hand."""
    return bool(member.given.get("address"))


def own_addresses(member: Member) -> List[str]:
    return list(member.given.get("address") or ())


def refuse_both(wanted: Wanted, member: Member) -> None:
    """Raise where a member asks for what only one that has an address by hand can have."""
    if has_own_address(member):
        return
    for option in ("host_address", "gateway", "bridge"):
        if member.given.get(option) is not None:
            raise ContainersError(
                f"container {member.name}: {option} is given without an address",
                "Give address too, or leave it to network",
            )
    if member.given.get("published_ports") and wanted.network is None:
        raise ContainersError(
            f"container {member.name} publishes ports and has no address", "Give it an address, or the fleet a network"
        )


def _of(room: str, wanted: Wanted, member: Member) -> Options:
    given: Mapping[str, Any] = member.given
    own = {option: given[name] for option, name in taken(room).items() if given.get(name) is not None}
    return {**defaults(room), **own, "store": wanted.store.root}


def _without_none(options: Options) -> Options:
    return {name: value for name, value in options.items() if value is not None}

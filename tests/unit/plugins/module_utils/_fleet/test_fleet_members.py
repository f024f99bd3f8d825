# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a fleet become members, and members options of rooms."""

from __future__ import annotations

from typing import Any, Dict, Optional

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.run import entry_check
from ansible_collections.daemonless.containers.plugins.module_utils._fleet import options as room_options
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.argspec import ARGUMENT_SPEC, entry
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.members import Member, members
from ansible_collections.daemonless.containers.plugins.module_utils._fleet.spec import Wanted, spec

CHECK = entry_check(entry())
NETWORK = {"subnet": ["100.100.8.0/24"], "bridge": "br0"}


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"fleet": "web", "containers": [], **options}), CHECK)


def test_a_prefix_makes_as_many_as_are_counted() -> None:
    made = members([{"name_prefix": "n", "count": 3, "start": 9, "image": "a"}, {"name": "x"}], {"image": "b"})
    assert [member.name for member in made] == ["n9", "n10", "n11", "x"]
    assert [member.given["image"] for member in made] == ["a", "a", "a", "b"]
    assert "count" not in made[0].given


def test_count_zero_is_nobody() -> None:
    assert members([{"name_prefix": "n", "count": 0}], {}) == ()


@pytest.mark.parametrize(
    ("entries", "defaults", "words"),
    [
        ([{}], {}, r"containers\[0\] needs just one of name and name_prefix"),
        ([{"name": "a", "name_prefix": "b"}], {}, "just one of name and name_prefix"),
        ([{"name": "a", "count": 2}], {}, "has count 2 and one name"),
        ([{"name_prefix": "a", "count": -1}], {}, "count -1"),
        ([{"name_prefix": "a", "count": 10_001}], {}, "count 10001"),
        ([{"name": "../a"}], {}, "is not valid"),
        ([{"name": "a1"}, {"name_prefix": "a"}], {}, "a1 is there twice"),
        ([{"name_prefix": "a", "count": 2, "address": ["x"]}], {}, "address can't be the same for 2"),
        ([], {"address": ["x"], "name": "a"}, "address, name can't be the same for all"),
    ],
)
def test_entries_that_cannot_be_meant(entries: Any, defaults: Any, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        members(entries, defaults)


def test_types_of_an_entry_are_those_of_the_modules() -> None:
    (member,) = wanted(
        containers=[{"name": 7, "init": "yes", "cap_add": "NET_ADMIN", "published_ports": "80:80"}]
    ).members
    assert member == Member("7", {**member.given})
    assert member.given["init"] is True
    assert member.given["capabilities"] == ["NET_ADMIN"]
    assert member.given["published_ports"] == ["80:80"]


@pytest.mark.parametrize("option", ["store", "state", "netns", "source", "nonsense"])
def test_what_is_not_an_entrys_own_is_refused(option: str) -> None:
    with pytest.raises(ContainersError, match=rf"containers\[0\]: .*{option}"):
        wanted(containers=[{"name": "a", option: "x"}])


def test_a_nul_is_refused() -> None:
    with pytest.raises(ContainersError, match="NUL"):
        wanted(containers=[{"name": "a\0"}])


def test_every_option_of_the_five_modules_has_its_place() -> None:
    """One that a module gets later is an entry's too, or is left out on purpose."""
    for room in ("image", "rootfs", "container", "veth", "nat"):
        assert set(room_options.taken(room).values()) <= set(entry())
    assert {"image_src", "rootfs_path", "userns", "restart_policy", "mtu", "direct_access"} <= set(entry())


def _veth(given: Dict[str, Any], number: Optional[int], network: Any = None) -> Optional[Dict[str, Any]]:
    asked = wanted(containers=[{"name": "a", **given}], network=network)
    return room_options.veth(asked, asked.members[0], number, "present")


def test_a_member_on_the_fleets_network_is_linked_to_its_bridge() -> None:
    link = _veth({"mtu": 1400}, 5, NETWORK)
    assert link is not None
    assert (link["address"], link["host_address"], link["gateway"]) == (
        ["100.100.8.5/24"],
        ["100.100.8.1/24"],
        ["100.100.8.1"],
    )
    assert (link["bridge"], link["mtu"], link["interface"]) == ("br0", 1400, "eth0")


def test_a_member_with_an_address_of_its_own_is_linked_by_that() -> None:
    link = _veth({"address": ["100.100.9.2/24"], "host_address": ["100.100.9.1/24"]}, 5, NETWORK)
    assert link is not None
    assert (link["address"], link["bridge"], link["gateway"]) == (["100.100.9.2/24"], None, ["100.100.9.1"])


def test_a_member_without_either_has_no_link() -> None:
    assert _veth({}, None) is None


def test_rules_of_a_member_are_only_what_the_fleets_own_do_not_do() -> None:
    asked = wanted(
        network=NETWORK,
        containers=[
            {"name": "plain"},
            {"name": "port", "published_ports": ["8080:80"]},
            {"name": "own", "address": ["100.100.9.2/24"]},
        ],
    )
    plain, port, own = asked.members
    assert room_options.nat(asked, plain, 2, "br0") is None
    rules = room_options.nat(asked, port, 3, "br0")
    assert rules is not None
    assert (rules["address"], rules["source"], rules["masquerade"]) == (["100.100.8.3"], ["100.100.8.0/24"], False)
    rules = room_options.nat(asked, own, None, "veth-own")
    assert rules is not None
    assert (rules["address"], rules["masquerade"], rules["in_interface"]) == (["100.100.9.2/24"], True, "veth-own")


def test_reset_starts_the_process_anew() -> None:
    asked = wanted(containers=[{"name": "a"}], reset=True)
    assert room_options.container(asked, asked.members[0], "started")["restart"] is True
    assert room_options.rootfs(asked, asked.members[0], "sha256:1", "mounted")["image"] == "sha256:1"

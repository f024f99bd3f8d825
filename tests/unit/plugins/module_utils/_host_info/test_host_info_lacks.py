# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is told of hosts that lack something, each with its remedy."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Dict, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.lacks import lacks, numbers
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.observe import Firewall, Found, Place
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.result import result
from ansible_collections.daemonless.containers.plugins.module_utils._host_info.spec import spec

WANTED = spec({"store": "/store"})
PLACE = Place("/store", "ext4", 2**40)
NFT = Firewall((), "nft", (), ("inet filter",))
FINE = Found(
    kernel="6.1.0-18-amd64",
    machine="x86_64",
    python="3.11.2",
    interpreter="/usr/bin/python3",
    user=0,
    place=PLACE,
    overlay=True,
    user_namespaces=1000,
    cgroup="v2",
    controllers=frozenset({"cpu", "io", "memory", "pids"}),
    systemd=True,
    firewall=NFT,
    libraries={"pyroute2": "0.7.2", "nftables": "", "iptc": None},
)


def test_a_host_that_has_it_all() -> None:
    told = result(WANTED, FINE)
    assert (told["able"], told["lacks"]) == (True, [])
    assert told["host"]["libraries"]["nftables"] == {"present": True, "version": None}
    assert told["host"]["cgroup"] == {"version": "v2", "controllers": ["cpu", "io", "memory", "pids"]}
    assert told["host"]["store"]["lies_on"] == "/store"


@pytest.mark.parametrize(
    ("changes", "what", "remedy", "required"),
    [
        ({"kernel": "5.10.0-28-amd64"}, "Linux 5.10.0-28-amd64 is older than 5.19", "newer kernel", True),
        ({"overlay": False}, "no overlayfs", "kernel's modules", True),
        ({"user_namespaces": 0}, "no user namespaces", "user.max_user_namespaces", True),
        ({"user_namespaces": None}, "no user namespaces", "userns: none", True),
        ({"python": "3.8.10"}, "Python 3.8.10 is older", "ansible_python_interpreter", True),
        ({"user": 1000}, "user id 1000", "become: true", True),
        ({"place": replace(PLACE, refusal=ContainersError("no"))}, r"\(ext4\) can't be mapped: no", "ext4, xfs", True),
        ({"place": replace(PLACE, free=5 * 2**20)}, "/store has 5 MiB left", "Make room", False),
        ({"cgroup": "hybrid", "controllers": frozenset()}, "mixed .hybrid", "unified_cgroup_hierarchy=1", False),
        ({"cgroup": "v1", "controllers": frozenset()}, "version 1 or mixed", "unified_cgroup_hierarchy=1", False),
        ({"controllers": frozenset({"cpu", "pids"})}, "controller for memory$", "cgroup_enable=memory", False),
        ({"systemd": False}, "systemd doesn't run", "Leave out restart_policy", False),
        ({"libraries": {**FINE.libraries, "pyroute2": None}}, "pyroute2 is missing", "python3-pyroute2; role", False),
        ({"libraries": {**FINE.libraries, "pyroute2": "0.6.9"}}, "pyroute2 0.6.9 is older", "newer one", False),
        ({"libraries": {**FINE.libraries, "nftables": None}}, "nftables is missing", "python3-nftables", False),
        (
            {"firewall": Firewall((), "legacy", ("nat (IPv4)",), ())},
            "iptc is missing",
            "host_nat_backend: iptables",
            False,
        ),
        ({"firewall": replace(NFT, nft_tables=None, trouble="no netlink")}, "no netlink", "nf_tables", False),
    ],
)
def test_a_lack(changes: Dict[str, Any], what: str, remedy: str, required: bool) -> None:
    (lack,) = lacks(replace(FINE, **changes))
    assert lack.required is required
    assert result(WANTED, replace(FINE, **changes))["able"] is not required
    assert re.search(what, lack.what)
    assert re.search(remedy, lack.remedy)


def test_without_rights_nothing_can_be_tried() -> None:
    found = replace(FINE, user=1000, place=replace(PLACE, refusal=ContainersError("Operation not permitted")))
    assert [lack.what for lack in lacks(found)] == ["the task runs as user id 1000"]


def test_both_kinds_of_rules() -> None:
    firewall = Firewall((), "nft", ("nat (IPv4)",), ("ip nat",))
    found = replace(FINE, firewall=firewall, libraries={**FINE.libraries, "iptc": "1.0.1"})
    (lack,) = lacks(found)
    assert lack.what.startswith("both legacy iptables and nftables have tables")
    assert result(WANTED, found)["host"]["firewall"]["mixed"] is True


def test_only_legacy_rules_need_no_nftables() -> None:
    firewall = Firewall((), "legacy", ("nat (IPv4)",), ())
    found = replace(FINE, firewall=firewall, libraries={"pyroute2": "0.9", "nftables": None, "iptc": "1.0.1"})
    assert lacks(found) == ()


def test_required_ones_come_first() -> None:
    found = replace(FINE, systemd=False, overlay=False)
    assert [lack.required for lack in lacks(found)] == [True, False]


@pytest.mark.parametrize(
    ("version", "parts"), [("6.1.0-18-amd64", (6, 1, 0, 18, 64)), ("0.7.2", (0, 7, 2)), ("5.19", (5, 19)), ("", ())]
)
def test_numbers(version: str, parts: Tuple[int, ...]) -> None:
    assert numbers(version) == parts

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks that containers talk with under their own addresses, while everybody else meets NAT. Both back ends."""

from __future__ import annotations

from typing import Any

import pytest

BOTH = pytest.mark.parametrize("backend", ["nftables", "iptables"])
ROUTED = ["198.51.100.0/24"]


@BOTH
def test_not_translated_there_and_let_in_from_there(lab: Any, backend: str) -> None:
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1", "src", "198.51.100.9")
    with lab.serving("net", 80), lab.serving("web", 81):
        lab.web(backend=backend)
        assert lab.ask("web", "198.51.100.9", 80) == "203.0.113.1"
        assert lab.silent("net", "100.100.1.2", 81)
        changed = lab.web(backend=backend, routed_networks=ROUTED)
        assert changed["changed"]
        assert lab.ask("web", "198.51.100.9", 80) == "100.100.1.2"
        assert lab.ask("web", "203.0.113.9", 80) == "203.0.113.1"
        assert lab.ask("net", "100.100.1.2", 81) == "198.51.100.9"
    assert lab.web(backend=backend, routed_networks=ROUTED)["ops"] == []


@BOTH
def test_others_are_kept_out_and_the_rules_go(lab: Any, backend: str) -> None:
    before = lab.state()[:3]
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1")
    with lab.serving("web", 81):
        lab.web(backend=backend, routed_networks=ROUTED)
        assert lab.silent("net", "100.100.1.2", 81)
    lab.web(backend=backend, state="absent")
    assert lab.state()[:3] == before


def test_a_chain_that_drops_gets_the_accepts_too_and_nothing_of_nat(lab: Any, shell: Any) -> None:
    shell("nft", "add table inet firewall")
    shell("nft", "add chain inet firewall forward { type filter hook forward priority 10; policy drop; }")
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1", "src", "198.51.100.9")
    with lab.serving("web", 81):
        lab.web(routed_networks=ROUTED)
        assert lab.ask("net", "100.100.1.2", 81) == "198.51.100.9"
    assert shell("nft", "list chain inet firewall forward").count("198.51.100.0/24") == 2

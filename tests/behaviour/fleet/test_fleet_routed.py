# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet whose containers talk with other networks under their own addresses: all rules of it say so."""

from __future__ import annotations

import re

from fleet_runs import alike, fleet, rules

OTHERS = "100.100.16.0/20"


def test_every_owner_of_rules_lets_the_network_pass_and_changes_live(tree: str) -> None:
    entries = [{"name": "web1", "published_ports": ["8081:80"]}, {"name": "web2"}]
    network = {"subnet": ["100.100.8.0/24"], "out_interface": "uplink"}
    plain = alike(tree, containers=entries, network=network)
    routed = {**plain, "network": {**network, "routed_networks": [OTHERS]}}
    pids = [one["pid"] for one in fleet(**plain)["containers"]]
    assert OTHERS not in rules()
    changed = fleet(**routed)
    assert changed["changed"]
    assert [one["pid"] for one in changed["containers"]] == pids
    for owner in ("web1", "fleet:web"):
        let_in = rf'ip saddr {OTHERS} ip daddr 100.100.8.0/24 accept comment "daemonless:{owner}"'
        assert re.search(let_in, rules())
    assert re.search(rf'ip saddr 100.100.8.0/24 ip daddr {OTHERS} accept comment "daemonless:fleet:web"', rules())
    assert not fleet(**routed)["changed"]
    fleet(**plain)
    assert OTHERS not in rules()

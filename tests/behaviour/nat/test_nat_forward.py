# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts whose FORWARD drops: by each kind of iptables, by Docker's chains, by nftables of others."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.iptables_nft import IptablesNft

PORTS = {"address": ["100.100.1.2", "2001:db8:1::2"], "source": ["100.100.1.0/24", "2001:db8:1::/64"]}
FIREWALLED = """
table inet firewalld {
  chain filter_FORWARD {
    type filter hook forward priority 10; policy accept;
    ct state established,related accept
    ip daddr 10.0.0.0/8 accept
    reject with icmpx admin-prohibited
  }
}
"""
DROPPING = "table ip admin { chain f { type filter hook forward priority 0; policy drop; }; }"


def places(result: Dict[str, Any]) -> List[str]:
    return list(dict.fromkeys(rule["place"] for rule in result["nat"]["rules"]))


def passes(lab: Any, **options: Any) -> Dict[str, Any]:
    """Packets pass out and in, a second run has nothing to do, and direct packets still don't pass."""
    lab.ip("net", "route", "add", "100.100.1.0/24", "via", "203.0.113.1")
    with lab.serving("net", 80), lab.serving("web", 80):
        assert lab.silent("web", "198.51.100.9", 80)
        result = lab.web(published_ports=["8080:80"], **{**PORTS, **options})
        assert lab.ask("web", "198.51.100.9", 80) == "203.0.113.1"
        assert lab.ask("net", "203.0.113.1", 8080) == "203.0.113.9"
        assert lab.ask("web", "203.0.113.1", 8080) == "100.100.1.1"
        assert lab.ask("db", "203.0.113.1", 8080) == "100.100.2.2"
        assert lab.silent("net", "100.100.1.2", 80)
    again = lab.web(published_ports=["8080:80"], **{**PORTS, **options})
    assert (again["ops"], again["nat"]) == ([], result["nat"])
    return dict(result)


@pytest.mark.parametrize("drop", [["-P", "FORWARD", "DROP"], ["-A", "FORWARD", "-j", "REJECT"]])
@pytest.mark.parametrize("backend", ["auto", "iptables"])
def test_iptables_nft_drops(lab: Any, shell: Any, drop: Any, backend: str) -> None:
    """An accept in our own table isn't final; python-iptables can't see this one."""
    for stem in ("iptables-nft", "ip6tables-nft"):
        shell(stem, *drop)
    state = lab.state()
    result = passes(lab, backend=backend)
    assert places(result)[-2:] == ["iptables-nft", "ip6tables-nft"]
    assert shell("iptables-nft", "-S", "FORWARD").splitlines()[1].startswith("-A FORWARD -s 100.100.1.0/24 -i veth-web")
    lab.web(state="absent")
    assert lab.state()[:3] == state[:3]


@pytest.mark.parametrize("backend", ["nftables", "iptables"])
def test_iptables_legacy_drops(lab: Any, shell: Any, backend: str) -> None:
    for stem in ("iptables-legacy", "ip6tables-legacy"):
        shell(stem, "-P", "FORWARD", "DROP")
    state = lab.state()
    result = passes(lab, backend=backend)
    assert ("nftables table inet daemonless" in places(result)) == (backend == "nftables")
    assert "iptables-legacy" in places(result)
    lab.web(state="absent")
    assert lab.state()[:3] == state[:3]


@pytest.mark.parametrize("kind", ["nft", "legacy"])
def test_docker_user_chain(lab: Any, shell: Any, kind: str) -> None:
    """Docker's documented hook is used where it is; FORWARD itself stays Docker's."""
    tool = f"iptables-{kind}"
    shell(tool, "-N", "DOCKER-USER")
    shell(tool, "-A", "DOCKER-USER", "-j", "RETURN")
    shell(tool, "-A", "FORWARD", "-j", "DOCKER-USER")
    shell(tool, "-P", "FORWARD", "DROP")
    forward = shell(tool, "-S", "FORWARD")
    backend = "nftables" if kind == "nft" else "iptables"
    passes(lab, backend=backend, source=["100.100.1.0/24"], address=["100.100.1.2"])
    assert shell(tool, "-S", "FORWARD") == forward
    assert "daemonless:web" in shell(tool, "-S", "DOCKER-USER").splitlines()[1]
    assert shell(tool, "-S", "DOCKER-USER").splitlines()[-1] == "-A DOCKER-USER -j RETURN"
    lab.web(state="absent")
    assert shell(tool, "-S", "DOCKER-USER").splitlines() == ["-N DOCKER-USER", "-A DOCKER-USER -j RETURN"]


def test_rules_move_to_docker_user_when_docker_comes(lab: Any, shell: Any) -> None:
    shell("iptables-nft", "-P", "FORWARD", "DROP")
    lab.web()
    shell("iptables-nft", "-N", "DOCKER-USER")
    shell("iptables-nft", "-I", "FORWARD", "1", "-j", "DOCKER-USER")
    assert lab.web()["changed"]
    assert shell("iptables-nft", "-S", "FORWARD").splitlines() == ["-P FORWARD DROP", "-A FORWARD -j DOCKER-USER"]
    assert lab.web()["ops"] == []


@pytest.mark.parametrize("kind", ["nft", "legacy"])
def test_rules_leave_docker_user_when_nothing_comes_through_it(lab: Any, shell: Any, kind: str) -> None:
    """``iptables -F`` empties all chains: Docker's is left there, and nobody jumps to it."""
    tool = f"iptables-{kind}"
    options = {"backend": "nftables" if kind == "nft" else "iptables", "address": ["100.100.1.2"]}
    shell(tool, "-P", "FORWARD", "DROP")
    shell(tool, "-N", "DOCKER-USER")
    shell(tool, "-I", "FORWARD", "1", "-j", "DOCKER-USER")
    lab.web(source=["100.100.1.0/24"], **options)
    shell(tool, "-D", "FORWARD", "1")
    assert lab.web(source=["100.100.1.0/24"], **options)["changed"]
    assert shell(tool, "-S", "DOCKER-USER").splitlines() == ["-N DOCKER-USER"]
    shell(tool, "-F")
    passes(lab, **{**options, "source": ["100.100.1.0/24"]})
    assert shell(tool, "-S", "DOCKER-USER").splitlines() == ["-N DOCKER-USER"]


@pytest.mark.parametrize("ruleset", [FIREWALLED, DROPPING])
def test_nftables_of_others_drop(lab: Any, shell: Any, ruleset: str) -> None:
    shell("nft", "-f", "-", text=ruleset)
    state = lab.state()
    result = passes(lab, source=["100.100.1.0/24"], address=["100.100.1.2"])
    assert len(places(result)) == 2
    assert places(result)[1].startswith("nftables chain")
    lab.web(state="absent")
    assert lab.state()[0] == state[0]


def test_table_that_belongs_to_a_process_is_warned_of(lab: Any) -> None:
    """Nobody else can put an accept into it."""
    import nftables

    owner = nftables.Nftables()
    chain = "chain f { type filter hook forward priority 0; policy drop; }"
    status, _output, error = owner.cmd(f"add table ip own {{ flags owner; {chain}; }}")
    assert status == 0, error
    made = lab.web()
    assert "nftables chain ip own f may drop the container's packets" in made["warnings"][0]
    assert places(made) == ["nftables table inet daemonless"]


def test_missing_packages(lab: Any, shell: Any, monkeypatch: Any) -> None:
    from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
    from ansible_collections.daemonless.containers.plugins.module_utils._sys.nft import Nft
    from ansible_collections.daemonless.containers.plugins.module_utils._sys.xtables import Xtables

    for part in (Nft, Xtables):
        monkeypatch.setattr(part, "installed", lambda _self: False)
    shell("iptables-legacy", "-P", "FORWARD", "DROP")
    assert "can't be looked into without python3-iptables" in lab.web()["warnings"][0]
    monkeypatch.setitem(sys.modules, "nftables", None)
    monkeypatch.setitem(sys.modules, "iptc", None)
    for backend, package in (("nftables", "python3-nftables"), ("iptables", "python3-iptables")):
        with pytest.raises(ContainersError) as caught:
            lab.web(backend=backend)
        assert package in str(caught.value)


def test_firewall_reloads(lab: Any, shell: Any) -> None:
    """A reload makes the firewall's table anew, without the accepts; they come back, and only they."""
    shell("nft", "-f", "-", text=FIREWALLED)
    lab.web()
    shell("nft", "-f", "-", text=f"delete table inet firewalld\n{FIREWALLED}")
    again = lab.web()["ops"]
    assert len(again) == 1
    assert again[0].startswith("nftables chain inet firewalld filter_FORWARD, rules of web: add ")
    shell("nft", "delete", "table", "inet", "firewalld")
    assert lab.web()["ops"] == []


def test_chain_that_stops_dropping_gets_its_accepts_taken_back(lab: Any, shell: Any) -> None:
    shell("iptables-nft", "-P", "FORWARD", "DROP")
    lab.web()
    shell("iptables-nft", "-P", "FORWARD", "ACCEPT")
    lab.web()
    assert "daemonless" not in shell("iptables-nft", "-S")


def test_same_bridge_is_not_blocked(lab: Any, shell: Any) -> None:
    """Where bridged packets pass FORWARD (br_netfilter), a policy of DROP would cut neighbours off."""
    shell("iptables-nft", "-P", "FORWARD", "DROP")
    rules = lab.web(in_interface="veth-web")["nat"]["rules"]
    among = [rule for rule in rules if rule.get("in_interface") == rule.get("out_interface") == "veth-web"]
    assert {(rule["place"], rule["action"]) for rule in among} == {
        ("nftables table inet daemonless", "accept"),
        ("iptables-nft", "accept"),
    }


@pytest.mark.parametrize(
    ("kind", "legacy_rules", "nft_rules", "expected"),
    [
        ("nft", False, False, "nftables"),
        ("nft", True, False, "nftables"),
        ("legacy", False, False, "iptables"),
        ("legacy", True, True, "iptables"),
        ("legacy", False, True, "nftables"),
        ("", False, False, "nftables"),
    ],
)
def test_auto_finds_out(
    lab: Any, shell: Any, monkeypatch: Any, kind: str, legacy_rules: bool, nft_rules: bool, expected: str
) -> None:
    monkeypatch.setattr(IptablesNft, "kind", lambda _self: kind)
    if legacy_rules:
        shell("iptables-legacy", "-A", "INPUT", "-s", "192.168.7.7", "-j", "DROP")
    if nft_rules:
        shell("nft", "add", "table", "ip", "mine")
    assert lab.web()["nat"]["backend"] == expected
    assert lab.web()["ops"] == []


@pytest.mark.parametrize("first", ["nftables", "iptables"])
def test_a_rule_is_never_in_both_back_ends(lab: Any, shell: Any, monkeypatch: Any, first: str) -> None:
    """What ``auto`` means changes with what others use: what is there moves, none stays behind and none comes twice."""
    monkeypatch.setattr(IptablesNft, "kind", lambda _self: "legacy")
    others = {
        "nftables": ("nft", "add", "table", "ip", "mine"),
        "iptables": ("iptables-legacy", "-A", "INPUT", "-s", "198.51.100.7", "-j", "DROP"),
    }
    for back_end, command in others.items():
        lab.web(backend=first, published_ports=["8080:80"])
        shell(*command)
        made = lab.web(published_ports=["8080:80"])["nat"]
        in_nftables, in_legacy = (text.count("daemonless:web") for text in lab.state()[:2])
        assert made["backend"] == back_end
        assert (in_nftables, in_legacy) == (
            (len(made["rules"]), 0) if back_end == "nftables" else (0, len(made["rules"]))
        )
        assert lab.web(published_ports=["8080:80"])["ops"] == []


def test_kind_of_iptables_is_what_the_command_says(shell: Any) -> None:
    expected = "nft" if "nf_tables" in shell("iptables", "-V") else "legacy"
    assert IptablesNft().kind() == expected


def test_iptables_failing_is_an_error(lab: Any, shell: Any, monkeypatch: Any) -> None:
    """Never "absent": a run that can't look says so, and changes nothing."""
    from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

    shell("iptables-nft", "-P", "FORWARD", "DROP")
    lab.web()
    state = lab.state()
    monkeypatch.setattr(IptablesNft, "_command", lambda *_arguments: "/bin/false")
    for wanted in ("present", "absent"):
        with pytest.raises(ContainersError, match="run /bin/false -t filter: exit status 1"):
            lab.web(state=wanted)
    assert lab.state() == state


def test_lock_of_iptables_is_waited_for(lab: Any, shell: Any, monkeypatch: Any) -> None:
    import fcntl

    from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
    from ansible_collections.daemonless.containers.plugins.module_utils._sys import xtables

    monkeypatch.setattr(xtables, "LOCK_SECONDS", 0.05)
    shell("iptables-legacy", "-P", "FORWARD", "DROP")
    holder = os.open(xtables.LOCK, os.O_RDONLY | os.O_CREAT, 0o600)
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        with pytest.raises(ContainersError, match="another program holds"):
            lab.web(backend="iptables")
    finally:
        os.close(holder)
    assert lab.web(backend="iptables")["changed"]

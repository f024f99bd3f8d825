# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules as state: run twice, predicted, drifted and repaired, shared with others, removed."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

BOTH = pytest.mark.parametrize("backend", ["nftables", "iptables"])
FULL = {
    "source": ["100.100.1.0/24", "2001:db8:1::/64"],
    "address": ["100.100.1.2", "2001:db8:1::2"],
    "published_ports": [
        "8080:80",
        "127.0.0.1:9000-9002:9100-9102",
        "203.0.113.1:53:53/udp",
        "7000-7009:7000-7009/sctp",
    ],
}
DROP_IN = "/etc/sysctl.d/99-zz-daemonless.conf"
DB = {"name": "db", "source": ["100.100.2.0/24"], "address": ["100.100.2.2"], "in_interface": "veth-db"}


@BOTH
def test_second_run_changes_nothing(lab: Any, backend: str) -> None:
    first = lab.web(backend=backend, **FULL)
    state = lab.state()
    second = lab.web(backend=backend, **FULL)
    assert first["changed"]
    assert first["nat"]["backend"] == backend
    assert (second["changed"], second["ops"]) == (False, [])
    assert second["diff"]["before"] == second["diff"]["after"]
    assert second["nat"] == first["nat"]
    assert lab.state() == state


@BOTH
def test_check_mode_changes_nothing_and_predicts_all(lab: Any, backend: str) -> None:
    predicted = lab.web(check_mode=True, backend=backend, **FULL)
    with open("/proc/net/ip_tables_names", encoding="ascii") as file:
        assert file.read() == ""  # looking into a table that isn't there would have made it
    state = lab.state()
    lab.web(check_mode=True, backend=backend, **FULL)
    assert lab.state() == state
    done = lab.web(backend=backend, **FULL)
    for key in ("changed", "ops", "diff", "nat"):
        assert predicted[key] == done[key]
    state = lab.state()
    predicted = lab.web(check_mode=True, backend=backend, state="absent")
    assert lab.state() == state
    assert predicted["ops"] == lab.web(backend=backend, state="absent")["ops"] != []


def test_check_mode_on_a_bare_host_names_what_is_missing(lab: Any) -> None:
    predicted = lab.web(check_mode=True, in_interface="veth-later", published_ports=["80:80"])
    assert predicted["changed"]
    assert "interface veth-later does not exist" in predicted["warnings"][0]
    with pytest.raises(ContainersError, match="interface veth-later does not exist"):
        lab.web(in_interface="veth-later")


def test_in_interface_by_the_route_to_the_container(lab: Any) -> None:
    made = lab.web(in_interface=None, published_ports=["8080:80"])
    assert made["nat"] == lab.web(published_ports=["8080:80"])["nat"]
    with lab.serving("web", 80):
        assert lab.ask("host", "127.0.0.1", 8080) == "100.100.1.1"
    with pytest.raises(ContainersError, match="no route leads to the container's address"):
        lab.run(name="x", source=["100.100.9.0/24"], address=["100.100.9.2"], published_ports=["8081:80"])


def test_without_interfaces_rules_go_by_address(lab: Any) -> None:
    rules = lab.web(in_interface=None)["nat"]["rules"]
    assert "veth-web" not in str(rules)
    with lab.serving("net", 80):
        assert lab.ask("web", "198.51.100.9", 80) == "203.0.113.1"


def test_no_default_route(lab: Any) -> None:
    lab.ip("host", "route", "del", "default")
    lab.ip("host", "-6", "route", "del", "default")
    with pytest.raises(ContainersError, match="no default route and out_interface is not given"):
        lab.web()
    assert lab.web(out_interface="eth0")["changed"]


@BOTH
def test_absent_leaves_nothing_but_forwarding(lab: Any, backend: str) -> None:
    lab.web(backend=backend, **FULL)
    lab.web(backend=backend, state="absent")
    dump = "\n".join(lab.state())
    assert "daemonless" not in dump
    assert "route_localnet = 1" not in dump
    assert lab.state()[3].strip() == "1"
    assert lab.web(backend=backend, state="absent")["ops"] == []


def test_absent_knows_neither_container_nor_link(lab: Any) -> None:
    """A network namespace that vanished doesn't stop the rules from being removed."""
    lab.web(**FULL)
    lab.ip("host", "link", "del", "veth-web")
    lab.run(name="web", state="absent")
    assert "daemonless" not in "\n".join(lab.state())


def test_forwarding_is_on_and_stays_on_over_a_reboot(lab: Any) -> None:
    lab.web(source=FULL["source"])
    with open(DROP_IN, encoding="ascii") as file:
        lines = file.read().splitlines()[1:]
    assert "net/ipv4/ip_forward = 1" in lines
    assert "net/ipv6/conf/all/forwarding = 1" in lines
    assert "net/ipv6/conf/eth0/accept_ra = 2" in lines
    assert os.stat(DROP_IN).st_mode & 0o777 == 0o644
    sysctl = Host().sysctl
    assert [sysctl.read("net/ipv4/ip_forward"), sysctl.read("net/ipv6/conf/eth0/accept_ra")] == ["1", "2"]


def test_accept_ra_stays_off_where_it_is_off(lab: Any) -> None:
    lab.set("host", "net/ipv6/conf/eth0/accept_ra", "0")
    lab.web(source=FULL["source"])
    assert Host().sysctl.read("net/ipv6/conf/eth0/accept_ra") == "0"


def test_forwarding_drifted(lab: Any) -> None:
    lab.web()
    lab.set("host", "net/ipv4/ip_forward", "0")
    os.unlink(DROP_IN)
    assert lab.web()["ops"] == ["set net/ipv4/ip_forward to 1", f"write {DROP_IN}"]


@pytest.mark.parametrize("flush", [["nft", "flush", "ruleset"], ["nft", "flush", "table", "inet", "daemonless"]])
def test_nftables_flushed(lab: Any, flush: Any, shell: Any) -> None:
    """What a reload of a firewall does. Put back once, nothing twice."""
    first = lab.web(**FULL)
    state = lab.state()
    shell(*flush)
    again = lab.web(**FULL)
    assert len([op for op in again["ops"] if op.startswith("nftables")]) == 1
    assert again["nat"] == first["nat"]
    assert lab.state() == state


def test_iptables_flushed(lab: Any, shell: Any) -> None:
    lab.web(backend="iptables", **FULL)
    state = lab.state()
    shell("iptables-legacy", "-F", "FORWARD")
    again = lab.web(backend="iptables", **FULL)
    assert again["ops"] == ["iptables-legacy, rules of web: add 6 rules"]
    assert lab.state() == state


def test_one_rule_lost_is_put_back_in_its_place(lab: Any, shell: Any) -> None:
    """An accept that came after the drop would be in vain."""
    lab.web(backend="iptables")
    state = lab.state()
    rule = shell("iptables-legacy", "-S", "FORWARD").splitlines()[1]
    shell("iptables-legacy", "-D", *rule.replace('"', "").split()[1:])
    again = lab.web(backend="iptables")
    assert again["ops"] == [
        "iptables-legacy, rules of web: add forward: accept from 100.100.1.0/24 in veth-web out eth0"
    ]
    assert lab.state() == state


def test_edited_rule_is_replaced(lab: Any, shell: Any) -> None:
    lab.web()
    state = lab.state()
    listed = shell("nft", "-a", "list", "chain", "inet", "daemonless", "postrouting")
    handle = next(line.split()[-1] for line in listed.splitlines() if "masquerade" in line)
    edited = 'ip saddr 10.0.0.0/8 counter masquerade comment "daemonless:web"'
    shell("nft", "replace", "rule", "inet", "daemonless", "postrouting", "handle", handle, *edited.split(" ", 20))
    assert lab.web()["ops"] == [
        (
            "nftables table inet daemonless, rules of web: remove postrouting: masquerade from 10.0.0.0/8; "
            "add postrouting: masquerade from 100.100.1.0/24 to !100.100.1.0/24 out eth0"
        )
    ]
    assert lab.state() == state


@BOTH
def test_options_changed(lab: Any, backend: str) -> None:
    lab.web(backend=backend, published_ports=["8080:80"])
    changed = lab.web(backend=backend, published_ports=["8081:80"])
    stem = "nftables table inet daemonless" if backend == "nftables" else "iptables-legacy"
    assert changed["ops"] == [
        (
            f"{stem}, rules of web: remove prerouting: dnat tcp/8080 -> 100.100.1.2:80; "
            "remove output: dnat tcp/8080 -> 100.100.1.2:80; add prerouting: dnat tcp/8081 -> 100.100.1.2:80; "
            "add output: dnat tcp/8081 -> 100.100.1.2:80"
        )
    ]


@BOTH
def test_owners_are_spared(lab: Any, backend: str) -> None:
    lab.run(backend=backend, published_ports=["81:80"], **DB)
    state = lab.state()
    lab.web(backend=backend, published_ports=["80:80"])
    lab.web(backend=backend, state="absent")
    assert lab.state() == state
    assert os.path.exists(DROP_IN)
    with lab.serving("web", 80), lab.serving("db", 80):
        lab.web(backend=backend, published_ports=["80:80"])
        assert lab.ask("net", "203.0.113.1", 80) == lab.ask("net", "203.0.113.1", 81) == "203.0.113.9"


def test_route_localnet_stays_while_another_owner_needs_it(lab: Any) -> None:
    """Two containers on one bridge; a name that begins like another's is another's."""
    lab.web(published_ports=["80:80"])
    lab.web(name="web2", published_ports=["81:80"])
    lab.web(state="absent")
    assert Host().sysctl.read("net/ipv4/conf/veth-web/route_localnet") == "1"
    lab.run(name="web2", state="absent")
    assert Host().sysctl.read("net/ipv4/conf/veth-web/route_localnet") == "0"


@BOTH
def test_rules_of_others_are_untouched(lab: Any, backend: str, shell: Any) -> None:
    shell("nft", "add table ip mine; add chain ip mine c { type nat hook postrouting priority 0; }")
    shell("nft", 'add rule ip mine c ip saddr 10.9.0.0/16 masquerade comment "not daemonless:web"')
    for stem in ("iptables-legacy", "ip6tables-legacy"):
        shell(stem, "-t", "nat", "-A", "POSTROUTING", "-m", "mark", "--mark", "7", "-j", "MASQUERADE")
        shell(stem, "-A", "FORWARD", "-m", "comment", "--comment", "mine", "-m", "limit", "-j", "ACCEPT")
        shell(stem, "-t", "raw", "-S")
    lab.set("host", "net/ipv4/ip_forward", "1")
    before = lab.state()
    lab.web(backend=backend, source=["100.100.1.0/24"], published_ports=["80:80"])
    during = lab.state()
    for index in (0, 1, 2):
        assert set(before[index].splitlines()) <= set(during[index].splitlines())
    lab.web(backend=backend, state="absent")
    assert lab.state() == before


def test_table_of_somebody_else_is_an_error(lab: Any, shell: Any) -> None:
    shell(
        "nft", "add table inet daemonless; add chain inet daemonless forward { type filter hook forward priority 0; }"
    )
    state = lab.state()
    for wanted in ("present", "absent"):
        with pytest.raises(ContainersError, match="table inet daemonless is not ours"):
            lab.web(state=wanted)
    assert lab.state() == state


def test_things_of_others_in_our_table_stay(lab: Any, shell: Any) -> None:
    lab.web()
    shell("nft", "add", "set", "inet", "daemonless", "mine", "{ type ipv4_addr; }")
    lab.web(state="absent")
    assert "set mine" in lab.state()[0]
    assert "comment" not in lab.state()[0]


def test_switching_the_back_end_moves_the_rules(lab: Any) -> None:
    lab.web(backend="iptables", **FULL)
    moved = lab.web(backend="nftables", **FULL)
    assert moved["nat"]["backend"] == "nftables"
    assert {rule["place"] for rule in moved["nat"]["rules"]} == {"nftables table inet daemonless"}
    assert "daemonless" not in lab.state()[1] + lab.state()[2]
    back = lab.web(backend="iptables", **FULL)
    assert {rule["place"] for rule in back["nat"]["rules"]} == {"iptables-legacy", "ip6tables-legacy"}
    assert "daemonless" not in lab.state()[0]


def test_failure_takes_everything_back(lab: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last op fails: settings, file and rules are as before."""
    from ansible_collections.daemonless.containers.plugins.module_utils._sys.conntrack import Conntrack

    def fail(*_arguments: Any) -> Any:
        raise OSError(1, "no", "conntrack")

    state = lab.state()
    monkeypatch.setattr(Conntrack, "udp_flows", fail)
    for backend in ("nftables", "iptables"):
        with pytest.raises(ContainersError, match="forget tracked IPv4 flows"):
            lab.web(backend=backend, **FULL)
        assert lab.state()[3:] == state[3:]
        assert "daemonless" not in "\n".join(lab.state())

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each op against a recording double of the host: what it asks the kernel for, and how it takes it back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, List, Sequence, Tuple, cast

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._nat.nft_table import MARK
from ansible_collections.daemonless.containers.plugins.module_utils._nat.ops import (
    DropFlows,
    ReplaceRules,
    SetSetting,
    WriteDropIn,
)
from ansible_collections.daemonless.containers.plugins.module_utils._nat.rule import (
    FOREIGN_CHAIN,
    IPTABLES,
    IPTABLES_NFT,
    NFTABLES,
    Place,
    Rule,
    unreadable,
)
from ansible_collections.daemonless.containers.plugins.module_utils._sys.conntrack import Flow
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

RULE = Rule("forward", 4, "accept", in_interface="veth-web", source="100.100.1.0/24")
OTHERS = {"rule": {"chain": "forward", "handle": 3, "comment": "daemonless:db", "expr": []}}
MINE = {"rule": {"chain": "forward", "handle": 4, "comment": "daemonless:web", "expr": []}}
TABLE = {"table": {"family": "inet", "name": "daemonless"}}
SAVED = """*filter
:FORWARD DROP [1:2]
-A FORWARD -s 100.100.1.0/24 -m comment --comment "daemonless:web" -j ACCEPT
-A FORWARD -s 100.100.2.0/24 -m comment --comment "daemonless:web2" -j ACCEPT
COMMIT
"""


class Nft:
    """A kernel whose tables are given; changes are recorded."""

    def __init__(self, *objects: Dict[str, Any]) -> None:
        self.objects: List[Dict[str, Any]] = list(objects)
        self.changes: List[Any] = []

    def list(self, what: str, **_names: str) -> List[Dict[str, Any]]:
        kind = {"tables": "table", "chains": "chain"}.get(what)
        return [item for item in self.objects if kind is None or kind in item]

    def change(self, commands: Sequence[Dict[str, Any]]) -> None:
        self.changes.append(commands)


class Recorder:
    """Any part of a host: calls are recorded, answers are given beforehand."""

    def __init__(self, **answers: Any) -> None:
        self.calls: List[Tuple[Any, ...]] = []
        self._answers = answers

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            self.calls.append((name, *arguments))
            answer = self._answers.get(name)
            if isinstance(answer, list):
                answer = answer.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def host(**parts: Any) -> Host:
    return cast(Host, SimpleNamespace(**parts))


def replacing(kind: str, after: Tuple[Rule, ...], path: str = "") -> ReplaceRules:
    return ReplaceRules("web", Place(kind, 4, path), (), after)


def test_own_table_is_made_and_filled_in_one_transaction() -> None:
    nft = Nft()
    replacing(NFTABLES, (RULE,)).apply(host(nft=nft))
    ((table, mark, *_chains, rule),) = nft.changes
    assert table["add"]["table"]["name"] == "daemonless"
    assert mark["add"]["chain"]["name"] == MARK
    assert rule["add"]["rule"]["comment"] == "daemonless:web"


def test_own_rules_are_replaced_and_others_left() -> None:
    nft = Nft(TABLE, {"chain": {"name": MARK}}, OTHERS, MINE)
    replacing(NFTABLES, (RULE,)).undo(host(nft=nft))
    (commands,) = nft.changes
    deleted = [command["delete"]["rule"]["handle"] for command in commands if "delete" in command]
    assert deleted == [4]
    assert not [command for command in commands if "rule" in command.get("add", {})]


def test_the_table_goes_with_its_last_owner() -> None:
    nft = Nft(TABLE, {"chain": {"name": MARK}}, MINE)
    replacing(NFTABLES, ()).apply(host(nft=nft))
    assert nft.changes == [[{"delete": {"table": TABLE["table"]}}]]


def test_nothing_is_removed_from_nothing() -> None:
    nft = Nft()
    replacing(NFTABLES, ()).apply(host(nft=nft))
    replacing(FOREIGN_CHAIN, (), "ip admin forward").apply(host(nft=nft))
    assert nft.changes == []


def test_a_rule_that_cannot_be_written_stops_before_the_change() -> None:
    nft, odd = Nft(), unreadable("forward", 4, "limit")
    with pytest.raises(ContainersError, match="can't be put back"):
        replacing(NFTABLES, (odd,)).apply(host(nft=nft))
    assert nft.changes == []


def test_foreign_chain_gets_the_accepts_at_its_head_in_order() -> None:
    second = Rule("forward", 4, "accept", out_interface="veth-web", destination="100.100.1.0/24")
    nft = Nft({"chain": {"family": "ip", "table": "admin", "name": "forward"}}, OTHERS, MINE)
    replacing(FOREIGN_CHAIN, (RULE, second), "ip admin forward").apply(host(nft=nft))
    ((delete, last, first),) = nft.changes
    assert delete["delete"]["rule"]["handle"] == 4
    assert "oifname" in str(last["insert"]["rule"]["expr"])
    assert "iifname" in str(first["insert"]["rule"]["expr"])


def test_iptables_nft_changes_in_one_restore() -> None:
    tool = Recorder(save=SAVED)
    replacing(IPTABLES_NFT, (RULE,)).apply(host(iptables_nft=tool))
    assert tool.calls[-1] == (
        "restore",
        4,
        [
            '-D FORWARD -s 100.100.1.0/24 -m comment --comment "daemonless:web" -j ACCEPT',
            "-I FORWARD 1 -s 100.100.1.0/24 -i veth-web -m comment --comment daemonless:web -j ACCEPT",
        ],
    )


def test_legacy_failure_puts_back_what_was() -> None:
    tables = Recorder(read=[{}], replace=[ContainersError("no"), None])
    before = Rule("postrouting", 4, "masquerade", source="100.100.1.0/24")
    with pytest.raises(ContainersError, match="no"):
        ReplaceRules("web", Place(IPTABLES, 4), (before,), (RULE,)).apply(host(xtables=tables))
    _read, attempt, restored = tables.calls
    assert list(attempt[3]) == ["filter"]
    assert list(restored[3]) == ["nat"]


def test_setting_and_back() -> None:
    sysctl = Recorder(write=[None, FileNotFoundError()])
    op = SetSetting("net/ipv4/ip_forward", "0", "1")
    op.apply(host(sysctl=sysctl))
    op.undo(host(sysctl=sysctl))
    assert sysctl.calls == [("write", "net/ipv4/ip_forward", "1"), ("write", "net/ipv4/ip_forward", "0")]


def test_a_setting_goes_off_with_its_interface_but_never_on() -> None:
    name = "net/ipv4/conf/veth-web/route_localnet"
    SetSetting(name, "1", "0").apply(host(sysctl=Recorder(write=[FileNotFoundError()])))
    with pytest.raises(FileNotFoundError):
        SetSetting(name, "0", "1").apply(host(sysctl=Recorder(write=[FileNotFoundError()])))


def test_drop_in_and_back() -> None:
    files = Recorder()
    op = WriteDropIn(None, "text\n")
    op.apply(host(files=files))
    op.undo(host(files=files))
    assert [call[0] for call in files.calls] == ["make_dir", "write_atomic", "remove"]


def test_only_flows_to_the_port_here_are_forgotten() -> None:
    flows = [
        Flow(4, "203.0.113.1", 53, "203.0.113.1", b"here"),
        Flow(4, "198.51.100.9", 53, "198.51.100.9", b"through us"),
        Flow(4, "203.0.113.1", 54, "203.0.113.1", b"other port"),
    ]
    tracked = Recorder(udp_flows=flows)
    tracked.__dict__["udp_flows"] = lambda _family: flows
    tracked.__dict__["is_local"] = lambda address: address == "203.0.113.1"
    DropFlows(4, "", (53, 53)).apply(host(conntrack=tracked))
    assert tracked.calls == [("drop", flows[0])]

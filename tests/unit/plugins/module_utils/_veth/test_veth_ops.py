# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each op on a recording double of the host: what it asks of the kernel, and how it takes it back."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Dict, Iterator, List, Tuple, cast

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Op
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.module_utils._veth import ops_end
from ansible_collections.daemonless.containers.plugins.module_utils._veth.model import BRIDGE_ALIAS, Route, Setting
from ansible_collections.daemonless.containers.plugins.module_utils._veth.ops import (
    AddBridge,
    AddPair,
    RemoveBridge,
    RemoveLink,
)
from ansible_collections.daemonless.containers.plugins.module_utils._veth.place import Place

Call = Tuple[Any, ...]


class Recorder:
    """Notes every call that changes something; ``failing`` names one that fails."""

    def __init__(self, calls: List[Call], where: str, links: Dict[str, Any], failing: str = "") -> None:
        self._calls, self._where, self._links, self._failing = calls, where, links, failing

    def link(self, name: str) -> Any:
        return self._links.get(name)

    def members(self, index: int) -> List[str]:
        return []

    def __getattr__(self, method: str) -> Any:
        def call(*arguments: Any) -> None:
            self._calls.append((self._where, method, *arguments))
            if method == self._failing:
                raise ContainersError("no")

        return call


class Double:
    """A host with one namespace, /run/netns/blue."""

    def __init__(self, links: Dict[str, Any], failing: str = "") -> None:
        self.calls: List[Call] = []
        self.present = True
        self._inner = Recorder(self.calls, "blue", links, failing)
        self.networks = SimpleNamespace(
            own=Recorder(self.calls, "host", links, failing),
            inside=self._inside,
            is_namespace=lambda path: self.present,
        )
        self.sysctl = Recorder(self.calls, "sysctl", links)
        self.offload = Recorder(self.calls, "offload", links)

    @contextmanager
    def _inside(self, path: str) -> Iterator[Any]:
        yield SimpleNamespace(netlink=self._inner, descriptor=7, entered=self._entered)

    @contextmanager
    def _entered(self) -> Iterator[None]:
        self.calls.append(("enter",))
        yield
        self.calls.append(("leave",))


PLACE = Place(netns="/run/netns/blue")
INSIDE = ops_end.End(PLACE, "eth0")
OUTSIDE = ops_end.End(None, "veth-b")
LINK = SimpleNamespace(index=3, alias="daemonless:web:eth0")
LINKS = {"eth0": LINK, "veth-b": LINK, "br0": SimpleNamespace(index=4, alias=BRIDGE_ALIAS)}
PAIR = AddPair("veth-b", "fe:00:00:00:00:01", "daemonless:web:eth0", PLACE, "eth0", "02:00:00:00:00:01", 1400)


def applied(op: Op, **links: Any) -> List[Call]:
    double = Double(links or LINKS)
    op.apply(cast(Host, double))
    return double.calls


def undone(op: Op) -> List[Call]:
    double = Double(LINKS)
    op.undo(cast(Host, double))
    return double.calls


def test_a_pair_is_made_by_one_request_and_marked() -> None:
    assert applied(PAIR) == [
        ("host", "add_veth", "veth-b", "fe:00:00:00:00:01", 1400, "eth0", "02:00:00:00:00:01", 7),
        ("host", "set_alias", "veth-b", "daemonless:web:eth0"),
    ]
    assert undone(PAIR) == [("host", "delete", "veth-b")]


@pytest.mark.parametrize(("op", "name"), [(PAIR, "veth-b"), (AddBridge("br0", "02:00:00:00:00:02"), "br0")])
def test_what_cannot_be_marked_is_not_left(op: Op, name: str) -> None:
    double = Double(LINKS, failing="set_alias")
    with pytest.raises(ContainersError):
        op.apply(cast(Host, double))
    assert double.calls[-1] == ("host", "delete", name)


def test_a_link_is_removed_only_while_it_is_ours() -> None:
    op = RemoveLink("veth-b", "daemonless:web:eth0")
    assert applied(op) == [("host", "delete", "veth-b")]
    assert applied(op, other=LINK) == []
    with pytest.raises(ContainersError, match="another link has that name now"):
        applied(op, **{"veth-b": SimpleNamespace(index=9, alias="")})


def test_a_bridge_is_removed_only_while_it_is_ours() -> None:
    assert applied(RemoveBridge("br0")) == [("host", "delete", "br0")]
    assert applied(RemoveBridge("br0"), br0=SimpleNamespace(index=4, alias="lan", kind="bridge")) == []


@pytest.mark.parametrize(
    ("op", "doing", "undoing"),
    [
        (
            ops_end.SetAttribute(INSIDE, "mtu", 1500, 1400),
            [("blue", "set_mtu", "eth0", 1400)],
            [("blue", "set_mtu", "eth0", 1500)],
        ),
        (
            ops_end.SetAttribute(OUTSIDE, "bridge", None, "br0"),
            [("host", "set_bridge", "veth-b", "br0")],
            [("host", "set_bridge", "veth-b", None)],
        ),
        (
            ops_end.ChangeAddress(INSIDE, "198.51.100.2/24"),
            [("blue", "add_address", "eth0", "198.51.100.2/24")],
            [("blue", "remove_address", "eth0", "198.51.100.2/24")],
        ),
        (
            ops_end.ChangeRoute(INSIDE, Route("0.0.0.0/0", "198.51.100.1"), add=False),
            [("blue", "remove_route", "eth0", "0.0.0.0/0", "198.51.100.1", 0)],
            [("blue", "add_route", "eth0", "0.0.0.0/0", "198.51.100.1", 0)],
        ),
        (
            ops_end.ChangeReservation(OUTSIDE, "daemonless--198.51.100.2"),
            [("host", "add_altname", "veth-b", "daemonless--198.51.100.2")],
            [("host", "remove_altname", "veth-b", "daemonless--198.51.100.2")],
        ),
        (
            ops_end.ChangeSetting(OUTSIDE, Setting("ipv4", "rp_filter", "0"), Setting("ipv4", "rp_filter", "2")),
            [("sysctl", "write", "net/ipv4/conf/veth-b/rp_filter", "2")],
            [("sysctl", "write", "net/ipv4/conf/veth-b/rp_filter", "0")],
        ),
        (
            ops_end.SwitchOffload(INSIDE, on=False),
            [("enter",), ("offload", "set_checksum", "eth0", False), ("leave",)],
            [("enter",), ("offload", "set_checksum", "eth0", True), ("leave",)],
        ),
    ],
)
def test_each_change_and_its_way_back(op: Op, doing: List[Call], undoing: List[Call]) -> None:
    assert applied(op) == doing
    assert undone(op) == undoing


@pytest.mark.parametrize("attribute", list(ops_end._ATTRIBUTES))
def test_every_attribute_has_words_and_a_request(attribute: str) -> None:
    op = ops_end.SetAttribute(OUTSIDE, attribute, None, 1)
    assert "veth-b" in op.describe()
    assert len(applied(op)) == 1


def test_nothing_is_undone_where_everything_is_gone() -> None:
    double = Double(LINKS)
    double.present = False
    ops_end.ChangeAddress(INSIDE, "198.51.100.2/24").undo(cast(Host, double))
    assert double.calls == []


def test_a_namespace_that_went_is_said_to_be_gone() -> None:
    double = Double(LINKS)
    double.present = False
    with pytest.raises(ContainersError, match="network namespace /run/netns/blue is gone"):
        ops_end.ChangeAddress(INSIDE, "198.51.100.2/24").apply(cast(Host, double))

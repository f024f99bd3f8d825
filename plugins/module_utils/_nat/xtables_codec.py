# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule as iptables has it: the fields of python-iptables' easy interface, or the words of the command. Pure."""

from __future__ import annotations

import ipaddress
import shlex
from typing import Any, Dict, List, Mapping, Tuple

from .nft_codec import split_target
from .rule import Rule, comment, unreadable

Fields = Dict[str, Any]

CHAINS = {
    "guard": ("raw", "PREROUTING"),
    "prerouting": ("nat", "PREROUTING"),
    "output": ("nat", "OUTPUT"),
    "postrouting": ("nat", "POSTROUTING"),
    "forward": ("filter", "FORWARD"),
}
USER_CHAIN = "DOCKER-USER"
"""Docker's chain for rules of the administrator: it never flushes it, and asks it first."""

_WORDS = {"-s": "src", "-d": "dst", "-i": "in-interface", "-o": "out-interface", "-p": "protocol", "-j": "target"}
_EXTENSIONS = {"--ctstate": "conntrack", "--comment": "comment", "--dport": "tcp"}
_ADDRESSES = ("src", "dst")


def encode(rule: Rule, owner: str) -> Fields:
    """The rule as python-iptables' easy interface takes it."""
    fields: Fields = {
        "in-interface": rule.in_interface,
        "out-interface": rule.out_interface,
        "src": rule.source,
        "dst": rule.destination,
        "protocol": rule.protocol,
    }
    fields = {name: value for name, value in fields.items() if value}
    if rule.port:
        fields[rule.protocol] = {"dport": rule.port.replace("-", ":")}
    if rule.local or rule.unicast:
        fields["addrtype"] = {"dst-type": "LOCAL" if rule.local else "!MULTICAST"}
    if rule.connection:
        fields["conntrack"] = {"ctstate": rule.connection.upper()}
    fields["comment"] = {"comment": comment(owner)}
    fields["target"] = {"DNAT": {"to-destination": rule.to}} if rule.action == "dnat" else rule.action.upper()
    return fields


def decode(chain: str, family: int, fields: Mapping[str, Any]) -> Rule:
    """The rule that the fields say; unreadable if one of them is nothing that we write."""
    values: Dict[str, Any] = {"chain": chain, "family": family, "action": ""}
    try:
        for name, value in fields.items():
            if name not in ("counters", "comment"):
                values.update(_field(name, value))
    except (KeyError, ValueError, TypeError, AttributeError):
        return unreadable(chain, family, dict(fields))
    return Rule(**values)


def words(rule: Rule, owner: str) -> List[str]:
    """The rule as arguments of the iptables command, for the accepts: without ports and addresses of a NAT."""
    found: List[str] = []
    for option, value in (
        ("-s", rule.source),
        ("-d", rule.destination),
        ("-i", rule.in_interface),
        ("-o", rule.out_interface),
    ):
        if value:
            found += ["!", option, value[1:]] if value.startswith("!") else [option, value]
    if rule.connection:
        found += ["-m", "conntrack", "--ctstate", rule.connection.upper()]
    return [*found, "-m", "comment", "--comment", comment(owner), "-j", rule.action.upper()]


def parsed_words(line: str) -> Tuple[str, Fields]:
    """A line of iptables-save, ``-A FORWARD …``, as chain and fields."""
    parts = shlex.split(line)
    chain, rest = parts[1], parts[2:]
    fields: Fields = {}
    sign = ""
    while rest:
        word = rest.pop(0)
        if word == "!":
            sign = "!"
        elif word == "-m":
            rest.pop(0)
        elif word in _WORDS:
            fields[_WORDS[word]], sign = sign + rest.pop(0), ""
        elif word in _EXTENSIONS:
            fields.setdefault(_EXTENSIONS[word], {})[word[2:]], sign = sign + rest.pop(0), ""
        else:
            fields.setdefault("unknown", {})[word] = True
    return chain, fields


def _field(name: str, value: Any) -> Dict[str, Any]:
    if name in _ADDRESSES:
        return {"source" if name == "src" else "destination": _network_text(value)}
    if name in ("in-interface", "out-interface"):
        return {name.replace("-", "_"): value}
    if name == "protocol":
        return {"protocol": value}
    if name in ("tcp", "udp", "sctp"):
        ((_dport, port),) = value.items()
        return {"port": port.replace(":", "-")}
    if name == "addrtype":
        return _address_type(value["dst-type"])
    if name == "conntrack":
        return {"connection": ",".join(sorted(value["ctstate"].lower().split(",")))}
    if name == "target":
        return _target(value)
    raise KeyError(name)


def _network_text(value: str) -> str:
    network = ipaddress.ip_network(value.lstrip("!"))
    text = str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
    return f"!{text}" if value.startswith("!") else text


def _address_type(value: Any) -> Dict[str, Any]:
    text = "".join(value) if isinstance(value, list) else value
    return {"LOCAL": {"local": True}, "!MULTICAST": {"unicast": True}}[text]


def _target(value: Any) -> Dict[str, Any]:
    if isinstance(value, str):
        return {"action": {"ACCEPT": "accept", "DROP": "drop", "MASQUERADE": "masquerade"}[value]}
    to = value["DNAT"]["to-destination"]
    address, port = split_target(to)
    host = str(ipaddress.ip_address(address))
    return {"action": "dnat", "to": (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") if port else host}

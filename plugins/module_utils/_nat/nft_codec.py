# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rule as libnftables' JSON expressions, and back. Pure.

Reading accepts what different versions of nftables make of the same rule; an expression that we
never write makes the whole rule unreadable, so that it is replaced.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Callable, Dict, List, Sequence, Tuple

from .rule import Rule, multicast, unreadable

Expression = Dict[str, Any]

_PROTOCOLS = {4: "ip", 6: "ip6"}
_FAMILIES = {"ip": 4, "ip6": 6, "ipv4": 4, "ipv6": 6}
_VERDICTS = ("accept", "drop", "masquerade")


def encode(rule: Rule) -> List[Expression]:
    """The expressions of the rule, for a table of family inet (they hold in ip and ip6 tables as well)."""
    protocol = _PROTOCOLS[rule.family]
    matches: List[Expression] = []
    if not rule.source and not rule.destination:
        matches.append(_match({"meta": {"key": "nfproto"}}, f"ipv{rule.family}"))
    matches += [_signed({"meta": {"key": "iifname"}}, rule.in_interface, str)] if rule.in_interface else []
    matches += [_signed({"meta": {"key": "oifname"}}, rule.out_interface, str)] if rule.out_interface else []
    matches += [_signed(_payload(protocol, "saddr"), rule.source, _address)] if rule.source else []
    matches += [_signed(_payload(protocol, "daddr"), rule.destination, _address)] if rule.destination else []
    if rule.unicast:
        matches.append(_match(_payload(protocol, "daddr"), _address(multicast(rule.family)), "!="))
    if rule.port:
        matches.append(_match(_payload(rule.protocol, "dport"), _port(rule.port)))
    if rule.local:
        matches.append(_match({"fib": {"result": "type", "flags": ["daddr"]}}, "local"))
    if rule.connection:
        states = rule.connection.split(",")
        key, right = ("status", states[0]) if states == ["dnat"] else ("state", states)
        matches.append(_match({"ct": {"key": key}}, right, "in"))
    return [*matches, _statement(rule)]


def decode(chain: str, family: int, expressions: Sequence[Expression]) -> Rule:
    """The rule that the expressions say. ``family`` is the table's; 0 in an inet table."""
    fields: Dict[str, Any] = {"chain": chain, "family": family, "action": ""}
    try:
        for expression in expressions:
            ((kind, body),) = expression.items()
            if kind == "match":
                _read_match(fields, body)
            elif kind != "counter":
                _read_statement(fields, kind, body)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return unreadable(chain, family, list(expressions))
    return Rule(**fields)


def _match(left: Expression, right: Any, operator: str = "==") -> Expression:
    return {"match": {"op": operator, "left": left, "right": right}}


def _signed(left: Expression, text: str, form: Callable[[str], Any]) -> Expression:
    return _match(left, form(text.lstrip("!")), "!=" if text.startswith("!") else "==")


def _payload(protocol: str, field: str) -> Expression:
    return {"payload": {"protocol": protocol, "field": field}}


def _address(text: str) -> Any:
    address, slash, length = text.partition("/")
    return {"prefix": {"addr": address, "len": int(length)}} if slash else address


def _port(text: str) -> Any:
    first, dash, last = text.partition("-")
    return {"range": [int(first), int(last)]} if dash else int(first)


def _statement(rule: Rule) -> Expression:
    if rule.action != "dnat":
        return {rule.action: None}
    address, port = split_target(rule.to)
    target: Dict[str, Any] = {"family": _PROTOCOLS[rule.family], "addr": address}
    return {"dnat": {**target, "port": port} if port else target}


def split_target(to: str) -> Tuple[str, int]:
    """``100.100.1.2:80``, ``[2001:db8::2]:80`` or an address alone, as address and port (0: none)."""
    if to.startswith("["):
        address, _bracket, port = to[1:].partition("]:")
        return address, int(port)
    if to.count(":") == 1:
        address, _colon, port = to.partition(":")
        return address, int(port)
    return to, 0


def _read_match(fields: Dict[str, Any], body: Expression) -> None:
    ((kind, left),) = body["left"].items()
    right, sign = body["right"], "!" if body["op"] == "!=" else ""
    if kind == "meta" and left["key"] in ("iifname", "oifname"):
        _set(fields, "in_interface" if left["key"] == "iifname" else "out_interface", sign + str(right))
    elif kind == "meta" and left["key"] == "nfproto" and not sign:
        fields["family"] = _FAMILIES[right]
    elif kind == "payload":
        _read_payload(fields, left, right, sign)
    elif kind == "fib" and left["result"] == "type" and "daddr" in left["flags"] and right == "local" and not sign:
        _set(fields, "local", True)
    elif kind == "ct" and left["key"] in ("state", "status") and not sign:
        values = right["set"] if isinstance(right, dict) else right if isinstance(right, list) else [right]
        _set(fields, "connection", ",".join(sorted(values)))
    else:
        raise ValueError(kind)


def _read_payload(fields: Dict[str, Any], left: Expression, right: Any, sign: str) -> None:
    protocol, field = left["protocol"], left["field"]
    if field == "dport" and not sign:
        _set(fields, "protocol", protocol)
        _set(fields, "port", "-".join(str(part) for part in right["range"]) if isinstance(right, dict) else str(right))
        return
    fields["family"] = _FAMILIES[protocol]
    address = _network_text(right)
    if field == "daddr" and sign and address == multicast(fields["family"]):
        _set(fields, "unicast", True)
    else:
        _set(fields, {"saddr": "source", "daddr": "destination"}[field], sign + address)


def _network_text(right: Any) -> str:
    if isinstance(right, dict):
        return str(ipaddress.ip_network(f"{right['prefix']['addr']}/{right['prefix']['len']}"))
    return str(ipaddress.ip_address(right))


def _read_statement(fields: Dict[str, Any], kind: str, body: Any) -> None:
    if kind == "dnat" and set(body) <= {"family", "addr", "port"}:
        host, port = str(ipaddress.ip_address(body["addr"])), body.get("port")
        _set(fields, "to", (f"[{host}]:{port}" if ":" in host else f"{host}:{port}") if port else host)
    elif kind not in _VERDICTS or body is not None:
        raise ValueError(kind)
    _set(fields, "action", kind)


def _set(fields: Dict[str, Any], name: str, value: Any) -> None:
    if fields.get(name):
        raise ValueError(f"{name} twice")
    fields[name] = value

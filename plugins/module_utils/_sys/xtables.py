# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The iptables of the legacy kind, through python-iptables: read tables, replace one owner's rules.

python-iptables loads the extensions of one protocol family per process (libxtables throws the other
family's away) and lets the C library end the process on some errors. So each call here works in a
child process that answers in JSON. The lock is the one that iptables itself takes.
Out of scope: the nft kind of iptables, whose tables python-iptables can't see (``iptables_nft``).
"""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import json
import os
import time
from contextlib import contextmanager, suppress
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Sequence, Tuple

from .._core import deps
from .._core.errors import ContainersError
from .xtables_options import mend

LOCK = "/run/xtables.lock"
LOCK_SECONDS = 60.0
_NAMES = {4: "/proc/net/ip_tables_names", 6: "/proc/net/ip6_tables_names"}

Fields = Dict[str, Any]
"""A rule as python-iptables' easy interface writes it."""


class Xtables:
    """The legacy tables of the network namespace we are in."""

    def installed(self) -> bool:
        """Whether python-iptables is there, without loading it, which takes a quarter of a second."""
        return importlib.util.find_spec("iptc") is not None

    def registered(self, family: int) -> List[str]:
        """The tables that exist. Looking into any other would make it."""
        try:
            with open(_NAMES[family], encoding="ascii") as file:
                return sorted(file.read().split())
        except FileNotFoundError:
            return []

    def read(self, family: int) -> Dict[str, Dict[str, Dict[str, Any]]]:
        """table -> chain -> {"policy", "rules": [{"target", "comment", "fields"}]}; fields only with a comment."""
        tables = self.registered(family)
        if not tables:
            return {}
        iptc = deps.load("iptc")
        with _xtables_lock():
            answer: Dict[str, Dict[str, Dict[str, Any]]] = _in_child(lambda: _read(iptc, family, tables))
        return answer

    def replace(self, family: int, comment: str, rules: Mapping[str, Sequence[Tuple[str, Fields]]]) -> None:
        """Make these (table -> (chain, fields), at the head of their chains) the only rules with the comment."""
        iptc = deps.load("iptc")
        with _xtables_lock():
            _in_child(lambda: _replace(iptc, family, comment, rules, self.registered(family)))


def _table(iptc: Any, family: int, name: str) -> Any:
    table = (iptc.Table if family == 4 else iptc.Table6)(name)
    table.autocommit = False
    table.refresh()
    return table


def _comment(rule: Any) -> str:
    for match in rule.matches:
        if match.name == "comment":
            return str(match.comment)
    return ""


def _target(rule: Any) -> str:
    with suppress(Exception):  # an extension that is not installed here: some target of others'
        return str(rule.target.name)
    return ""


def _read(iptc: Any, family: int, tables: Sequence[str]) -> Dict[str, Any]:
    return {name: _read_table(iptc, family, _table(iptc, family, name)) for name in tables}


def _read_table(iptc: Any, family: int, table: Any) -> Dict[str, Any]:
    found = {}
    for chain in table.chains:
        rules = []
        for rule in chain.rules:
            comment = _comment(rule)
            fields = iptc.easy.decode_iptc_rule(rule, family == 6) if comment else {}
            rules.append({"target": _target(rule), "comment": comment, "fields": fields})
        policy = chain.get_policy() if chain.is_builtin() else None
        found[chain.name] = {"policy": policy.name if policy else "", "rules": rules}
    return found


def _replace(
    iptc: Any,
    family: int,
    comment: str,
    rules: Mapping[str, Sequence[Tuple[str, Fields]]],
    registered: Sequence[str],
) -> None:
    mend(importlib.import_module("iptc.xtables"))
    for name in [*rules, *(name for name in registered if name not in rules)]:
        table = _table(iptc, family, name)
        for chain in table.chains:
            for rule in chain.rules:
                if _comment(rule) == comment:
                    chain.delete_rule(rule)
        for chain_name, fields in reversed(rules.get(name, ())):
            rule = iptc.easy.encode_iptc_rule(fields, family == 6)
            iptc.Chain(table, chain_name).insert_rule(rule)
        table.commit()


@contextmanager
def _xtables_lock() -> Iterator[None]:
    """The lock that every iptables command takes, so that neither overwrites what the other just wrote."""
    descriptor = os.open(LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise ContainersError(f"wait for the lock of iptables: another program holds {LOCK}") from None
                time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def _in_child(work: Callable[[], Any]) -> Any:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _answer(work, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    status = os.waitpid(child, 0)[1]
    if not answer:
        raise ContainersError(f"python-iptables gave up on a rule (wait status {status})")
    outcome = json.loads(answer)
    if "error" in outcome:
        raise ContainersError(f"python-iptables: {outcome['error']}")
    return outcome["value"]


def _answer(work: Callable[[], Any], writer: int) -> NoReturn:
    status = 1
    try:
        try:
            outcome = {"value": work()}
        except Exception as error:
            outcome = {"error": f"{error}" or type(error).__name__}
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps(outcome).encode())
        status = 0
    finally:
        os._exit(status)

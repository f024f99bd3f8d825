# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules are called from the cache, their code is brought where it is missing, and else it is Ansible's own way."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Dict, List, Tuple

import pytest

cached_call = pytest.importorskip(
    "ansible_collections.daemonless.containers.plugins.plugin_utils.cached_call",
    reason="the controller's side needs a Python that ansible-core runs on",
)
Way = cached_call.Way
DONE = {"changed": True}
MISSING = {"changed": False, cached_call.NOT_RUN: "it isn't there", cached_call.KEEPS: True}
UNKEPT = {**MISSING, cached_call.KEEPS: False}


def ways(*answers: Dict[str, Any], task_vars: Any = None, **task: Any) -> List[Any]:
    """The ways that are gone one after the other when the target answers so."""
    plugin = object.__new__(cached_call.CachedCall)
    words = {"action": "veth_pair", "async_val": 0, "check_mode": False, "delegate_to": None, **task}
    plugin._task = SimpleNamespace(**words)
    plugin._connection = SimpleNamespace(has_native_async=False)
    gone: List[Any] = []

    def execute(**_arguments: Any) -> Dict[str, Any]:
        gone.append(plugin._way)
        return answers[len(gone) - 1]

    plugin._execute_module = execute
    assert plugin._call(task_vars or {}) == answers[-1]
    return gone


def test_what_is_there_is_called() -> None:
    assert ways(DONE) == [Way.CACHED]


def test_what_is_missing_is_brought() -> None:
    assert ways(MISSING, DONE) == [Way.CACHED, Way.BROUGHT]


def test_what_cant_be_kept_goes_the_ordinary_way() -> None:
    assert ways(MISSING, MISSING, DONE) == [Way.CACHED, Way.BROUGHT, Way.ORDINARY]
    assert ways(UNKEPT, DONE) == [Way.CACHED, Way.ORDINARY]


def test_check_mode_brings_nothing() -> None:
    assert ways(MISSING, DONE, check_mode=True) == [Way.CACHED, Way.ORDINARY]
    assert ways(DONE, check_mode=True) == [Way.CACHED]


@pytest.mark.parametrize("switched_off", [False, "no", "false"])
def test_a_host_may_be_without(switched_off: Any) -> None:
    variables = {"ansible_daemonless_module_cache": switched_off}
    assert ways(DONE, task_vars=variables) == [Way.ORDINARY]
    delegated = {"ansible_delegated_vars": {"other": variables}}
    assert ways(DONE, task_vars=delegated, delegate_to="other") == [Way.ORDINARY]


def test_tasks_that_go_on_by_themselves_go_the_ordinary_way() -> None:
    assert ways(DONE, async_val=60) == [Way.ORDINARY]


def test_so_do_those_whose_code_is_to_be_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_KEEP_REMOTE_FILES", "1")
    assert ways(DONE) == [Way.ORDINARY]
    monkeypatch.delenv("ANSIBLE_KEEP_REMOTE_FILES")
    monkeypatch.setenv("ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE", "4096")
    assert ways(DONE) == [Way.ORDINARY]


def test_another_ansible_goes_the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever of it isn't as expected."""
    plugin = object.__new__(cached_call.CachedCall)
    plugin._task = SimpleNamespace(action="veth_pair", delegate_to=None)
    plugin._way = Way.CACHED

    def ordinary(_self: Any, module_name: str, *_others: Any) -> Tuple[str, str]:
        return "ordinary", module_name

    def changed(**_words: Any) -> None:
        raise TypeError("unexpected keyword")

    monkeypatch.setattr(cached_call.ActionBase, "_configure_module", ordinary)
    monkeypatch.setattr(cached_call, "modify_module", changed)
    assert plugin._configure_module("daemonless.containers.veth_pair", {}, {}) == (
        "ordinary",
        "daemonless.containers.veth_pair",
    )
    assert plugin._way is Way.ORDINARY

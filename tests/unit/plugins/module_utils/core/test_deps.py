# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packages of others: found, or missed in words that help."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.deps import load
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def test_a_module_that_is_there() -> None:
    assert load("json.decoder").__name__ == "json.decoder"


def test_a_missing_package_is_named_with_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyroute2", None)
    with pytest.raises(ContainersError) as failure:
        load("pyroute2.netlink.rtnl.ifinfmsg")
    assert "Python library pyroute2 is missing" in failure.value.message
    assert failure.value.hint is not None
    assert "python3-pyroute2" in failure.value.hint

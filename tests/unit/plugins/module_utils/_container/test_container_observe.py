# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a container whose init is in its last moments, of which the kernel tells nothing."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from container_data import wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container import observe, record
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

LIVE = json.dumps({"name": "web", "boot_id": "b", "pid": 77, "start_time": 5}).encode()


def host_where_nothing_is_told(error: OSError, ends: bool) -> Any:
    """A record says that init 77 lives; the kernel refuses to say more of it."""

    def read(path: str) -> bytes:
        if path.endswith("/web.json"):
            return LIVE
        raise FileNotFoundError(path)

    def hostname(_pid: int) -> str:
        raise error

    return SimpleNamespace(
        files=SimpleNamespace(read=read, exists=lambda _path: False),
        processes=SimpleNamespace(
            boot_id=lambda: "b", start_time=lambda _pid: 5, ends=lambda _pid, _begun, _seconds: ends
        ),
        namespaces=SimpleNamespace(hostname=hostname),
        accounting=SimpleNamespace(exit_status=lambda _path: None),
        container_files=SimpleNamespace(read_if_there=lambda _path, _limit: None),
        systemd=SimpleNamespace(read=lambda _unit: None, running=lambda: False),
    )


@pytest.mark.parametrize("kind", [PermissionError, FileNotFoundError, ProcessLookupError])
def test_an_init_that_is_just_ending_has_ended(kind: Any) -> None:
    found = observe.observe(
        host_where_nothing_is_told(kind(1, "no", "/proc/77/ns/uts"), ends=True), wanted(state="absent")
    )
    assert found.pid is None


def test_an_init_that_goes_on_is_told_with_what_is_refused() -> None:
    host = host_where_nothing_is_told(PermissionError(13, "no", "/proc/77/ns/uts"), ends=False)
    with pytest.raises(ContainersError, match="look at container web: /proc/77/ns/uts: Permission denied"):
        observe.observe(host, wanted(state="absent"))


@pytest.mark.parametrize("ends", [True, False])
def test_who_only_looks_takes_it_the_same_way(ends: bool) -> None:
    host = host_where_nothing_is_told(PermissionError(13, "no", "/proc/77/ns/uts"), ends)
    live = record.LiveRecord("web", "b", 77, 5)
    if ends:
        assert observe.told_of(host, live, lambda: host.namespaces.hostname(77)) is None
    else:
        with pytest.raises(PermissionError):
            observe.told_of(host, live, lambda: host.namespaces.hostname(77))

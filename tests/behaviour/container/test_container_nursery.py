# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where inits come from: one process for each start, or one for many, which may be a copy of a small new one; what
becomes of these, and of inits without them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Iterator, List, Optional

import pytest
from container_runs import FOREVER, container, processes, wait_for_end
from proc_status import signals, status_of

from ansible_collections.daemonless.containers.plugins.module_utils._container.room import ROOM
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_owned
from ansible_collections.daemonless.containers.plugins.module_utils._sys import ancestor, nursery
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host
from ansible_collections.daemonless.containers.plugins.modules.ns_container import ARGUMENT_SPEC


def start(host: Host, **options: Any) -> int:
    """Start the container anew; the pid of its init."""
    defaults = {name: spec.get("default") for name, spec in ARGUMENT_SPEC.items()}
    asked = {**defaults, "name": "web", "command": FOREVER, "stop_timeout": 0, "restart": True, **options}
    pid: Optional[int] = run_owned(ROOM, asked, host, False)["container"]["pid"]
    assert pid is not None
    return pid


def parent_of(pid: int) -> int:
    return int(status_of(pid)["PPid"])


def children() -> List[int]:
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    return [int(word) for word in text.split()]


def end(pid: int) -> None:
    """Kill it, and wait until it has ended: by then whatever it had open is closed."""
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)


FEW, MANY = 0, 100


@pytest.fixture(params=[FEW, MANY], ids=["forked", "of an ancestor"])
def many(merged: Path, request: pytest.FixtureRequest) -> Iterator[Host]:
    """A host on which some are to be started, or so many that an ancestor pays."""
    host = Host()
    before = children()
    with host.launcher.many(request.param):
        yield host
    assert children() == before


def test_a_single_start_leaves_none(merged: Path) -> None:
    before = children()
    assert parent_of(start(Host())) == 1
    assert children() == before


def test_many_starts_share_one_and_are_nobodys_afterwards(merged: Path) -> None:
    host = Host()
    with host.launcher.many(FEW):
        first = parent_of(start(host))
        last = start(host)
        assert first == parent_of(last) != 1
        assert parent_of(first) == os.getpid()
    assert parent_of(last) == 1


def test_an_ancestors_ones_are_small_and_nobodys_afterwards(merged: Path) -> None:
    host = Host()
    with host.launcher.many(MANY):
        first = parent_of(start(host))
        last = start(host)
        assert first == parent_of(last) != 1
        ancestor = parent_of(first)
        assert parent_of(ancestor) == os.getpid()
        assert Path(f"/proc/{ancestor}/environ").read_bytes() == b""
        memory = [int(status_of(pid)["RssAnon"].split()[0]) for pid in (first, os.getpid())]
        assert memory[0] < memory[1] / 2
    assert parent_of(last) == 1
    assert not Path(f"/proc/{ancestor}").exists()


@pytest.mark.parametrize("many", [MANY], indirect=True)
def test_without_an_ancestor_any_more_it_is_forked(many: Host) -> None:
    mother = parent_of(start(many))
    for pid in (parent_of(mother), mother):
        end(pid)
    with pytest.raises(ContainersError, match="make its namespaces: the process that makes them has ended"):
        start(many)
    assert parent_of(parent_of(start(many))) == os.getpid()


@pytest.mark.parametrize("program", ["/does/not/exist", "/bin/false"])
def test_an_ancestor_that_cannot_be_started_isn_t_needed(
    merged: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ancestor.sys, "executable", program)
    host = Host()
    with host.launcher.many(MANY):
        assert parent_of(parent_of(start(host))) == os.getpid()


def test_an_init_that_ends_is_no_zombie_of_it(many: Host) -> None:
    pid = start(many)
    end(pid)
    assert not Path(f"/proc/{pid}").exists()


def test_interruptions_are_for_the_module_to_heed(many: Host) -> None:
    mother = parent_of(start(many))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        for pid in {mother, *children()}:
            os.kill(pid, number)
    pid = start(many)
    assert parent_of(pid) == mother
    assert signals(status_of(pid)) == (0, 0, 0)  # nothing of that is passed on


def test_a_copy_of_the_module_has_its_own(many: Host) -> None:
    mother = parent_of(start(many))
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            os._exit(0 if parent_of(start(many)) != mother else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    wait_for_end(child)
    assert parent_of(start(many)) == mother


def test_one_that_was_killed_fails_that_start_only(many: Host) -> None:
    mother = parent_of(start(many))
    end(mother)
    with pytest.raises(ContainersError, match="make its namespaces: the process that makes them has ended"):
        start(many)
    assert parent_of(start(many)) != mother


def test_namespaces_that_the_kernel_refuses(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(nursery.FLAGS, "uts", 0x200)  # CLONE_FS, which goes with no mount namespace
    with pytest.raises(ContainersError, match="start container web: make its namespaces: Invalid argument"):
        container(command=FOREVER)
    assert [line for line in processes() if "sleep 1000" in line] == []

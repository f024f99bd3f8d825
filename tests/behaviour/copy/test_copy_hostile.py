# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that were made to lead a copy astray: nothing of the host is written, read or waited for."""

from __future__ import annotations

import errno
import os
import signal
import time
from pathlib import Path
from typing import Any, Iterator, List

import pytest
from container_runs import FOREVER, container, mount_rootfs
from copy_runs import MERGED, copy, copy_path
from exec_runs import output_of, run_in
from victim import Victim

from ansible_collections.daemonless.containers.plugins.module_utils._container.files import surface
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys import placing
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

ROUNDS = 25


@pytest.fixture(autouse=True)
def victim(tmp_path: Path) -> Iterator[Victim]:
    found = Victim(tmp_path / "victim")
    yield found
    found.check()


@pytest.mark.parametrize("userns", ["auto", "none"])
@pytest.mark.parametrize("running", [True, False])
def test_links_that_lead_to_the_host(tree: Path, victim: Victim, running: bool, userns: str) -> None:
    """Each ends inside: at what has that path in the container, or nowhere."""
    mount_rootfs(tree, userns=userns)
    container(command=FOREVER, stop_timeout=0)
    up = "../" * 30
    aims = [
        str(victim.folder),
        f"{up}{victim.folder}",
        f"/proc/1/root{victim.folder}",
        f"/proc/self/root{victim.folder}",
    ]
    for number, aim in enumerate(aims):
        output_of(f"busybox ln -s {aim} /tmp/folder{number}; busybox ln -s {aim}/secret /tmp/file{number}")
    if not running:
        container(state="stopped")
    for number in range(len(aims)):
        for follow in (True, False):
            with pytest.raises(ContainersError):
                copy(content="evil", dest=f"/tmp/folder{number}/secret", follow=follow)
        with pytest.raises(ContainersError):
            copy(content="evil", dest=f"/tmp/file{number}", follow=True)
        copy(content="tame", dest=f"/tmp/file{number}")
    container(command=FOREVER, stop_timeout=0)
    assert output_of("cat /tmp/file*") == "tame" * len(aims)


@pytest.mark.parametrize("userns", ["auto", "none"])
def test_a_folder_that_becomes_a_link_meanwhile(tree: Path, victim: Victim, userns: str) -> None:
    """A process of the container exchanges both as fast as it can; CVE-2018-15664."""
    mount_rootfs(tree, userns=userns)
    container(command=FOREVER, stop_timeout=0)
    output_of(f"mkdir /srv/real; busybox ln -s {victim.folder} /srv/evil")
    output_of(f"mkdir -p {victim.folder}", creates=str(victim.folder))
    turn = "busybox mv real a; busybox mv evil real; busybox mv real evil; busybox mv a real"
    run_in(shell=f"cd /srv; while true; do {turn}; done", detach=True)
    outcomes = set()
    for number in range(ROUNDS):
        try:
            outcomes.add(copy(content=f"round {number}", dest="/srv/real/secret")["changed"])
        except ContainersError:
            outcomes.add(None)
    assert True in outcomes
    victim.check()


def test_what_is_planted_where_a_file_is_prepared(merged: Path) -> None:
    """Or was left there by a run that was killed."""
    container(command=FOREVER, stop_timeout=0)
    output_of(f"busybox ln -s /etc/passwd /srv/{placing.temporary_name('file')}")
    before = output_of("cat /etc/passwd")
    copy(content="new", dest="/srv/file")
    assert output_of("cat /etc/passwd") == before
    assert output_of("ls -A /srv; cat /srv/file").split() == ["file", "new"]
    output_of(f"mkdir /srv/{placing.temporary_name('other')}")
    with pytest.raises(ContainersError, match=r"write /srv/other in container web: .*: Is a directory"):
        copy(content="new", dest="/srv/other")
    assert not (MERGED / "srv/other").exists()


def test_an_endless_file_is_not_read(merged: Path) -> None:
    container(command=FOREVER, stop_timeout=0)
    output_of("dd of=/srv/file bs=1 count=0 seek=1099511627776")
    begun = time.monotonic()
    assert copy(content="new", dest="/srv/file")["diff"]["before"]["/srv/file"]["size"] == 1 << 40
    assert time.monotonic() - begun < 10
    assert output_of("cat /srv/file") == "new"


@pytest.mark.parametrize("plant", ["busybox mkfifo /etc/passwd", "busybox ln -s /proc/1/environ /etc/passwd"])
def test_a_list_of_users_that_is_none(merged: Path, plant: str) -> None:
    container(command=FOREVER, stop_timeout=0)
    output_of(f"busybox rm /etc/passwd; {plant}")
    with pytest.raises(ContainersError, match=r"no user 'web' in /etc/passwd|/etc/passwd: "):
        copy(content="new", dest="/srv/file", owner="web")
    assert copy(content="new", dest="/srv/file", owner="33")["uid"] == 33


def test_it_has_no_rights_over_files_of_the_host(merged: Path, victim: Victim) -> None:
    """Whatever it might be led to: all that keeps a file from it is its owner, and that suffices."""
    container(command=FOREVER, stop_timeout=0)
    found = surface(Host(), Store(), "web")
    assert found is not None

    def job(_root: int) -> List[Any]:
        tried = []
        for flags in (os.O_RDONLY, os.O_WRONLY):
            try:
                os.open(victim.folder / "secret", flags)
            except OSError as error:
                tried.append(error.errno)
        return [*tried, os.getuid(), os.getgroups()]

    assert Host().insides._do(found.reach, job) == [errno.EACCES, errno.EACCES, 0, []]


@pytest.mark.parametrize("former", [True, False])
def test_a_killed_run_takes_back_what_it_began(merged: Path, tmp_path: Path, former: bool) -> None:
    container(command=FOREVER, stop_timeout=0)
    if former:
        copy(content="old", dest="/srv/b")
    (tmp_path / "src/new").mkdir(parents=True)
    for name in ("a", "b"):
        (tmp_path / "src" / name).write_text(name, encoding="ascii")
    reading, writing = os.pipe()
    module = os.fork()
    if module == 0:
        try:
            _held_up_while_it_writes(tmp_path / "src", writing)
        finally:
            os._exit(1)
    assert os.read(reading, 1)
    os.kill(module, signal.SIGKILL)
    os.waitpid(module, 0)
    for _attempt in range(500):
        if output_of("ls -A /srv") == ("b" if former else ""):
            break
        time.sleep(0.01)
    assert output_of("ls -A /srv; cat /srv/b 2>/dev/null; true") == ("b\nold" if former else "")
    assert copy_path(tmp_path / "src", inner=True, dest="/srv")["changed"]
    assert output_of("ls -A /srv; cat /srv/b").split() == ["a", "b", "new", "b"]


def _held_up_while_it_writes(src: Path, told: int) -> None:
    own = placing._own
    count = iter(range(100))

    def owning(descriptor: int, change: placing.Change) -> None:
        own(descriptor, change)
        if next(count) == 1:
            module = os.getppid()
            os.write(told, b"x")
            while os.getppid() == module:
                time.sleep(0.01)

    placing._own = owning
    copy_path(src, inner=True, dest="/srv")

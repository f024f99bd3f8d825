# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that is really full, of bytes or of inodes, and one that can't be written: nothing half-made stays there."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Dict, Iterator, List, Optional

import pytest
from crashes import Run, State, differences, go, settled
from fault_cases import Ground, container, image, nat, rootfs, veth

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

STORE = "/var/lib/daemonless/small"


@contextmanager
def small_store(options: str) -> Iterator[None]:
    """A store on a file system of its own with so much room."""
    os.mkdir(STORE, 0o711)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0711,{options}", "small", STORE], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", STORE], check=True)
        os.rmdir(STORE)


def runs(ground: Ground) -> List[Run]:
    """The chain in that store. Ids of a tmpfs can be mapped from Linux 6.3 on only."""
    here = {"store": STORE}
    chain = [image(src=ground.first, **here), rootfs(userns="none", **here), container(**here), veth(**here)]
    return [*chain, nat(**here)]


def absent() -> List[Run]:
    here = {"state": "absent", "store": STORE}
    return [nat(**here), veth(**here), container(**here), rootfs(**here), image(name="app:1", **here)]


def fill(left: int) -> None:
    """Let so many bytes be free, to the page."""
    space = os.statvfs(STORE)
    with open(f"{STORE}/filler", "wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(space.f_bavail * space.f_frsize - left, 1))


@pytest.mark.parametrize("room", ["size=8m", "nr_inodes=60"])
def test_a_full_store_is_told_and_left_as_it_was(ground: Ground, counts: Dict[str, int], room: str) -> None:
    go(ground.up_to("image"))
    with small_store(room):
        bare = seen()
        chain = runs(ground)
        go(chain)
        whole = seen()
        go(absent())
        assert differences(bare, seen()) == []
        for step in range(40):
            take_room(room, step)
            failed = next((run for run in chain if not succeeds(run)), None)
            Path(STORE, "filler").unlink(missing_ok=True)
            for name in list(Path(STORE).glob("filler*")):
                name.unlink()
            counts[f"full stores ({room}), all told and mended"] += 1
            go(chain)
            assert differences(whole, seen()) == [], step
            go(absent())
            assert differences(bare, seen()) == [], step
            if failed is None:
                return
        raise AssertionError("it never had room enough")


def seen() -> State:
    """The host, but for that store's locks, which stay while anything is in it, and what a start made to mount on."""
    state = settled()
    made = state["files"]["/var/lib/daemonless"]
    state["files"]["/var/lib/daemonless"] = {
        path: found for path, found in made.items() if "/web/diff/" not in path and "/web/merged/" not in path
    }
    state["files"]["/run"] = {
        path: found for path, found in state["files"]["/run"].items() if not path.startswith("/run/daemonless")
    }
    return state


def take_room(room: str, step: int) -> None:
    """Leave a little more room with every step."""
    if room.startswith("size"):
        fill(step * 128 * 1024)
        return
    free = os.statvfs(STORE).f_favail
    for number in range(free - step):
        Path(STORE, f"filler{number}").touch()


def succeeds(run: Run) -> bool:
    """Whether it does; if not, it says that there is no room, and the host is as before."""
    before = seen()
    told = error_of(run)
    if told is None:
        return True
    assert "No space left on device" in told or "overlayfs can't write in" in told
    assert differences(before, seen()) == []
    return False


def error_of(run: Run) -> Optional[str]:
    try:
        run.go(Host())
    except (ContainersError, OSError) as error:
        return str(error)
    return None


def test_a_store_that_cannot_be_written_stops_a_run_before_it_changes_anything(ground: Ground) -> None:
    with small_store("size=8m"):
        chain = runs(ground)
        for run in chain[:3]:
            subprocess.run(["mount", "-o", "remount,ro", STORE], check=True)
            before = seen()
            with pytest.raises((ContainersError, OSError), match="Read-only file system"):
                run.go(Host())
            assert differences(before, seen()) == []
            subprocess.run(["mount", "-o", "remount,rw", STORE], check=True)
            run.go(Host())
        go(chain)
        go(absent())

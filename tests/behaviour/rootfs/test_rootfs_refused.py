# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must not be touched isn't, and the error says what stands in the way. Runs beside one another are safe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE
from typing import Any, Callable, Dict, List

import pytest
from children import ended_well, started
from rootfs_runs import STORE, enter_namespace, merged, mounts_at, rootfs, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._container.record import LiveRecord, save
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

Process = Callable[..., "subprocess.Popen[bytes]"]


def refused(**options: Any) -> str:
    """The error of a run that is refused, after a look that it changed nothing."""
    before = state_of_host()
    with pytest.raises(ContainersError) as caught:
        rootfs(**options)
    assert state_of_host() == before
    return str(caught.value)


def live(pid: int, name: str = "web") -> None:
    """Make the process the init of a container."""
    host = Host()
    start_time = host.processes.start_time(pid)
    assert start_time is not None
    save(host.files, STORE, LiveRecord(name, host.processes.boot_id(), pid, start_time))


def command(pid: int) -> str:
    """What the kernel calls the process: a Python may be python, python3 or another."""
    return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()


def test_busy_names_the_process_and_how(layers: List[str], process: Process) -> None:
    rootfs(layers=layers)
    pid = process("").pid
    user = process("", cwd=merged())
    message = refused(state="unmounted")
    assert f"process {user.pid} ({command(user.pid)}; works in {merged()})" in message
    assert str(pid) not in message
    assert mounts_at(merged()) != []


def test_busy_by_an_open_file_and_a_mount_below(layers: List[str], process: Process) -> None:
    Path(layers[0], "folder").mkdir()
    rootfs(layers=layers)
    user = process(f"kept = open({str(merged() / 'top')!r})")
    subprocess.run(["mount", "-t", "tmpfs", "none", merged() / "folder"], check=True)
    message = refused(state="absent")
    assert f"process {user.pid} ({command(user.pid)}; has open {merged()}/top)" in message
    assert f"the mount at {merged()}/folder" in message
    subprocess.run(["umount", merged() / "folder"], check=True)


WRITER = """
import sys
with open({path!r}, "w") as file:
    for line in sys.stdin:
        file.write(line)
        file.flush()
        print("written", flush=True)
"""


@pytest.mark.parametrize("options", [{"state": "unmounted"}, {"state": "absent"}, {"read_only": True}])
def test_busy_loses_nothing_of_what_is_being_written(layers: List[str], options: Dict[str, Any]) -> None:
    """No mount is taken from under a process: what it writes later is in the rootfs, too."""
    rootfs(layers=layers, userns="none")
    code = WRITER.format(path=str(merged() / "journal"))
    with subprocess.Popen([sys.executable, "-c", code], stdin=PIPE, stdout=PIPE, text=True) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None

        def write(line: str) -> None:
            print(line, file=writer.stdin, flush=True)
            assert writer.stdout.readline() == "written\n"

        write("before")
        wanted = options if "state" in options else {"layers": layers, "userns": "none", **options}
        assert f"process {writer.pid} ({command(writer.pid)}; has open {merged()}/journal)" in refused(**wanted)
        write("after")
        assert (merged() / "journal").read_text(encoding="utf-8") == "before\nafter\n"
        writer.stdin.close()
    rootfs(state="unmounted")
    assert Path(STORE.container("web"), "diff/journal").read_text(encoding="utf-8") == "before\nafter\n"


@pytest.mark.parametrize(
    "options",
    [{"state": "unmounted"}, {"state": "absent"}, {"read_only": True}, {"userns": "none"}],
)
def test_in_use_by_a_container(layers: List[str], process: Process, options: Dict[str, Any]) -> None:
    rootfs(layers=layers)
    user = process("", preexec_fn=enter_namespace)
    live(user.pid, "other")
    wanted = options if "state" in options else {"layers": layers, **options}
    message = refused(**wanted)
    assert f"in use by container other (pid {user.pid})" in message
    assert "Stop the container first" in message
    assert not rootfs(layers=layers)["changed"]


def test_reset_of_a_rootfs_in_use(layers: List[str], process: Process) -> None:
    rootfs(layers=layers, userns="none")
    (merged() / "new").write_text("", encoding="utf-8")
    live(process("").pid)
    assert "in use by container web" in refused(layers=layers, userns="none", reset=True)


def test_mounted_elsewhere_too(layers: List[str], tmp_path: Path) -> None:
    rootfs(layers=layers)
    (tmp_path / "view").mkdir()
    subprocess.run(["mount", "--bind", merged(), tmp_path / "view"], check=True)
    assert f"in use by the mount at {tmp_path}/view" in refused(layers=layers, read_only=True)
    assert not rootfs(layers=layers)["changed"]


def test_foreign_mount_at_the_place(layers: List[str], tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "somebody", place], check=True)
    assert f"at {place} something else is mounted (source somebody)" in refused(layers=layers, path=str(place))
    subprocess.run(["umount", place], check=True)


def test_foreign_mount_over_ours(layers: List[str]) -> None:
    rootfs(layers=layers)
    subprocess.run(["mount", "-t", "tmpfs", "somebody", merged()], check=True)
    for options in ({"layers": layers}, {"state": "unmounted"}, {"state": "absent"}):
        assert "something else is mounted (source somebody)" in refused(**options)
    subprocess.run(["umount", merged()], check=True)


def test_place_that_is_no_empty_folder(layers: List[str], tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("", encoding="utf-8")
    assert "is not empty" in refused(layers=layers, path=str(tmp_path / "full"))
    assert "is not a folder" in refused(layers=layers, path=str(tmp_path / "full" / "file"))
    assert "folder /not/there isn't there" in refused(layers=layers, path="/not/there/merged")
    assert "lies in the store" in refused(layers=layers, path=f"{STORE.containers}/other/merged")


def test_layers_that_are_not_there_or_within_one_another(layers: List[str], tmp_path: Path) -> None:
    assert f"layer {tmp_path}/none of rootfs web isn't there" in refused(layers=[*layers, str(tmp_path / "none")])
    assert f"{tmp_path}/low lies in {tmp_path}" in refused(layers=[str(tmp_path), layers[0]])
    assert "lies in /" in refused(layers=["/"])


def test_image_that_is_not_there() -> None:
    assert "image busybox isn't in the store" in refused(image="busybox")


def test_file_system_that_cannot_be_mapped(layers: List[str], tmp_path: Path) -> None:
    lower = tmp_path / "overlay"
    lower.mkdir()
    options = f"lowerdir={layers[0]}:{layers[1]}"
    subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", lower], check=True)
    with pytest.raises(ContainersError) as caught:
        rootfs(layers=[str(lower)])
    assert f"map the ids of {lower}: file system overlay can't be id-mapped" in str(caught.value)
    assert "userns: none" in str(caught.value)
    assert os.listdir(STORE.root) == []
    rootfs(layers=[str(lower)], userns="none")
    rootfs(state="absent")
    subprocess.run(["umount", lower], check=True)


def test_eight_runs_at_once_get_ranges_of_their_own(layers: List[str]) -> None:
    other = f"{STORE.root}/other-store"
    runs = [{"name": f"web{n}", "store": STORE.root if n % 2 else other} for n in range(8)]
    children = [started(rootfs, layers=layers, **run) for run in runs]
    assert [ended_well(child) for child in children] == [True] * 8
    ranges = set()
    for run in runs:
        again = rootfs(layers=layers, **run)
        assert not again["changed"]
        ranges.add(tuple(again["rootfs"]["uidmap"]))
        rootfs(state="absent", **run)
    assert len(ranges) == 8
    assert not os.path.exists("/run/daemonless/stores")
    assert os.listdir(STORE.root) == []


def test_same_rootfs_eight_times_at_once(layers: List[str]) -> None:
    children = [started(rootfs, layers=layers) for _number in range(8)]
    assert [ended_well(child) for child in children] == [True] * 8
    assert len(mounts_at(merged())) == 1


def test_subordinate_ids_and_users_are_left_alone(layers: List[str]) -> None:
    with open("/etc/subuid", "a", encoding="utf-8") as file:
        file.write("somebody:536870000:2000\n")
    with open("/etc/passwd", "a", encoding="utf-8") as file:
        file.write("stranger:x:536940000:100::/:/bin/false\n")
    assert rootfs(layers=layers)["rootfs"]["uidmap"] == ["0 537001984 65536"]

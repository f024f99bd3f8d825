# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can't be copied is told before anything is changed, in check mode too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest
from container_runs import FOREVER, container, mount_rootfs, state_of_host
from copy_runs import MERGED, copy, copy_path
from exec_runs import output_of
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def refusal(**options: Any) -> str:
    """The message, the same in both modes, with the host as it was."""
    before = state_of_host()
    said = set()
    for check_mode in (True, False):
        with pytest.raises(ContainersError) as raised:
            copy(check_mode, **{"content": "x", **options})
        said.add(str(raised.value))
    assert state_of_host() == before
    (message,) = said
    return message


REFUSED: List[Tuple[Dict[str, Any], str]] = [
    ({"dest": "/srv/none/file"}, "/srv/none/file of container web: there is no folder /srv/none. A dest that"),
    ({"dest": "/srv"}, "dest /srv is a folder. With content it is the path of a file"),
    ({"dest": "/etc/passwd/file"}, "there is no folder /etc/passwd"),
    ({"dest": "/etc/passwd/"}, "dest /etc/passwd is a folder"),
    ({"dest": "/proc/sys/kernel/core_pattern"}, "file system proc is the kernel's own and keeps no files"),
    ({"dest": "/tmp/to-proc/core_pattern"}, "file system proc is the kernel's own"),
    ({"dest": "/proc/1/root/etc/x"}, "Permission denied"),
    ({"dest": "/proc/self/fd/7/x"}, "there is no folder /proc/self/fd/7"),
    ({"dest": "/sys/kernel/x"}, "file system sysfs is the kernel's own"),
    ({"dest": "/etc/hosts"}, "/etc/hosts of container web: something is mounted there, which can't be replaced"),
    ({"dest": "/mnt/file"}, "something is mounted there, which can't be replaced"),
    ({"dest": "/ro/file"}, "/ro/file of container web: its file system is mounted read-only"),
    ({"dest": "/foreign/file"}, "the container's root may not write to its folder"),
    ({"dest": "/tmp/fifo"}, "/tmp/fifo of container web is neither file nor folder, where a file is to be"),
    ({"dest": "/tmp/round/file"}, "Too many levels of symbolic links"),
    ({"dest": "/srv/x", "owner": "nobody"}, "owner 'nobody': no user 'nobody' in /etc/passwd of the rootfs"),
    ({"dest": "/srv/x", "group": "wheel"}, "group 'wheel': no group 'wheel' in /etc/group of the rootfs"),
    ({"dest": "/srv/x", "owner": "70000"}, "user id 70000 isn't among the ids that rootfs web maps"),
]


def test_a_running_container(merged: Path, tmp_path: Path) -> None:
    for name in ("ro", "foreign"):
        (tmp_path / name).mkdir()
    (tmp_path / "one").touch()
    volumes = [f"{tmp_path}/one:/mnt/file", f"{tmp_path}/ro:/ro:ro", f"{tmp_path}/foreign:/foreign:noidmap"]
    container(command=FOREVER, volumes=volumes, stop_timeout=0)
    output_of("busybox ln -s /proc/sys/kernel /tmp/to-proc; busybox mkfifo /tmp/fifo; busybox ln -s round /tmp/round")
    said = [(options, words, refusal(**options)) for options, words in REFUSED]
    assert [one for one in said if one[1] not in one[2]] == []


@pytest.mark.parametrize(
    ("dest", "path"),
    [("/mnt/file", "/mnt"), ("/srv/file", "/srv"), ("/etc/resolv.conf", "/etc/resolv.conf"), ("/dev/x", "/dev")],
)
def test_a_stopped_container_whose_mounts_are_gone(merged: Path, tmp_path: Path, dest: str, path: str) -> None:
    container(command=FOREVER, volumes=[f"{tmp_path}:/mnt"], tmpfs=["/srv"], stop_timeout=0)
    output_of("mkdir -p /tmp/a; busybox ln -s ../mnt /tmp/to-mnt")
    container(state="stopped")
    words = f"of container web: something else is mounted on {path} while the container runs"
    assert words in refusal(dest=dest)
    if path == "/mnt":
        assert words in refusal(dest="/tmp/to-mnt/file")
    container(command=FOREVER, volumes=[f"{tmp_path}:/mnt"], tmpfs=["/srv"], stop_timeout=0)
    if path in ("/mnt", "/srv"):
        copy(content="x", dest=dest)
        assert output_of(f"cat {dest}") == "x"


def test_a_volume_is_written_where_it_lies(merged: Path, tmp_path: Path) -> None:
    """By root of the container, which on the disk is user 0."""
    container(command=FOREVER, volumes=[f"{tmp_path}:/mnt"], stop_timeout=0)
    copy(content="x", dest="/mnt/file", owner="web", mode="0600")
    found = (tmp_path / "file").stat()
    assert (found.st_uid, found.st_mode & 0o7777, os.listdir(tmp_path)) == (33, 0o600, ["file"])
    assert not copy(content="x", dest="/mnt/file", owner="web", mode="0600")["changed"]


@pytest.mark.parametrize("kind", ["rootfs", "container"])
def test_what_is_read_only_takes_no_change(tree: Path, kind: str) -> None:
    mount_rootfs(tree, read_only=kind == "rootfs")
    if kind == "container":
        container(command=FOREVER, read_only=True, stop_timeout=0)
    assert "its file system is mounted read-only" in refusal(dest="/srv/file")
    same = (tree / "etc/passwd").read_text(encoding="ascii")
    assert not copy(content=same, dest="/etc/passwd")["changed"]


def test_a_stopped_container_that_will_be_read_only(merged: Path) -> None:
    container(command=FOREVER, read_only=True, stop_timeout=0)
    container(state="stopped")
    assert copy(content="x", dest="/srv/file")["changed"]


@pytest.mark.parametrize("there", [True, False])
def test_no_container_yet(tree: Path, there: bool) -> None:
    if there:
        mount_rootfs(tree)
        rootfs(layers=[str(tree)], state="unmounted")
    predicted = copy(True, content="x", dest="/srv/file", owner="web")
    assert (predicted["changed"], predicted["ops"]) == (True, ["write /srv/file in container web"])
    assert "doesn't run and its root file system isn't mounted; an earlier task" in predicted["warnings"][0]
    with pytest.raises(
        ContainersError, match=r"isn't mounted\. Module daemonless\.containers\.overlay_rootfs mounts it"
    ):
        copy(content="x", dest="/srv/file")


@pytest.mark.parametrize(
    ("src", "words"),
    [("/nothing/there", "read src: /nothing/there: No such file"), ("/dev/null", "/dev/null is neither a file nor")],
)
def test_src_that_can_not_be_copied(merged: Path, src: str, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        copy_path(Path(src), dest="/srv/")


def test_src_of_the_controller_comes_by_the_action_plugin(merged: Path) -> None:
    with pytest.raises(ContainersError, match=r"didn't come from the controller\. The action plugin"):
        copy(src="nginx.conf", dest="/srv/")


def test_folders_and_files_in_each_others_place(merged: Path, tmp_path: Path) -> None:
    (tmp_path / "src/etc/passwd").mkdir(parents=True)
    with pytest.raises(ContainersError, match="/etc/passwd of container web is a file, where a folder is to be"):
        copy_path(tmp_path / "src", inner=True, dest="/")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/etc").touch()
    with pytest.raises(ContainersError, match="/etc of container web is a folder, where a file is to be"):
        copy_path(tmp_path / "other", inner=True, dest="/")
    assert sorted(os.listdir(MERGED)) == sorted(["bin", "etc", "root", "tmp", "mnt", "srv"])

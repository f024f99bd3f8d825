# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rootfs is mounted: what is seen in it, whose it is, and that a second run changes nothing."""

from __future__ import annotations

import os
import subprocess
import traceback
from pathlib import Path
from typing import List

import pytest
from rootfs_runs import STORE, inside, merged, mounts_at, rootfs, state_of_host

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.ranges import POOL_FIRST

FIRST = POOL_FIRST


def test_layers_lie_lowest_first(layers: List[str]) -> None:
    result = rootfs(layers=layers)
    assert result["changed"]
    assert sorted(os.listdir(merged())) == ["low", "middle", "same", "top"]
    assert (merged() / "same").read_text(encoding="utf-8") == "top"


def test_whiteout_hides_what_is_below(layers: List[str]) -> None:
    rootfs(layers=layers[:1])
    assert (merged() / "hidden").exists()
    rootfs(layers=layers)
    assert not (merged() / "hidden").exists()


def test_returns_what_others_need(layers: List[str]) -> None:
    folder = STORE.container("web")
    assert rootfs(layers=layers)["rootfs"] == {
        "name": "web",
        "merged": f"{folder}/merged",
        "diff": f"{folder}/diff",
        "work": f"{folder}/work",
        "layers": layers,
        "image": None,
        "uidmap": [f"0 {FIRST} 65536"],
        "gidmap": [f"0 {FIRST} 65536"],
        "read_only": False,
    }


def test_second_run_changes_nothing(layers: List[str]) -> None:
    first = rootfs(layers=layers)
    before = state_of_host()
    again = rootfs(layers=layers)
    assert (again["changed"], again["ops"]) == (False, [])
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again["rootfs"] == first["rootfs"]
    assert state_of_host() == before
    assert len(mounts_at(merged())) == 1


def test_files_of_layers_and_new_ones_belong_to_the_range(layers: List[str]) -> None:
    os.chown(Path(layers[2], "top"), 33, 44)
    rootfs(layers=layers)
    owned = os.stat(merged() / "top")
    assert (owned.st_uid, owned.st_gid) == (FIRST + 33, FIRST + 44)
    assert os.stat(merged()).st_uid == FIRST
    assert os.stat(Path(layers[2], "top")).st_uid == 33


def test_process_of_the_range_changes_files_and_disk_keeps_plain_ids(layers: List[str]) -> None:
    os.chown(Path(layers[2], "top"), 33, 44)
    rootfs(layers=layers)
    inside(merged(), FIRST + 33, FIRST + 44, lambda: Path("/top").write_text("changed", encoding="utf-8"))
    assert (merged() / "top").read_text(encoding="utf-8") == "changed"
    assert Path(layers[2], "top").read_text(encoding="utf-8") == "top"
    on_disk = os.stat(Path(STORE.container("web"), "diff", "top"))
    assert (on_disk.st_uid, on_disk.st_gid) == (33, 44)


def test_owner_beyond_the_range_is_nobody(layers: List[str]) -> None:
    os.chown(Path(layers[2], "top"), 70000, 70000)
    rootfs(layers=layers)
    overflow = int(Path("/proc/sys/kernel/overflowuid").read_text(encoding="ascii"))
    assert os.stat(merged() / "top").st_uid == overflow


def test_no_user_namespace_shows_ids_as_they_are(layers: List[str]) -> None:
    os.chown(Path(layers[2], "top"), 70000, 44)
    result = rootfs(layers=layers, userns="none")
    assert (result["rootfs"]["uidmap"], result["rootfs"]["gidmap"]) == ([], [])
    assert os.stat(merged() / "top").st_uid == 70000
    (merged() / "new").write_text("", encoding="utf-8")
    assert not os.path.exists(f"{STORE.root}/id-ranges.json")


@pytest.mark.parametrize(
    ("uidmap", "outside"), [(["0 100000 65536"], 100000), (["0 0 1"], 0), (["1 200000 10", "0:5000:1"], 5000)]
)
def test_given_map(layers: List[str], uidmap: List[str], outside: int) -> None:
    result = rootfs(layers=layers, uidmap=uidmap)
    assert result["rootfs"]["gidmap"] == result["rootfs"]["uidmap"]
    assert os.stat(merged() / "top").st_uid == outside
    inside(merged(), outside, outside, lambda: os.mkdir("/new"))
    assert os.stat(merged() / "new").st_uid == outside
    assert os.stat(Path(STORE.container("web"), "diff", "new")).st_uid == 0
    assert not rootfs(layers=layers, uidmap=uidmap)["changed"]


def test_root_of_upper_is_like_the_topmost_layer(layers: List[str]) -> None:
    os.chmod(layers[2], 0o1751)
    os.chown(layers[2], 7, 8)
    rootfs(layers=layers, userns="none")
    found = os.stat(merged())
    assert (found.st_mode & 0o7777, found.st_uid, found.st_gid) == (0o1751, 7, 8)


def test_read_only(layers: List[str]) -> None:
    rootfs(layers=layers, userns="none")
    (merged() / "kept").write_text("kept", encoding="utf-8")
    assert rootfs(layers=layers, userns="none", read_only=True)["changed"]
    assert (merged() / "kept").read_text(encoding="utf-8") == "kept"
    with pytest.raises(OSError, match="Read-only"):
        (merged() / "new").write_text("", encoding="utf-8")
    assert not rootfs(layers=layers, userns="none", read_only=True)["changed"]
    rootfs(layers=layers, userns="none")
    (merged() / "new").write_text("", encoding="utf-8")


def test_device_nodes_do_not_work(layers: List[str]) -> None:
    os.mknod(Path(layers[0], "null"), 0o666 | 0o020000, os.makedev(1, 3))
    rootfs(layers=layers, userns="none")
    with pytest.raises(PermissionError):
        (merged() / "null").read_bytes()


def test_127_layers(tmp_path: Path) -> None:
    many = []
    for number in range(127):
        layer = tmp_path / f"a rather long name of a layer, with a colon: {number}"
        layer.mkdir()
        (layer / f"file{number}").write_text("", encoding="utf-8")
        (layer / "same").write_text(str(number), encoding="utf-8")
        many.append(str(layer))
    rootfs(layers=many)
    assert len(os.listdir(merged())) == 128
    assert (merged() / "same").read_text(encoding="utf-8") == "126"


def test_one_layer_and_a_layer_that_occurs_twice(layers: List[str]) -> None:
    result = rootfs(layers=[layers[0], layers[1], layers[0]])
    assert result["rootfs"]["layers"] == [layers[0], layers[1], layers[0]]
    assert (merged() / "same").read_text(encoding="utf-8") == "low"
    assert (merged() / "hidden").exists()
    assert not rootfs(layers=[layers[0], layers[1], layers[0]])["changed"]


def test_only_root_reaches_it(layers: List[str]) -> None:
    rootfs(layers=layers)
    assert os.stat(STORE.container("web")).st_mode & 0o7777 == 0o700


def test_own_path_through_a_link(layers: List[str], tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    result = rootfs(layers=layers, path=str(tmp_path / "link" / "root fs"))
    place = tmp_path / "real" / "root fs"
    assert result["rootfs"]["merged"] == str(place)
    assert (place / "top").exists()
    assert not rootfs(layers=layers, path=str(tmp_path / "link" / "root fs"))["changed"]
    rootfs(state="absent")
    assert not place.exists()


def test_working_folder_and_root_are_as_before(layers: List[str], tmp_path: Path) -> None:
    os.chdir(tmp_path)
    namespace = os.readlink("/proc/self/ns/mnt")
    rootfs(layers=layers)
    assert os.getcwd() == str(tmp_path)
    assert os.readlink("/proc/self/ns/mnt") == namespace
    assert os.readlink("/proc/self/root") == "/"


def test_within_a_chroot_that_is_no_mount(layers: List[str], tmp_path: Path) -> None:
    root = tmp_path / "root"
    for folder in ("proc", "layer"):
        (root / folder).mkdir(parents=True)
    (root / "layer" / "file").write_text("", encoding="utf-8")
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    child = os.fork()
    if child == 0:
        try:
            os.chroot(root)
            os.chdir("/proc")
            with pytest.raises(ContainersError, match=r"make a user namespace: .* can't be made in a chroot"):
                rootfs(layers=["/layer"], store="/store")
            assert not os.path.exists("/store")
            rootfs(layers=["/layer"], store="/store", userns="none")
            assert os.listdir("/store/containers/web/merged") == ["file"]
            assert os.path.exists("self")
            assert "layer" in os.listdir("/")
            assert not rootfs(layers=["/layer"], store="/store", userns="none")["changed"]
            rootfs(state="absent", store="/store")
            assert not os.path.exists("/store")
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0

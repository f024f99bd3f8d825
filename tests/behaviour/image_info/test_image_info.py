# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as image_info shows them, and that nothing is changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict

import pytest
from container_runs import STORE, container
from imagebuild import Image, docker_archive, layer, write_archive
from info_runs import images
from rooms import pack, snapshot, unpack
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.diskusage import DiskUsage


def du(path: str) -> int:
    """What coreutils say."""
    said = subprocess.run(["du", "--block-size=1", "-s", path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(said.split()[0])


@pytest.fixture
def two(tmp_path: Path) -> Dict[str, Any]:
    """Two images that share their lower layer."""
    shared = layer("shared", b"x" * 100_000)
    built = {
        "a:1": Image([shared, layer("a", b"y" * 50_000)], ["a:1"], {"Cmd": ["/a"]}),
        "b:1": Image([shared, layer("b")], ["b:1"], changes={"created": "2026-11-25T14:00:00Z"}),
    }
    archive = write_archive(tmp_path / "two.tar", docker_archive(*built.values()))
    return {name: unpack(src=archive, image=name)["image"] for name in built}


def test_none() -> None:
    shutil.rmtree(STORE.run, ignore_errors=True)  # which another folder's tests may have left
    found = images()
    assert (found["exists"], found["images"], found["changed"], found["ops"]) == (False, [], False, [])
    assert images(name=["a"])["images"] == [{"asked": "a", "exists": False}]
    assert not Path(STORE.run).exists()


def test_all(two: Dict[str, Any]) -> None:
    found = {one["names"][0]: one for one in images()["images"]}
    assert sorted(found) == ["a:1", "b:1"]
    for name, one in found.items():
        assert (one["id"], one["diff_ids"]) == (two[name]["id"], two[name]["diff_ids"])
        assert [part["path"] for part in one["layers"]] == two[name]["layers"]
        assert [part["size"] for part in one["layers"]] == [du(path) for path in two[name]["layers"]]
        assert (one["size"], one["complete"]) == (sum(du(path) for path in two[name]["layers"]), True)
        assert (one["os"], one["architecture"], one["asked"]) == ("linux", "amd64", None)
    assert (found["a:1"]["created"], found["b:1"]["created"]) == (None, "2026-11-25T14:00:00Z")
    assert found["a:1"]["config"]["config"] == {"Cmd": ["/a"]}
    assert (found["a:1"]["rootfs"], found["a:1"]["containers"]) == ([], [])


def test_by_name_and_id(two: Dict[str, Any]) -> None:
    digits = two["a:1"]["id"].partition(":")[2]
    references = ["a:1", "docker.io/library/a:1", two["a:1"]["id"], digits[:12], "c:1"]
    found = images(name=references)
    assert [one["asked"] for one in found["images"]] == references
    assert [one.get("id") for one in found["images"]] == [two["a:1"]["id"]] * 4 + [None]
    assert (found["exists"], images(name=["a:1", "b:1"])["exists"]) == (False, True)


def test_a_start_that_means_several(two: Dict[str, Any]) -> None:
    first = two["a:1"]["id"].partition(":")[2]
    other = Path(STORE.images, f"{first[:8]}{'0' * 56}.json")
    text = Path(STORE.images, f"{first}.json").read_text(encoding="utf-8")
    other.write_text(text.replace(first, other.stem), encoding="utf-8")
    with pytest.raises(ContainersError, match="is ambiguous"):
        images(name=[first[:8]])
    with pytest.raises(ContainersError, match="name: an empty one"):
        images(name=[""])


def test_layers_that_are_missing(two: Dict[str, Any]) -> None:
    shutil.rmtree(two["a:1"]["layers"][1])
    one = images(name=["a:1"])["images"][0]
    assert ([part["exists"] for part in one["layers"]], one["complete"]) == ([True, False], False)
    assert one["size"] == du(two["a:1"]["layers"][0])


def test_a_layer_that_lies_twice_in_an_image_counts_once(tmp_path: Path) -> None:
    same = layer("same", b"x" * 9000)
    made = unpack(src=write_archive(tmp_path / "twice.tar", docker_archive(Image([same, same]))))["image"]
    one = images()["images"][0]
    assert (len(one["layers"]), one["size"]) == (2, du(made["layers"][0]))


def test_without_sizes(two: Dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: DiskUsage, _path: str) -> int:
        raise AssertionError("measured")

    monkeypatch.setattr(DiskUsage, "of", refuse)
    one = images(name=["a:1"], size=False)["images"][0]
    assert (one["size"], [part["size"] for part in one["layers"]]) == (None, [None, None])


def test_who_uses_it(tmp_path: Path) -> None:
    archive = str(tmp_path / "image.tar")
    pack(dest=archive, tag="demo:1", files=[{"path": "busybox", "src": "/bin/busybox", "mode": "0755"}])
    unpack(src=archive)
    rootfs(image="demo:1")
    rootfs(name="idle", image="demo:1")
    container(command=["/busybox", "sleep", "1000"])
    container(name="second", rootfs="web", command=["/busybox", "true"])
    one = images()["images"][0]
    assert (one["rootfs"], one["containers"]) == (["idle", "web"], ["second", "web"])


def test_nothing_is_changed(two: Dict[str, Any]) -> None:
    before = snapshot(STORE.root)
    assert images() == images(check_mode=True)
    assert snapshot(STORE.root) == before


def test_disk_usage_as_du_says(tmp_path: Path) -> None:
    """Hard links, holes, links that lead away, and a folder deeper than any path may be long."""
    (tmp_path / "file").write_bytes(b"x" * 10_000)
    os.link(tmp_path / "file", tmp_path / "same")
    (tmp_path / "away").symlink_to("/usr")
    with open(tmp_path / "hole", "wb") as hole:
        hole.truncate(1 << 30)
    (tmp_path / os.fsdecode(b"\xff")).mkdir()
    here = os.open(tmp_path, os.O_RDONLY)
    for _level in range(60):
        os.mkdir("d" * 200, dir_fd=here)
        below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("deep", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    assert DiskUsage().of(str(tmp_path)) == du(str(tmp_path))
    for name in ("file", "away"):
        assert DiskUsage().of(str(tmp_path / name)) == du(str(tmp_path / name))
    assert DiskUsage().of(str(tmp_path / "none")) == 0
    subprocess.run(["rm", "-rf", tmp_path], check=True)

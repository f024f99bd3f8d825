# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nothing uses goes, and only that; the bytes that are told are those that are freed."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import imagebuild
import pytest
import tarbuild
from imagebuild import Image, layer
from rooms import STORE, empty_store, prune, snapshot, unpack, with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.room import run_room
from ansible_collections.daemonless.containers.plugins.module_utils._image.partial import locked_new
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.room import ROOM as ROOTFS
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

BASE, BIG, OTHER = layer("base"), layer("big", b"x" * 1_000_000), layer("other")
LAYERS = Path(STORE, "layers/sha256")


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    empty_store()
    yield
    for line in Path("/proc/self/mounts").read_text().splitlines():
        if line.split()[1].startswith(f"{STORE}/") or line.split()[1] == "/mnt":
            subprocess.run(["umount", line.split()[1]], check=True)


def _rootfs(**options: Any) -> None:
    run_room(ROOTFS, with_defaults(ARGUMENT_SPEC, {"userns": "none", **options}), Host(), False)


def _unpack(folder: Path, name: str, *layers: bytes) -> Dict[str, Any]:
    members = imagebuild.docker_archive(Image(layers=layers, names=[name]))
    image: Dict[str, Any] = unpack(src=imagebuild.write_archive(folder / "image.tar", members))["image"]
    return image


def _disk_usage() -> int:
    """By another program, and without records of layers that are still on their way to the disk."""
    while list(LAYERS.glob("*.unsettled")):
        time.sleep(0.02)
    done = subprocess.run(["du", "-s", "-B1", STORE], stdout=subprocess.PIPE, check=True)
    return int(done.stdout.split()[0])


def _names(result: Dict[str, Any]) -> List[List[str]]:
    return [image["names"] for image in result["images"]]


def test_a_layer_with_the_longest_paths_goes(tmp_path: Path) -> None:
    """Below the store they are longer than any path that the kernel takes."""
    folders = ["/".join(["d" * 200] * depth) for depth in range(1, 21)]
    _unpack(tmp_path, "deep:1", tarbuild.archive(*map(tarbuild.folder, folders), tarbuild.file(f"{folders[-1]}/file")))
    before = _disk_usage()
    predicted = prune(check_mode=True, images="unused")
    assert prune(images="unused") == predicted
    assert predicted["space_reclaimed"] == before - _disk_usage()
    assert not LAYERS.exists()


def test_what_nothing_uses_goes(tmp_path: Path) -> None:
    used = _unpack(tmp_path, "used:1", BASE)
    _unpack(tmp_path, "unused:1", BASE, BIG)
    _unpack(tmp_path, "unused:2", BASE, BIG, OTHER)
    _rootfs(name="web", image="used:1")
    before, files = _disk_usage(), snapshot(STORE)
    predicted = prune(check_mode=True, images="unused")
    assert snapshot(STORE) == files
    done = prune(images="unused")
    assert done == predicted
    assert done["changed"]
    assert sorted(_names(done)) == [["unused:1"], ["unused:2"]]
    assert sorted(done["layers"]) == sorted(map(imagebuild.digest, (BIG, OTHER)))
    assert [path.name for path in LAYERS.iterdir()] == [used["diff_ids"][0].partition(":")[2]]
    assert done["space_reclaimed"] == before - _disk_usage() > 1_000_000
    assert Path(STORE, "containers/web/merged/base").exists()
    again = prune(images="unused")
    assert (again["changed"], again["ops"], again["space_reclaimed"]) == (False, [], 0)


def test_by_default_an_image_with_a_name_stays(tmp_path: Path) -> None:
    _unpack(tmp_path, "app:1", BASE)
    _unpack(tmp_path, "app:1", BASE, OTHER)
    done = prune()
    assert _names(done) == [[]]
    assert done["layers"] == []
    assert len(list(LAYERS.iterdir())) >= 2


def test_what_is_to_be_kept_stays(tmp_path: Path) -> None:
    images = [_unpack(tmp_path, f"{name}:1", layer(name)) for name in ("one", "two", "three")]
    done = prune(images="unused", keep=["docker.io/library/one:1", images[1]["id"][:15], "nothing:1"])
    assert _names(done) == [["three:1"]]


def test_what_came_of_late_stays(tmp_path: Path) -> None:
    for name in ("old:1", "new:1"):
        _unpack(tmp_path, name, layer(name[:3]))
    old = next(path for path in Path(STORE, "images").iterdir() if "old:1" in path.read_text())
    os.utime(old, (time.time() - 7200, time.time() - 7200))
    assert prune(images="unused", until="2h1m")["images"] == []
    assert _names(prune(images="unused", until="1h59m")) == [["old:1"]]


def test_layers_of_a_rootfs_that_names_no_image_stay(tmp_path: Path) -> None:
    image = _unpack(tmp_path, "app:1", BASE, BIG)
    part = _unpack(tmp_path, "part:1", OTHER, BASE)
    _rootfs(name="web", layers=image["layers"])
    done = prune(images="unused")
    assert (_names(done), done["layers"]) == ([["part:1"]], [part["diff_ids"][0]])


def test_layers_of_a_mount_made_by_hand_stay(tmp_path: Path) -> None:
    image = _unpack(tmp_path, "app:1", BASE, BIG)
    low, high = (Path(path).name for path in image["layers"])
    subprocess.run(
        ["mount", "-t", "overlay", "-o", f"lowerdir={high}:{low}", "overlay", "/mnt"], cwd=LAYERS, check=True
    )
    assert prune(images="unused")["changed"] is False
    subprocess.run(["umount", "/mnt"], check=True)
    subprocess.run(["mount", "--bind", LAYERS / low, "/mnt"], check=True)
    assert prune(images="unused")["layers"] == [image["diff_ids"][1]]
    assert Path("/mnt/base").exists()
    subprocess.run(["umount", "/mnt"], check=True)
    assert prune()["ops"] == [f"remove layer {image['diff_ids'][0]}, which no image has"]
    assert os.listdir(STORE) == []


def test_a_mount_of_which_nobody_knows_what_it_stands_on(tmp_path: Path) -> None:
    _unpack(tmp_path, "app:1", BASE)
    _rootfs(name="web", image="app:1")
    record = Path(STORE, "containers/web/rootfs.json")
    kept = record.read_bytes()
    record.unlink()
    with pytest.raises(
        ContainersError, match=r"rootfs web is mounted at .*/containers/web/merged, and the store has no"
    ):
        prune(images="unused")
    record.write_bytes(kept)
    assert prune(images="unused")["changed"] is False


def test_leftovers_of_killed_runs_go_and_the_work_of_others_stays(tmp_path: Path) -> None:
    _unpack(tmp_path, "app:1", BASE)
    digits = "a" * 64
    left = [f"layers/sha256/.partial-{digits}", f"layers/sha256/{digits}.removed", f"fetching/{digits}"]
    for name in left:
        Path(STORE, name, "inside").mkdir(parents=True)
        Path(STORE, name, "inside/file").write_bytes(b"x" * 10_000)
    records = [f"layers/sha256/{digits}.skipped.json", f"images/.{digits}.json.new"]
    for name in records:
        Path(STORE, name).write_text("{}")
    at_work = [f"{STORE}/layers/sha256/.partial-{'b' * 64}", f"{STORE}/fetching/{'b' * 64}"]
    held = [locked_new(Files(), path) for path in at_work]
    before = _disk_usage()
    predicted = prune(check_mode=True)
    done = prune()
    assert done == predicted
    assert sorted(done["leftovers"]) == sorted(f"{STORE}/{name}" for name in (*left, *records))
    assert done["space_reclaimed"] == before - _disk_usage()
    assert all(os.path.isdir(path) for path in at_work)
    assert prune()["changed"] is False
    for descriptor in held:
        os.close(descriptor)
    assert sorted(prune()["leftovers"]) == sorted(at_work)


def test_a_store_that_is_not_there() -> None:
    assert prune(images="unused", store="/var/lib/nothing")["changed"] is False
    assert not os.path.exists("/var/lib/nothing")

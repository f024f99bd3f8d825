# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images in the store over their life: unpacked, named, found again, repaired, removed."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import Any, Callable

import imagebuild
import pytest
from imagebuild import Image
from rooms import STORE, empty_store, snapshot, unpack

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.execute import ExecutionError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image import compression, record
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs import record as rootfs_record
from ansible_collections.daemonless.containers.plugins.module_utils._sys.files import Files

BASE, TOP, OTHER = imagebuild.layer("base"), imagebuild.layer("top"), imagebuild.layer("other")
APP = Image(layers=[BASE, TOP], names=("app:1",))
TOOL = Image(layers=[BASE, OTHER], names=("tool:1",))


@pytest.fixture(autouse=True)
def fresh_store() -> None:
    empty_store()


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., str]:
    def save(*images: Image, compress: Callable[[bytes], bytes] = imagebuild.plain, name: str = "a.tar") -> str:
        return imagebuild.write_archive(tmp_path / name, imagebuild.docker_archive(*images), compress)

    return save


def layers_there() -> int:
    return len([name for name in Files().list(f"{STORE}/layers/sha256") if "." not in name])


def names_of(image: Image) -> Any:
    found = record.find(Files(), Store(STORE), image.id)
    return None if found is None else found.names


def test_check_mode_predicts_and_changes_nothing(saved: Callable[..., str]) -> None:
    src = saved(APP)
    predicted = unpack(True, src=src)
    assert snapshot(STORE) == []
    made = unpack(src=src)
    assert predicted == made
    assert made["diff"]["before"] == {}
    assert made["diff"]["after"]["layers"] == made["image"]["diff_ids"]


def test_archive_that_is_not_there_yet(tmp_path: Path) -> None:
    src = str(tmp_path / "later.tar")
    predicted = unpack(True, src=src, name="app")
    assert predicted["changed"]
    assert predicted["image"]["names"] == ["app:latest"]
    assert predicted["warnings"] == (f"archive {src} is not there; an earlier task has to make it",)
    with pytest.raises(ContainersError, match="is not there"):
        unpack(src=src, name="app")
    assert snapshot(STORE) == []


def test_shared_layer_is_unpacked_once_and_kept_while_used(saved: Callable[..., str]) -> None:
    unpack(src=saved(APP))
    result = unpack(src=saved(TOOL))
    assert result["ops"][0].startswith("unpack 1 layer of")
    assert layers_there() == 3
    removed = unpack(name="app:1", state="absent")
    assert removed["ops"] == [f"remove image {APP.id} (app:1) and 1 layer that no other image uses"]
    assert layers_there() == 2
    assert Path(result["image"]["layers"][0], "base").exists()
    unpack(name="tool:1", state="absent")
    assert snapshot(STORE) == []


def test_layers_in_the_store_are_not_read_again(tmp_path: Path) -> None:
    """What lies where the layers were is noise by now: it would be refused if it were read."""
    unpack(src=imagebuild.write_archive(tmp_path / "a.tar", imagebuild.docker_archive(APP)))
    members = imagebuild.docker_archive(APP)
    noise = {name: b"?" * len(data) if name.endswith("layer.tar") else data for name, data in members.items()}
    assert not unpack(src=imagebuild.write_archive(tmp_path / "b.tar", noise))["changed"]


@pytest.mark.parametrize("compressed", ["gzip", "zstd"])
def test_unchanged_compressed_archive_is_not_decompressed(
    saved: Callable[..., str], monkeypatch: pytest.MonkeyPatch, compressed: str
) -> None:
    src = saved(APP, compress=imagebuild.COMPRESSIONS[compressed])
    first = unpack(src=src)

    def never(*_arguments: Any) -> Any:
        raise AssertionError("decompressed again")

    monkeypatch.setitem(vars(compression), "_decompressed", never)
    assert unpack(src=src) == {**first, "changed": False, "ops": [], "diff": unpack(src=src)["diff"]}
    os.utime(src, (1, 1))
    with pytest.raises(AssertionError):
        unpack(src=src)


def test_changed_compressed_archive_is_read_again(saved: Callable[..., str]) -> None:
    unpack(src=saved(APP, compress=imagebuild.multi_gzip))
    again = unpack(src=saved(Image(layers=[OTHER], names=["app:1"]), compress=imagebuild.multi_gzip))
    assert again["changed"]
    assert again["image"]["diff_ids"] == [imagebuild.digest(OTHER)]


def test_compressed_archive_leaves_no_file_behind(saved: Callable[..., str]) -> None:
    unpack(src=saved(APP, compress=imagebuild.multi_gzip))
    assert sorted(os.listdir(STORE)) == ["images", "layers"]


def test_name_moves_to_the_new_image(saved: Callable[..., str]) -> None:
    unpack(src=saved(APP))
    rebuilt = Image(layers=[BASE, OTHER], names=("app:1",))
    result = unpack(src=saved(rebuilt))
    assert f"take name app:1 from image {APP.id}" in result["ops"]
    assert f"record image {rebuilt.id} as app:1" in result["ops"]
    assert (names_of(APP), names_of(rebuilt)) == ((), ("app:1",))
    back = unpack(src=saved(APP))
    assert back["ops"] == [f"take name app:1 from image {rebuilt.id}", f"name image {APP.id} app:1"]


def test_second_name_and_untagging(saved: Callable[..., str]) -> None:
    src = saved(APP)
    unpack(src=src)
    named = unpack(src=src, name="docker.io/library/mine")
    assert named["ops"] == [f"name image {APP.id} mine:latest"]
    assert named["image"]["names"] == ["app:1", "mine:latest"]
    untagged = unpack(name="mine", state="absent")
    assert untagged["ops"] == [f"take name mine:latest from image {APP.id}"]
    assert names_of(APP) == ("app:1",)
    assert layers_there() == 2


@pytest.mark.parametrize("how", ["name", "digest", "archive", "archive without tag"])
def test_removal_and_its_twin(saved: Callable[..., str], how: str) -> None:
    image = Image(layers=APP.layers, names=()) if how == "archive without tag" else APP
    src = saved(image)
    unpack(src=src)
    options = {"name": {"name": "app:1"}, "digest": {"image": image.id[7:19]}}.get(how, {"src": src})
    before = snapshot(STORE)
    predicted = unpack(True, state="absent", **options)
    assert snapshot(STORE) == before
    removed = unpack(state="absent", **options)
    assert removed == predicted
    assert removed["changed"]
    assert removed["image"] is None
    assert snapshot(STORE) == []
    assert (unpack(state="absent", **options)["changed"], snapshot(STORE)) == (False, [])


def test_removal_without_the_archive(tmp_path: Path) -> None:
    result = unpack(src=str(tmp_path / "gone.tar"), state="absent")
    assert not result["changed"]
    assert "give its name" in result["warnings"][0]


@pytest.mark.parametrize("stands_on", ["image", "layers"])
def test_image_that_a_rootfs_stands_on_stays(saved: Callable[..., str], stands_on: str) -> None:
    src = saved(APP)
    layers = tuple(unpack(src=src)["image"]["layers"])
    folder = f"{STORE}/containers/web"
    rootfs = rootfs_record.RootfsRecord(
        name="web",
        merged=f"{folder}/merged",
        diff=f"{folder}/diff",
        work=f"{folder}/work",
        layers=layers if stands_on == "layers" else (),
        image=APP.id if stands_on == "image" else None,
        uidmap=(),
        gidmap=(),
        read_only=False,
    )
    rootfs_record.save(Files(), Store(STORE), rootfs)
    before = snapshot(STORE)
    for check_mode in (True, False):
        with pytest.raises(ContainersError, match="can't be removed: rootfs web stands on it") as caught:
            unpack(check_mode, name="app:1", state="absent")
        assert "overlay_rootfs" in (caught.value.hint or "")
    assert snapshot(STORE) == before
    unpack(src=src, name="second")
    assert unpack(name="app:1", state="absent")["changed"]
    assert layers_there() == 2


def test_lost_layer_is_unpacked_again_and_only_that(saved: Callable[..., str]) -> None:
    src = saved(APP)
    layers = unpack(src=src)["image"]["layers"]
    shutil.rmtree(layers[0])
    kept = os.stat(layers[1]).st_ino
    assert unpack(src=src)["ops"] == [f"unpack 1 layer of image {APP.id} from {src}"]
    assert Path(layers[0], "base").exists()
    assert os.stat(layers[1]).st_ino == kept


def test_choice_by_name_and_digest(saved: Callable[..., str]) -> None:
    src = saved(APP, TOOL)
    assert unpack(src=src, image="docker.io/library/tool:1")["image"]["id"] == TOOL.id
    for reference in (APP.id, APP.id[7:], APP.id[7:11], f"app@{APP.id}"):
        assert unpack(src=src, image=reference)["image"]["id"] == APP.id
    with pytest.raises(ContainersError, match=r"several images: app:1 .*, tool:1 .*Choose one with the option image"):
        unpack(src=src)
    for reference in ("nothing", APP.id[7:10], "app:2"):
        with pytest.raises(ContainersError, match=r"no image '.*'; there is: app:1 .*, tool:1 "):
            unpack(src=src, image=reference)


def test_damaged_record_is_named(saved: Callable[..., str]) -> None:
    unpack(src=saved(APP))
    path = Path(f"{STORE}/images/{APP.id[7:]}.json")
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ContainersError, match=f"{path}: not JSON"):
        unpack(src=saved(APP))


def test_failure_to_record_takes_the_layers_back(saved: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device", "record")

    monkeypatch.setattr(record, "save", full)
    with pytest.raises(ExecutionError, match="No space left on device") as caught:
        unpack(src=saved(APP))
    assert caught.value.kept == ()
    assert [path for path, mode, _content in snapshot(STORE) if not stat.S_ISDIR(mode)] == []
    assert layers_there() == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "src is needed"),
        ({"state": "absent"}, "needs one of name, image and src"),
        ({"src": "relative.tar"}, "not an absolute path"),
        ({"src": "/x", "store": "relative"}, "store 'relative' is not an absolute path"),
        ({"src": "/x", "name": "UPPER"}, "name 'UPPER' is not a valid image name"),
        ({"src": "/x", "name": "a b"}, "is not a valid image name"),
        ({"src": "/x", "name": "x" * 300}, "is not a valid image name"),
        ({"src": "/x", "platform": "linux"}, "platform 'linux' is not valid"),
        ({"src": "/x", "image": ""}, "image is empty"),
        ({"src": "/x", "max_bytes": "0"}, "max_bytes is 0"),
        ({"src": "/x", "max_bytes": "much"}, "max_bytes 'much' isn't a size"),
        ({"src": "/x", "max_entries": 0}, "max_entries is 0"),
        ({"src": "/x", "max_ratio": -1}, "max_ratio is -1"),
        ({"src": "/x", "max_path_length": 4096}, "max_path_length is more than 4095"),
    ],
)
def test_wrong_options(options: Any, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        unpack(**options)
    assert snapshot(STORE) == []

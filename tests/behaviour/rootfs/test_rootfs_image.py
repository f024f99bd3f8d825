# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rootfs of an image in the store: found by name or id, followed when the name moves, kept from removal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import imagebuild
import pytest
import tarbuild
from rooms import pack, unpack
from rootfs_runs import STORE, inside, merged, mounts_at, rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def image(tmp_path: Path, content: str) -> Any:
    """Put an image with one file, named demo:1, into the store."""
    archive = str(tmp_path / "image.tar")
    pack(dest=archive, tag="demo:1", files=[{"path": "file", "content": content}])
    return unpack(src=archive)["image"]


def test_by_name_and_by_id(tmp_path: Path) -> None:
    made = image(tmp_path, "one")
    result = rootfs(image="demo:1")
    assert (result["rootfs"]["image"], result["rootfs"]["layers"]) == (made["id"], made["layers"])
    assert (merged() / "file").read_text(encoding="utf-8") == "one"
    assert not rootfs(image=made["id"])["changed"]
    assert not rootfs(image="docker.io/library/demo:1")["changed"]
    assert not rootfs(image=made["id"][7:19])["changed"]


def test_name_that_moved_is_followed(tmp_path: Path) -> None:
    image(tmp_path, "one")
    rootfs(image="demo:1")
    uid = (merged() / "file").stat().st_uid
    inside(merged(), uid, uid, lambda: Path("/mine").write_text("kept", encoding="utf-8"))
    made = image(tmp_path, "two")
    result = rootfs(image="demo:1")
    assert result["rootfs"]["image"] == made["id"]
    assert (merged() / "file").read_text(encoding="utf-8") == "two"
    assert (merged() / "mine").read_text(encoding="utf-8") == "kept"
    assert "reset: true" in result["warnings"][0]
    assert len(mounts_at(merged())) == 1


def test_the_image_it_stood_on_is_told_with_whatever_replaces_it(tmp_path: Path) -> None:
    one = image(tmp_path, "one")["id"]
    assert rootfs(image="demo:1")["image_before"] is None
    assert rootfs(image="demo:1")["image_before"] == one
    two = image(tmp_path, "two")["id"]
    assert rootfs(image="demo:1", check_mode=True)["image_before"] == one
    assert rootfs(image="demo:1")["image_before"] == one
    assert rootfs(state="unmounted")["image_before"] == two
    assert rootfs(state="absent", check_mode=True)["image_before"] == two
    assert rootfs(state="absent")["image_before"] == two
    assert rootfs(state="absent")["image_before"] is None


@pytest.mark.parametrize(("uid", "gid", "kind"), [(70000, 5, "uid"), (5, 70000, "gid")])
def test_owners_that_the_map_does_not_hold(tmp_path: Path, uid: int, gid: int, kind: str) -> None:
    layer = tarbuild.archive(tarbuild.file("file", b"", uid=uid, gid=gid))
    made = imagebuild.docker_archive(imagebuild.Image(layers=[layer], names=["demo:1"]))
    unpack(src=imagebuild.write_archive(tmp_path / "image.tar", made))
    for given in ({}, {"uidmap": ["0 600000000 65536", "70001 600070001 1"]}):
        with pytest.raises(ContainersError, match=f"has files of {kind} 70000, which the rootfs's {kind}map"):
            rootfs(image="demo:1", **given)
    assert not Path(STORE.containers).exists()
    rootfs(image="demo:1", uidmap=["0 600000000 65536", "70000 600070000 1"])
    owner = (merged() / "file").stat()
    assert {owner.st_uid, owner.st_gid} == {600070000, 600000005}
    assert not rootfs(image="demo:1", uidmap=["0 600000000 65536", "70000 600070000 1"])["changed"]
    rootfs(state="absent")
    rootfs(image="demo:1", userns="none")
    assert ((merged() / "file").stat().st_uid, (merged() / "file").stat().st_gid) == (uid, gid)


def test_image_of_a_rootfs_stays(tmp_path: Path) -> None:
    made = image(tmp_path, "one")
    rootfs(image="demo:1")
    rootfs(state="unmounted")
    with pytest.raises(ContainersError, match="web"):
        unpack(name="demo:1", state="absent")
    rootfs(image="demo:1")
    rootfs(state="absent")
    unpack(name="demo:1", state="absent")
    assert not Path(made["layers"][0]).exists()


def test_layer_that_was_removed_by_hand(tmp_path: Path) -> None:
    made = image(tmp_path, "one")
    shutil.rmtree(made["layers"][0])
    with pytest.raises(
        ContainersError, match=r"layer .* of rootfs web isn't there or isn't a folder. Unpack the image"
    ):
        rootfs(image="demo:1")
    assert not Path(STORE.container("web")).exists()

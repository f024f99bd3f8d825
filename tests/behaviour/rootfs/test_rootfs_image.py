# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rootfs of an image in the store: found by name or id, followed when the name moves, kept from removal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
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

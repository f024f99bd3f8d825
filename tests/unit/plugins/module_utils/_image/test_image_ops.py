# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ops of images on a double of the host: what they write, and that undo takes it back."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Dict, List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image import record
from ansible_collections.daemonless.containers.plugins.module_utils._image.ops import (
    RemoveImage,
    SaveImage,
    TagImage,
    UntagImage,
)
from ansible_collections.daemonless.containers.plugins.module_utils._image.record import ImageRecord, Seen

STORE = Store("/store")
DIFF_ID = "sha256:" + "1" * 64
SEEN = Seen("/a.tar.gz", (1, 2, 3, 4, 5), None, "linux/amd64", ("app:1",))
IMAGE = ImageRecord("sha256:" + "a" * 64, ("app:1",), (DIFF_ID,), "linux", "amd64", {"config": {}}, (SEEN,))


class Files:
    """Files in memory; ``removed`` lists what went, in order."""

    def __init__(self) -> None:
        self.there: Dict[str, bytes] = {}
        self.removed: List[str] = []

    def read(self, path: str) -> bytes:
        if path not in self.there:
            raise FileNotFoundError(path)
        return self.there[path]

    def list(self, folder: str) -> List[str]:
        return sorted(path.rpartition("/")[2] for path in self.there if path.rpartition("/")[0] == folder)

    def exists(self, path: str) -> bool:
        return path in self.there

    def write_atomic(self, path: str, data: bytes, mode: int) -> None:
        assert mode == 0o600
        self.there[path] = data

    def rename(self, source: str, target: str) -> None:
        self.there[target] = self.there.pop(source)

    def remove(self, path: str) -> None:
        if self.there.pop(path, None) is not None:
            self.removed.append(path)

    remove_tree = remove


@pytest.fixture
def host() -> Any:
    return SimpleNamespace(files=Files())


def test_record_comes_back_whole(host: Any) -> None:
    op = SaveImage(STORE, IMAGE)
    op.apply(host)
    assert record.load_all(host.files, STORE) == [IMAGE]
    op.undo(host)
    op.undo(host)
    assert host.files.there == {}


def test_record_of_an_older_version_has_seen_nothing(host: Any) -> None:
    SaveImage(STORE, IMAGE).apply(host)
    path = record.path_of(STORE, IMAGE.id)
    kept = json.loads(host.files.there[path])
    del kept["seen"]
    host.files.there[path] = json.dumps(kept).encode()
    assert record.load_all(host.files, STORE) == [replace(IMAGE, seen=())]


def test_tag_and_back(host: Any) -> None:
    SaveImage(STORE, IMAGE).apply(host)
    after = replace(IMAGE, names=("app:1", "app:2"))
    op = TagImage(STORE, IMAGE, after, "app:2")
    assert op.describe() == f"name image {IMAGE.id} app:2"
    op.apply(host)
    assert record.find(host.files, STORE, "app:2") == after
    op.undo(host)
    assert record.load_all(host.files, STORE) == [IMAGE]


def test_untag_and_back(host: Any) -> None:
    SaveImage(STORE, IMAGE).apply(host)
    op = UntagImage(STORE, IMAGE, "app:1")
    op.apply(host)
    assert record.find(host.files, STORE, "app:1") is None
    assert record.find(host.files, STORE, IMAGE.id) == replace(IMAGE, names=())
    op.undo(host)
    assert record.load_all(host.files, STORE) == [IMAGE]


def test_removal_takes_the_record_last(host: Any) -> None:
    SaveImage(STORE, IMAGE).apply(host)
    layer = f"{STORE.layers}/{'1' * 64}"
    host.files.there[layer] = b""
    op = RemoveImage(STORE, IMAGE, (DIFF_ID,))
    op.apply(host)
    assert host.files.removed == [f"{layer}.removed", record.path_of(STORE, IMAGE.id)]
    op.apply(host)
    with pytest.raises(ContainersError, match="removed for good"):
        op.undo(host)


def test_ambiguous_start_of_an_id(host: Any) -> None:
    other = replace(IMAGE, id="sha256:" + "a" * 63 + "b", names=())
    for image in (IMAGE, other):
        SaveImage(STORE, image).apply(host)
    with pytest.raises(ContainersError, match="image 'aaaa' is ambiguous"):
        record.find(host.files, STORE, "aaaa")
    assert record.find(host.files, STORE, other.id) == other

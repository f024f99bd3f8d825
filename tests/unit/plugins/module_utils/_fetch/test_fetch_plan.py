# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manifests read, and the planner of fetching, with plain data."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Dict

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Plan
from ansible_collections.daemonless.containers.plugins.module_utils._fetch import manifest
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.observe import Found, Remote
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.ops import FetchLayers
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.plan import plan, result
from ansible_collections.daemonless.containers.plugins.module_utils._fetch.spec import spec
from ansible_collections.daemonless.containers.plugins.module_utils._image.arrival import Arrival
from ansible_collections.daemonless.containers.plugins.module_utils._image.platform import Platform

HOST = Platform("linux", "amd64")
WANTED = spec(with_defaults(ARGUMENT_SPEC, {"source": "docker://r.example/app:1"}))


def sha(digit: str) -> str:
    return "sha256:" + digit * 64


IMAGE, LOW, HIGH, LOW_STORED, HIGH_STORED = map(sha, "a1234")


@dataclass(frozen=True)
class Step:
    """An op of another room."""

    words: str

    def describe(self) -> str:
        return self.words

    def apply(self, host: Any) -> None: ...

    def undo(self, host: Any) -> None: ...


def entry(digest: str, architecture: str, os: str = "linux") -> Dict[str, Any]:
    return {"digest": digest, "platform": {"os": os, "architecture": architecture}}


def test_the_image_of_an_index_that_fits() -> None:
    document = {"manifests": [entry(sha("1"), "arm64"), entry(sha("2"), "amd64"), {"digest": sha("3")}]}
    assert manifest.chosen(document, HOST, "index") == sha("2")
    assert manifest.chosen({"layers": []}, HOST, "manifest") is None


def test_an_index_without_one_that_fits_tells_what_there_is() -> None:
    document = {"manifests": [entry(sha("1"), "arm64"), entry(sha("2"), "unknown", os="unknown")]}
    with pytest.raises(ContainersError, match=r"no image for linux/amd64; there is: linux/arm64\.") as raised:
        manifest.chosen(document, HOST, "index")
    assert raised.value.hint == "Choose one that is there with the option platform"


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"schemaVersion": 1, "fsLayers": []}, "Docker's schema 1"),
        ({"layers": []}, "config is not a JSON object"),
        ({"config": {"digest": IMAGE}}, "layers is not a list"),
        ({"config": {"digest": "../../etc"}, "layers": []}, "config digest '../../etc' is not a sha256 digest"),
        ({"config": {"digest": IMAGE}, "layers": [{"digest": "md5:1"}]}, "layer digest 'md5:1' is not"),
    ],
)
def test_what_is_no_manifest(document: Dict[str, Any], message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        manifest.read_manifest(document, "manifest")


def test_a_document_has_its_limits() -> None:
    with pytest.raises(ContainersError, match="at most"):
        manifest.read_document(b" " * (4 * 1024 * 1024 + 1), "manifest")


def found(unpack: bool) -> Found:
    rest = Plan(ops=(Step("record"),) if unpack else (), predicted={"image": {"id": IMAGE}}, warnings=("one",))
    coming = Arrival(Step("unpack") if unpack else None, (HIGH,) if unpack else (), rest)
    layers = ((LOW_STORED, LOW), (HIGH_STORED, HIGH))
    remote = Remote("docker://r.example/app@x", IMAGE, layers, (sha("e"), sha("f")), b"{}" if unpack else None)
    return Found(coming, IMAGE, remote, sha("f"), HOST, ("two",))


def test_layers_are_fetched_before_the_rest() -> None:
    made = plan(WANTED, found(unpack=True))
    assert made.describe() == (f"fetch 1 layer of image {IMAGE} from docker://r.example/app:1", "record")
    assert made.predicted == {"image": {"id": IMAGE}, "digest": sha("f")}
    assert made.warnings == ("one", "two")
    load = found(unpack=True).load
    assert load is not None
    assert load.layers == ((LOW_STORED, LOW), (HIGH_STORED, HIGH))


def test_nothing_is_fetched_of_an_image_that_is_there() -> None:
    assert plan(WANTED, found(unpack=False)).ops == ()
    assert found(unpack=False).load is None
    assert result(WANTED, found(unpack=False)) == {"image": {"id": IMAGE}, "digest": sha("f")}


def test_layers_that_nobody_brought_are_told() -> None:
    """Those that the store lost between the look and its lock."""
    op = FetchLayers(WANTED, IMAGE, (HIGH,), Step("unpack"))
    host: Any = SimpleNamespace(files=SimpleNamespace(exists=lambda path: False))
    with pytest.raises(ContainersError, match="layers that the store had were removed meanwhile"):
        op.apply(host)


def test_without_skopeo_the_plan_says_so() -> None:
    made = plan(WANTED, Found(None, None, None, None, HOST))
    assert made.describe() == ("fetch docker://r.example/app:1",)
    assert [unmet.what for unmet in made.unmet] == ["skopeo is not installed, which fetches images"]
    assert made.predicted["image"]["names"] == ["r.example/app:1"]
    assert made.before != made.after

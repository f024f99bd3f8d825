# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from a real Docker daemon and from the storage of Podman."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any, Dict, Iterator

import engine
import imagebuild
import pytest
from imagebuild import Image, layer
from rooms import STORE, fetch, snapshot

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

IMAGE = Image(layers=[layer("low"), layer("high")], names=["app:1"], run={"Cmd": ["/app"]})


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engine.Engine]:
    if engine.client() is None:
        pytest.skip("no engine here to fetch from: docker.io is not installed")
    with engine.engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


def _comes_and_stays(**options: Any) -> Dict[str, Any]:
    before = snapshot(STORE)
    predicted = fetch(check_mode=True, **options)
    assert snapshot(STORE) == before
    done = fetch(**options)
    assert {**predicted, "diff": None} == {**done, "diff": None}
    assert done["changed"]
    assert [os.listdir(path) for path in done["image"]["layers"]] == [["low"], ["high"]]
    assert sorted(os.listdir(STORE)) == ["images", "layers"]
    again = fetch(**options)
    assert (again["changed"], again["image"]) == (False, done["image"])
    return done


def test_from_a_docker_daemon(docker: engine.Engine, tmp_path: Path) -> None:
    docker("load", "--input", imagebuild.write_archive(tmp_path / "app.tar", imagebuild.docker_archive(IMAGE)))
    done = _comes_and_stays(source="docker-daemon:app:1", docker_host=f"unix://{docker.socket}")
    assert done["image"]["id"] == docker("image", "inspect", "--format", "{{.Id}}", "app:1").strip()
    assert done["image"]["names"] == ["app:1"]


def test_an_image_that_the_daemon_has_not(docker: engine.Engine) -> None:
    with pytest.raises(ContainersError, match="there is no such image"):
        fetch(source="docker-daemon:none:1", docker_host=f"unix://{docker.socket}")


def test_a_daemon_that_does_not_run() -> None:
    with pytest.raises(ContainersError, match="the Docker daemon doesn't answer") as raised:
        fetch(source="docker-daemon:none:1", docker_host="unix:///run/no.sock")
    assert "docker_host" in str(raised.value.hint)


@pytest.mark.parametrize("kind", ["oci", "v2s2"])
def test_from_the_storage_of_podman(tmp_path: Path, kind: str) -> None:
    storage = f"containers-storage:[vfs@{tmp_path}/storage+{tmp_path}/run]"
    layout = imagebuild.write_folder(tmp_path / "app", imagebuild.oci_layout(IMAGE, compress=imagebuild.multi_gzip))
    copy = ["skopeo", "copy", "--quiet", "--insecure-policy", f"--format={kind}", f"oci:{layout}:app:1"]
    subprocess.run([*copy, f"{storage}localhost/app:1"], check=True)
    done = _comes_and_stays(source=f"{storage}localhost/app:1", name="app:1")
    assert done["image"]["names"] == ["app:1"]
    with pytest.raises(ContainersError, match="there is no such image"):
        fetch(source=f"{storage}localhost/none:1")

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images that others made: by a real engine here and now, and those that lie beside the project."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path
from typing import Iterator, List, Mapping, Tuple

import engine
import pytest
from containers import inside
from internet import HOST, WEB_NAME
from project import ROOT
from rooms import unpack
from rootfs_runs import rootfs
from site_play import pid_of, play_role

IMAGES = Path("/var/lib/daemonless/images")
FIXTURES = ROOT.parent / "shared/fixtures"
STAYS = ["sh", "-c", "trap 'exit 0' TERM; sleep 600 & wait"]

RUNNABLE = ["docker-save-18.09-busybox-14-layers.tar", "kaniko-busybox-14-gzip-layers.tar"]
MOUNTABLE: Mapping[str, Tuple[Mapping[str, str], List[str]]] = {
    "buildkit-oci-archive-gzip.tar": ({"platform": "linux/arm64"}, ["README.md"]),
    "buildkit-oci-archive-zstd.tar": ({"platform": "linux/arm64"}, ["README.md"]),
    "buildkit-oci-archive-uncompressed.tar": ({"platform": "linux/arm64"}, ["README.md"]),
    "crane-two-images.tar": ({"image": "test_image_1"}, ["bar", "foo"]),
    "crane-whiteout-dir.tar": ({}, ["a/baz", "b/bar"]),
    "docker-save-20.10-symlinked-layer.tar": ({"image": "bazel/v1/tarball:test_image_3"}, ["bar", "foo", "test"]),
    "docker-save-25-hello-world-hybrid.tar": ({}, ["hello"]),
    "docker-save-symlinked-layer-2.tar": ({}, []),
}
"""Which image of several, and the files in it."""


def _runs(archive: Path, **variables: object) -> int:
    """Play the role on that archive; the pid of what runs then."""
    pid = pid_of(play_role(container_image_src=str(archive), **variables).succeeded())
    assert inside(pid, "wget", "-q", "-O", "-", f"http://{WEB_NAME}/") == HOST
    return pid


@pytest.fixture(scope="module")
def docker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engine.Engine]:
    if engine.client() is None:
        pytest.skip("no engine here to make images with: docker.io is not installed")
    with engine.engine(tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture
def _down() -> Iterator[None]:
    """Down, without telling which image it was."""
    yield
    play_role(container_state="absent").succeeded()
    assert list(Path("/var/lib/daemonless").iterdir()) == []


@pytest.mark.usefixtures("_down")
def test_an_image_that_an_engine_built_runs(docker: engine.Engine, tmp_path: Path) -> None:
    context = tmp_path / "context"
    (context / "root/bin").mkdir(parents=True)
    shutil.copy("/bin/busybox", context / "root/bin/busybox")
    for name in ("sh", "sleep", "wget", "cat", "env"):
        (context / "root/bin" / name).symlink_to("busybox")
    (context / "Dockerfile").write_text(
        "FROM scratch\nCOPY root/ /\nCOPY Dockerfile /added/\nENV GREETING=hello\nWORKDIR /made/here\n"
        """ENTRYPOINT ["sh", "-c"]\nCMD ["echo $GREETING from $PWD; trap 'exit 0' TERM; sleep 600 & wait"]\n"""
    )
    docker("build", "--tag", "built:1", context)
    docker("save", "--output", tmp_path / "built.tar", "built:1")
    pid = _runs(tmp_path / "built.tar")
    assert play_role(container_image_src=str(tmp_path / "built.tar")).succeeded().changed == []
    assert inside(pid, "cat", "/added/Dockerfile").startswith("FROM scratch")
    assert Path("/var/lib/daemonless/containers/my-docker/log").read_text() == "hello from /made/here\n"


@pytest.mark.usefixtures("_down")
def test_a_root_that_an_engine_imported_runs(docker: engine.Engine, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add("/bin/busybox", "bin/busybox")
        for name in ("sh", "sleep", "wget"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    docker("import", "-", "imported:1", stdin=packed.getvalue())
    docker("save", "--output", tmp_path / "imported.tar", "imported:1")
    _runs(tmp_path / "imported.tar", container_command=STAYS)


@pytest.mark.usefixtures("_down")
@pytest.mark.parametrize("name", RUNNABLE)
def test_an_image_of_14_layers_whose_command_is_a_shell_runs(name: str) -> None:
    _runs(_fixture(name))


@pytest.mark.usefixtures("_down")
def test_another_image_takes_the_place_of_the_one_before(archive: None) -> None:
    play_role().succeeded()
    tried = play_role("--check", container_image_src=str(_fixture(RUNNABLE[0]))).succeeded()
    assert tried.changed == ["image_unpack", "overlay_rootfs"]
    replaced = play_role(container_image_src=str(_fixture(RUNNABLE[0]))).succeeded()
    assert "fatal" not in replaced.output
    names = [image["names"] for image in map(json.loads, (p.read_text() for p in IMAGES.glob("*.json")))]
    assert len(names) == 1


@pytest.mark.parametrize("name", MOUNTABLE)
def test_an_image_is_mounted_with_what_is_in_it(name: str) -> None:
    choice, files = MOUNTABLE[name]
    archive = str(_fixture(name))
    image = unpack(src=archive, **choice)["image"]["id"]
    try:
        merged = Path(rootfs(name="tried", image=image)["rootfs"]["merged"])
        assert sorted(str(path.relative_to(merged)) for path in merged.rglob("*") if path.is_file()) == files
    finally:
        rootfs(name="tried", state="absent")
        unpack(src=archive, state="absent", **choice)


def _fixture(name: str) -> Path:
    path = FIXTURES / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What image_pack writes is read by everybody: by image_unpack, and by the tools of others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List

import pytest
from rooms import empty_store, pack, unpack

OPTIONS: Dict[str, Any] = {
    "tag": "registry.example:5000/team/tool:2",
    "files": [{"path": "bin/tool", "content": "tool\n", "mode": "0755"}],
    "config": {
        "Entrypoint": ["/bin/tool"],
        "Cmd": ["--help"],
        "Env": ["A=b=c"],
        "User": "1000:7",
        "WorkingDir": "/srv",
        "StopSignal": "SIGINT",
        "ExposedPorts": ["80", "53/udp"],
        "Volumes": ["/data"],
        "Labels": {"version": 2},
    },
}
CONFIG = {
    **OPTIONS["config"],
    "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
    "Volumes": {"/data": {}},
    "Labels": {"version": "2"},
}


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_image_unpack(tmp_path: Path, form: str) -> None:
    empty_store()
    dest = str(tmp_path / "a.tar")
    packed = pack(dest=dest, format=form, **OPTIONS)["image"]
    image = unpack(src=dest, image=packed["id"] if form == "oci-archive" else OPTIONS["tag"])["image"]
    assert (image["id"], image["names"], image["diff_ids"]) == (packed["id"], [OPTIONS["tag"]], packed["diff_ids"])
    assert image["config"]["config"] == CONFIG
    assert (Path(image["layers"][0]) / "bin/tool").read_text(encoding="utf-8") == "tool\n"


@pytest.mark.parametrize("form", ["docker-archive", "oci-archive"])
def test_skopeo(tmp_path: Path, form: str) -> None:
    dest = str(tmp_path / "a.tar")
    image = pack(dest=dest, format=form, **OPTIONS)["image"]
    document = json.loads(output(tool("skopeo"), "inspect", "--config", f"{form}:{dest}"))
    assert document["rootfs"]["diff_ids"] == image["diff_ids"]
    assert document["config"] == CONFIG


def test_umoci(tmp_path: Path) -> None:
    dest = str(tmp_path / "a.tar")
    pack(dest=dest, format="oci-archive", **OPTIONS)
    layout = tmp_path / "layout"
    layout.mkdir()
    output("tar", "-xf", dest, "-C", str(layout))
    output(tool("umoci"), "raw", "unpack", "--image", f"{layout}:2", str(tmp_path / "root"))
    assert (tmp_path / "root/bin/tool").read_text(encoding="utf-8") == "tool\n"


@pytest.fixture
def docker(tmp_path: Path) -> Iterator[List[str]]:
    """A Docker engine of the test's own, without network and rules of its making."""
    client, server = tool("docker"), tool("dockerd")
    address = f"unix://{tmp_path}/docker.sock"
    log = open(tmp_path / "dockerd.log", "wb")  # noqa: SIM115
    process = subprocess.Popen(
        [
            *(server, "--host", address, "--data-root", str(tmp_path / "data"), "--exec-root", str(tmp_path / "exec")),
            *("--pidfile", str(tmp_path / "docker.pid"), "--iptables=false", "--ip6tables=false", "--bridge=none"),
            *("--storage-driver", "vfs"),
        ],
        stdout=log,
        stderr=log,
    )
    command = [client, "--host", address]
    deadline = time.monotonic() + 30
    while subprocess.run([*command, "version"], capture_output=True, check=False).returncode != 0:
        if time.monotonic() > deadline or process.poll() is not None:
            process.kill()
            pytest.skip("dockerd doesn't start here: " + (tmp_path / "dockerd.log").read_text(encoding="utf-8")[-300:])
        time.sleep(0.2)
    yield command
    process.terminate()
    process.wait(30)
    log.close()


def test_docker_load(tmp_path: Path, docker: List[str]) -> None:
    dest = str(tmp_path / "a.tar")
    image = pack(dest=dest, **OPTIONS)["image"]
    output(*docker, "load", "--input", dest)
    found = json.loads(output(*docker, "image", "inspect", OPTIONS["tag"]))[0]
    assert found["RootFS"]["Layers"] == image["diff_ids"]
    assert {key: found["Config"][key] for key in CONFIG} == CONFIG
    saved = str(tmp_path / "saved.tar")
    output(*docker, "save", "--output", saved, OPTIONS["tag"])
    empty_store()
    again = unpack(src=saved)["image"]
    assert again["diff_ids"] == image["diff_ids"]
    assert os.path.exists(f"{again['layers'][0]}/bin/tool")

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the image that is unpacked in the benchmark: a Debian tree with a Python installation, in three layers.

It needs mmdebstrap and the network to a Debian mirror once; the result is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import List

SUITE = "bookworm"
PACKAGES = (
    "python3",
    "ansible",
    "python3-scipy",
    "python3-pandas",
    "python3-matplotlib",
    "python3-sympy",
    "python3-django",
)
LARGEST = "+2M"
"""Single large files are left out (``find -size``), so that about 1.2 GB have about 90,000 entries."""
DISTRIBUTION = "./usr/lib/python3/dist-packages"
TAG = "daemonless-benchmark:latest"


@dataclass(frozen=True)
class Image:
    """The image as ``docker save`` writes one, and its layers in files of their own, lowest first."""

    archive: Path
    layers: List[Path]


def made(folder: Path) -> Image:
    """The image in that folder, made if missing."""
    archive = folder / "image.tar"
    if not archive.exists():
        folder.mkdir(parents=True, exist_ok=True)
        root = folder / "root"
        packages = ",".join(PACKAGES)
        shutil.rmtree(root, ignore_errors=True)
        subprocess.run(["mmdebstrap", "--variant=minbase", f"--include={packages}", SUITE, str(root)], check=True)
        subprocess.run(["find", str(root), "-type", "f", "-size", LARGEST, "-delete"], check=True)
        _pack(folder, root, archive)
        shutil.rmtree(root)
    return Image(archive, _layers(folder))


def _layers(folder: Path) -> List[Path]:
    return sorted(folder.glob("layer-*.tar"))


def _pack(folder: Path, root: Path, archive: Path) -> None:
    top = sorted(f"{DISTRIBUTION}/{path.name}" for path in (root / DISTRIBUTION).glob("ansible*"))
    _tar(folder / "layer-0.tar", root, [f"--exclude={DISTRIBUTION}", "."])
    _tar(folder / "layer-1.tar", root, [*(f"--exclude={path}" for path in top), DISTRIBUTION])
    _tar(folder / "layer-2.tar", root, top)
    digests = [_digest(path) for path in _layers(folder)]
    config = {
        "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine],
        "os": "linux",
        "config": {"Cmd": ["/bin/sh"]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in digests]},
        "history": [{"created_by": path.name} for path in _layers(folder)],
    }
    text = json.dumps(config, sort_keys=True)
    name = f"{hashlib.sha256(text.encode()).hexdigest()}.json"
    stage = folder / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    for digest, path in zip(digests, _layers(folder)):
        (stage / digest).mkdir(parents=True)
        os.link(path, stage / digest / "layer.tar")
    (stage / name).write_text(text)
    manifest = [{"Config": name, "RepoTags": [TAG], "Layers": [f"{digest}/layer.tar" for digest in digests]}]
    (stage / "manifest.json").write_text(json.dumps(manifest))
    _tar(archive, stage, [*(f"{digest}/layer.tar" for digest in digests), name, "manifest.json"])
    shutil.rmtree(stage)


def _tar(target: Path, folder: Path, arguments: List[str]) -> None:
    command = [
        "tar",
        "--create",
        "--file",
        f"{target}.new",
        "--directory",
        str(folder),
        "--sort=name",
        "--numeric-owner",
    ]
    subprocess.run(
        [*command, "--format=pax", "--pax-option=delete=atime,delete=ctime,delete=mtime", "--xattrs", *arguments],
        check=True,
    )
    os.rename(f"{target}.new", target)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while True:
            data = file.read(1 << 20)
            if not data:
                return digest.hexdigest()
            digest.update(data)

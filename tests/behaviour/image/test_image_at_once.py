# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs at the same time, and runs that are killed: what is seen is always whole, and the next run converges."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import List

import imagebuild
import pytest
import tarbuild
from children import ended_well, started
from imagebuild import Image
from rooms import STORE, empty_store, unpack

SHARED = tarbuild.archive(*(tarbuild.file(f"f{number}", b"x" * 100) for number in range(3000)))
APP = Image(layers=[SHARED, imagebuild.layer("app")], names=("app:1",))
TOOL = Image(layers=[SHARED, imagebuild.layer("tool")], names=("tool:1",))


@pytest.fixture(autouse=True)
def fresh_store() -> None:
    empty_store()


def layers() -> List[str]:
    return sorted(name for name in os.listdir(f"{STORE}/layers/sha256") if not name.endswith(".unsettled"))


def diff_ids(*images: Image) -> List[str]:
    return sorted({imagebuild.digest(layer)[7:] for image in images for layer in image.layers})


def test_two_of_one_image_and_one_of_another(tmp_path: Path) -> None:
    sources = [
        imagebuild.write_archive(tmp_path / f"{number}.tar", imagebuild.docker_archive(image))
        for number, image in enumerate((APP, APP, TOOL))
    ]
    pids = [started(unpack, src=src) for src in sources]
    assert [ended_well(pid) for pid in pids] == [True, True, True]
    assert layers() == diff_ids(APP, TOOL)
    assert len(os.listdir(f"{STORE}/layers/sha256/{imagebuild.digest(SHARED)[7:]}")) == 3000
    assert sorted(os.listdir(f"{STORE}/images")) == sorted(f"{image.id[7:]}.json" for image in (APP, TOOL))
    assert not any(unpack(src=src)["changed"] for src in sources)


def test_removal_beside_an_unpacking_that_shares_a_layer(tmp_path: Path) -> None:
    unpack(src=imagebuild.write_archive(tmp_path / "a.tar", imagebuild.docker_archive(APP)))
    src = imagebuild.write_archive(tmp_path / "b.tar", imagebuild.docker_archive(TOOL))
    pids = [started(unpack, src=src), started(unpack, name="app:1", state="absent")]
    assert [ended_well(pid) for pid in pids] == [True, True]
    assert layers() == diff_ids(TOOL)
    assert len(os.listdir(unpack(src=src)["image"]["layers"][0])) == 3000


@pytest.mark.parametrize("moment", range(6))
def test_killed_while_it_unpacks(tmp_path: Path, moment: int) -> None:
    src = imagebuild.write_archive(tmp_path / "a.tar", imagebuild.docker_archive(APP))
    pid = started(unpack, src=src)
    time.sleep(moment * 0.02)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    whole = {imagebuild.digest(layer)[7:]: count for layer, count in zip(APP.layers, (3000, 1))}
    for name, count in whole.items():
        if os.path.isdir(f"{STORE}/layers/sha256/{name}"):
            assert len(os.listdir(f"{STORE}/layers/sha256/{name}")) == count
    result = unpack(src=src)
    assert [len(os.listdir(path)) for path in result["image"]["layers"]] == [3000, 1]
    assert layers() == diff_ids(APP)
    assert not unpack(src=src)["changed"]

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with holes, as GNU tar itself writes them, byte for byte."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from layers import Workshop

PIECES = [(0, b"start"), (1 << 20, b"middle" * 1000), ((1 << 22) + 7, b"x")]


@pytest.fixture
def holey(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for name, pieces, size in (("many", PIECES, 1 << 23), ("ends", PIECES[:1], 4096), ("none", [], 1 << 21)):
        with (folder / name).open("wb") as file:
            for offset, data in pieces:
                file.seek(offset)
                file.write(data)
            file.truncate(size)
    with (folder / "fifty").open("wb") as file:
        for number in range(50):
            file.seek(number * 65536)
            file.write(b"%d" % number)
    return folder


@pytest.mark.parametrize(
    "form",
    [
        ["--format=gnu"],
        ["--format=pax", "--sparse-version=0.0"],
        ["--format=pax", "--sparse-version=0.1"],
        ["--format=pax", "--sparse-version=1.0"],
    ],
    ids=["gnu", "0.0", "0.1", "1.0"],
)
def test_holes_are_exact(workshop: Workshop, holey: Path, form: list[str]) -> None:
    command = ["tar", "--sparse", *form, "-C", str(holey), "-cf", "-", "."]
    layer = workshop.unpack(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    for source in holey.iterdir():
        assert (layer / source.name).read_bytes() == source.read_bytes()
    assert (layer / "none").stat().st_blocks == 0
    assert (layer / "many").stat().st_blocks * 512 < 1 << 17

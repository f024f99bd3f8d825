# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workshop for layers, once with a new store and once with a store in use."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import imagebuild
import pytest
from badimages import IMAGE, Refused, refusal
from layers import Workshop
from rooms import empty_store, unpack


@pytest.fixture(params=["fresh", "existing"])
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    if request.param == "existing":
        made.fill()
    yield made
    made.check_victim()


@pytest.fixture(params=["fresh store", "store in use"])
def refused(request: pytest.FixtureRequest, tmp_path: Path) -> Refused:
    """A check that an archive is refused, with a new store and with one that has the image already."""
    empty_store()
    if request.param == "store in use":
        unpack(src=imagebuild.write_archive(tmp_path / "first.tar", imagebuild.docker_archive(IMAGE)))
    return refusal(tmp_path)

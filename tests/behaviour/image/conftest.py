# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workshop for layers, once with a new store and once with a store in use."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Iterator

import pytest
from layers import Workshop
from rooms import STORE


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder for a store and what is beside it, where nothing waits for a disk."""
    with tempfile.TemporaryDirectory(dir=STORE) as folder:
        yield Path(folder)


@pytest.fixture(params=["fresh", "existing"])
def workshop(request: pytest.FixtureRequest, place: Path) -> Iterator[Workshop]:
    made = Workshop(place)
    if request.param == "existing":
        made.fill()
    yield made
    made.check_victim()

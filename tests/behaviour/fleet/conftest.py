# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host for each test, and nothing left on it afterwards."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Iterator

import pytest
from fleet_runs import fleet, layer
from snapshots import differences, snapshot

_PATIENCE = 10


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The path of a layer."""
    folder: Path = tmp_path_factory.mktemp("fleet")
    return layer(folder)


@pytest.fixture(autouse=True)
def _host() -> Iterator[None]:
    """A way out by an interface that leads nowhere; whatever fleet a test made goes, and has to leave nothing."""
    subprocess.run(["ip", "link", "add", "uplink", "type", "bridge"], check=True)
    subprocess.run(["ip", "link", "set", "uplink", "up"], check=True)
    before = snapshot()
    try:
        yield
        for name in ("web", "other"):
            assert fleet(fleet=name, state="absent")["failures"] == {}
        deadline = time.monotonic() + _PATIENCE
        while snapshot() != before and time.monotonic() < deadline:
            time.sleep(0.1)  # what was ended may take its time to be gone
        assert differences(before, snapshot()) == []
    finally:
        subprocess.run(["ip", "link", "del", "uplink"], check=True)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every test begins on a host that has nothing in its cache of modules, and ends on one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Iterator

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sent.call import FOLDER


@pytest.fixture(autouse=True)
def cache() -> Iterator[Path]:
    """The folder, which is not there."""
    folder = Path(FOLDER)
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    if os.path.ismount(folder):
        raise AssertionError(f"something is still mounted at {folder}")
    shutil.rmtree(folder, ignore_errors=True)

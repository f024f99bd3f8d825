# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two registries to fetch from, one with a certificate and a password and one without, and an empty store."""

from __future__ import annotations

import shutil
from typing import Iterator

import pytest
import registry
from rooms import empty_store


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[registry.Registry]:
    if registry.program() is None:
        pytest.skip("no registry here to fetch from: docker-registry is not installed")
    with registry.registry(tmp_path_factory.mktemp("secured"), 5000) as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[registry.Registry]:
    if registry.program() is None:
        pytest.skip("no registry here to fetch from: docker-registry is not installed")
    with registry.registry(tmp_path_factory.mktemp("plain"), 5001, secure=False) as running:
        yield running


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    empty_store()
    yield
    empty_store()
    shutil.rmtree("/run/daemonless", ignore_errors=True)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the whole flow stand on: an internet beside the sandbox, and the site played in it."""

from __future__ import annotations

from typing import Iterator

import pytest
from container_fixtures import mount_points, take_away_all
from internet import internet
from plays import Play
from site_play import busybox_archive, play_site


@pytest.fixture(scope="module", autouse=True)
def _internet() -> Iterator[None]:
    """Also takes away what a failed test left, so that one failure stays one."""
    with internet():
        before = mount_points()
        yield
        take_away_all(before)


@pytest.fixture(scope="module")
def site(_internet: None) -> Iterator[Play]:
    """The site, up, as Ansible does it without pipelining; the value is how playing it went."""
    yield play_site(ansible_pipelining=False).succeeded()
    play_site(container_state="absent").succeeded()


@pytest.fixture(scope="module")
def archive(_internet: None) -> Iterator[None]:
    """The archive that the site would make."""
    with busybox_archive():
        yield

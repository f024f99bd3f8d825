# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests against the real kernel; they change the host they run on, which has to be a sandbox."""

from __future__ import annotations

import os

import pytest


def pytest_sessionstart(session: pytest.Session) -> None:
    if os.environ.get("DAEMONLESS_SANDBOX") != "1":
        pytest.exit("run these in a sandbox: tests/sandbox pytest tests/behaviour", returncode=2)

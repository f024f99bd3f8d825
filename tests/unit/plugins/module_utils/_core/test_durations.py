# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lengths of time as users write them."""

from __future__ import annotations

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.durations import parse_duration
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0.0),
        ("30s", 30.0),
        ("1.5s", 1.5),
        ("500ms", 0.5),
        ("20us", 0.00002),
        ("5m", 300.0),
        ("1m5ms", 60.005),
        (" 1h1m1s ", 3661.0),
        ("36h", 129_600.0),
        ("1w2d", 777_600.0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text, "option") == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", " ", "5", "-1s", "1x", "1h 30m", "30m1h", "1h1h", "s", ".5s", "1.s", "1e3s", "٣s", "9" * 10 + "s"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ContainersError, match=r"option .* isn't a duration.*Write it as 7d"):
        parse_duration(text, "option")

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sizes as users write them."""

from __future__ import annotations

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.sizes import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("17", 17),
        ("64m", 64 << 20),
        ("10G", 10 << 30),
        ("1.5 k", 1536),
        ("3b", 3),
        ("2KiB", 2048),
        ("4T", 1 << 42),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, "option") == size


@pytest.mark.parametrize("text", ["", "k", "-1", "1e3", "1x", "1 000", "0x10", "٣", "1.", ".5"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ContainersError, match="isn't a size"):
        parse_size(text, "option")


@pytest.mark.parametrize("text", ["9" * 400, "5000000000000000000", "4194305T"])
def test_what_no_host_has(text: str) -> None:
    with pytest.raises(ContainersError, match="is more than any host has"):
        parse_size(text, "option")

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of many published ports a packet could be meant for twice."""

from __future__ import annotations

from itertools import combinations, product
from typing import List

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._nat.ports import overlap, parsed_port

TEXTS = [
    f"{ip}{ports}:{ports}/{protocol}"
    for ip, ports, protocol in product(("", "198.51.100.1:", "[2001:db8::1]:"), ("1-9", "4", "5-6"), ("tcp", "udp"))
]


@pytest.mark.parametrize("some", list(combinations(TEXTS, 2)), ids=" ".join)
def test_two_are_found_as_they_are_compared(some: List[str]) -> None:
    one, other = map(parsed_port, some)
    assert overlap([one, other]) == ((0, 1) if one.overlaps(other) else None)


def test_two_among_thousands_are_found() -> None:
    ports = [parsed_port(f"{number}:80") for number in range(20_000, 0, -1)]
    assert overlap(ports) is None
    assert overlap([*ports, parsed_port("198.51.100.1:7:80")]) == (19_993, 20_000)


def test_a_wide_range_is_compared_with_all_that_it_spans() -> None:
    assert overlap([parsed_port(text) for text in ("1-100:1-100", "50:50/udp", "100:100")]) == (0, 2)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel refuses, a run says, and leaves the host as it was; the next run does what the first should have."""

from __future__ import annotations

import errno
from typing import Dict

import pytest
from crashes import STRIDE, failures
from fault_cases import CASES, Ground, case_of
from fuse import refusals_on

NUMBERS = (errno.ENOSPC, errno.EIO, errno.EROFS)


@pytest.mark.parametrize("name", CASES)
def test_refused_at_any_call_it_is_undone(ground: Ground, counts: Dict[str, int], name: str) -> None:
    tried = failures(case_of(ground, name), refusals_on, NUMBERS, STRIDE)
    counts["calls refused, all told and undone"] += tried.points

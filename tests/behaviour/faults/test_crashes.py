# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed anywhere, a run leaves nothing that the next doesn't put right; interrupted, it leaves nothing at all."""

from __future__ import annotations

import signal
from typing import Dict

import pytest
from crashes import STRIDE, interruptions, kills
from fault_cases import CASES, Ground, case_of
from fuse import calls_on, ops_on

ROOMS = [name for name in CASES if not name.startswith("chain")]
"""Each run of a chain is interrupted as one of a room is."""


@pytest.mark.parametrize("name", CASES)
def test_killed_after_every_op_of_every_plan_it_converges(ground: Ground, counts: Dict[str, int], name: str) -> None:
    counts["crash points after ops, all converge"] += kills(case_of(ground, name), ops_on).points


@pytest.mark.parametrize("name", CASES)
def test_killed_within_ops_it_converges(ground: Ground, counts: Dict[str, int], name: str) -> None:
    counts["crash points within ops, all converge"] += kills(case_of(ground, name), calls_on, STRIDE).points


@pytest.mark.parametrize("name", ROOMS)
def test_interrupted_after_every_op_it_is_undone(ground: Ground, counts: Dict[str, int], name: str) -> None:
    case = case_of(ground, name)
    counts["interruptions after ops, all undone"] += interruptions(case, ops_on, signal.SIGTERM).points


@pytest.mark.parametrize("name", ROOMS)
def test_interrupted_within_ops_it_is_undone(ground: Ground, counts: Dict[str, int], name: str) -> None:
    case = case_of(ground, name)
    counts["interruptions within ops, all undone"] += interruptions(case, calls_on, signal.SIGHUP, STRIDE).points

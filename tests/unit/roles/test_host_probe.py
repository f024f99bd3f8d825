# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe of role host: what a target lacks is found without importing or running it."""

from __future__ import annotations

import importlib.util
import json
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import List, Sequence

import pytest

PROBE = Path(__file__).resolve().parents[3] / "roles/host/files/probe.py"
LOADABLE, INTERPRETER = 1, 3


def _program(path: Path, kinds: Sequence[int], order: str = "<") -> Path:
    """A 64-bit ELF file of nothing but headers, with program headers of these kinds."""
    start = b"\x7fELF\x02" + (b"\x01" if order == "<" else b"\x02") + bytes(26)
    middle = struct.pack(order + "Q", 64) + bytes(14) + struct.pack(order + "HH", 56, len(kinds))
    table = b"".join(struct.pack(order + "I", kind) + bytes(52) for kind in kinds)
    path.write_bytes((start + middle).ljust(64, b"\0") + table)
    return path


def _lacking(modules: Sequence[str], static: Sequence[object], programs: Sequence[str] = ()) -> List[str]:
    paths = [str(path) for path in static]
    wanted = json.dumps({"modules": list(modules), "programs": list(programs), "static": paths})
    done = subprocess.run([sys.executable, PROBE, wanted], stdout=subprocess.PIPE, check=True)
    found: List[str] = json.loads(done.stdout)["lacking"]
    return found


@pytest.fixture(scope="module")
def probe() -> ModuleType:
    specification = importlib.util.spec_from_file_location("host_probe", PROBE)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_modules_that_are_not_there_are_named() -> None:
    assert _lacking(["json", "no_such_module", "os"], []) == ["no_such_module"]


def test_programs_that_are_not_there_are_named() -> None:
    assert _lacking([], [], programs=["sh", "no-such-program"]) == ["no-such-program"]


def test_a_static_program_at_one_of_the_paths_is_enough(tmp_path: Path) -> None:
    good = _program(tmp_path / "good", [LOADABLE])
    assert _lacking([], [tmp_path / "missing", good]) == []
    assert _lacking([], [tmp_path / "missing"]) == ["busybox"]


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_program_that_needs_a_loader_is_not_static(probe: ModuleType, tmp_path: Path, order: str) -> None:
    assert probe.is_static(str(_program(tmp_path / "static", [LOADABLE, LOADABLE], order)))
    assert not probe.is_static(str(_program(tmp_path / "dynamic", [LOADABLE, INTERPRETER], order)))


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh\n", b"\x7fELF\x02\x01", b"\x7fELF\x01".ljust(64, b"\0")])
def test_what_is_no_64_bit_program_is_not_static(probe: ModuleType, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert not probe.is_static(str(tmp_path / "file"))


HEADINGS = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
LINK = "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"


@pytest.mark.parametrize(
    ("route", "leads"),
    [
        ("", False),
        ("eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n", True),
        ("ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n", True),
        ("*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", False),
        ("tun0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n", False),
    ],
    ids=["of the link alone", "by a router", "point to point", "that rejects", "of one half"],
)
def test_a_default_route_is_told(probe: ModuleType, route: str, leads: bool) -> None:
    assert probe.leads_out(HEADINGS + LINK + route) is leads

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parcel holds all that its act needs, and not much else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.daemonless.containers.plugins.plugin_utils.parcel import PACKAGE, parcel, sources

ACTS = {
    "execution": ("entering", "container_files", "processes"),
    "listing": ("interfaces", "usages", "systemd", "nft", "xtables", "accounting"),
}
"""Each act, and the parts of the host that it uses, which are imported late."""
LARGEST = {"execution": 72 * 1024, "listing": 128 * 1024}

each_act = pytest.mark.parametrize("act", sorted(ACTS))


@each_act
def test_it_is_whole(act: str, tmp_path: Path) -> None:
    archive = tmp_path / "parcel"
    archive.write_bytes(parcel(act))
    program = [
        f"import sys; sys.path.insert(0, {str(archive)!r})",
        f"import {PACKAGE}._sys.sealed, {PACKAGE}._sent.main, {PACKAGE}._sent.{act}",
        f"from {PACKAGE}._sys.host import Host; host = Host()",
        *(f"host.{part}" for part in ACTS[act]),
        "print(sorted(name.split('.')[0] for name in sys.modules if 'ansible' in name))",
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", "\n".join(program)], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == "[]\n"


@each_act
def test_it_is_small(act: str) -> None:
    assert len(parcel(act)) < LARGEST[act]
    assert not [path for path in sources(act) if path.parts[0] in ("_veth", "_pack", "_fleet", "_service")]


@each_act
def test_other_acts_are_left_out(act: str) -> None:
    assert {path.stem for path in sources(act) if path.parts[0] == "_sent"} == {"main", act}


def test_it_is_the_same_each_time() -> None:
    first = parcel("listing")
    parcel.cache_clear()
    assert parcel("listing") == first

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as resident beside the payloads."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from fleet_memory import Resident, payloads, processes, resident

PAYLOAD = ("/bin/busybox", "sleep", "infinity")


def process(proc: Path, pid: int, words: Sequence[str], size: int) -> None:
    folder = proc / str(pid)
    folder.mkdir(parents=True)
    (folder / "cmdline").write_bytes("".join(f"{word}\0" for word in words).encode())
    if words:
        rollup = f"00400000-7ffd0000 ---p 00000000 00:00 0 [rollup]\nRss:  9999 kB\nPss:  {size} kB\nPss_Dirty: 1 kB\n"
        (folder / "smaps_rollup").write_text(rollup, encoding="ascii")


def test_payloads_outsiders_and_kernel_threads_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "meminfo").touch()
    process(tmp_path, 1, ["the benchmark"], 50_000)
    process(tmp_path, 2, [], 0)
    process(tmp_path, 10, ["dockerd"], 70_000)
    process(tmp_path, 11, ["containerd"], 30_000)
    process(tmp_path, 20, ["shim"], 4_000)
    process(tmp_path, 21, PAYLOAD, 300)
    process(tmp_path, 22, ["shim"], 5_000)
    process(tmp_path, 23, [*PAYLOAD, "and more"], 7)
    assert processes(tmp_path) == {1, 2, 10, 11, 20, 21, 22, 23}
    assert payloads(PAYLOAD, tmp_path) == [21]
    assert resident(PAYLOAD, {1, 2, 10, 11}, {1, 2}, tmp_path) == Resident(helpers=9_007, engine=100_000)

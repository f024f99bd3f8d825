# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes of starts and ends: who it runs as, what is said of a failure, what is left, what lies on the host."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path
from typing import List

from acts import SHELL
from container_runs import wait_for_end
from lab import Lab, Outcome, Probe, listed, source
from runtimes import PYTHON, How, told

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

STUBBORN = "trap '' TERM; while :; do sleep 1; done"
ORPHANS = "i=0; while [ $i -lt 100 ]; do (sleep 0.01 &); i=$((i+1)); done; sleep 0.5; ps -o stat | grep -c Z; true"


def identity(lab: Lab) -> Outcome:
    """CVE-2022-36109 and CVE-2026-30892"""
    ids = told(lab.engine.run([*PYTHON, source()], How(user="web")))["ids"]
    strange = ("4294967296", "0x0", "1e3", "-1", "nobody-here")
    taken = [user for user in strange if not lab.engine.run([*SHELL, "id"], How(user=user)).refused]
    return Outcome(ids == [33, 34, [34, 40]] and not taken, f"{ids}; strange ones {listed(taken, 'refused')}")


def missing_folder(lab: Lab) -> Outcome:
    ran = lab.engine.run([*SHELL, "pwd"], How(working_dir="/no/such"))
    made = ran.output.strip() == "/no/such"
    return Outcome(made or "/no/such" in ran.refused, "made" if made else "an error")


def not_executable(lab: Lab) -> Outcome:
    def change(tree: Path) -> None:
        (tree / "text").write_text("text\n", encoding="ascii")
        (tree / "bad").write_bytes(b"\x7fELF and nothing else")
        (tree / "bad").chmod(0o755)

    how = lab.image("not-executable", change)
    found: List[str] = []
    for program, code in (("/none", 127), ("/text", 126), ("/bad", 126)):
        ran = lab.engine.run([program], how)
        if ran.refused:
            known = ran.code == code or f"exit code {code}" in ran.refused
            errors = [line for line in ran.refused.splitlines() if "rror" in line] or [ran.refused]
            one = len(errors) == 1 and program in errors[0]
            found += [] if known and one else [f"{program}: {ran.code}{'' if one else ', not in one line'}"]
        else:
            found.append(f"{program}: {ran.code}, as if it had been started")
    return Outcome(not found, listed(found, "127, 126, 126; one line that names it"))


def exit_codes(lab: Lab) -> Outcome:
    codes = [lab.engine.run([*SHELL, f"exit {code}"]).code for code in (0, 1, 42)]
    return Outcome(codes == [0, 1, 42], listed(codes))


def orphans(lab: Lab) -> Outcome:
    ran = lab.engine.run([*SHELL, ORPHANS], How(init=True))
    return Outcome(ran.output.strip() == "0", ran.refused[:60] or f"{ran.output.strip()} zombies")


def stubborn(lab: Lab) -> Outcome:
    pid = lab.engine.start("kept", [*SHELL, STUBBORN])
    begin = time.monotonic()
    first = lab.engine.stop("kept", 1)
    seconds = time.monotonic() - begin
    wait_for_end(pid)
    second = lab.engine.stop("kept", 1)
    lab.engine.remove("kept")
    good = not first and not second and 1 <= seconds < 8
    return Outcome(good, "killed; the second stop is no error" if good else f"{first} {second} {seconds:.0f} s")


def companions(lab: Lab) -> Outcome:
    """Whoever holds the other ends of its streams has to go on living."""
    begin = time.monotonic()
    pid = lab.engine.start("kept", ["/bin/sleep", "1000"])
    seconds = time.monotonic() - begin
    streams = [os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)]
    parent = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1]
    name = Path(f"/proc/{parent}/comm").read_text(encoding="ascii").strip() if parent != "1" else ""
    lab.engine.remove("kept")
    pipes = [stream for stream in streams if stream.startswith("pipe:")]
    good = not pipes and not name and seconds < 8
    return Outcome(good, "none" if good else f"{name}, which holds {len(pipes)} pipes")


def names(lab: Lab) -> Outcome:
    taken = []
    for name in ("../x", "a/b", ".", "a b"):
        try:
            lab.engine.start(name, ["/bin/true"])
        except ContainersError:
            continue
        taken.append(repr(name))
        lab.engine.remove(name)
    return Outcome(not taken, listed(taken, "refused"))


def folders(lab: Lab) -> Outcome:
    """CVE-2024-25621"""
    lab.engine.start("kept", ["/bin/sleep", "1000"])
    modes = [stat.S_IMODE(folder.stat().st_mode) for folder in lab.engine.states()]
    lab.engine.remove("kept")
    good = all(mode & 0o066 == 0 for mode in modes)
    return Outcome(good, listed(f"{mode:04o}" for mode in modes))


PROBES = [
    Probe(22, "A user of the image, and users that make no sense", identity),
    Probe(31, "A working directory that isn't there", missing_folder),
    Probe(32, "A program that isn't there, isn't executable, is none", not_executable),
    Probe(33, "Exit codes of commands that exit with 0, 1 and 42", exit_codes),
    Probe(34, "What 100 orphans leave, with the engine's init", orphans),
    Probe(35, "Stopping one that ignores TERM, twice", stubborn),
    Probe(36, "Processes that stay behind to serve a container", companions),
    Probe(37, "Names such as ../x", names),
    Probe(40, "Modes of the folders that containers lie in", folders),
]

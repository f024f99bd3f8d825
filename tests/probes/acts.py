# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Probes with images and options that are made to do harm: what of the host they reach."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Callable

from lab import Lab, Outcome, Probe, listed
from runtimes import How

SHELL = ("/bin/sh", "-c")
STARTS = 8
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def in_descriptors(lab: Lab) -> Outcome:
    """CVE-2024-21626"""
    found = []
    for number in (3, 7, 8, 9):
        ran = lab.engine.run([*SHELL, "pwd; ls"], How(working_dir=f"/proc/self/fd/{number}"))
        if not ran.refused and (ran.code == 0 or "boot" in ran.output):
            found.append(f"{number}: {ran.output.split()[:3]}")
    return Outcome(not found, listed(found, "refused"))


def own_program(lab: Lab) -> Outcome:
    """CVE-2019-5736"""

    def change(tree: Path) -> None:
        (tree / "run-me").write_text("#!/proc/self/exe\n", encoding="ascii")
        (tree / "run-me").chmod(0o755)

    programs = [os.path.realpath(sys.executable), *filter(None, map(shutil.which, ("runc", "podman", "dockerd")))]
    before = [_hash(program) for program in programs]
    how = lab.image("own-program", change)
    first = lab.engine.run(["/run-me"], how)
    lab.engine.run([*SHELL, "for n in 1 2 3 4 5 6 7 8 9; do echo x > /proc/$n/exe; done"], how)
    same = [_hash(program) for program in programs] == before
    return Outcome(same, f"{'refused' if first.refused else 'runs'}, {'unchanged' if same else 'CHANGED'}")


def planted(lab: Lab) -> Outcome:
    """CVE-2019-14271"""

    def change(tree: Path) -> None:
        for folder in (path for path in sys.path if path.startswith("/usr/")):
            place = tree / folder.lstrip("/")
            (place / "encodings").mkdir(parents=True, exist_ok=True)
            for name in ("encodings/__init__.py", "encodings/idna.py", "sitecustomize.py", "traceback.py"):
                (place / name).write_text("import os; os.mkdir('/loaded')\n", encoding="ascii")

    ran = lab.engine.run([*SHELL, "ls /"], replace(lab.image("planted", change), user="web", system=False))
    good = ran.code == 0 and "loaded" not in ran.output
    return Outcome(good, "never loaded" if good else (ran.refused or ran.output).strip()[-60:])


def covered(name: str) -> Callable[[Lab], Outcome]:
    """CVE-2023-27561 and CVE-2026-41579: a link where the container's own file system goes."""

    def act(lab: Lab) -> Outcome:
        def change(tree: Path) -> None:
            (tree / name).symlink_to(lab.victim)

        return lab.harmless(f"link-{name}", change)

    return act


def proc_and_sys(lab: Lab) -> Outcome:
    both = [covered("proc")(lab), covered("sys")(lab)]
    return Outcome(all(outcome.good for outcome in both), "; ".join(sorted({outcome.words for outcome in both})))


def etc_files(lab: Lab) -> Outcome:
    """CVE-2024-5154"""

    def links(tree: Path) -> None:
        for name in ("hosts", "hostname", "resolv.conf", "mtab"):
            (tree / "etc" / name).symlink_to(lab.victim / name)

    def root(tree: Path) -> None:
        shutil.rmtree(tree / "etc")
        (tree / "etc").symlink_to("/")

    both = [lab.harmless("etc-links", links), lab.harmless("etc-root", root)]
    return Outcome(all(outcome.good for outcome in both), "; ".join(sorted({outcome.words for outcome in both})))


def swapped_target(lab: Lab) -> Outcome:
    """CVE-2021-30465: what is a folder when it is looked at is a link to the root when it is mounted on."""
    shared, given = lab.folder / "shared", lab.folder / "given"
    (shared / "at").mkdir(parents=True)
    given.mkdir()
    (shared / "link").symlink_to("/")
    swapper = os.fork()
    if swapper == 0:
        _swap(str(shared / "at"), str(shared / "link"))
    before = lab.unchanged()
    how = How(volumes=(f"{shared}:/mnt/shared", f"{given}:/mnt/shared/at"))
    try:
        runs = [lab.engine.run([*SHELL, "true"], how) for _start in range(STARTS)]
    finally:
        os.kill(swapper, 9)
        os.waitpid(swapper, 0)
    good = lab.unchanged() == before
    started = sum(not ran.refused for ran in runs)
    return Outcome(good, f"inside in all {STARTS} starts ({started} went on)" if good else "HOST CHANGED")


def device_links(lab: Lab) -> Outcome:
    """CVE-2025-31133 and CVE-2025-52565"""

    def change(tree: Path) -> None:
        (tree / "dev/pts").mkdir(parents=True)
        (tree / "dev/null").symlink_to("/proc/sys/kernel/core_pattern")
        (tree / "dev/console").symlink_to(lab.victim / "null")
        (tree / "dev/pts/0").symlink_to(lab.victim / "null")

    pattern = Path("/proc/sys/kernel/core_pattern")
    before = pattern.read_bytes()
    outcome = lab.harmless("device-links", change)
    return Outcome(outcome.good and pattern.read_bytes() == before, outcome.words)


def helpers(lab: Lab) -> Outcome:
    """CVE-2016-9962, with the process of ours that can be met inside: the minimal init."""
    script = "{ echo x > /proc/1/exe && echo program; head -c 1 /proc/1/mem && echo memory; } 2> /dev/null; "
    script += "ls /proc/1/fd 2> /dev/null | sed 's/[012]$//'; true"
    ran = lab.engine.run([*SHELL, script], How(init=True))
    reached = ran.output.split()
    return Outcome(not reached and not ran.refused, ran.refused[:60] or listed(reached, "out of reach"))


def _swap(one: str, other: str) -> None:
    libc = ctypes.CDLL(None)
    while True:
        libc.renameat2(_AT_FDCWD, one.encode(), _AT_FDCWD, other.encode(), _RENAME_EXCHANGE)


def _hash(program: str) -> str:
    return hashlib.sha256(Path(program).read_bytes()).hexdigest()


PROBES = [
    Probe(2, "A working directory of /proc/self/fd/7", in_descriptors),
    Probe(3, "An entry point that is /proc/self/exe", own_program),
    Probe(4, "Modules that an image plants for the host's programs", planted),
    Probe(8, "/proc or /sys of an image that is a link", proc_and_sys),
    Probe(9, "/dev of an image that is a link to a folder of the host", covered("dev")),
    Probe(10, "/etc, or files in it, that are links to the host", etc_files),
    Probe(11, "A mount's target that becomes a link meanwhile", swapped_target),
    Probe(13, "/dev/null and terminals of an image that are links", device_links),
    Probe(23, "The init that comes with the engine, from inside", helpers),
]

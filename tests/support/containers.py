# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look into a running container, with the kernel's means and none of this project's."""

from __future__ import annotations

import subprocess


def inside(pid: int, *command: str) -> str:
    """What the image's own program says when it runs in all namespaces of the container."""
    done = subprocess.run(
        ["nsenter", "--target", str(pid), "--all", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": "/bin:/usr/bin:/sbin:/usr/sbin"},
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}"
    return done.stdout.strip()

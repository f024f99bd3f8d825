# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the README's picture of a terminal: run what it shows, and draw what that wrote.

tests/sandbox python tools/picture.py docs/pictures/run.svg
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 118
PID = re.compile(r"--target (\d+)")
# REUSE-IgnoreStart
FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {terminal_height}" role="img">
  <!-- SPDX-FileCopyrightText: 2026 The daemonless.containers authors -->
  <!-- SPDX-License-Identifier: GPL-3.0-or-later -->
  <title>A container is started, looked into, found to be as wanted, and taken down</title>
  <style>
    .{unique_id}-matrix {{ font: {char_height}px/{line_height}px monospace; white-space: pre }}
    {styles}
  </style>
  <defs>{lines}</defs>
  <rect width="100%" height="100%" rx="8" fill="#292929"/>
  {backgrounds}
  <g class="{unique_id}-matrix" transform="translate(12, 6)">
    {matrix}
  </g>
</svg>
"""
# REUSE-IgnoreEnd


def shown(console: Console, command: str) -> str:
    """Run the command as a user would type it, and put both on the console."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_FORCE_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    console.print(Text.assemble(("$ ", "bold green"), (command, "bold white")))
    console.print(Text.from_ansi("\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())))
    console.print()
    return done.stdout


def draw(path: Path) -> None:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False)
    (pid,) = PID.findall(shown(console, "make run | grep -A 11 lives"))
    shown(console, f"sudo nsenter --target {pid} --all /bin/busybox ps")
    shown(console, "make run | tail -n 2    # again: nothing has to be done")
    shown(console, "make down | tail -n 2")
    path.write_text(console.export_svg(code_format=FRAME, unique_id="run"), encoding="utf-8")


if __name__ == "__main__":
    draw(Path(sys.argv[1]))

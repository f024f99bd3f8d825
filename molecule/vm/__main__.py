# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines to test on: Debian made from its packages, run by QEMU.

``python3 molecule/vm start debian13`` boots the machine, making its image first if need be; ``wait`` returns
when SSH lets us in, ``stop`` ends it, ``console`` shows the last lines that it printed, ``list`` tells which were
started and not stopped. ``stop`` without names ends them all, whichever run started them. Out of scope: what runs
in the machine.
"""

from __future__ import annotations

import argparse
import sys
from typing import Callable, Dict

import image
import machine
from layout import MACHINES, VmError

ACTS: Dict[str, Callable[[str], None]] = {
    "image": lambda name: print(image.made(name)),
    "start": lambda name: machine.start(name, image.made(name)),
    "wait": machine.wait,
    "stop": machine.stop,
    "console": lambda name: print(machine.console(name)),
    "list": print,
}
ON_ALL = ("stop", "console", "list")
"""What needs no names: it is done to each machine that was started."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="molecule/vm", description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=ACTS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MACHINES))
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in MACHINES]
    if unknown or not (arguments.names or arguments.act in ON_ALL):
        parser.error(f"NAME is one of {', '.join(MACHINES)}")
    try:
        for name in arguments.names or machine.started():
            ACTS[arguments.act](name)
    except VmError as error:
        print(f"molecule/vm: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

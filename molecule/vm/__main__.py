# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual machines to test on: Debian made from its packages, run by QEMU.

``python3 molecule/vm start debian13`` boots the machine, making its image first if need be; ``wait`` returns
when SSH lets us in, ``stop`` ends it, ``console`` shows the last lines that it printed. Out of scope: what
runs in the machine.
"""

from __future__ import annotations

import argparse
import sys

import image
import machine
from layout import RELEASES, VmError


def main() -> int:
    parser = argparse.ArgumentParser(prog="molecule/vm", description=__doc__.splitlines()[0])
    parser.add_argument("act", choices=["image", "start", "wait", "stop", "console"])
    parser.add_argument("names", nargs="+", choices=sorted(RELEASES), metavar="NAME", help=", ".join(sorted(RELEASES)))
    arguments = parser.parse_args()
    try:
        for name in arguments.names:
            act(arguments.act, name)
    except VmError as error:
        print(f"molecule/vm: {error}", file=sys.stderr)
        return 1
    return 0


def act(word: str, name: str) -> None:
    if word == "image":
        print(image.made(name))
    elif word == "start":
        machine.start(name, image.made(name))
    elif word == "wait":
        machine.wait(name)
    elif word == "stop":
        machine.stop(name)
    else:
        print(machine.console(name))


if __name__ == "__main__":
    sys.exit(main())

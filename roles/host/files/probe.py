# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what of the named Python modules and programs this interpreter's host lacks, and whether it has a way out, as
JSON.

Run by role host with the interpreter that the collection's modules will run with. It looks, and
imports and changes nothing.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import struct
import sys
from typing import Dict, List

ELF_64_BIT = b"\x7fELF\x02"
PROGRAM_HEADER_INTERPRETER = 3
ROUTES = "/proc/net/route"
ANY = "00000000"
ROUTE_UP, ROUTE_REJECTS = 0x1, 0x200


def is_static(path: str) -> bool:
    """Whether path is a 64-bit program that needs no loader, so that it runs in an empty root."""
    try:
        with open(path, "rb") as program:
            header = program.read(64)
            if not header.startswith(ELF_64_BIT) or len(header) < 64:
                return False
            order = "<" if header[5] == 1 else ">"
            (table,) = struct.unpack_from(order + "Q", header, 32)
            size, count = struct.unpack_from(order + "HH", header, 54)
            program.seek(table)
            entries = program.read(size * count)
    except OSError:
        return False
    kinds = [struct.unpack_from(order + "I", entries, size * number)[0] for number in range(count)]
    return PROGRAM_HEADER_INTERPRETER not in kinds


def leads_out(routes: str) -> bool:
    """Whether one of the routes, as the kernel lists those of IPv4, is a default one."""
    rows = [line.split() for line in routes.splitlines()[1:]]
    flags = [int(row[3], 16) for row in rows if row[1] == row[7] == ANY]
    return any(flag & ROUTE_UP and not flag & ROUTE_REJECTS for flag in flags)


def main() -> None:
    wanted: Dict[str, List[str]] = json.loads(sys.argv[1])
    lacking = [name for name in wanted["modules"] if importlib.util.find_spec(name) is None]
    lacking += [name for name in wanted["programs"] if shutil.which(name) is None]
    if wanted["static"] and not any(is_static(path) for path in wanted["static"]):
        lacking.append("busybox")
    with open(ROUTES, encoding="ascii") as routes:
        json.dump({"lacking": lacking, "default_route": leads_out(routes.read())}, sys.stdout)


if __name__ == "__main__":
    main()

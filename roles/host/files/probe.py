# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tell what of the named Python modules and programs this interpreter's host lacks, as JSON.

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


def main() -> None:
    wanted: Dict[str, List[str]] = json.loads(sys.argv[1])
    lacking = [name for name in wanted["modules"] if importlib.util.find_spec(name) is None]
    lacking += [name for name in wanted["programs"] if shutil.which(name) is None]
    if wanted["static"] and not any(is_static(path) for path in wanted["static"]):
        lacking.append("busybox")
    json.dump({"lacking": lacking}, sys.stdout)


if __name__ == "__main__":
    main()

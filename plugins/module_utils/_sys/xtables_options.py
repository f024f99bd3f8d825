# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How python-iptables finds an option of an iptables extension, mended for libxtables of iptables 1.8.11 and newer.

There an entry in an extension's list of options has one number more than python-iptables (1.2.0 and older) knows
of, so that it takes a list to be at its end after the first option, and every other option for an unknown one.
Out of scope: everything else of python-iptables, which fits.
"""

from __future__ import annotations

import ctypes
from typing import Any

_FIRST_NAME = 4096
"""No name lies below: the first page of memory is never mapped, and the number that was added is less than 37."""


def mend(library: Any) -> None:
    """Let the module iptc.xtables of this process look options up in lists of either form."""
    known = library.xt_option_entry

    class Longer(ctypes.Structure):
        _fields_ = [*known._fields_, ("base", ctypes.c_uint)]

    def lookup(_self: object, options: Any, name: bytes) -> Any:
        address = ctypes.addressof(options.contents)
        step = ctypes.sizeof(known if _has_known_form(address, known) else Longer)
        entry = known.from_address(address)
        while entry.name and entry.name != name:
            address += step
            entry = known.from_address(address)
        return entry if entry.name else None

    library.xtables._option_lookup = lookup


def _has_known_form(address: int, known: Any) -> bool:
    """Whether the next entry's name follows the first entry. A list ends with zeros, whichever form it is read in."""
    return ctypes.c_size_t.from_address(address + ctypes.sizeof(known)).value >= _FIRST_NAME

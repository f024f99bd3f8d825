# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options are found in an extension's list as libxtables lays it out, before 1.8.11 and since."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace
from typing import Any, Sequence, Type

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._sys.xtables_options import mend


class Before(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        *((name, ctypes.c_uint) for name in ("type", "id", "excl", "also", "flags", "ptroff")),
        ("size", ctypes.c_size_t),
        ("min", ctypes.c_uint),
        ("max", ctypes.c_uint),
    ]


class Since(ctypes.Structure):
    _fields_ = [*Before._fields_, ("base", ctypes.c_uint)]


def found(form: Type[Any], names: Sequence[bytes], name: bytes, **fields: int) -> Any:
    """The entry that python-iptables gets from a list with these names and an end, each entry with the fields."""
    options = (form * (len(names) + 1))(*(form(name=each, id=number, **fields) for number, each in enumerate(names)))
    library = SimpleNamespace(xt_option_entry=Before, xtables=type("xtables", (), {}))
    mend(library)
    return library.xtables()._option_lookup(ctypes.cast(options, ctypes.POINTER(Before)), name)


@pytest.mark.parametrize("form", [Before, Since])
@pytest.mark.parametrize("names", [[b"only"], [b"one", b"two"], [b"one", b"two", b"three"]])
def test_every_option_is_found(form: Type[Any], names: Sequence[bytes]) -> None:
    for number, name in enumerate(names):
        entry = found(form, names, name, max=65535)
        assert (entry.name, entry.id) == (name, number)
    assert found(form, names, b"none of them") is None


def test_an_option_with_a_base_is_no_name() -> None:
    assert found(Since, [b"one", b"two"], b"two", base=16).id == 1


@pytest.mark.parametrize("form", [Before, Since])
def test_a_list_without_options(form: Type[Any]) -> None:
    assert found(form, [], b"one") is None

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fuse that goes off at the n-th point that a run passes, and hosts and plans whose every step is such a point.

What happens then is for the one who lays it: a kill, a signal, an error of the kernel. It goes off once, in whichever
process of the run comes to that point.
"""

from __future__ import annotations

import dataclasses
import os
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core import execute
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

_SYS = f"{Host.__module__.rpartition('.')[0]}."
_MORE_THAN_ANY = 60_000


class Fuse:
    """Shared by all processes of a run: a pipe with a byte for each point before the one that counts."""

    def __init__(self, point: int, act: Callable[[str], None]) -> None:
        assert 1 <= point < _MORE_THAN_ANY
        self._act = act
        self._points, writing = os.pipe2(os.O_CLOEXEC)
        os.write(writing, b"." * (point - 1) + b"!")
        os.close(writing)

    def passes(self, where: str) -> None:
        """The run is here; ``where`` says it in words."""
        if os.read(self._points, 1) == b"!":
            self._act(where)

    def has_gone_off(self) -> bool:
        """To be asked once, when the run is over: it puts the fuse out."""
        left = os.read(self._points, _MORE_THAN_ANY)
        os.close(self._points)
        return not left


@contextmanager
def ops_on(fuse: Fuse) -> Iterator[Host]:
    """A host to run a room on, where the fuse passes every op of every plan, before and after it is applied."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_build_up", "_tear_down"):
            real = getattr(execute, name)
            patch.setattr(execute, name, lambda ops, host, real=real: real([_Op(op, fuse) for op in ops], host))
        yield Host()


@contextmanager
def calls_on(fuse: Fuse) -> Iterator[Any]:
    """A host where the fuse passes every call of every part, before and after it."""
    yield _Watched(Host(), "host", fuse, True)


@contextmanager
def refusals_on(fuse: Fuse) -> Iterator[Any]:
    """The same, but before each call only: where the kernel refuses, it hasn't done anything."""
    yield _Watched(Host(), "host", fuse, False)


class _Op:
    """An op that the fuse passes."""

    def __init__(self, op: Any, fuse: Fuse) -> None:
        self._op = op
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._op, name)

    def apply(self, host: Any) -> None:
        self._op.apply(host)
        self._fuse.passes(self._op.describe())


class _Watched:
    """An object of ``_sys`` whose calls the fuse passes; what they return is watched as well."""

    def __init__(self, inner: Any, name: str, fuse: Fuse, behind: bool) -> None:
        self.__dict__.update(_inner=inner, _name=name, _fuse=fuse, _behind=behind)

    def __getattr__(self, name: str) -> Any:
        return _watched(getattr(self._inner, name), f"{self._name}.{name}", self._fuse, self._behind)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._inner, name, value)

    def __enter__(self) -> Any:
        return _watched(self._inner.__enter__(), self._name, self._fuse, self._behind)

    def __exit__(self, *error: object) -> Any:
        return self._inner.__exit__(*error)


def _watched(value: Any, name: str, fuse: Fuse, behind: bool) -> Any:
    kind = type(value)
    if hasattr(kind, "__enter__") and hasattr(kind, "__exit__") and not hasattr(kind, "read"):
        return _Watched(value, name, fuse, behind)
    if kind.__module__.startswith(_SYS) and not dataclasses.is_dataclass(kind) and not isinstance(value, tuple):
        return _Watched(value, name, fuse, behind)
    if not callable(value) or (not behind and name.endswith(".close")):  # the kernel doesn't refuse that
        return value

    def call(*args: Any, **options: Any) -> Any:
        fuse.passes(f"before {name}")
        result = value(*args, **options)
        if behind:
            fuse.passes(f"after {name}")
        return _watched(result, name, fuse, behind)

    return call

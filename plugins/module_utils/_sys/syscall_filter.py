# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of system calls (seccomp): compiled by libseccomp on the host, installed by the process they are for.

What a filter allows is others' business. A compiled one is kept for the next container; it depends on nothing but the
filter, the processor and the library.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Tuple

from .._core import deps
from .._core.errors import ContainersError, step
from .files import Files
from .missing_calls import Calls, told_missing
from .syscall import libc

LIBRARY = "seccomp"
_UNKNOWN = -1
_SUB_ARCHITECTURES = {"x86_64": ("X86", "X32"), "aarch64": ("ARM",), "s390x": ("S390",)}
"""What else programs may be built for that run on the processor."""

_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2
_INSTRUCTION = 8
_X32_BIT = 0x40000000
_LENIENT = ("ALLOW", "LOG", "TRACE")


@dataclass(frozen=True)
class Action:
    """What comes of a call: ``kind`` as libseccomp's binding has it, ``number`` the errno or the tracer's message."""

    kind: str
    number: Optional[int] = None


ALLOW = Action("ALLOW")


def refusal(number: int) -> Action:
    """The call fails with that errno."""
    return Action("ERRNO", number)


@dataclass(frozen=True)
class Condition:
    """On the argument at ``index``: ``relation`` is a name in libseccomp's binding, MASKED_EQ takes mask and value."""

    index: int
    relation: str
    value: int
    second: int = 0


@dataclass(frozen=True)
class Rule:
    """All conditions have to hold."""

    names: Tuple[str, ...]
    action: Action
    conditions: Tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Filter:
    """Rules, and what comes of a call that none of them is about."""

    default: Action
    architectures: Optional[Tuple[str, ...]]
    """Those besides the processor's own; None for all that it can run."""
    rules: Tuple[Rule, ...]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class Filters:
    """Compiles filters."""

    def __init__(self, files: Files, machine: str) -> None:
        self._files = files
        self._machine = machine

    def compiled(self, wanted: Filter, kept_in: str) -> bytes:
        """The program for the kernel. ``kept_in`` is a folder for what was compiled before."""
        library = deps.file_of(LIBRARY)
        if library is None:
            raise deps.missing(LIBRARY)
        path = f"{kept_in}/{self._name(wanted, library)}"
        with suppress(FileNotFoundError):
            return self._files.read(path)
        with step("compile its filter of system calls"):
            program = _compile(wanted, deps.load(LIBRARY), self._machine)
        self._files.write_atomic(path, program, 0o600)
        return program

    def _name(self, wanted: Filter, library: str) -> str:
        """What the program depends on. The binding comes with the library, in one version."""
        found = os.stat(library)
        parts = (wanted, self._machine, library, found.st_mtime_ns, found.st_size)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def install(program: bytes) -> None:
    """Filter what this process and its children call from now on. Needs no_new_privs."""
    given = _Program(len(program) // _INSTRUCTION, program)
    try:
        libc("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(given), 0, 0, path="prctl")
    except OSError as error:
        raise ContainersError(
            f"the kernel refuses: {os.strerror(error.errno or 0)}",
            "It may be built without filters (CONFIG_SECCOMP_FILTER). seccomp: unconfined does without",
        ) from error


def _compile(wanted: Filter, library: Any, machine: str) -> bytes:
    compiler = library.SyscallFilter(_action(wanted.default, library))
    others = _SUB_ARCHITECTURES.get(machine, ()) if wanted.architectures is None else wanted.architectures
    architectures = [_signed(library.system_arch()), *(getattr(library.Arch, name) for name in others)]
    for architecture in architectures[1:]:
        if not compiler.exist_arch(architecture):
            compiler.add_arch(architecture)
    for rule in wanted.rules:
        if rule.action != wanted.default:
            _add(rule, wanted.default, compiler, library)
    descriptor = os.memfd_create("filter")
    with os.fdopen(descriptor, "rb") as file:
        compiler.export_bpf(file)
        file.seek(0)
        program = file.read()
    if wanted.default.kind in _LENIENT or wanted.default == refusal(errno.ENOSYS):
        return program
    names = {name for rule in wanted.rules for name in rule.names}
    return b"".join(_newer_than(names, architecture, library) for architecture in architectures) + program


def _add(rule: Rule, default: Action, compiler: Any, library: Any) -> None:
    action = _action(rule.action, library)
    conditions = [
        library.Arg(condition.index, getattr(library, condition.relation), condition.value, condition.second)
        for condition in rule.conditions
    ]
    for name in rule.names:
        if library.resolve_syscall(library.Arch(), name) != _UNKNOWN:
            compiler.add_rule(action, name, *conditions)
        elif default == ALLOW:
            raise ContainersError(f"this host's libseccomp doesn't know system call {name}, which is to be refused")


def _newer_than(names: Iterable[str], architecture: int, library: Any) -> bytes:
    """What is in front of a filter of these calls for one architecture."""
    newest = max((library.resolve_syscall(architecture, name) for name in names), default=_UNKNOWN)
    if newest < 0:
        return b""
    if architecture == library.Arch.X32:  # the kernel has one token for both
        return told_missing(Calls(library.Arch.X86_64, newest, floor=_X32_BIT))
    if architecture == library.Arch.X86_64:
        return told_missing(Calls(architecture, newest, ceiling=_X32_BIT))
    return told_missing(Calls(architecture, newest))


def _signed(token: int) -> int:
    """As the binding's constants are."""
    return token - (1 << 32) if token >> 31 else token


def _action(action: Action, library: Any) -> Any:
    made = getattr(library, action.kind)
    return made if action.number is None else made(action.number)

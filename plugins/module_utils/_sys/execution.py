# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last steps of a process of a container: working directory, keyring; its rights given up; the command executed.

An init goes through them, and every process that enters later: the one place for what both are to have.
"""

from __future__ import annotations

import errno
import os
import platform
import resource
import sys
from dataclasses import dataclass
from typing import Dict, NoReturn, Optional, Tuple

from .._core.errors import ContainersError, step
from . import capabilities, syscall_filter
from .exitcodes import CANNOT_RUN, NOT_FOUND
from .forked import forbid_inspection
from .launch import Process
from .program import NotExecutedError, missing_interpreter
from .security_label import confine_next_program
from .syscall import close_range, libc, syscall

_UMASK = 0o022
_PR_SET_NO_NEW_PRIVS = 38
_CLOSE_RANGE_CLOEXEC = 4
_KEYCTL_JOIN_SESSION_KEYRING = 1
_KEYCTL_NUMBERS = {"x86_64": 250, "s390x": 280, "ppc64le": 271, "ppc64": 271, "i686": 288, "armv7l": 311}
_KEYCTL_GENERIC = 219
_KEYCTL = _KEYCTL_NUMBERS.get(platform.machine(), _KEYCTL_GENERIC)
_MACHINE_WORDS = "It may be built for another machine, or be a script without a #! line"


@dataclass(frozen=True)
class Program:
    """Where the command may be, in the order to try, and what stands in its way."""

    candidates: Tuple[str, ...]
    missing_interpreters: Dict[str, str]


def stop_imports() -> None:
    """From here on a forgotten import fails, instead of loading a file that the rootfs planted."""
    sys.meta_path.clear()
    sys.path_hooks.clear()
    sys.path_importer_cache.clear()
    sys.path.clear()


def settle(process: Process) -> Program:
    """Everything but giving up rights; returns what to execute."""
    with step("give it a keyring of its own"):
        _join_new_keyring()
    if process.label is not None:
        confine_next_program(process.label)
    os.umask(_UMASK)
    with step(f"change to its working directory {process.working_dir}"):
        _change_directory(process.working_dir)
    return _find_program(process)


def execute(process: Process, program: Program) -> NoReturn:
    """Execute the command. Raises ContainersError."""
    with step("set its limits"):
        for limit in process.limits:
            resource.setrlimit(getattr(resource, f"RLIMIT_{limit.name}"), (limit.soft, limit.hard))
    environment = {os.fsencode(key): os.fsencode(value) for key, value in process.env}
    refused: Optional[str] = None
    for path in program.candidates:
        try:
            os.execve(path, process.argv, environment)
        except OSError as error:
            if error.errno == errno.EACCES:
                refused = refused or path
            elif error.errno not in (errno.ENOENT, errno.ENOTDIR):
                raise _not_executable(path, error) from error
    raise _not_found(process, program, refused)


def give_up_rights(process: Process) -> None:
    """Become who the command runs as, with the capabilities asked for and no way to more."""
    with step("give up capabilities"):
        capabilities.bound(process.capabilities)
    identity = process.identity
    with step(f"become user {identity.uid}:{identity.gid}"):
        os.setgroups(identity.groups)
        os.setresgid(identity.gid, identity.gid, identity.gid)
        os.setresuid(identity.uid, identity.uid, identity.uid)
    with step("give up capabilities"):
        capabilities.limit(process.capabilities if identity.uid == 0 else ())
    with step("set no_new_privs"):
        libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, path="prctl")
    forbid_inspection()  # a change of rights may have allowed it, and the filter may refuse the call
    if process.system_calls is not None:
        with step("filter its system calls"):
            syscall_filter.install(process.system_calls)


def close_on_exec() -> None:
    """Let nothing but the three streams pass to the command, whatever the module inherited."""
    close_range(3, flags=_CLOSE_RANGE_CLOEXEC)


def _join_new_keyring() -> None:
    try:
        syscall(_KEYCTL, _KEYCTL_JOIN_SESSION_KEYRING, None, path="keyctl")
    except OSError as error:
        if error.errno != errno.ENOSYS:  # a kernel without keyrings has none to share
            raise


def _change_directory(path: str) -> None:
    os.chdir(path)
    if not os.getcwd().startswith("/"):
        raise ContainersError("it lies outside of the container")


def _find_program(process: Process) -> Program:
    name = process.argv[0]
    candidates = [name]
    if "/" not in name:
        folders = dict(process.env).get("PATH", "").split(":")
        candidates = [f"{folder}/{name}" for folder in folders if folder.startswith("/")]
    root = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    missing = {}
    for path in candidates:
        interpreter = missing_interpreter(root, os.path.join(process.working_dir, path))
        if interpreter is not None:
            missing[path] = interpreter
    os.close(root)
    return Program(tuple(candidates), missing)


def _not_executable(path: str, error: OSError) -> NotExecutedError:
    if error.errno == errno.ENOEXEC:
        return NotExecutedError(f'exec "{path}": not a program this machine can run', CANNOT_RUN, _MACHINE_WORDS)
    return NotExecutedError(f'exec "{path}": {os.strerror(error.errno or 0)}', CANNOT_RUN)


def _not_found(process: Process, program: Program, refused: Optional[str]) -> NotExecutedError:
    if refused is not None:
        return NotExecutedError(f'exec "{refused}": not executable: permission denied', CANNOT_RUN)
    for path, interpreter in program.missing_interpreters.items():
        return NotExecutedError(f'exec "{path}": its interpreter {interpreter} is missing in the rootfs', NOT_FOUND)
    name = process.argv[0]
    if "/" in name:
        return NotExecutedError(f'exec "{name}": not found in the rootfs', NOT_FOUND)
    path = dict(process.env).get("PATH", "")
    return NotExecutedError(f'exec "{name}": not found in PATH={path} of the container', NOT_FOUND)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last steps of an init: streams, working directory, keyring; its rights given up; the command executed."""

from __future__ import annotations

import errno
import os
import platform
import resource
from dataclasses import dataclass
from typing import Dict, NoReturn, Optional, Tuple

from .._core.errors import ContainersError, step
from . import capabilities, syscall_filter
from .launch import Identity, Launch
from .program import missing_interpreter
from .security_label import confine_next_program
from .syscall import CLOSE_RANGE, libc, syscall

_UMASK = 0o022
_PR_SET_NO_NEW_PRIVS = 38
_CLOSE_RANGE_CLOEXEC = 4
_LAST_DESCRIPTOR = 0xFFFFFFFF
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


def settle(launch: Launch, log: int) -> Program:
    """Everything but giving up rights; returns what to execute."""
    with step("open its streams"):
        _set_streams(launch, log)
    with step("give it a keyring of its own"):
        _join_new_keyring()
    if launch.label is not None:
        confine_next_program(launch.label)
    os.umask(_UMASK)
    with step(f"change to its working directory {launch.working_dir}"):
        _change_directory(launch.working_dir)
    return _find_program(launch)


def execute(launch: Launch, program: Program) -> NoReturn:
    """Execute the command. Raises ContainersError."""
    with step("set its limits"):
        for limit in launch.limits:
            resource.setrlimit(getattr(resource, f"RLIMIT_{limit.name}"), (limit.soft, limit.hard))
    environment = {os.fsencode(key): os.fsencode(value) for key, value in launch.env}
    refused: Optional[str] = None
    for path in program.candidates:
        try:
            os.execve(path, launch.argv, environment)
        except OSError as error:
            if error.errno == errno.EACCES:
                refused = refused or path
            elif error.errno not in (errno.ENOENT, errno.ENOTDIR):
                raise _not_executable(path, error) from error
    raise _not_found(launch, program, refused)


def give_up_rights(launch: Launch) -> None:
    """Become who the command runs as, with the capabilities asked for and no way to more."""
    with step("give up capabilities"):
        capabilities.bound(launch.capabilities)
    identity = launch.identity
    with step(f"become user {identity.uid}:{identity.gid}"):
        os.setgroups(identity.groups)
        os.setresgid(identity.gid, identity.gid, identity.gid)
        os.setresuid(identity.uid, identity.uid, identity.uid)
    with step("give up capabilities"):
        capabilities.limit(launch.capabilities if identity.uid == 0 else ())
    with step("set no_new_privs"):
        libc("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, path="prctl")
    if launch.system_calls is not None:
        with step("filter its system calls"):
            syscall_filter.install(launch.system_calls)


def close_on_exec() -> None:
    """Let nothing but the three streams pass to the command, whatever the module inherited."""
    syscall(CLOSE_RANGE, 3, _LAST_DESCRIPTOR, _CLOSE_RANGE_CLOEXEC, path="close descriptors")


def _set_streams(launch: Launch, log: int) -> None:
    if launch.interactive:
        os.dup2(_endless_input(launch.identity), 0)
    else:
        os.dup2(os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC), 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _endless_input(identity: Identity) -> int:
    """A pipe that never comes to its end, because whoever reads it holds its other end too."""
    reading, _writing = os.pipe()
    both = os.open(f"/proc/self/fd/{reading}", os.O_RDWR | os.O_CLOEXEC)
    os.fchown(both, identity.uid, identity.gid)
    return both


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


def _find_program(launch: Launch) -> Program:
    name = launch.argv[0]
    candidates = [name]
    if "/" not in name:
        folders = dict(launch.env).get("PATH", "").split(":")
        candidates = [f"{folder}/{name}" for folder in folders if folder.startswith("/")]
    root = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    missing = {}
    for path in candidates:
        interpreter = missing_interpreter(root, os.path.join(launch.working_dir, path))
        if interpreter is not None:
            missing[path] = interpreter
    os.close(root)
    return Program(tuple(candidates), missing)


def _not_executable(path: str, error: OSError) -> ContainersError:
    if error.errno == errno.ENOEXEC:
        return ContainersError(f'exec "{path}": not a program this machine can run (exit code 126)', _MACHINE_WORDS)
    return ContainersError(f'exec "{path}": {os.strerror(error.errno or 0)} (exit code 126)')


def _not_found(launch: Launch, program: Program, refused: Optional[str]) -> ContainersError:
    if refused is not None:
        return ContainersError(f'exec "{refused}": not executable: permission denied (exit code 126)')
    for path, interpreter in program.missing_interpreters.items():
        return ContainersError(f'exec "{path}": its interpreter {interpreter} is missing in the rootfs (exit code 127)')
    name = launch.argv[0]
    if "/" in name:
        return ContainersError(f'exec "{name}": not found in the rootfs (exit code 127)')
    path = dict(launch.env).get("PATH", "")
    return ContainersError(f'exec "{name}": not found in PATH={path} of the container (exit code 127)')

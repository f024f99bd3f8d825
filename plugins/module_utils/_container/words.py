# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parsers of the options that are written in words: volumes, tmpfs, limits, capabilities, signals and the like.

Each takes an option's value and returns its exact meaning, or raises ContainersError naming it.
"""

from __future__ import annotations

import posixpath
import re
import shlex
import signal
from typing import Any, FrozenSet, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError
from .._sys import capability_names as kernel
from .settings import Pairs, Tmpfs, Ulimit, Volume

_OPPOSITES = {"rw": "ro", "suid": "nosuid", "dev": "nodev", "exec": "noexec", "rbind": "bind", "idmap": "noidmap"}
_VOLUME_DEFAULTS = frozenset({"nosuid", "nodev"})
_TMPFS_DEFAULTS = frozenset({"nosuid", "nodev", "noexec"})
_TMPFS_VALUE = re.compile(r"(size=\d+[kmg%]?|mode=[0-7]{3,4}|nr_inodes=\d+[kmg]?|uid=\d+|gid=\d+)", re.IGNORECASE)
_NOT_FOR_MOUNTS = ("/proc", "/sys")
_LIMITS = frozenset(
    {
        "as",
        "core",
        "cpu",
        "data",
        "fsize",
        "memlock",
        "msgqueue",
        "nice",
        "nofile",
        "nproc",
        "rss",
        "rtprio",
        "rttime",
        "sigpending",
        "stack",
    }
)
_UNLIMITED = ("-1", "unlimited")
_SYSCTLS = {
    "network": ("net/",),
    "ipc": ("fs/mqueue/", "kernel/msg", "kernel/sem", "kernel/shm"),
    "uts": ("kernel/domainname",),
}
_SYSCTL_NAME = re.compile(r"[A-Za-z0-9_-]+([/.][A-Za-z0-9_:.-]+)+")
_ALL = "ALL"
_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_HOST_NAME_MAX = 64
_TEXT_MAX = 4096


def environment(env: Mapping[str, Any]) -> Pairs:
    """The variables, sorted. Values are strings; YAML's other kinds don't say how they'd be written."""
    for name, value in env.items():
        if not name or "=" in name or "\0" in name:
            raise ContainersError(f"env: {name!r} isn't the name of a variable")
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ContainersError(f"env {name}: the value isn't a string", "Quote it in the playbook")
        if "\0" in str(value):
            raise ContainersError(f"env {name}: the value has a NUL byte in it")
    return tuple(sorted((name, str(value)) for name, value in env.items()))


def mounts(volumes: Sequence[str], scratch: Sequence[str]) -> Tuple[Tuple[Volume, ...], Tuple[Tmpfs, ...]]:
    """Both kinds, no two at one place."""
    both = tuple(map(volume, volumes)), tuple(map(tmpfs, scratch))
    distinct_targets(*both)
    return both


def volume(text: str) -> Volume:
    """``source:target[:options]``."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(parts):
        raise ContainersError(f"volume {text!r} isn't of the form source:target[:options]")
    source, target = parts[0], _target(parts[1], f"volume {text!r}")
    if not source.startswith("/"):
        raise ContainersError(
            f"volume {text!r}: the source isn't an absolute path", "Named volumes don't exist here; give a path"
        )
    options = _options(parts[2] if len(parts) == 3 else "", _VOLUME_DEFAULTS, f"volume {text!r}", None)
    return Volume(posixpath.normpath(source), target, options)


def tmpfs(text: str) -> Tmpfs:
    """``target[:options]``."""
    path, _colon, words = text.partition(":")
    what = f"tmpfs {text!r}"
    return Tmpfs(_target(path, what), _options(words, _TMPFS_DEFAULTS, what, _TMPFS_VALUE))


def distinct_targets(volumes: Sequence[Volume], scratch: Sequence[Tmpfs]) -> None:
    seen = set()
    for target in [entry.target for entry in volumes] + [entry.target for entry in scratch]:
        if target in seen:
            raise ContainersError(f"{target} is the target of two mounts")
        seen.add(target)


def ulimit(text: str) -> Ulimit:
    """``name:soft[:hard]``."""
    name, *values = text.lower().split(":")
    if name not in _LIMITS:
        raise ContainersError(f"ulimit {text!r}: no such limit", "There are " + ", ".join(sorted(_LIMITS)))
    if len(values) not in (1, 2):
        raise ContainersError(f"ulimit {text!r} isn't of the form name:soft[:hard]")
    soft, hard = _limit(values[0], text), _limit(values[-1], text)
    if hard != -1 and (soft == -1 or soft > hard):
        raise ContainersError(f"ulimit {text!r}: the soft limit is above the hard one")
    return Ulimit(name, soft, hard)


def sysctls(values: Mapping[str, Any], namespaces: Sequence[str]) -> Pairs:
    """Kernel settings of the container's own namespaces, names written with slashes."""
    found = []
    for name, value in values.items():
        path = name if "/" in name else name.replace(".", "/")
        if not _SYSCTL_NAME.fullmatch(name) or ".." in path:
            raise ContainersError(f"sysctl {name!r} isn't the name of a kernel setting")
        kinds = [kind for kind, starts in _SYSCTLS.items() if path.startswith(starts)]
        if not kinds:
            raise ContainersError(f"sysctl {name} belongs to no namespace of a container; it would change the host")
        if kinds[0] not in namespaces:
            raise ContainersError(
                f"sysctl {name} would change the host: the container has no {kinds[0]} namespace of its own"
            )
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ContainersError(
                f"sysctl {name}: the value is neither a number nor a string", "Quote it in the playbook"
            )
        if path in _SYSCTLS["uts"] and len(str(value).encode()) > _HOST_NAME_MAX:
            raise ContainersError(f"sysctl {name} {value!r} is too long", f"At most {_HOST_NAME_MAX} characters")
        found.append((path, str(value)))
    return tuple(sorted(found))


def capability_set(add: Sequence[str], drop: Sequence[str]) -> Tuple[str, ...]:
    """Docker's default with some more and some less, in the kernel's order."""
    added, dropped = _capabilities(add), _capabilities(drop)
    kept = (kernel.DEFAULT if _ALL not in dropped else frozenset()) - dropped | (added - {_ALL})
    if _ALL in added:
        kept = frozenset(kernel.NAMES) - dropped
    return tuple(name for name in kernel.NAMES if name in kept)


def signal_number(text: str) -> int:
    """A signal by number or name, with or without SIG, RTMIN+3 too."""
    name = text.strip().upper()
    name = name[3:] if name.startswith("SIG") else name
    base, plus, offset = name.partition("+")
    if name.isdecimal() and 1 <= int(name) <= signal.SIGRTMAX:
        return int(name)
    found = getattr(signal, f"SIG{base}", None)
    if isinstance(found, signal.Signals):
        number = int(found) + (int(offset) if plus and offset.isdecimal() else 0)
        if not plus or (offset.isdecimal() and base == "RTMIN" and number <= signal.SIGRTMAX):
            return number
    raise ContainersError(f"stop_signal {text!r} isn't a signal")


def host_name(text: str) -> str:
    if len(text) > _HOST_NAME_MAX or not _HOST_NAME.fullmatch(text):
        raise ContainersError(
            f"hostname {text!r} is not valid",
            "At most 64 letters, digits, '_', '-' and '.', the last two not at its ends",
        )
    return text


def arguments(value: Any, option: str) -> Optional[Tuple[str, ...]]:
    """A list of arguments, or a string that is split as a shell would."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = shlex.split(value)
        except ValueError as error:
            raise ContainersError(f"{option}: {error}: {value!r}") from error
    if not isinstance(value, (list, tuple)) or any(isinstance(arg, (dict, list, bool, type(None))) for arg in value):
        raise ContainersError(f"{option} is neither a string nor a list of strings")
    found = tuple(str(arg) for arg in value)
    if any("\0" in arg for arg in found) or (found and not found[0]):
        raise ContainersError(f"{option}: an empty program name or a NUL byte")
    return found


def plain(text: Optional[str], option: str) -> Optional[str]:
    if text is not None and (not text or len(text) > _TEXT_MAX or not text.isprintable()):
        raise ContainersError(f"{option} {text!r} is not valid")
    return text


def working_dir(path: Optional[str], option: str) -> Optional[str]:
    if path is None:
        return None
    if not path.startswith("/") or not path.isprintable():
        raise ContainersError(f"{option} {path!r} isn't an absolute path")
    return checked_working_dir(path, option)


def checked_working_dir(path: str, what: str) -> str:
    """The path from the root. Raises ContainersError for one below /proc, whose links lead outside."""
    text = path if path.startswith("/") else f"/{path}"
    parts = [part for part in text.split("/") if part not in ("", ".")]
    if ".." in parts or parts[:1] == ["proc"]:
        raise ContainersError(f"{what} {path!r} is not allowed", "Give a folder of the container's own, without '..'")
    return "/" + "/".join(parts)


def _target(path: str, what: str) -> str:
    if not path.startswith("/"):
        raise ContainersError(f"{what}: the target isn't an absolute path")
    target = "/" + posixpath.normpath(path).lstrip("/")
    if target == "/" or target == "/dev" or any(f"{target}/".startswith(f"{no}/") for no in _NOT_FOR_MOUNTS):
        raise ContainersError(f"{what}: nothing can be mounted on {target}")
    return target


def _options(words: str, defaults: FrozenSet[str], what: str, value: Optional[re.Pattern[str]]) -> Tuple[str, ...]:
    options = set(defaults)
    given = [word for word in words.split(",") if word]
    for word in given:
        if _OPPOSITES.get(word) in given:
            raise ContainersError(f"{what}: {word} and {_OPPOSITES[word]} exclude one another")
        if word in _OPPOSITES:
            options.discard(_OPPOSITES[word])
        elif word in _OPPOSITES.values() or (value is not None and value.fullmatch(word)):
            options.add(word)
        else:
            raise ContainersError(f"{what}: unknown option {word!r}")
    return tuple(sorted(options))


def _limit(text: str, what: str) -> int:
    if text in _UNLIMITED:
        return -1
    if not (text.isascii() and text.isdecimal()) or int(text) >= 2**63:
        raise ContainersError(f"ulimit {what!r}: {text!r} isn't a number")
    return int(text)


def _capabilities(names: Sequence[str]) -> FrozenSet[str]:
    found = set()
    for name in names:
        short = name.upper()[4:] if name.upper().startswith("CAP_") else name.upper()
        if short != _ALL and short not in kernel.NAMES:
            raise ContainersError(f"capability {name!r} doesn't exist")
        found.add(short)
    return frozenset(found)

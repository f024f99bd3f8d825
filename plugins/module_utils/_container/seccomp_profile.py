# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's profile in Docker's JSON format -> the filter that it means for a container. Pure.

What isn't understood is an error: a rule that is passed over in silence may be the one that was to protect.
"""

from __future__ import annotations

import json
from typing import Any, Dict, FrozenSet, List, Mapping, Optional, Sequence, Tuple

from .._core.errors import ContainersError, step
from .._sys.syscall_filter import Action, Condition, Filter, Rule

_EPERM = 1
_ACTIONS = {
    "SCMP_ACT_ALLOW": "ALLOW",
    "SCMP_ACT_ERRNO": "ERRNO",
    "SCMP_ACT_KILL": "KILL",
    "SCMP_ACT_KILL_THREAD": "KILL",
    "SCMP_ACT_KILL_PROCESS": "KILL_PROCESS",
    "SCMP_ACT_TRAP": "TRAP",
    "SCMP_ACT_TRACE": "TRACE",
    "SCMP_ACT_LOG": "LOG",
}
_NUMBERED = ("ERRNO", "TRACE")
_RELATIONS = ("NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ")
_ARCHITECTURES = (
    *("X86", "X86_64", "X32", "ARM", "AARCH64", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32"),
    *("PPC", "PPC64", "PPC64LE", "S390", "S390X", "PARISC", "PARISC64", "RISCV64"),
)
_MACHINES = {
    "x86_64": ("X86_64", "amd64"),
    "aarch64": ("AARCH64", "arm64"),
    "armv7l": ("ARM", "arm"),
    "ppc64le": ("PPC64LE", "ppc64le"),
    "riscv64": ("RISCV64", "riscv64"),
    "s390x": ("S390X", "s390x"),
}
"""The processor as uname(2) names it -> as libseccomp and as Docker do."""
_TOP = frozenset({"defaultAction", "defaultErrnoRet", "architectures", "archMap", "syscalls", "flags", "listenerPath"})
_ENTRY = frozenset({"names", "name", "action", "errnoRet", "args", "includes", "excludes", "comment"})
_CASES = frozenset({"caps", "arches", "minKernel"})

Json = Mapping[str, Any]


def parsed(data: bytes, path: str) -> str:
    """The profile as it is kept: the same JSON, in one form. Raises ContainersError for what is no such profile."""
    with step(f"seccomp profile {path}"):
        try:
            document = json.loads(data)
        except ValueError as error:
            raise ContainersError(f"not JSON ({error})") from error
        text = json.dumps(document, sort_keys=True, separators=(",", ":"))
        profile_filter(text, (), "x86_64", "5.19")
        return text


def profile_filter(text: str, capabilities: Sequence[str], machine: str, kernel: str) -> Filter:
    """What the profile means for a container with these capabilities on that machine and kernel."""
    document = _object(json.loads(text), "the profile", _TOP)
    for unsupported in ("flags", "listenerPath"):
        if document.get(unsupported):
            raise ContainersError(f"{unsupported} isn't supported", "Leave it out of the profile")
    case = _Case(frozenset(capabilities), machine, kernel)
    rules: List[Rule] = []
    for entry in _list(document.get("syscalls"), "syscalls"):
        rules += _rules(_object(entry, "an entry of syscalls", _ENTRY), case)
    default = _action(document.get("defaultAction"), document.get("defaultErrnoRet"))
    return Filter(default, _architectures(document, machine), tuple(rules))


class _Case:
    """What conditions of entries are about."""

    def __init__(self, capabilities: FrozenSet[str], machine: str, kernel: str) -> None:
        self.capabilities = capabilities
        self.architecture = _MACHINES.get(machine, (machine, machine))[1]
        self.kernel = _version(kernel)

    def holds(self, conditions: Json) -> Dict[str, bool]:
        """Each that is given, and whether it is so."""
        held = {}
        if conditions.get("caps"):
            names = [_capability(name) for name in _list(conditions["caps"], "caps")]
            held["caps"] = all(name in self.capabilities for name in names)
            held["any of caps"] = any(name in self.capabilities for name in names)
        if conditions.get("arches"):
            held["arches"] = self.architecture in _list(conditions["arches"], "arches")
        if conditions.get("minKernel"):
            held["minKernel"] = self.kernel >= _version(str(conditions["minKernel"]))
        return held


def _applies(entry: Json, case: _Case) -> bool:
    """All of what it includes is so, and nothing of what it excludes."""
    includes = case.holds(_object(entry.get("includes") or {}, "includes", _CASES))
    excludes = case.holds(_object(entry.get("excludes") or {}, "excludes", _CASES))
    includes.pop("any of caps", None)
    excludes.pop("caps", None)
    return all(includes.values()) and not any(excludes.values())


def _rules(entry: Json, case: _Case) -> List[Rule]:
    names = tuple(_text(name, "names") for name in _list(entry.get("names") or [entry.get("name")], "names"))
    action = _action(entry.get("action"), entry.get("errnoRet"))
    conditions = [_condition(_object(arg, "args", None)) for arg in _list(entry.get("args"), "args")]
    if not _applies(entry, case):
        return []
    indices = [condition.index for condition in conditions]
    if len(set(indices)) < len(indices):  # several on one argument: any of them
        return [Rule(names, action, (condition,)) for condition in conditions]
    return [Rule(names, action, tuple(conditions))]


def _condition(arg: Json) -> Condition:
    relation = _known(arg.get("op"), "SCMP_CMP_", _RELATIONS)
    numbers = [arg.get(key) or 0 for key in ("index", "value", "valueTwo")]
    if any(isinstance(number, bool) or not isinstance(number, int) or number < 0 for number in numbers):
        raise ContainersError("args: index, value and valueTwo have to be numbers")
    return Condition(numbers[0], relation, numbers[1], numbers[2])


def _action(name: Any, number: Any) -> Action:
    if name not in _ACTIONS:
        raise ContainersError(f"action {name!r} isn't supported", f"There are {', '.join(_ACTIONS)}")
    kind = _ACTIONS[name]
    if kind not in _NUMBERED:
        return Action(kind)
    given = _EPERM if number is None else number
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given < 4096:
        raise ContainersError(f"errnoRet {number!r} isn't an error number")
    return Action(kind, given)


def _architectures(document: Json, machine: str) -> Optional[Tuple[str, ...]]:
    """Those besides the processor's own; all that it can run where the profile doesn't say."""
    named = [
        _known(name, "SCMP_ARCH_", _ARCHITECTURES) for name in _list(document.get("architectures"), "architectures")
    ]
    entries = [_object(entry, "archMap", None) for entry in _list(document.get("archMap"), "archMap")]
    if entries and named:
        raise ContainersError("architectures and archMap exclude one another")
    own = _MACHINES.get(machine, (machine, machine))[0]
    for entry in entries:
        if entry.get("architecture") == f"SCMP_ARCH_{own}":
            subs = _list(entry.get("subArchitectures"), "subArchitectures")
            return tuple(_known(name, "SCMP_ARCH_", _ARCHITECTURES) for name in subs)
    return tuple(name for name in named if name != own) if named else None


def _known(value: Any, prefix: str, known: Sequence[str]) -> str:
    name = _text(value, prefix)
    if not name.startswith(prefix) or name[len(prefix) :] not in known:
        raise ContainersError(f"{name!r} isn't supported")
    return name[len(prefix) :]


def _capability(name: Any) -> str:
    text = _text(name, "caps")
    return text[4:] if text.startswith("CAP_") else text


def _version(text: str) -> Tuple[int, int]:
    parts = text.split("-")[0].split(".")
    if len(parts) < 2 or not parts[0].isdecimal() or not parts[1].isdecimal():
        raise ContainersError(f"{text!r} isn't the version of a kernel")
    return int(parts[0]), int(parts[1])


def _object(value: Any, what: str, keys: Optional[FrozenSet[str]]) -> Json:
    if not isinstance(value, dict):
        raise ContainersError(f"{what} isn't an object")
    unknown = sorted(set(value) - keys) if keys is not None else []
    if unknown:
        raise ContainersError(f"{what} has unknown keys: {', '.join(unknown)}")
    return value


def _list(value: Any, what: str) -> List[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ContainersError(f"{what} isn't a list")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise ContainersError(f"{what}: {value!r} isn't a name")
    return value

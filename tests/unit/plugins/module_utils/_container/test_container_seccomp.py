# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which system calls a filter allows: the default one, and those of profiles in Docker's format."""

from __future__ import annotations

import errno
import json
from typing import Any, Dict, List, Optional, Sequence

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.seccomp_default import default_filter
from ansible_collections.daemonless.containers.plugins.module_utils._container.seccomp_profile import (
    parsed,
    profile_filter,
)
from ansible_collections.daemonless.containers.plugins.module_utils._container.seccomp_table import (
    ALLOWED,
    BY_CAPABILITY,
)
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.capability_names import DEFAULT, NAMES
from ansible_collections.daemonless.containers.plugins.module_utils._sys.syscall_filter import (
    ALLOW,
    Action,
    Condition,
    Filter,
    Rule,
    refusal,
)

DENIED = refusal(errno.EPERM)
OF_NAMESPACES = 0x7E020000


def outcome(made: Filter, name: str) -> Optional[Action]:
    """What comes of the call whatever its arguments; None where they matter."""
    found = [rule for rule in made.rules if name in rule.names]
    if any(rule.conditions for rule in found):
        return None
    return found[0].action if found else made.default


REFUSED = """
    keyctl add_key request_key bpf mount umount2 move_mount open_tree fsopen unshare setns pivot_root kexec_load
    init_module perf_event_open userfaultfd io_uring_setup open_by_handle_at reboot swapon settimeofday iopl acct
    quotactl syslog kcmp process_madvise mbind sethostname fanotify_init
"""
PASSING = "read execve ptrace process_vm_readv chroot mknod fanotify_mark seccomp"


@pytest.mark.parametrize(("names", "action"), [(REFUSED, DENIED), (PASSING, ALLOW)])
def test_by_default(names: str, action: Action) -> None:
    made = default_filter(DEFAULT, "x86_64")
    assert {name: outcome(made, name) for name in names.split()} == dict.fromkeys(names.split(), action)


def test_what_has_its_arguments_in_memory_is_missing() -> None:
    assert outcome(default_filter(DEFAULT, "x86_64"), "clone3") == refusal(errno.ENOSYS)


@pytest.mark.parametrize("capability", sorted(BY_CAPABILITY))
def test_a_capability_brings_its_calls_and_no_others(capability: str) -> None:
    without = default_filter((), "x86_64")
    given = default_filter((capability,), "x86_64")
    others = {name for other in BY_CAPABILITY.values() for name in other.split()} - {"clone"}
    for name in BY_CAPABILITY[capability].split():
        assert outcome(given, name) == ALLOW, name
        assert outcome(without, name) != ALLOW, name
    for name in others - set(BY_CAPABILITY[capability].split()):
        assert outcome(given, name) != ALLOW, name


@pytest.mark.parametrize(("machine", "argument"), [("x86_64", 0), ("aarch64", 0), ("s390x", 1)])
def test_no_namespace_by_clone(machine: str, argument: int) -> None:
    found = [rule for rule in default_filter(DEFAULT, machine).rules if "clone" in rule.names]
    assert found == [Rule(("clone",), ALLOW, (Condition(argument, "MASKED_EQ", OF_NAMESPACES, 0),))]
    new = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000, "user": 0x10000000}
    new.update(pid=0x20000000, network=0x40000000)
    assert sum(new.values()) == OF_NAMESPACES


def holds(condition: Condition, value: int) -> bool:
    relations = {"LT": value < condition.value, "GT": value > condition.value, "EQ": value == condition.value}
    return relations[condition.relation]


def test_sockets_of_every_family_but_two() -> None:
    conditions = [rule.conditions[0] for rule in default_filter(DEFAULT, "x86_64").rules if rule.names == ("socket",)]
    assert [family for family in range(64) if not any(holds(each, family) for each in conditions)] == [38, 40]


def test_each_name_is_in_one_place() -> None:
    allowed = " ".join(ALLOWED.values()).split()
    by_capability = {name for names in BY_CAPABILITY.values() for name in names.split()}
    assert set(BY_CAPABILITY) <= set(NAMES)
    assert len(set(allowed)) == len(allowed)
    assert not by_capability & {*allowed, "socket", "personality"}


def of(syscalls: Sequence[Dict[str, Any]], capabilities: Sequence[str] = (), **top: Any) -> Filter:
    document = {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": list(syscalls), **top}
    return profile_filter(parsed(json.dumps(document).encode(), "/p"), capabilities, "x86_64", "6.1.0-13-amd64")


ALLOWING = {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW"}


def test_a_plain_profile() -> None:
    assert of([ALLOWING]) == Filter(DENIED, None, (Rule(("read", "write"), ALLOW),))
    assert of([{"name": "read", "action": "SCMP_ACT_KILL"}]).rules == (Rule(("read",), Action("KILL")),)
    assert of([], defaultErrnoRet=38).default == refusal(38)
    assert of([{"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}]).rules[0].action == refusal(38)


@pytest.mark.parametrize(
    ("case", "capabilities", "applies"),
    [
        ({"includes": {"caps": ["CAP_SYS_ADMIN"]}}, ["SYS_ADMIN"], True),
        ({"includes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"]}}, ["SYS_ADMIN"], False),
        ({"excludes": {"caps": ["CAP_SYS_ADMIN", "CAP_BPF"]}}, ["SYS_ADMIN"], False),
        ({"excludes": {"caps": ["CAP_SYS_ADMIN"]}}, [], True),
        ({"includes": {"arches": ["arm64"]}}, [], False),
        ({"includes": {"arches": ["amd64"]}, "excludes": {"arches": ["s390"]}}, [], True),
        ({"includes": {"minKernel": "4.8"}}, [], True),
        ({"includes": {"minKernel": "6.2"}}, [], False),
        ({"includes": {"minKernel": "6.1"}, "excludes": {"minKernel": "6.1"}}, [], False),
        ({"includes": {"minKernel": "4.8", "caps": ["CAP_BPF"]}}, [], False),
    ],
)
def test_entries_for_some_cases(case: Dict[str, Any], capabilities: List[str], applies: bool) -> None:
    assert bool(of([{**ALLOWING, **case}], capabilities).rules) == applies


def test_conditions_on_different_arguments_all_hold_and_on_one_any() -> None:
    first, second = ({"index": index, "value": 8, "op": "SCMP_CMP_EQ"} for index in (0, 1))
    masked = {"index": 0, "value": 3, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"}
    assert len(of([{**ALLOWING, "args": [first, second]}]).rules) == 1
    assert [rule.conditions for rule in of([{**ALLOWING, "args": [first, masked]}]).rules] == [
        (Condition(0, "EQ", 8),),
        (Condition(0, "MASKED_EQ", 3, 1),),
    ]


def test_architectures() -> None:
    entry = {"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}
    foreign = {"architecture": "SCMP_ARCH_LOONGARCH64", "subArchitectures": None}
    assert of([], archMap=[foreign, entry]).architectures == ("X86",)
    assert of([], architectures=["SCMP_ARCH_X86_64", "SCMP_ARCH_X32"]).architectures == ("X32",)
    assert of([]).architectures is None


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "the profile isn't an object"),
        (b"{}", "action None isn't supported"),
        (b'{"defaultAction": "SCMP_ACT_NOTIFY"}', "'SCMP_ACT_NOTIFY' isn't supported"),
        (b'{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["X"]}', "flags isn't supported"),
        (b'{"defaultAction": "SCMP_ACT_ALLOW", "syscals": []}', "unknown keys: syscals"),
        (b'{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": {}}', "syscalls isn't a list"),
        (b'{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"action": "SCMP_ACT_LOG"}]}', "None isn't a name"),
        (b'{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 9999}', "isn't an error number"),
        (b'{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_PDP11"]}', "PDP11' isn't supported"),
    ],
)
def test_what_is_not_understood_is_an_error(profile: bytes, words: str) -> None:
    with pytest.raises(ContainersError, match="seccomp profile /p: ") as failure:
        parsed(profile, "/p")
    assert words in str(failure.value)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"index": "0", "op": "SCMP_CMP_EQ"}, "have to be numbers"),
        ({"index": 0, "value": -1, "op": "SCMP_CMP_EQ"}, "have to be numbers"),
        ({"index": 0, "op": "SCMP_CMP_LIKE"}, "'SCMP_CMP_LIKE' isn't supported"),
    ],
)
def test_conditions_that_are_not_understood(condition: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match="seccomp profile /p: ") as failure:
        of([{**ALLOWING, "args": [condition]}])
    assert words in str(failure.value)

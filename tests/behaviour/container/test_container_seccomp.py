# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of system calls on the real kernel: what calls come to, profiles, and the library that isn't there."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import Dict, Optional

import pytest
from container_runs import FOREVER, STORE, container, make_tree, mount_rootfs, run_to_end, state_of_host
from programs_inside import outcomes, with_host_system
from rootfs_runs import rootfs

from ansible_collections.daemonless.containers.plugins.module_utils._core import deps
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers of system calls are x86_64's")

FIRST_UNKNOWN = 600
REFUSED = {
    "keyctl": "250, 0, -3, 0",
    "bpf": "321, 0, 0, 0",
    "unshare": "272, 0",
    "mount": "165, 0, 0, 0, 0, 0",
    "open_tree": "428, -100, 0, 0",
    "clone of a user namespace": "56, 0x10000000, 0, 0, 0, 0",
    "userfaultfd": "323, 0",
    "io_uring_setup": "425, 1, 0",
    "personality without ASLR": "135, 0x40000",
    "socket of the virtual machine's host": "41, 40, 1, 0",
}
ALLOWED = {"getpid": "39", "socket": "41, 1, 1, 0", "personality": "135, 0xFFFFFFFF", "chroot": "161, 0"}


@pytest.fixture
def system(tmp_path: Path) -> Path:
    """A mounted rootfs that the host's Python runs on."""
    return mount_rootfs(with_host_system(make_tree(tmp_path / "low")))


def _calls(names: Dict[str, str]) -> Dict[str, str]:
    return {name.replace(" ", "_"): arguments for name, arguments in names.items()}


def test_system_calls_by_default(system: Path) -> None:
    found = outcomes(_calls({**REFUSED, **ALLOWED, "clone3": "435, 0, 0", "of_tomorrow": f"{FIRST_UNKNOWN}"}))
    assert {name: found[name] for name in _calls(REFUSED)} == dict.fromkeys(_calls(REFUSED), "EPERM")
    assert [found.get(name) for name in ALLOWED] == ["done", "done", "done", "EFAULT"]
    assert (found["clone3"], found["of_tomorrow"]) == ("ENOSYS", "ENOSYS")


def test_a_capability_brings_its_calls(system: Path) -> None:
    calls = {"unshare": "272, 0", "clone3": "435, 0, 0", "keyctl": "250, 0, -3, 0"}
    found = outcomes(calls, capabilities=["SYS_ADMIN"])
    assert found == {"unshare": "done", "clone3": "EINVAL", "keyctl": "EPERM"}


def test_without_a_filter(system: Path) -> None:
    found = outcomes({"unshare": "272, 0", "keyctl": "250, 0, -3, 0"}, seccomp="unconfined")
    assert found == {"unshare": "done", "keyctl": "done"}


@pytest.mark.parametrize("init", [False, True])
def test_every_process_is_filtered(merged: Path, init: bool) -> None:
    script = "sleep 9 & for p in /proc/[0-9]*; do sed -n 's/^Seccomp:.//p' $p/status; done"
    modes = run_to_end(script, init=init).output.split()
    assert len(modes) >= 2
    assert set(modes) == {"2"}


def _profile(path: Path, *refused: str) -> str:
    entries = [{"names": list(refused), "action": "SCMP_ACT_ERRNO", "errnoRet": 13}]
    path.write_text(json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": entries}), encoding="utf-8")
    return str(path)


def test_a_profile_of_ones_own(merged: Path, tmp_path: Path) -> None:
    profile = _profile(tmp_path / "profile.json", "mkdir", "mkdirat")
    ended = run_to_end("mkdir /tmp/x; rmdir /tmp/x; touch /tmp/y && echo touched", seccomp=profile)
    assert "ermission denied" in ended.output
    assert "touched" in ended.output


def test_a_changed_profile_is_a_restart_and_the_same_is_nothing(merged: Path, tmp_path: Path) -> None:
    profile = _profile(tmp_path / "profile.json", "mkdir")
    container(command=FOREVER, stop_timeout=0, seccomp=profile)
    _profile(tmp_path / "profile.json", "mkdir")
    before = state_of_host()
    again = container(command=FOREVER, stop_timeout=0, seccomp=profile)
    assert not again["changed"]
    assert state_of_host() == before
    _profile(tmp_path / "profile.json", "rmdir")
    options = {"command": FOREVER, "stop_timeout": 0, "seccomp": profile}
    expected = ["restart container web: the text of the seccomp profile changed"]
    before = state_of_host()
    assert container(check_mode=True, **options)["ops"] == expected
    assert state_of_host() == before
    assert container(**options)["ops"] == expected
    assert container(**{**options, "seccomp": "default"})["ops"] == [
        "restart container web: seccomp changed; the text of the seccomp profile changed"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "doesn't exist"),
        ("{", "not JSON"),
        ('{"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"]}', "flags isn't supported"),
    ],
)
def test_a_bad_profile_changes_nothing(merged: Path, tmp_path: Path, text: Optional[str], words: str) -> None:
    if text is not None:
        (tmp_path / "p").write_text(text, encoding="utf-8")
    before = state_of_host()
    with pytest.raises(ContainersError, match=words):
        container(command=FOREVER, seccomp=str(tmp_path / "p"))
    assert state_of_host() == before


def test_a_call_that_cannot_be_refused_starts_nothing(merged: Path, tmp_path: Path) -> None:
    profile = _profile(tmp_path / "p", "no_such_call")
    with pytest.raises(ContainersError, match="doesn't know system call no_such_call, which is to be refused"):
        container(command=FOREVER, seccomp=profile)
    assert container(state="stopped")["container"]["status"] == "absent"


def test_a_host_without_the_library(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused with what to install; never started without the filter."""
    pid = container(command=FOREVER, stop_timeout=0)["container"]["pid"]
    monkeypatch.setattr(deps, "file_of", lambda name: None)
    monkeypatch.setitem(sys.modules, "seccomp", None)
    assert not container(command=FOREVER, stop_timeout=0)["changed"], "one that runs isn't concerned"
    before = state_of_host()
    with pytest.raises(ContainersError, match="Python library seccomp is missing") as failure:
        container(command=["sleep", "2000"])
    assert "python3-seccomp" in str(failure.value)
    assert "seccomp: unconfined" in str(failure.value)
    assert state_of_host() == before
    warned = container(check_mode=True, command=["sleep", "2000"])
    assert any("seccomp is missing" in warning for warning in warned["warnings"])
    started = container(command=["sleep", "2000"], seccomp="unconfined", stop_timeout=0)
    assert started["container"]["pid"] != pid


def test_compiled_once_and_gone_with_the_last(merged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    container(command=FOREVER, stop_timeout=0)
    (kept,) = Path(STORE.filters).iterdir()
    assert kept.stat().st_mode & 0o7777 == 0o600
    monkeypatch.setattr(deps, "load", lambda name: pytest.fail(f"{name} is loaded again"))
    container(command=FOREVER, restart=True, stop_timeout=0)
    assert [*Path(STORE.filters).iterdir()] == [kept]
    container(state="absent")
    rootfs(state="absent")
    assert not Path(STORE.run).exists()


@pytest.mark.parametrize("text", ["", "strict", "profile.json"])
def test_words_that_mean_nothing(text: str) -> None:
    with pytest.raises(ContainersError, match="neither default nor unconfined nor an absolute path"):
        container(command=FOREVER, seccomp=text)

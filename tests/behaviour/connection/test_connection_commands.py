# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands through the connection: what they get, what comes back, and what is said when there is no container."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest
from ansible.errors import AnsibleConnectionFailure, AnsibleError
from container_runs import FOREVER, STORE, container, mount_rootfs
from guests import run
from plugged import connection

LIVE = Path(STORE.live("web"))


def refusal(command: str = "true", **variables: Any) -> str:
    with pytest.raises(AnsibleConnectionFailure) as raised:
        connection(**variables).exec_command(command)
    return str(raised.value)


def command_lines() -> List[str]:
    found = []
    for name in filter(str.isdecimal, os.listdir("/proc")):
        try:
            found.append(Path("/proc", name, "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.mark.parametrize("code", [0, 1, 42, 126, 127, 255])
def test_every_exit_code_comes_back(web: int, code: int) -> None:
    assert connection().exec_command(f"echo out; echo err >&2; exit {code}") == (code, b"out\n", b"err\n")


def test_a_command_that_a_signal_ends(web: int) -> None:
    assert connection().exec_command("kill -9 $$")[0] == 137


def test_bytes_pass_as_they_are(web: int) -> None:
    data = bytes(range(256)) * 20_000
    assert connection().exec_command("cat", in_data=data) == (0, data, b"")


def test_input_has_an_end_and_needn_t_be_read(web: int) -> None:
    assert connection().exec_command("cat") == (0, b"", b"")
    assert connection().exec_command("echo done", in_data=bytes(1_000_000)) == (0, b"done\n", b"")


def test_words_of_every_kind(web: int) -> None:
    words = "space 'quote' \"double\" $HOME `id` \\ \n \u00fc \u4e2d\u6587 !x *"
    assert run(
        f"printf %s \"$WORDS\"; echo; printf %s '{words.replace(chr(39), '')}'", ansible_daemonless_env={"WORDS": words}
    ) == (f"{words}\n{words.replace(chr(39), '')}")


def test_it_is_in_the_container(web: int) -> None:
    assert run("hostname 2>/dev/null || cat /etc/hostname; readlink /proc/self/ns/mnt; ls /").splitlines()[1:2] == [
        os.readlink(f"/proc/{web}/ns/mnt")
    ]


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({}, "web /srv/web 33 34"),
        ({"ansible_user": "root"}, "root /root 0 0"),
        ({"ansible_user": "root", "ansible_daemonless_user": "5:6"}, "5 5 / 5 6"),
    ],
)
def test_the_user_is_the_containers_or_the_options(merged: Path, variables: Dict[str, str], found: str) -> None:
    container(command=FOREVER, user="web")
    who = "$(id -un 2>/dev/null || id -u)"
    assert run(f"echo {who} $HOME $(id -u) $(id -g)", **variables) == found


def test_the_environment_is_the_containers_and_the_options(merged: Path) -> None:
    container(command=FOREVER, env={"A": "container", "B": "container"}, working_dir="/srv")
    env = {"B": "option", "N": 5}
    assert run("echo $A $B $N $PWD $ANSIBLE_X", ansible_daemonless_env=env) == "container option 5 /srv"
    assert run("pwd", ansible_daemonless_working_dir="/tmp") == "/tmp"


def test_values_of_the_environment_are_in_no_list_of_processes(web: int) -> None:
    with_secret = connection(ansible_daemonless_env={"SECRET": "hush-hush"})
    ended: List[Any] = []
    thread = threading.Thread(
        target=lambda: ended.append(with_secret.exec_command("touch /tmp/on; sleep 1.5; echo $SECRET"))
    )
    thread.start()
    flag = Path(STORE.container("web"), "merged/tmp/on")
    while not flag.exists() and thread.is_alive():
        time.sleep(0.01)
    seen = command_lines()
    thread.join()
    assert any("sleep 1.5" in line for line in seen)
    assert not [line for line in seen if "hush-hush" in line]
    assert ended == [(0, b"hush-hush\n", b"")]


def test_what_it_leaves_running_keeps_nobody_waiting(web: int) -> None:
    begun = time.monotonic()
    assert run("sleep 60 & echo $!").isdecimal()
    assert time.monotonic() - begun < 30


def test_a_command_that_takes_too_long_is_killed(web: int) -> None:
    with pytest.raises(AnsibleError, match=r"container web: the command took longer than 1 s and was killed"):
        connection(ansible_daemonless_command_timeout=1).exec_command("sleep 1001; echo never")
    assert not [line for line in command_lines() if line.startswith("sleep 1001")]


def test_a_container_that_does_not_run(web: int) -> None:
    container(state="stopped", stop_signal="KILL")
    assert "enter container web: it isn't running. Start it with daemonless.containers.ns_container" in refusal()
    container(state="absent")
    assert "enter container web: there is no such container in /var/lib/daemonless" in refusal()
    assert "enter container other: there is no such container" in refusal(ansible_daemonless_container="other")


@pytest.mark.parametrize("name", ["../web", "we b", "web\n", ""])
def test_names_that_could_lead_elsewhere(web: int, name: str) -> None:
    assert "is not valid" in refusal(ansible_daemonless_container=name)


def test_a_container_that_was_started_anew_between_two_commands(merged: Path) -> None:
    container(command=FOREVER, env={"TIME": "first"})
    same = connection()
    assert same.exec_command("echo $TIME") == (0, b"first\n", b"")
    container(state="stopped", stop_signal="KILL")
    container(command=FOREVER, env={"TIME": "second"})
    assert same.exec_command("echo $TIME") == (0, b"second\n", b"")


@pytest.mark.parametrize("change", [{"start_time": 1}, {"boot_id": "another"}, {"pid": 1}])
def test_another_process_of_the_same_pid_is_never_entered(web: int, change: Dict[str, Any]) -> None:
    kept = LIVE.read_bytes()
    LIVE.write_text(json.dumps({**json.loads(kept), **change}), encoding="ascii")
    try:
        assert "it isn't running" in refusal()
    finally:
        LIVE.write_bytes(kept)


def test_a_damaged_record_is_named(web: int) -> None:
    kept = LIVE.read_bytes()
    LIVE.write_bytes(b"{")
    try:
        assert f"enter container web: read {LIVE}: not JSON" in refusal()
    finally:
        LIVE.write_bytes(kept)


def test_a_shell_that_is_not_there(web: int) -> None:
    told = refusal(ansible_daemonless_executable="/bin/bash")
    assert 'exec "/bin/bash": not found in the rootfs' in told
    assert "ansible_daemonless_executable names the container's shell" in told


def test_a_host_that_gives_no_answer(web: int) -> None:
    assert "ansible_daemonless_host_python is the host's Python" in refusal(ansible_daemonless_host_python="/no/python")
    assert "it says: nothing" in refusal(ansible_daemonless_host_python="/bin/true")


def test_another_store(tree: Path, tmp_path: Path) -> None:
    other = "/var/lib/daemonless/other"
    mount_rootfs(tree, store=other)
    container(command=["sh", "-c", "touch /tmp/here; sleep 1000"], store=other)
    try:
        assert "no such container" in refusal()
        assert run("ls /tmp", ansible_daemonless_store=other) == "here"
    finally:
        container(state="absent", stop_signal="KILL", store=other)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands in a running container: what is returned of them, what keeps them from being run, and how they end."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List

import pytest
from container_runs import FOREVER, STORE, container, mount_rootfs, processes, state_of_host, wait_for_end
from exec_runs import output_of, run_in
from proc_status import status_of

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import conversation, entered, entering
from ansible_collections.daemonless.containers.plugins.module_utils._sys.processes import Processes


@pytest.fixture(autouse=True)
def pid(merged: Path) -> int:
    """Of the container ``web``, which runs."""
    return int(container(command=FOREVER)["container"]["pid"])


def left() -> int:
    """How many processes of the commands here are left."""
    return len([line for line in processes() if "sleep 77" in line])


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_exit_code(code: int) -> None:
    ended = run_in(shell=f"exit {code}")
    assert (ended["rc"], ended.get("failed", False), ended["changed"]) == (code, code != 0, True)
    assert ended["msg"] == ("non-zero return code" if code else "")


def test_killed_by_a_signal() -> None:
    assert run_in(shell="kill -TERM $$")["rc"] == 128 + 15


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (["nonsense"], 127, "not found in PATH="),
        (["/nonsense"], 127, "not found in the rootfs"),
        (["/etc"], 126, "permission denied"),
        (["/etc/passwd"], 126, "permission denied"),
        (["/tmp/text"], 126, "not a program this machine can run"),
        (["/tmp/script"], 127, "its interpreter /no/shell is missing"),
    ],
)
@pytest.mark.parametrize("detach", [False, True])
def test_what_can_not_be_executed(argv: List[str], code: int, words: str, detach: bool) -> None:
    output_of("echo text > /tmp/text; echo '#!/no/shell' > /tmp/script; chmod 755 /tmp/*")
    ended = run_in(argv=argv, detach=detach)
    assert (ended["rc"], ended["failed"], ended["changed"], ended["ops"]) == (code, True, False, [])
    assert words in ended["msg"]


def test_outputs_are_apart_and_whole() -> None:
    ended = run_in(shell="head -c 300000 /dev/zero; head -c 200000 /dev/zero >&2")
    assert (ended["stdout"], ended["stderr"]) == ("\0" * 300000, "\0" * 200000)


def test_empty_ends_and_bytes_that_are_no_text() -> None:
    assert run_in(shell="echo; echo a; echo")["stdout"] == "\na"
    assert run_in(shell="echo; echo a; echo", strip_empty_ends=False)["stdout"] == "\na\n\n"
    assert run_in(shell="busybox printf 'a\\377b'")["stdout"] == "a\ufffdb"


def test_input() -> None:
    assert run_in(command="cat", stdin="a b")["stdout"] == "a b"
    assert run_in(command="wc -c", stdin="a b")["stdout"] == "4"
    assert run_in(command="wc -c", stdin="a b", stdin_add_newline=False)["stdout"] == "3"
    assert run_in(command="wc -c", stdin="\u00e4" * 500_000)["stdout"] == "1000001"
    assert run_in(command="wc -c", stdin="", stdin_add_newline=False)["stdout"] == "0"
    assert run_in(command="wc -c")["stdout"] == "0"


def test_input_that_nobody_reads() -> None:
    assert run_in(shell="exec <&-; echo done", stdin="x" * 500_000)["stdout"] == "done"


def test_command_is_split_as_a_shell_would() -> None:
    assert run_in(command="echo 'a  b' $HOME \\; c")["stdout"] == "a  b $HOME ; c"
    assert run_in(argv=["echo", "a  b", "7"])["cmd"] == ["echo", "a  b", "7"]


def test_streams_can_be_opened_anew_by_another_user() -> None:
    ended = run_in(shell="echo a > /dev/stdout; echo b > /dev/stderr; cat /dev/stdin", user="web", stdin="c")
    assert (ended["rc"], ended["stdout"], ended["stderr"]) == (0, "a\nc", "b")


def test_working_folder() -> None:
    assert run_in(command="pwd")["stdout"] == "/"
    assert run_in(command="pwd", chdir="/srv")["stdout"] == "/srv"
    with pytest.raises(ContainersError, match="change to its working directory /nowhere: /nowhere: No such file"):
        run_in(command="pwd", chdir="/nowhere")


def test_a_container_that_does_not_run() -> None:
    container(state="stopped", stop_timeout=0)
    with pytest.raises(ContainersError, match="container web doesn't run") as caught:
        run_in(command="true")
    assert "ns_container starts it" in str(caught.value)
    assert run_in(True, command="true")["warnings"] == ("container web doesn't run; an earlier task has to make it",)


def test_a_container_that_was_never_there() -> None:
    with pytest.raises(ContainersError, match="container other doesn't run"):
        run_in(name="other", command="true")
    assert not Path(STORE.container("other")).exists()


def test_timeout_kills_what_it_started() -> None:
    begun = time.monotonic()
    ended = run_in(shell="echo begun; sleep 77 & sleep 77", timeout=0.3)
    assert time.monotonic() - begun < 5
    assert (ended["rc"], ended["failed"], ended["stdout"]) == (137, True, "begun")
    assert ended["msg"] == "it didn't end within 0.3 seconds and was killed"
    assert left() == 0


@pytest.mark.parametrize("seconds", [60, 30 * 86_400])
def test_timeout_that_is_not_reached(seconds: int) -> None:
    assert run_in(command="true", timeout=seconds)["rc"] == 0


def test_what_it_leaves_in_the_background_is_not_waited_for() -> None:
    ended = run_in(shell="sleep 77 & echo done")
    assert (ended["stdout"], left()) == ("done", 1)


def test_detached() -> None:
    ended = run_in(command="sleep 77", detach=True)
    assert ("rc" in ended, ended["changed"], left()) == (False, True, 1)
    parent = status_of(ended["pid"])["PPid"]
    assert parent == "1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_module_that_ends_takes_the_command_along(number: int, tmp_path: Path) -> None:
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        run_in(shell=": > /tmp/begun; sleep 77")
        os._exit(0)
    while not output_of("ls /tmp"):
        time.sleep(0.01)
    os.kill(child, number)
    os.waitpid(child, 0)
    for _attempt in range(500):
        if left() == 0:
            return
        time.sleep(0.01)
    raise AssertionError(processes())


def test_an_interrupted_conversation_ends_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise ContainersError("interrupted")

    monkeypatch.setattr(entering, "converse", interrupted)
    with pytest.raises(ContainersError, match="run sleep in container web: interrupted"):
        run_in(command="sleep 77")
    assert left() == 0


def test_a_container_that_ends_meanwhile(pid: int) -> None:
    child = os.fork()
    if child == 0:
        ended = run_in(shell=": > /tmp/begun; sleep 77")
        os._exit(ended["rc"])
    while not output_of("ls /tmp"):
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 128 + 9
    wait_for_end(pid)


def test_a_container_that_ends_before_it_is_entered(pid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = entered.enter

    def late(*arguments: Any) -> None:
        os.kill(pid, signal.SIGKILL)
        wait_for_end(pid)
        real(*arguments)

    monkeypatch.setattr(entered, "enter", late)
    with pytest.raises(ContainersError, match="in container web: enter its namespaces: the container has ended mean"):
        run_in(command="true")


def test_another_process_of_the_same_pid_is_never_entered(pid: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record is read, then the container ends and its pid is another's: here, one with another start time."""
    real = Processes.start_time
    seen = []

    def start_time(self: Processes, number: int) -> Any:
        seen.append(number)
        found = real(self, number)
        return found if len(seen) <= 2 or found is None else found + 1

    monkeypatch.setattr(Processes, "start_time", start_time)
    with pytest.raises(ContainersError, match="the container has ended meanwhile"):
        run_in(command="touch /tmp/ran")
    monkeypatch.undo()
    assert output_of("ls /tmp") == ""


def but_for_accounts() -> Dict[str, Any]:
    """The kernel writes down how each process of a container ended."""
    state = state_of_host()
    del state["files"][f"{STORE.container('web')}/acct"]
    return state


def test_the_host_is_as_before() -> None:
    before, open_before = but_for_accounts(), os.listdir("/proc/self/fd")
    for options in ({"command": "true"}, {"argv": ["nonsense"]}, {"shell": "exit 3"}, {"command": "cat", "stdin": "x"}):
        run_in(**options)
    run_in(command="sleep 77", timeout=0.05)
    assert but_for_accounts() == before
    assert os.listdir("/proc/self/fd") == open_before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_secrets_are_in_no_words(tmp_path: Path) -> None:
    told = run_in(shell="cat > /dev/null", env={"KEY": "hush-1"}, stdin="hush-2")
    assert "hush" not in str(told)


def test_read_only_root_and_small_containers(tree: Path, tmp_path: Path) -> None:
    """Nothing in the rootfs but the program: no shell, no /etc."""
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["cp", "/bin/busybox", small / "busybox"], check=True)
    container(state="absent", stop_timeout=0)
    mount_rootfs(small)
    container(command=["/busybox", "sleep", "1000"], read_only=True)
    assert run_in(argv=["/busybox", "echo", "a"], user="5:6")["stdout"] == "a"


def test_conversation_does_not_wait_for_an_end_that_has_come() -> None:
    """A process that has ended before anybody listens."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"said")
        os._exit(0)
    ended = os.pidfd_open(child)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert conversation.converse(ended, None, b"", (reading,), 5) == conversation.Said(True, (b"said",))
    os.waitpid(child, 0)
    for descriptor in (reading, writing, ended):
        os.close(descriptor)

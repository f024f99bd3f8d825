# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command that enters a container has and can do there: what the container's own command has, and no more."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Dict, Iterator

import pytest
from container_runs import FOREVER, LOG, STORE, container, mount_rootfs
from exec_runs import output_of, run_in
from proc_status import parsed, signals, status_of

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys import entered, execution
from ansible_collections.daemonless.containers.plugins.module_utils._sys.execution import Program
from ansible_collections.daemonless.containers.plugins.module_utils._sys.launch import Process

PYTHON = Path(os.path.realpath(sys.executable))
RIGHTS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "SigBlk", "SigCgt", "Umask")

both_kinds = pytest.mark.parametrize("userns", ["merged", "plain"])


@pytest.fixture(autouse=True)
def _rootfs(request: pytest.FixtureRequest) -> None:
    """Every probe with a user namespace, and without one where the test says so."""
    userns = request.node.callspec.params.get("userns", "merged") if hasattr(request.node, "callspec") else "merged"
    request.getfixturevalue(userns)


@both_kinds
def test_no_descriptor_but_the_three(userns: str) -> None:
    container(command=FOREVER)
    leaked = os.open("/", os.O_RDONLY)
    fcntl.fcntl(leaked, fcntl.F_SETFD, 0)  # as one that the caller of the module forgot
    try:
        pid = run_in(command="sleep 1000", detach=True)["pid"]
        found = output_of("for n in 0 1 2 3 4 5 6 7 8 9; do readlink /proc/$$/fd/$n; done; true")
    finally:
        os.close(leaked)
    assert {name: os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")} == {
        "0": "/dev/null",
        "1": "/dev/null",
        "2": "/dev/null",
    }
    assert [line.partition(":")[0] for line in found.splitlines()] == ["/dev/null", "pipe", "pipe"]


@both_kinds
@pytest.mark.parametrize("options", [{}, {"cap_drop": ["ALL"], "capabilities": ["SYS_TIME"]}, {"user": "web"}])
def test_rights_are_those_of_the_containers_command(userns: str, options: Dict[str, object]) -> None:
    pid = container(command=FOREVER, **options)["container"]["pid"]
    own = status_of(pid)
    entering = parsed(output_of("exec cat /proc/self/status"))
    assert {name: entering[name] for name in RIGHTS} == {name: own[name] for name in RIGHTS}
    assert (entering["Uid"].split()[0], entering["NoNewPrivs"]) == ("33" if options.get("user") else "0", "1")
    assert signals(entering)[1] == 0


@both_kinds
def test_every_namespace_is_the_containers(userns: str) -> None:
    pid = container(command=FOREVER)["container"]["pid"]
    kinds = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]
    found = output_of("for k in " + " ".join(kinds) + "; do readlink /proc/self/ns/$k; done").split()
    assert found == [os.readlink(f"/proc/{pid}/ns/{kind}") for kind in kinds]


@both_kinds
def test_environment_is_the_containers_and_the_options(userns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANSIBLE_SECRET", "SSH_CONNECTION", "PYTHONPATH", "LD_PRELOAD"):
        monkeypatch.setenv(name, "x")
    container(command=FOREVER, env={"A": "1 2", "B": "container"})
    raw = run_in(command="cat /proc/self/environ", env={"B": "option", "C": "3"}, user="web")["stdout"]
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    assert sorted(raw.rstrip("\0").split("\0")) == ["A=1 2", "B=option", "C=3", "HOME=/srv/web", "HOSTNAME=web", path]


def test_limits_and_oom_score_are_the_containers() -> None:
    container(command=FOREVER, ulimits=["nofile:100:200"], oom_score_adj=321)
    script = "ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj; umask"
    assert output_of(script).split() == ["100", "200", "321", "0022"]


@pytest.mark.parametrize(
    ("user", "found"),
    [
        ("1000:1000", "uid=1000 gid=1000 groups=1000"),
        ("1000", "uid=1000 gid=0(root) groups=0(root)"),
        ("web", "uid=33(web) gid=34(web) groups=34(web),40(log)"),
        ("web:log", "uid=33(web) gid=40(log) groups=40(log)"),
        ("33", "uid=33(web) gid=34(web) groups=34(web),40(log)"),
    ],
)
def test_user(user: str, found: str) -> None:
    container(command=FOREVER)
    assert run_in(command="id", user=user)["stdout"] == found


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    "user", ["4294967296", "2147483648", "70000", "nobody-here", "-1", "1e3", "web:nobody-here", "0x0", "web:", "0:-1"]
)
def test_users_that_are_not_there_are_never_root(user: str, check_mode: bool) -> None:
    container(command=FOREVER)
    with pytest.raises(ContainersError, match=r"user '|user id 70000 isn't among the ids"):
        run_in(check_mode, command="touch /tmp/was-here", user=user)
    assert run_in(command="ls /tmp")["stdout"] == ""


def test_own_session() -> None:
    container(command=FOREVER)
    pid, group, session = output_of("exec cut -d' ' -f1,5,6 /proc/self/stat").split()
    assert group == session == pid


@pytest.mark.parametrize(("seccomp", "mode"), [("default", "2"), ("unconfined", "0")])
def test_system_calls_are_filtered_as_the_inits_are(seccomp: str, mode: str) -> None:
    pid = container(command=FOREVER, seccomp=seccomp)["container"]["pid"]
    entered_with = parsed(output_of("cat /proc/self/status"))["Seccomp"]
    assert entered_with == status_of(pid)["Seccomp"] == mode


def test_a_filter_may_refuse_what_its_own_start_calls() -> None:
    profile = {
        "defaultAction": "SCMP_ACT_ALLOW",
        "syscalls": [
            {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 95},
            {"names": ["prctl"], "action": "SCMP_ACT_ERRNO"},
        ],
    }
    Path("/run/profile.json").write_text(json.dumps(profile), encoding="ascii")
    container(command=FOREVER, seccomp="/run/profile.json")
    ended = run_in(command="mkdir /tmp/made")
    assert (ended["rc"], "not supported" in ended["stderr"]) == (1, True), ended


def test_check_mode_compiles_no_filter() -> None:
    container(command=FOREVER)
    folder = Path(STORE.filters)
    shutil.rmtree(folder)
    assert run_in(True, command="true")["ops"] == ["run true in container web"]
    assert not folder.exists()
    assert run_in(command="true")["rc"] == 0
    assert list(folder.iterdir())


def test_keyring_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by the command's process just before it is executed, as a busybox can't ask for its keyring."""
    container(command=FOREVER, seccomp="unconfined")  # the filter is in force by then, and forbids to ask
    libc = ctypes.CDLL(None, use_errno=True)

    def session_keyring() -> int:
        return int(libc.syscall(ctypes.c_long(execution._KEYCTL), 0, -3, 1))

    ours = session_keyring()
    assert ours > 0

    def execute(_process: Process, _program: Program) -> None:
        os._exit(0 if 0 < session_keyring() != ours else 1)

    monkeypatch.setattr(entered, "execute", execute)
    assert run_in(command="true")["rc"] == 0


@pytest.mark.parametrize("folder", ["/proc/self/fd/7", "/proc/self/cwd", "/../..", "/tmp/../../..", "relative"])
def test_working_folder_that_leads_out_is_refused(folder: str) -> None:
    container(command=FOREVER)
    with pytest.raises(ContainersError, match=r"chdir '.*' (is not allowed|isn't an absolute path)"):
        run_in(command="pwd", chdir=folder)


def test_working_folder_through_a_descriptor_of_the_host(tree: Path, tmp_path: Path) -> None:
    """Links that the image has, to every descriptor that the module might have open at a folder of the host."""
    (tmp_path / "top").mkdir()
    for number in range(3, 20):
        (tmp_path / f"top/leak{number}").symlink_to(f"/proc/self/fd/{number}")
    mount_rootfs(tree, tmp_path / "top")
    container(command=FOREVER)
    leaked = [os.open("/", os.O_RDONLY) for _number in range(3, 20)]
    for descriptor in leaked:
        fcntl.fcntl(descriptor, fcntl.F_SETFD, 0)
    try:
        for number in range(3, 20):
            with pytest.raises(ContainersError, match="change to its working directory"):
                run_in(command="pwd", chdir=f"/leak{number}")
    finally:
        for descriptor in leaked:
            os.close(descriptor)


@pytest.fixture
def python_stays() -> Iterator[None]:
    before = hashlib.sha256(PYTHON.read_bytes()).hexdigest()
    yield
    assert hashlib.sha256(PYTHON.read_bytes()).hexdigest() == before


@pytest.mark.usefixtures("python_stays")
def test_programs_that_lead_to_the_hosts_python(tree: Path, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "bin").mkdir(parents=True)
    (top / "bin/evil").write_text("#!/proc/self/exe\n", encoding="ascii")
    (top / "bin/evil").chmod(0o755)
    (top / "bin/link").symlink_to("/proc/self/exe")
    mount_rootfs(tree, top)
    container(command=FOREVER)
    for program in ("evil", "link", "/proc/self/exe"):
        ended = run_in(argv=[program, "-c", "print('host')"])
        assert (ended["rc"], ended["stdout"]) == (126, ""), ended
        assert "could lead to a program of the host" in ended["msg"]


@both_kinds
@pytest.mark.usefixtures("python_stays")
def test_before_it_is_executed_nobody_looks_into_it(userns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The container's own command tries, with the same rights, while the command's process is still Python."""
    looks = "readlink $p/exe; cat $p/environ; cat $p/maps; echo x >> $p/exe; cat $p/root/etc/passwd"
    wait = "while ! [ -e /tmp/ready ]; do sleep 0.01; done; p=/proc/$(cat /tmp/ready)"
    container(command=["sh", "-c", f"{wait}; {looks}; touch /tmp/looked; sleep 1000"])
    real = entered.execute

    def execute(process: Process, program: Program) -> None:
        Path("/tmp/pid").write_text(str(os.getpid()), encoding="ascii")
        os.rename("/tmp/pid", "/tmp/ready")
        while not os.path.exists("/tmp/looked"):
            os.sched_yield()
        real(process, program)

    monkeypatch.setattr(entered, "execute", execute)
    assert run_in(command="echo went on", timeout=60)["stdout"] == "went on"
    seen = LOG.read_text(encoding="utf-8")
    assert seen.count("ermission denied") == 4, seen
    assert "python" not in seen


@pytest.mark.parametrize("userns", ["plain"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_ptrace_without_a_user_namespace_is_refused(userns: str, check_mode: bool) -> None:
    container(command=FOREVER, capabilities=["SYS_PTRACE"])
    with pytest.raises(ContainersError, match="capability SYS_PTRACE and no user namespace can't be entered"):
        run_in(check_mode, command="true")


def test_nothing_that_the_rootfs_plants_is_loaded(tree: Path, tmp_path: Path) -> None:
    """Modules below the very paths that the module's Python would import from."""
    top = tmp_path / "top"
    for folder in [*sys.path, "/usr/lib/python3/dist-packages"]:
        if folder.startswith("/usr"):
            place = top / folder.lstrip("/") / "encodings"
            place.mkdir(parents=True, exist_ok=True)
            for name in ("__init__.py", "idna.py", "../sitecustomize.py", "../traceback.py"):
                (place / name).write_text("import os; os.mkdir('/tmp/loaded')\n", encoding="ascii")
    mount_rootfs(tree, top)
    container(command=FOREVER)
    assert run_in(command="nonsense")["rc"] == 127
    with pytest.raises(ContainersError, match="w\u00f6rk"):
        run_in(command="ls", chdir="/w\u00f6rk")
    assert run_in(command="ls /tmp", user="web")["stdout"] == ""

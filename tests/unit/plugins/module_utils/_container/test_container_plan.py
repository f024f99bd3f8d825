# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of containers: from plain data to ops, without a host."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

import pytest
from container_data import IMAGE, ROOTFS, bare, running, settings, wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container.etcfiles import etc_files
from ansible_collections.daemonless.containers.plugins.module_utils._container.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._container.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError


def test_image_says_how_to_run() -> None:
    found = settings()
    assert found.command == ("/entry", "serve")
    assert found.env == (("A", "image"), ("PATH", "/bin"))
    assert (found.user, found.account.uid, found.working_dir, found.stop_signal) == ("web", 33, "/srv", 3)
    assert found.stop_timeout == 10


@pytest.mark.parametrize(
    ("options", "command"),
    [
        ({"command": "a b"}, ("/entry", "a", "b")),
        ({"entrypoint": ["x"]}, ("x",)),
        ({"entrypoint": ["x"], "command": ["y"]}, ("x", "y")),
        ({"entrypoint": [], "command": ["y"]}, ("y",)),
        ({"command": []}, ("/entry",)),
    ],
)
def test_entry_point_and_command(options: Dict[str, Any], command: object) -> None:
    assert settings(**options).command == command


def test_options_go_before_the_image() -> None:
    found = settings(env={"A": "mine"}, user="0:40", working_dir="/", stop_signal="KILL", stop_timeout=3)
    assert found.env == (("A", "mine"), ("PATH", "/bin"))
    assert (found.account.gid, found.working_dir, found.stop_signal, found.stop_timeout) == (40, "/", 9, 3)


@pytest.mark.parametrize("folder", ["/proc/self/fd/9", "proc/self", "/a/../proc/1"])
def test_image_whose_working_dir_leads_outside(folder: str) -> None:
    with pytest.raises(ContainersError, match=r"the image's WorkingDir .* is not allowed"):
        plan(wanted(), bare(image={**IMAGE, "WorkingDir": folder}))


def test_relative_working_dir_of_an_image_is_from_the_root() -> None:
    (start,) = plan(wanted(), bare(image={**IMAGE, "WorkingDir": "app/x"})).ops
    assert start.settings.working_dir == "/app/x"  # type: ignore[attr-defined]


def test_first_start() -> None:
    made = plan(wanted(env={"A": "secret"}), bare())
    assert made.describe() == ("start container web",)
    assert made.predicted["container"] == {
        "name": "web",
        "status": "running",
        "pid": None,
        "exit_code": None,
        "hostname": "web",
        "rootfs": "/store/containers/web/merged",
        "namespaces": {},
        "limits": {"memory": None, "memory_swap": None, "cpus": None, "pids_limit": None},
        "restart_policy": "no",
        "unit": None,
        "log": "/store/containers/web/log",
    }
    assert "secret" not in str(made.before) + str(made.after) + str(made.predicted)


def test_nothing_to_do() -> None:
    made = plan(wanted(), running(settings()))
    assert made.ops == ()
    assert made.before == made.after


def test_changed_image_config_leads_to_a_restart() -> None:
    found = running(settings(), image={**IMAGE, "Cmd": ["other"], "Env": ["A=image", "PATH=/bin", "B=1"]})
    assert plan(wanted(), found).describe() == ("restart container web: command changed; env B added",)


def test_restart_for_another_range_of_ids() -> None:
    moved = replace(ROOTFS.uidmap[0], outside=200000)
    found = running(settings(), rootfs=replace(ROOTFS, uidmap=(moved,)))
    assert plan(wanted(), found).describe() == ("restart container web: the rootfs's uidmap changed",)


def test_user_that_gets_another_id_is_no_reason_to_restart() -> None:
    found = running(settings(), passwd=b"web:x:44:44::/:/bin/sh\n")
    assert plan(wanted(), found).ops == ()


def test_rootfs_mounted_anew() -> None:
    made = plan(wanted(), running(settings(), root_is_current=False))
    assert made.describe() == ("restart container web: its rootfs was mounted anew",)
    assert made.before != made.after


def test_host_name_and_files_are_repaired_live() -> None:
    kept = settings()
    drifted = {**etc_files(kept, b""), "hosts": None}
    made = plan(wanted(), running(kept, hostname="x", etc=drifted))
    assert made.describe() == (
        "set the host name of container web to web",
        "write /etc/hosts of container web",
        "write /etc/resolv.conf of container web",
    )
    assert made.before != made.after
    assert made.predicted["container"]["hostname"] == "web"
    assert made.predicted["container"]["pid"] == 77


def test_shared_host_name_is_not_touched() -> None:
    kinds = ["mount", "pid", "user"]
    kept = settings(namespaces=kinds)
    assert plan(wanted(namespaces=kinds), running(kept, hostname="the-host")).ops == ()


def test_ended_and_started_again() -> None:
    found = replace(running(settings()), pid=None, exit_code=137)
    made = plan(wanted(), found)
    assert made.describe() == ("start container web (it had ended with exit code 137)",)
    assert made.before["status"] == "stopped (exit code 137)"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"rootfs": None, "mounted": False}, "rootfs web doesn't exist"),
        ({"mounted": False}, "rootfs web isn't mounted at /store/containers/web/merged"),
        ({"image": None}, "image sha256:ab of rootfs web is gone"),
        ({"missing_sources": ("/gone",)}, "volume source /gone doesn't exist"),
    ],
)
def test_unmet(changes: Dict[str, Any], what: str) -> None:
    made = plan(wanted(command="x"), bare(**changes))
    assert [unmet.what for unmet in made.unmet] == [what]
    assert made.predicted["container"]["status"] == "running"
    assert made.unmet[0].hint


def test_link_where_a_file_of_ours_would_be() -> None:
    with pytest.raises(ContainersError, match=r"^/store/containers/web/log is a link, which this module doesn't make"):
        plan(wanted(), bare(links=("/store/containers/web/log",)))
    assert plan(wanted(state="absent"), bare(links=("/store/containers/web/log",), leftovers=True)).changes


def test_no_command() -> None:
    with pytest.raises(ContainersError, match="rootfs web has nothing to run: neither its image nor the options"):
        plan(wanted(), bare(image={}))


def test_user_namespace_and_rootfs_have_to_agree() -> None:
    without = replace(ROOTFS, uidmap=(), gidmap=())
    with pytest.raises(ContainersError, match="rootfs web has userns: none"):
        plan(wanted(namespaces=["mount", "pid", "user"]), bare(rootfs=without))
    with pytest.raises(ContainersError, match="user can't be left out"):
        plan(wanted(namespaces=["mount", "pid"]), bare())
    (start,) = plan(wanted(), bare(rootfs=without, has_cgroup2=False)).ops
    assert start.settings.namespaces == ("mount", "uts", "ipc", "pid", "network")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("user", "message"),
    [("70000", "user id 70000 isn't among the ids"), ("0:70000", "group id 70000 isn't among the ids")],
)
def test_user_beyond_the_map(user: str, message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        plan(wanted(user=user), bare())


def test_groups_beyond_the_map_are_left_out() -> None:
    narrow = replace(ROOTFS, gidmap=(replace(ROOTFS.gidmap[0], length=40),))
    (start,) = plan(wanted(), bare(rootfs=narrow)).ops
    assert start.settings.account.groups == (34,)  # type: ignore[attr-defined]
    with pytest.raises(ContainersError, match="group id 40 isn't among the ids"):
        plan(wanted(user="web:log"), bare(rootfs=narrow))


def test_init_is_refused_where_it_could_be_inspected() -> None:
    without = replace(ROOTFS, uidmap=(), gidmap=())
    for added in ("SYS_PTRACE", "ALL"):
        with pytest.raises(ContainersError, match="needs a user namespace"):
            plan(wanted(init=True, capabilities=[added]), bare(rootfs=without))
        assert plan(wanted(init=True, capabilities=[added]), bare()).ops


def test_stopped_and_absent() -> None:
    found = running(settings())
    assert plan(wanted(state="stopped"), found).describe() == ("stop container web",)
    gone = plan(wanted(state="absent"), found)
    assert gone.describe() == ("stop container web", "remove container web")
    assert gone.teardown
    for state in ("stopped", "absent"):
        nothing = plan(wanted(state=state), Found())
        assert nothing.ops == ()
        assert nothing.before == nothing.after
    assert plan(wanted(state="absent"), Found(leftovers=True)).describe() == ("remove container web",)
    assert plan(wanted(state="absent"), Found(pid=7, leftovers=True)).describe() == (
        "stop container web, whose settings are lost",
        "remove container web",
    )


def test_whoever_stops_it_may_say_how() -> None:
    found = running(settings(stop_signal="USR1", stop_timeout=60))
    (stop,) = plan(wanted(state="stopped"), found).ops
    assert (stop.number, stop.seconds) == (10, 60)  # type: ignore[attr-defined]
    (stop,) = plan(wanted(state="stopped", stop_signal="KILL", stop_timeout=0), found).ops
    assert (stop.number, stop.seconds) == (9, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "host", "resolv"),
    [
        (
            {},
            b"search a\nnameserver ::1\nnameserver 127.0.0.53\nnameserver 198.51.100.1\n; x\n",
            b"search a\nnameserver 198.51.100.1\n",
        ),
        ({"dns_servers": []}, b"search a\nnameserver 198.51.100.1\noptions x\n", b""),
        ({"dns_search": ["b"]}, b"search a\nnameserver 198.51.100.1\n", b"nameserver 198.51.100.1\nsearch b\n"),
        ({"dns_options": ["y"]}, b"nameserver 198.51.100.1\noptions x\n", b"nameserver 198.51.100.1\noptions y\n"),
        ({"namespaces": ["mount", "pid", "user"]}, b"nameserver 127.0.0.53\n", b"nameserver 127.0.0.53\n"),
    ],
)
def test_resolv_conf(options: Dict[str, Any], host: bytes, resolv: bytes) -> None:
    assert etc_files(settings(**options), host)["resolv.conf"] == resolv

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of ns_container: what each means exactly, and each wrong one as an error that names it."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from container_data import GROUP, PASSWD, wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container.account import (
    find_account,
    group_id,
    outside,
    user_id,
)
from ansible_collections.daemonless.containers.plugins.module_utils._container.settings import Account
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

WRONG: Dict[str, Dict[str, Any]] = {
    "name '../x' is not valid": {"name": "../x"},
    "rootfs 'a/b' is not valid": {"rootfs": "a/b"},
    "healthy_wait_timeout 0 isn't above 0": {"healthy_wait_timeout": 0.0},
    "namespaces: pid can't be left out": {"namespaces": ["mount"]},
    "command is neither a string nor a list": {"command": {"a": 1}},
    "command: No closing quotation": {"command": "echo 'x"},
    "command is neither": {"command": ["a", ["b"]]},
    "command: an empty program name": {"command": ["", "b"]},
    "command: .* NUL byte": {"command": ["a\0b"]},
    "env A: the value isn't a string. Quote it": {"env": {"A": True}},
    "env B: the value isn't a string": {"env": {"B": None}},
    "env C: the value isn't a string": {"env": {"C": 1.5}},
    "env: 'A=B' isn't the name of a variable": {"env": {"A=B": "x"}},
    "env D: the value has a NUL byte": {"env": {"D": "a\0"}},
    "user '' is not valid": {"user": ""},
    "working_dir 'srv' isn't an absolute path": {"working_dir": "srv"},
    "working_dir '/proc/self/fd/7' is not allowed": {"working_dir": "/proc/self/fd/7"},
    "working_dir '/./proc/1' is not allowed": {"working_dir": "/./proc/1"},
    "working_dir '/a/../proc' is not allowed": {"working_dir": "/a/../proc"},
    "hostname 'a b' is not valid": {"hostname": "a b"},
    "hostname '-a' is not valid": {"hostname": "-a"},
    "hostname 'a{65}' is not valid": {"hostname": "a" * 65},
    "hostname 'x' would change the host's": {"hostname": "x", "namespaces": ["mount", "pid"]},
    "dns_servers: 'ns.example.com' isn't an IP": {"dns_servers": ["ns.example.com"]},
    "dns_search: 'a b' is not valid": {"dns_search": ["a b"]},
    "dns_options: '' is not valid": {"dns_options": [""]},
    "etc_hosts db: 'x' isn't an IP address": {"etc_hosts": {"db": "x"}},
    "etc_hosts: 'a b' is not valid": {"etc_hosts": {"a b": "198.51.100.1"}},
    "volume '/a' isn't of the form": {"volumes": ["/a"]},
    "volume '/a:/b:ro:rw' isn't of the form": {"volumes": ["/a:/b:ro:rw"]},
    "volume 'data:/b': the source isn't an absolute path": {"volumes": ["data:/b"]},
    "volume '/a:b': the target isn't an absolute path": {"volumes": ["/a:b"]},
    "volume '/a:/b:zz': unknown option 'zz'": {"volumes": ["/a:/b:zz"]},
    "volume '/a:/b/..': nothing can be mounted on /": {"volumes": ["/a:/b/.."]},
    "nothing can be mounted on /proc/sys": {"volumes": ["/a:/proc/sys"]},
    "nothing can be mounted on /sys": {"tmpfs": ["//sys"]},
    "nothing can be mounted on /dev": {"volumes": ["/dev:/dev"]},
    "/b is the target of two mounts": {"volumes": ["/a:/b", "/c:/b/"]},
    "/t is the target of two mounts": {"volumes": ["/a:/t"], "tmpfs": ["/t"]},
    "tmpfs '/t:size=big': unknown option 'size=big'": {"tmpfs": ["/t:size=big"]},
    "ulimit 'files:1': no such limit": {"ulimits": ["files:1"]},
    "ulimit 'nofile' isn't of the form": {"ulimits": ["nofile"]},
    "ulimit 'nofile:2:1': the soft limit is above": {"ulimits": ["nofile:2:1"]},
    "ulimit 'nofile:-1:1': the soft limit is above": {"ulimits": ["nofile:-1:1"]},
    "ulimit 'nofile:x': 'x' isn't a number": {"ulimits": ["nofile:x"]},
    "ulimit nofile is given twice": {"ulimits": ["nofile:1", "NOFILE:2"]},
    "sysctl kernel.core_pattern belongs to no namespace": {"sysctls": {"kernel.core_pattern": "x"}},
    "sysctl 'net/../kernel/x' isn't the name": {"sysctls": {"net/../kernel/x": "1"}},
    "sysctl net.ipv4.ip_forward would change the host": {
        "sysctls": {"net.ipv4.ip_forward": 1},
        "namespaces": ["mount", "pid"],
    },
    f"sysctl kernel.domainname '{65 * 'x'}' is too long": {"sysctls": {"kernel.domainname": 65 * "x"}},
    "sysctl kernel.domainname would change the host": {
        "sysctls": {"kernel.domainname": "x"},
        "namespaces": ["mount", "pid"],
    },
    "capability 'SYS_NONSENSE' doesn't exist": {"capabilities": ["SYS_NONSENSE"]},
    "capability 'CAP_' doesn't exist": {"cap_drop": ["CAP_"]},
    "oom_score_adj 1001 isn't in": {"oom_score_adj": 1001},
    "stop_signal 'SIGNONSENSE' isn't a signal": {"stop_signal": "SIGNONSENSE"},
    "stop_signal '0' isn't a signal": {"stop_signal": "0"},
    "stop_signal 'RTMIN.99' isn't a signal": {"stop_signal": "RTMIN+99"},
    "stop_signal 'SIG_DFL' isn't a signal": {"stop_signal": "SIG_DFL"},
    "stop_timeout -1 isn't in 0..86400": {"stop_timeout": -1},
    "stop_timeout 86401 isn't in 0..86400": {"stop_timeout": 86401},
    "sysctl net.ipv4.ip_forward: the value is neither": {"sysctls": {"net.ipv4.ip_forward": None}},
    "volume '/a:/b:ro,rw': rw and ro exclude one another": {"volumes": ["/a:/b:ro,rw"]},
    "tmpfs '/a:exec,noexec': exec and noexec exclude one another": {"tmpfs": ["/a:exec,noexec"]},
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_option(message: str) -> None:
    with pytest.raises(ContainersError, match=message.replace("(", r"\(")):
        wanted(**WRONG[message])


def test_defaults() -> None:
    found = wanted()
    assert (found.rootfs, found.command, found.namespaces, found.stop_timeout) == ("web", None, None, None)
    assert len(found.capabilities) == 14


@pytest.mark.parametrize(
    ("command", "meaning"),
    [("a 'b c' d", ("a", "b c", "d")), (["a", 1, "b c"], ("a", "1", "b c")), ([], ()), ("", ())],
)
def test_command(command: object, meaning: object) -> None:
    assert wanted(command=command).command == meaning


@pytest.mark.parametrize(
    ("text", "target", "options"),
    [
        ("/a:/b", "/b", ("nodev", "nosuid")),
        ("/a:/b/./c/", "/b/c", ("nodev", "nosuid")),
        ("/a:/b:ro,dev,noidmap", "/b", ("noidmap", "nosuid", "ro")),
        ("/a:/b:rw,bind", "/b", ("bind", "nodev", "nosuid")),
    ],
)
def test_volume(text: str, target: str, options: object) -> None:
    (found,) = wanted(volumes=[text]).volumes
    assert (found.source, found.target, found.options) == ("/a", target, options)


def test_tmpfs() -> None:
    (found,) = wanted(tmpfs=["/t:size=64m,mode=1777,exec"]).tmpfs
    assert found.options == ("mode=1777", "nodev", "nosuid", "size=64m")


@pytest.mark.parametrize(
    ("add", "drop", "count", "has", "lacks"),
    [
        (["net_admin"], [], 15, "NET_ADMIN", "SYS_ADMIN"),
        (["CAP_NET_ADMIN"], ["ALL"], 1, "NET_ADMIN", "CHOWN"),
        (["ALL"], ["CAP_SYS_ADMIN"], 40, "SYS_MODULE", "SYS_ADMIN"),
        ([], ["chown"], 13, "KILL", "CHOWN"),
        (["CHOWN"], ["CHOWN"], 14, "CHOWN", "SYS_ADMIN"),
    ],
)
def test_capabilities(add: Any, drop: Any, count: int, has: str, lacks: str) -> None:
    found = wanted(capabilities=add, cap_drop=drop).capabilities
    assert len(found) == count
    assert has in found
    assert lacks not in found


@pytest.mark.parametrize(
    ("text", "number"), [("TERM", 15), ("sigterm", 15), ("9", 9), ("RTMIN+3", 37), ("SIGRTMAX", 64)]
)
def test_signal(text: str, number: int) -> None:
    assert wanted(stop_signal=text).stop_signal == number


def test_sysctls_in_both_spellings() -> None:
    found = wanted(sysctls={"net.ipv4.ip_forward": 1, "net/ipv4/conf/eth0.1/forwarding": "0"}).sysctls
    assert found == (("net/ipv4/conf/eth0.1/forwarding", "0"), ("net/ipv4/ip_forward", "1"))


@pytest.mark.parametrize(
    ("user", "account"),
    [
        ("", Account(0, 0, (0,), "/root")),
        ("web", Account(33, 34, (34, 40), "/srv")),
        ("33", Account(33, 34, (34, 40), "/srv")),
        ("web:log", Account(33, 40, (40,), "/srv")),
        ("web:0", Account(33, 0, (0,), "/srv")),
        ("5:7", Account(5, 7, (7,), "/")),
        (":40", Account(0, 40, (40,), "/root")),
    ],
)
def test_account(user: str, account: Account) -> None:
    assert find_account(user, PASSWD, GROUP) == account


@pytest.mark.parametrize(
    "user", ["4294967296", "2147483648", "-1", "1_0", "\u0661", "nobody", "web:nobody", "web:", "0x0", " 0"]
)
def test_account_that_is_not_there(user: str) -> None:
    with pytest.raises(ContainersError, match="user "):
        find_account(user, PASSWD, GROUP)


def test_owners() -> None:
    assert (user_id("web", PASSWD), user_id("5", PASSWD), group_id("log", GROUP), group_id("7", GROUP)) == (
        33,
        5,
        40,
        7,
    )
    with pytest.raises(ContainersError, match=r"^owner 'log': no user 'log' in /etc/passwd of the rootfs$"):
        user_id("log", PASSWD)
    with pytest.raises(ContainersError, match=r"^group '4294967296': group id 4294967296 is out of range"):
        group_id("4294967296", GROUP)


def test_account_in_a_list_that_was_tampered_with() -> None:
    passwd = b"evil:x:4294967296:0::/:/bin/sh\nshort:x:1\n#web:x:0:0::/:/\n\xff\xfe:x:9:9::/:\n" + PASSWD
    assert find_account("web", passwd, GROUP).uid == 33
    for user in ("evil", "short", "#web"):
        with pytest.raises(ContainersError, match="no user"):
            find_account(user, passwd, GROUP)


@pytest.mark.parametrize(("number", "host"), [(0, 1000), (1, 5000), (10, 5009), (11, None)])
def test_id_on_the_host(number: int, host: object) -> None:
    assert outside("0 1000 1\n1 5000 10\n", number) == host
    assert outside("", number) == number

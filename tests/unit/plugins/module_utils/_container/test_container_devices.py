# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What option devices means, and where an access can't be kept to; labels where there is no security module."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict

import pytest
from container_data import ROOTFS, bare, running, settings, wanted

from ansible_collections.daemonless.containers.plugins.module_utils._container.confinement import Confining
from ansible_collections.daemonless.containers.plugins.module_utils._container.devices import NOBODYS, mode
from ansible_collections.daemonless.containers.plugins.module_utils._container.effective import effective
from ansible_collections.daemonless.containers.plugins.module_utils._container.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._container.running import launch_of
from ansible_collections.daemonless.containers.plugins.module_utils._container.settings import Device
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.record import IdMap

PATHS = {"etc": "/e", "log": "/l", "accounting": "/c"}


@pytest.mark.parametrize(
    ("entry", "device"),
    [
        ("/dev/fuse", Device("/dev/fuse", "/dev/fuse", "rw")),
        ("/dev/sda:/dev/xvda", Device("/dev/sda", "/dev/xvda", "rw")),
        ("/dev/sda:/dev/disk/a:r", Device("/dev/sda", "/dev/disk/a", "r")),
        ("/srv/node:/dev/net//tun:rwm", Device("/srv/node", "/dev/net/tun", "rw")),
        ({"path_on_host": "/dev/fuse"}, Device("/dev/fuse", "/dev/fuse", "rw")),
        (
            {"path_on_host": "/dev/a", "path_in_container": "/dev/b", "cgroup_permissions": "w"},
            Device("/dev/a", "/dev/b", "w"),
        ),
    ],
)
def test_forms(entry: Any, device: Device) -> None:
    assert wanted(devices=[entry]).devices == (device,)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"devices": ["dev/x"]}, "the source isn't an absolute path"),
        ({"devices": ["/dev/x:/dev/y:r:w"]}, "isn't of the form"),
        ({"devices": ["/dev/x::r"]}, "isn't of the form"),
        ({"devices": ["/dev/x:/etc/x"]}, "a device can't be at /etc/x"),
        ({"devices": ["/dev/x:/dev/../etc/x"]}, "a device can't be at /etc/x"),
        ({"devices": ["/dev/x:/dev"]}, "a device can't be at /dev"),
        ({"devices": ["/dev/null"]}, "a device can't be at /dev/null"),
        ({"devices": ["/dev/x:/dev/pts/5"]}, "a device can't be at /dev/pts/5"),
        ({"devices": ["/dev/x:/dev/x:m"]}, "access 'm' is none of"),
        ({"devices": ["/dev/x:/dev/x:rm"]}, "access 'rm' is none of"),
        ({"devices": ["/dev/x:/dev/x:rr"]}, "access 'rr' is none of"),
        ({"devices": [{"path": "/dev/x"}]}, "give path_on_host"),
        ({"devices": ["/dev/x", "/dev/y:/dev/x"]}, "target of two devices or mounts"),
        ({"devices": ["/dev/x"], "volumes": ["/a:/dev/x"]}, "target of two devices or mounts"),
        ({"devices": ["/dev/x", "/dev/y:/dev/x/y"]}, "can't be a device and a folder"),
        ({"seccomp": "strict"}, "neither default nor unconfined"),
    ],
)
def test_refused(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        wanted(**options)


def test_nodes_are_nobodys_and_for_all() -> None:
    made = launch_of(settings(devices=["/dev/a:/dev/a:r", "/dev/b:/dev/b:w", "/dev/c"]), PATHS).devices
    assert [(node.mode, node.owner) for node in made] == [(0o4, NOBODYS), (0o2, NOBODYS), (0o6, NOBODYS)]
    assert mode(Device("", "", "rw")) == 0o6


def test_without_a_range_of_ids_they_are_as_on_the_host() -> None:
    plain = replace(bare(), rootfs=replace(ROOTFS, uidmap=(), gidmap=()))
    (node,) = launch_of(effective(wanted(devices=["/dev/a"]), plain), PATHS).devices
    assert node.mode is None


@pytest.mark.parametrize("id_map", [(), (IdMap(0, 0, 2**32 - 1),)])
def test_access_that_would_not_bind_root_is_refused(id_map: Any) -> None:
    found = replace(bare(), rootfs=replace(ROOTFS, uidmap=id_map, gidmap=id_map))
    assert effective(wanted(devices=["/dev/a"]), found).devices
    with pytest.raises(ContainersError, match="access can't be limited to r where root of the container is root"):
        effective(wanted(devices=["/dev/a:/dev/a:r"]), found)


@pytest.mark.parametrize("option", ["apparmor_profile", "selinux_label"])
def test_labels_need_their_security_module(option: str) -> None:
    module = {"apparmor_profile": "AppArmor", "selinux_label": "SELinux"}[option]
    with pytest.raises(ContainersError, match=f"{option}: {module} isn't enabled on this host"):
        plan(wanted(**{option: "x"}), bare())
    there = bare(confining=Confining(security_modules=frozenset({module})))
    label = launch_of(effective(wanted(**{option: "x"}), there), PATHS).label
    assert label is not None
    assert (label.file, label.text) == {"AppArmor": ("apparmor/exec", "exec x"), "SELinux": ("exec", "x")}[module]


@pytest.mark.parametrize("option", ["devices", "apparmor_profile", "selinux_label", "seccomp"])
def test_a_change_is_a_restart(option: str) -> None:
    values: Dict[str, Any] = {"devices": ["/dev/x"], "seccomp": "unconfined"}
    modules = Confining(security_modules=frozenset({"AppArmor", "SELinux"}))
    made = plan(wanted(**{option: values.get(option, "x")}), running(settings(), confining=modules))
    assert made.describe() == (f"restart container web: {option} changed",)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of every room that is broken in tests: making, changing and removing; alone and in the whole chain."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence

import imagebuild
import tarbuild
from crashes import Case, Run, go
from rooms import STORE, empty_store, with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._container.argspec import (
    ARGUMENT_SPEC as CONTAINER_SPEC,
)
from ansible_collections.daemonless.containers.plugins.module_utils._container.room import ROOM as CONTAINER
from ansible_collections.daemonless.containers.plugins.module_utils._image.argspec import ARGUMENT_SPEC as IMAGE_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._image.room import ROOM as IMAGE
from ansible_collections.daemonless.containers.plugins.module_utils._nat.argspec import ARGUMENT_SPEC as NAT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._nat.room import ROOM as NAT
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.argspec import ARGUMENT_SPEC as ROOTFS_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.room import ROOM as ROOTFS
from ansible_collections.daemonless.containers.plugins.module_utils._veth.argspec import ARGUMENT_SPEC as VETH_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._veth.room import ROOM as VETH

OUTER = "outer0"
_LINKS = f"""\
link add {OUTER} type veth peer name outer1
addr add 203.0.113.2/24 dev {OUTER}
link set {OUTER} up
link set outer1 up
route add default via 203.0.113.1
"""


def image(**options: Any) -> Run:
    return Run(IMAGE, with_defaults(IMAGE_SPEC, options))


def rootfs(**options: Any) -> Run:
    return Run(ROOTFS, with_defaults(ROOTFS_SPEC, {"name": "web", "image": "app:1", **options}))


def container(**options: Any) -> Run:
    usual = {"name": "web", "command": ["sleep", "1000"], "stop_timeout": 0}
    return Run(CONTAINER, with_defaults(CONTAINER_SPEC, {**usual, **options}))


def veth(**options: Any) -> Run:
    usual = {"container": "web", "address": ["100.100.1.2/24"], "host_address": ["100.100.1.1/24"]}
    return Run(VETH, with_defaults(VETH_SPEC, {**usual, "gateway": ["100.100.1.1"], **options}))


def nat(**options: Any) -> Run:
    usual = {"name": "web", "source": ["100.100.1.0/24"], "address": ["100.100.1.2"], "backend": "nftables"}
    return Run(NAT, with_defaults(NAT_SPEC, {**usual, "published_ports": ["8080:80", "53:53/udp"], **options}))


@dataclass(frozen=True)
class Scribble:
    """Something that a container changed in its rootfs."""

    name: str

    def go(self, _host: Any) -> Dict[str, Any]:
        Path(STORE, "containers/web/diff", self.name).write_text("changed", encoding="utf-8")
        return {}


@dataclass(frozen=True)
class Ground:
    """Two archives that claim one name, and the runs that lead up to each room."""

    first: str
    second: str

    def up_to(self, room: str) -> List[Run]:
        """What a room of that name stands on."""
        chain = {
            "image": image(src=self.first),
            "rootfs": rootfs(),
            "container": container(),
            "veth": veth(),
            "nat": nat(),
        }
        return list(chain.values())[: list(chain).index(room)]


def prepare(folder: Path) -> Ground:
    """Archives in the folder, an outer link with a default route, and an empty store."""
    busybox = tarbuild.file("bin/busybox", Path("/bin/busybox").read_bytes(), 0o755)
    names = [tarbuild.symlink(f"bin/{name}", "busybox") for name in ("sh", "sleep", "true")]
    system = tarbuild.archive(tarbuild.folder("bin"), busybox, *names, tarbuild.folder("etc"))
    archives = []
    for number in ("first", "second"):
        layers = [system, imagebuild.layer(number)]
        made = imagebuild.docker_archive(imagebuild.Image(layers=layers, names=["app:1"]))
        archives.append(imagebuild.write_archive(folder / f"{number}.tar", made))
    subprocess.run(["ip", "-batch", "-"], input=_LINKS, text=True, check=True)
    empty_store()
    Path("/run/xtables.lock").touch(0o600)
    return Ground(*archives)


def clear() -> None:
    """Take everything away again."""
    go(_all_absent())
    go([image(name="app:1", state="absent")])
    for words in (f"ip link del {OUTER}", "nft flush ruleset"):
        subprocess.run(words.split(), check=False, stderr=subprocess.DEVNULL)
    shutil.rmtree("/run/daemonless", ignore_errors=True)
    empty_store()


def _all_absent() -> List[Run]:
    return [
        nat(state="absent"),
        veth(state="absent", bridge="br0"),
        container(state="absent"),
        rootfs(state="absent"),
    ]


def cases(ground: Ground) -> Iterator[Case]:
    """One after the other; each begins with what it stands on, and the next takes away what this one leaves."""
    image_gone = [image(name="app:1", state="absent")]
    one, other = [image(src=ground.first)], [image(src=ground.second)]
    empty = [*_all_absent(), *image_gone, *(image(src=src, state="absent") for src in (ground.first, ground.second))]
    yield Case("image made", one, empty)
    yield Case("image exchanged", other, [*empty, *one])
    yield Case("image removed", image_gone, one, all_or_nothing=False)
    yield from _rootfs_cases(ground)
    yield from _container_cases(ground)
    links = [{"address": ["100.100.1.3/24"], "mtu": 1400}, {"bridge": "br0"}]
    yield from _cases_of("veth", veth, [*ground.up_to("veth")], links)
    rules = [{"published_ports": ["8081:80"]}, {"backend": "iptables"}]
    yield from _cases_of("nat", nat, [*ground.up_to("nat")], rules)
    chain = [*ground.up_to("nat"), nat()]
    gone = [*_all_absent(), *image_gone]
    yield Case("chain made", chain, gone, all_or_nothing=False)
    yield Case("chain removed", gone, chain, all_or_nothing=False)


def case_of(ground: Ground, name: str) -> Case:
    return next(case for case in cases(ground) if case.name == name)


def _rootfs_cases(ground: Ground) -> Iterator[Case]:
    base = [container(state="absent"), image(src=ground.first)]
    changes = [{"read_only": True, "userns": "none"}, {"path": "/srv/web"}]
    yield from _cases_of("rootfs", rootfs, base, changes)
    start = [*base, rootfs(state="absent"), rootfs(), Scribble("f")]
    yield Case("rootfs reset", [rootfs(reset=True)], start)
    yield Case("rootfs unmounted", [rootfs(state="unmounted")], start)


def _container_cases(ground: Ground) -> Iterator[Case]:
    # a first start leaves in the rootfs what it mounts on
    base = [container(state="absent"), *ground.up_to("container"), container()]
    changes: List[Dict[str, Any]] = [
        {"command": ["sleep", "2000"]},
        {"hostname": "other", "etc_hosts": {"a": "198.51.100.9"}},
    ]
    yield from _cases_of("container", container, base, changes)
    yield Case("container stopped", [container(state="stopped")], [*base, container()])


def _cases_of(name: str, run: Any, base: List[Run], changes: Sequence[Dict[str, Any]]) -> Iterator[Case]:
    """Made from nothing, each change of what was made so, and removed."""
    absent = run(state="absent")
    yield Case(f"{name} made", [run()], [*base, absent])
    for change in changes:
        yield Case(f"{name} changed: {', '.join(change)}", [run(**change)], [*base, absent, run()])
    yield Case(f"{name} removed", [absent], [*base, run()], all_or_nothing=False)


CASES = [case.name for case in cases(Ground("", ""))]

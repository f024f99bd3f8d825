# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, units, ranges of ids and stores of somebody else's; what is behind links that lie where our files would."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crashes import Run
from fault_cases import container, image, rootfs
from foreign import CHANGE, CREATE, REMOVE, THEIRS, TREE, WEB, Act, Foreign, acts
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._prune.argspec import ARGUMENT_SPEC as PRUNE_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._prune.room import ROOM as PRUNE
from ansible_collections.daemonless.containers.plugins.module_utils._runtime.room import ROOM as RUNTIME

_STORE = "/var/lib/daemonless"
_LAYERS = f"{_STORE}/layers/sha256"
_UNIT = "/etc/systemd/system/daemonless-web.service"
_WANTS = "/etc/systemd/system/multi-user.target.wants"
_SUBIDS = "/etc/subuid /etc/subgid"
_IDS = f"{_STORE}/id-ranges.json"
_OTHER = "/srv/other/containers/db"
_CLAIM = f"""
import json, sys
kept = json.loads(open(sys.argv[1]).read() or "null") or {{"version": 1, "claims": {{}}}}
kept["claims"]["{_OTHER}"] = {{"chosen": True, "ids": [[600000000, 65536]]}}
print(json.dumps(kept))
"""
_HOSTS_FILES = "/etc/resolv.conf /etc/hosts /etc/hostname"
_ATTRIBUTES = "stat -c '%n %F %a %u:%g %i %s %Y'"
_FORWARDS = {"hostname": "other", "dns_servers": ["198.51.100.53"], "etc_hosts": {"a": "198.51.100.9"}}


def gone(_ground: Any) -> Run:
    return container(state="absent")


def no_rootfs(_ground: Any) -> Run:
    return rootfs(state="absent")


def runtime(state: str = "present") -> Run:
    return Run(RUNTIME, {"store": _STORE, "state": state})


def no_runtime(_ground: Any) -> Run:
    return runtime("absent")


@dataclass(frozen=True)
class _Older:
    """The runtime of a collection that was there before this one."""

    def go(self, host: Any) -> None:
        runtime().go(host)
        current = Path(_STORE, "runtime/current")
        version = current.resolve()
        version.rename(version.with_name("0123456789abcdef"))
        current.unlink()
        current.symlink_to("0123456789abcdef")


def prune(_ground: Any) -> Run:
    return Run(PRUNE, with_defaults(PRUNE_SPEC, {}))


def linked(kind: str, link: str, to: str) -> Foreign:
    """A link of somebody else's at a path where a file or folder of the container would be, to what is theirs."""
    folder, kept = link.rpartition("/")[0], f"{WEB}/kept"
    says = f"{link} is a link, which this module doesn't make or follow"
    return Foreign(
        kind,
        f"mkdir -p {THEIRS} {folder}; for name in resolv.conf hosts hostname file; do echo x >{THEIRS}/$name; done; "
        f"chmod 600 {THEIRS}/*; touch -d @1 {THEIRS}/* {THEIRS}; test ! -e {link} || mv {link} {kept}; "
        f"ln -s {THEIRS}{to} {link}",
        TREE,
        f"rm -r {THEIRS}; rm -f {link}; mv {kept} {link} 2>/dev/null || rm -rf {kept}; "
        f"rmdir -p {folder} 2>/dev/null || true",
        acts(
            "ns_container",
            "rootfs",
            lambda _ground: container(),
            lambda _ground: container(**_FORWARDS),
            gone,
            says,
        ),
    )


_UNITS = Foreign(
    "unit of our unit's name",
    f"mkdir -p /run/systemd/system {_WANTS}; printf '[Service]\\nExecStart=/bin/true\\n' >{_UNIT}; chmod 640 {_UNIT}; "
    f"ln -s {_UNIT} {_WANTS}/daemonless-web.service",
    f"{_ATTRIBUTES} {_UNIT} {_WANTS}/daemonless-web.service; cat {_UNIT}",
    f"rm {_UNIT} {_WANTS}/daemonless-web.service; rmdir /run/systemd/system",
    (
        *acts(
            "ns_container",
            "rootfs",
            lambda _ground: container(restart_policy="always"),
            lambda _ground: container(restart_policy="always"),
            gone,
            "daemonless-web.service is there and isn't this container's",
        ),
        Act(REMOVE, "runtime", no_runtime, "nothing"),
    ),
)
_HOST = Foreign(
    "the host's own resolv.conf, hosts and hostname",
    f"touch {_HOSTS_FILES}",
    f"{_ATTRIBUTES} {_HOSTS_FILES}; cat {_HOSTS_FILES}; hostname",
    "true",
    acts(
        "ns_container", "rootfs", lambda _ground: container(**_FORWARDS), lambda _ground: container(**_FORWARDS), gone
    ),
)
_SUBORDINATE = Foreign(
    "subordinate ids of users",
    f"for file in {_SUBIDS}; do echo somebody:536870912:65536 >>$file; done",
    f"{_ATTRIBUTES} {_SUBIDS}; cat {_SUBIDS}",
    f"sed -i /^somebody:/d {_SUBIDS}",
    acts("overlay_rootfs", "image", lambda _ground: rootfs(), lambda _ground: rootfs(userns="none"), no_rootfs),
)
_RANGE = Foreign(
    "range of ids that another rootfs has",
    f"mkdir -p {THEIRS}; touch {THEIRS}/kept; cp {_IDS} {THEIRS}/kept 2>/dev/null || true; "
    f"python3 -c '{_CLAIM}' {THEIRS}/kept >{_IDS}",
    f"grep -o '\"{_OTHER}\": {{[^}}]*}}' {_IDS}",
    f"cp {THEIRS}/kept {_IDS}; rm -r {THEIRS}; test -s {_IDS} || rm {_IDS}",
    acts(
        "overlay_rootfs",
        "image",
        lambda _ground: rootfs(uidmap=["0:600000000:1000"], gidmap=["0:600000000:1000"]),
        lambda _ground: rootfs(uidmap=["0:600000000:1000"], gidmap=["0:600000000:1000"]),
        no_rootfs,
        f"ids 600000000 to 600000999 of the host belong to the rootfs in {_OTHER}",
    ),
)
_NO_RANGES = Foreign(
    "file where ranges of ids would be",
    f"mkdir -p {THEIRS}; cp {_IDS} {THEIRS}/kept 2>/dev/null || true; echo somebodys >{_IDS}; chmod 640 {_IDS}",
    f"{_ATTRIBUTES} {_IDS}; cat {_IDS}",
    f"rm {_IDS}; cp {THEIRS}/kept {_IDS} 2>/dev/null || true; rm -r {THEIRS}",
    acts(
        "overlay_rootfs",
        "image",
        lambda _ground: rootfs(),
        lambda _ground: rootfs(read_only=True),
        no_rootfs,
        f"read {_IDS}: not JSON",
        stays=True,
    ),
)
_STORE_OF_THEIRS = Foreign(
    "folder with other things in it that is the store",
    f"mkdir -p {THEIRS}/images {THEIRS}/containers/db; echo x >{THEIRS}/file; echo x >{THEIRS}/images/notes.txt; "
    f"echo x >{THEIRS}/containers/db/file; chown -R 7:8 {THEIRS}; chmod 1750 {THEIRS} {THEIRS}/images",
    f"cd {THEIRS}; stat -c '%n %a %u:%g %i' . images containers; "
    f"{_ATTRIBUTES} file images/notes.txt containers/db containers/db/file",
    f"rm -r {THEIRS}",
    (
        Act(CREATE, "image_unpack", lambda ground: image(src=ground.first, store=THEIRS), "image"),
        Act(
            CHANGE,
            "image_unpack",
            lambda ground: image(src=ground.second, store=THEIRS),
            "image",
            first=(lambda ground: image(src=ground.first, store=THEIRS),),
            planted_first=True,
        ),
        Act(
            REMOVE,
            "image_unpack",
            lambda _ground: image(name="app:1", state="absent", store=THEIRS),
            "image",
            first=(lambda ground: image(src=ground.first, store=THEIRS),),
            planted_first=True,
        ),
    ),
)


_OTHER_ROOTFS = rootfs(store=THEIRS, userns="none")
_OTHER_STORE = Foreign(
    "image and rootfs of the same names in another store",
    "true",
    f"{TREE}; grep ' {THEIRS}/' /proc/self/mountinfo",
    "true",
    tuple(
        Act(
            act.what,
            act.module,
            act.run,
            act.level,
            first=(lambda ground: image(src=ground.first, store=THEIRS), lambda _ground: _OTHER_ROOTFS),
            last=(
                lambda _ground: rootfs(store=THEIRS, state="absent"),
                lambda _ground: image(name="app:1", store=THEIRS, state="absent"),
            ),
        )
        for act in (
            *acts(
                "overlay_rootfs", "image", lambda _ground: rootfs(), lambda _ground: rootfs(read_only=True), no_rootfs
            ),
            Act(CREATE, "image_unpack", lambda ground: image(src=ground.first), "nothing"),
            Act(CHANGE, "image_unpack", lambda ground: image(src=ground.second), "image"),
            Act(REMOVE, "image_unpack", lambda _ground: image(name="app:1", state="absent"), "image"),
        )
    ),
)
_IN_THE_STORE = Foreign(
    "files in the store's folders",
    f"mkdir -p {_STORE}/containers; echo x >{_STORE}/containers/notes.txt; cd {_STORE}; "
    "for folder in layers/sha256 images fetching; do mkdir -p $folder/theirs; "
    "for name in notes.txt .notes .notes.new theirs/file; do echo x >$folder/$name; done; done; "
    "chmod 700 layers layers/sha256",
    f"cd {_STORE}; for folder in layers/sha256 images fetching; do "
    f"{_ATTRIBUTES} $folder/notes.txt $folder/.notes $folder/.notes.new $folder/theirs/file; done; "
    f"{_ATTRIBUTES} containers/notes.txt",
    f"cd {_STORE}; for folder in layers/sha256 images fetching; do rm -rf $folder/*notes* $folder/.notes* "
    "$folder/theirs; done; rm -f containers/notes.txt; "
    "rmdir -p layers/sha256 images fetching containers 2>/dev/null || true",
    (
        Act(CREATE, "image_unpack", lambda ground: image(src=ground.first), "nothing"),
        Act(CHANGE, "image_unpack", lambda ground: image(src=ground.second), "image"),
        Act(REMOVE, "image_unpack", lambda _ground: image(name="app:1", state="absent"), "image"),
        Act(REMOVE, "image_prune", prune, "image"),
    ),
)
_NO_LAYERS = "layers/notes is no image's, and its folder, where layers are to go, is open to others than root"
_OPEN_FOLDER = Foreign(
    "folder, open to others, that layers would go to",
    f"mkdir -p {_STORE}/layers/notes; chmod 750 {_STORE}/layers; chown 7:8 {_STORE}/layers",
    f"stat -c '%n %a %u:%g %i' {_STORE}/layers; {_ATTRIBUTES} {_STORE}/layers/notes",
    f"cd {_STORE}; rmdir layers/notes; chmod 700 layers; chown 0:0 layers; rmdir layers 2>/dev/null || true",
    (
        # the first run of all leaves the folder of its lock, refused or not
        Act(CREATE, "image_unpack", lambda ground: image(src=ground.first), "nothing", _NO_LAYERS, ours_too=False),
        Act(CHANGE, "image_unpack", lambda ground: image(src=ground.second), "image", _NO_LAYERS),
        Act(REMOVE, "image_unpack", lambda _ground: image(name="app:1", state="absent"), "image"),
    ),
)
_IN_THE_RUNTIME = Foreign(
    "files in the runtime's folder",
    f"mkdir -p {_STORE}/runtime/theirs; echo x >{_STORE}/runtime/theirs/file; echo x >{_STORE}/runtime/notes.txt",
    f"{_ATTRIBUTES} {_STORE}/runtime/theirs/file {_STORE}/runtime/notes.txt",
    f"rm -rf {_STORE}/runtime/theirs {_STORE}/runtime/notes.txt; rmdir {_STORE}/runtime 2>/dev/null || true",
    (
        Act(CREATE, "runtime", lambda _ground: runtime(), "nothing", last=(no_runtime,)),
        Act(
            CHANGE,
            "runtime",
            lambda _ground: runtime(),
            "nothing",
            first=(lambda _ground: _Older(),),
            last=(no_runtime,),
        ),
        Act(REMOVE, "runtime", no_runtime, "nothing", first=(lambda _ground: runtime(),)),
    ),
)

RECORDS = (
    *(_UNITS, _HOST, _SUBORDINATE, _RANGE, _NO_RANGES, _STORE_OF_THEIRS, _OTHER_STORE),
    *(_IN_THE_STORE, _OPEN_FOLDER, _IN_THE_RUNTIME),
    linked("link where our folder of files would be", f"{WEB}/etc", ""),
    linked("link where our hosts file would be", f"{WEB}/etc/hosts", "/hosts"),
    linked("link where the log would be", f"{WEB}/log", "/file"),
    linked("link where the account would be", f"{WEB}/acct", "/file"),
)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounts and folders of somebody else's: at our places, above ours, among our files, and given to us to use."""

from __future__ import annotations

from typing import Any, Tuple

from fault_cases import container, image, rootfs
from foreign import CHANGE, CREATE, REMOVE, THEIRS, TREE, WEB, Act, Foreign, acts

_MERGED = f"{WEB}/merged"
_LAYERS = "/var/lib/daemonless/layers/sha256"
_LAYER = f"{_LAYERS}/$(ls {_LAYERS} | grep -x '[0-9a-f]*' | head -n 1)"
_MAKE = (
    f"mkdir -p {THEIRS}/folder; echo precious >{THEIRS}/file; echo more >{THEIRS}/folder/file; "
    f"chmod 4711 {THEIRS}/file; chown 7:8 {THEIRS} {THEIRS}/file; chmod 1705 {THEIRS}; "
    f"ln -s file {THEIRS}/link; touch -d @1 {THEIRS}/* {THEIRS}"
)
_GONE = f"rm -r {THEIRS}"


def mounted(*places: str) -> str:
    words = " -e ".join(f"' {place} '" for place in places)
    return f"grep -e {words} /proc/self/mountinfo"


def absent(_ground: Any) -> Any:
    return rootfs(state="absent")


def there(_ground: Any) -> Any:
    return rootfs(path=f"{THEIRS}/place")


def _of_layers(place: str) -> Tuple[Act, ...]:
    """Where layers of an image are used by a mount at that place, a pattern."""
    return (
        Act(CREATE, "overlay_rootfs", lambda _ground: rootfs(), "image", last=(absent,)),
        Act(CHANGE, "image_unpack", lambda ground: image(src=ground.second), "image"),
        Act(
            REMOVE,
            "image_unpack",
            lambda _ground: image(name="app:1", state="absent"),
            "image",
            f"can't be removed: the mount at {place} uses its layers",
        ),
    )


_PLACE_TAKEN = Foreign(
    "mount at our place",
    f"{_MAKE}; mkdir {THEIRS}/place; mount -t tmpfs somebody {THEIRS}/place; echo x >{THEIRS}/place/file",
    f"{TREE}; {mounted(f'{THEIRS}/place')}",
    f"umount {THEIRS}/place; {_GONE}",
    acts(
        "overlay_rootfs",
        "image",
        there,
        there,
        absent,
        f"at {THEIRS}/place something else is mounted \\(source somebody\\)",
    ),
)
_OVER_OURS = Foreign(
    "mount over ours",
    f"mkdir -p {_MERGED}; mount -t tmpfs somebody {_MERGED}; echo x >{_MERGED}/file",
    f"{mounted(_MERGED)}; ls -li {_MERGED}",
    f"umount {_MERGED}; rmdir -p {_MERGED} 2>/dev/null || true",
    acts(
        "overlay_rootfs",
        "image",
        lambda _ground: rootfs(),
        lambda _ground: rootfs(read_only=True),
        absent,
        f"at {_MERGED} something else is mounted \\(source somebody\\)",
        stays=True,
    ),
)
_AMONG_CHANGES = Foreign(
    "mount among the rootfs's changes",
    f"{_MAKE}; mkdir -p {WEB}/diff/theirs; mount --bind {THEIRS} {WEB}/diff/theirs",
    f"{TREE}; {mounted(f'{WEB}/diff/theirs')}",
    f"umount {WEB}/diff/theirs; {_GONE}; rmdir {WEB}/diff/theirs; rmdir -p {WEB}/diff 2>/dev/null || true",
    (
        Act(
            CREATE,
            "overlay_rootfs",
            lambda _ground: rootfs(),
            "image",
            f"rootfs web is in use by the mount at {WEB}/diff/theirs",
        ),
        Act(
            CHANGE,
            "overlay_rootfs",
            lambda _ground: rootfs(reset=True),
            "rootfs",
            f"rootfs web is in use by the mount at {WEB}/diff/theirs",
        ),
        Act(REMOVE, "overlay_rootfs", absent, "rootfs", f"rootfs web is in use by the mount at {WEB}/diff/theirs"),
    ),
)
_IN_A_LAYER = Foreign(
    "mount in a layer",
    f"{_MAKE}; mkdir {_LAYER}/theirs; mount --bind {THEIRS} {_LAYER}/theirs",
    f"{TREE}; grep -e /theirs /proc/self/mountinfo",
    f"umount {_LAYER}/theirs; {_GONE}; rmdir {_LAYER}/theirs",
    _of_layers(f"{_LAYERS}/[0-9a-f]*/theirs"),
)
_OF_A_LAYER = Foreign(
    "mount of a layer elsewhere",
    f"{_MAKE}; mount --bind {_LAYER} {THEIRS}/folder",
    mounted(f"{THEIRS}/folder") + f"; ls -li {THEIRS}/folder",
    f"umount {THEIRS}/folder; {_GONE}",
    _of_layers(f"{THEIRS}/folder"),
)
_FULL = Foreign(
    "folder at our place that isn't empty",
    _MAKE,
    TREE,
    _GONE,
    acts(
        "overlay_rootfs",
        "image",
        lambda _ground: rootfs(path=THEIRS),
        lambda _ground: rootfs(path=THEIRS),
        absent,
        f"path {THEIRS} is not empty",
    ),
)
_EMPTY = Foreign(
    "empty folder at our place",
    f"mkdir -p {THEIRS}/place; chown 7:8 {THEIRS}/place; chmod 1705 {THEIRS}/place",
    f"mkdir /run/view && mount --bind {THEIRS} /run/view && stat -c '%n %a %u:%g %i' /run/view/place; "
    "umount /run/view; rmdir /run/view",
    _GONE,
    (
        Act(CREATE, "overlay_rootfs", there, "image", last=(absent,)),
        Act(CHANGE, "overlay_rootfs", there, "rootfs", last=(absent,)),
        Act(REMOVE, "overlay_rootfs", absent, "image", planted_first=True, first=(there,)),
    ),
)
_BESIDE = Foreign(
    "files in the container's folder",
    f"mkdir -p {WEB}/theirs; echo x >{WEB}/theirs/file; echo x >{WEB}/notes; chmod 640 {WEB}/notes",
    f"stat -c '%n %a %u:%g %i %Y' {WEB}/notes {WEB}/theirs {WEB}/theirs/file; cat {WEB}/notes",
    f"rm -r {WEB}/notes {WEB}/theirs; rmdir -p {WEB} 2>/dev/null || true",
    (
        *acts("overlay_rootfs", "image", lambda _ground: rootfs(), lambda _ground: rootfs(read_only=True), absent),
        *acts(
            "ns_container",
            "rootfs",
            lambda _ground: container(),
            lambda _ground: container(command=["sleep", "2000"], recreate=True),
            lambda _ground: container(state="absent"),
        ),
    ),
)
_LAYER_OF_THEIRS = Foreign(
    "folder that is a layer",
    _MAKE,
    TREE,
    _GONE,
    acts(
        "overlay_rootfs",
        "image",
        lambda _ground: rootfs(image=None, layers=[THEIRS], userns="none"),
        lambda _ground: rootfs(image=None, layers=[THEIRS], userns="none"),
        absent,
    ),
)
_VOLUME = Foreign(
    "folder that is a volume",
    _MAKE,
    TREE,
    _GONE,
    acts(
        "ns_container",
        "rootfs",
        lambda _ground: container(volumes=[f"{THEIRS}:/data:noidmap"]),
        lambda _ground: container(volumes=[f"{THEIRS}:/data:ro,noidmap"]),
        lambda _ground: container(state="absent"),
    ),
)

PLACES = (
    *(_PLACE_TAKEN, _OVER_OURS, _AMONG_CHANGES, _IN_A_LAYER, _OF_A_LAYER),
    *(_FULL, _EMPTY, _BESIDE, _LAYER_OF_THEIRS, _VOLUME),
)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mount an overlay of any number of layers, with the ids of a user namespace if asked.

The overlay is put together in a mount namespace of its own and only the finished mount is brought
here, so that nothing is left wherever this process is killed. There every layer is attached under a
short name, because overlayfs takes its options as one page of text.
"""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from typing import ContextManager, List, Optional, Tuple

from .._core.errors import ContainersError, step
from . import mountfd
from .idmap import Lines, file_system_ids, user_namespace
from .mountinfo import file_system_of
from .mountns import private_mount_namespace
from .syscall import encoded, libc

_MS_RDONLY = 0x0001
_MS_NODEV = 0x0004
_SOME_IDS = ((0, 100_000, 65_536),)

# Layers come from images, which nobody has to trust: no file of theirs may stand for another (metacopy,
# redirect_dir). Without these, index and xino, the kernel also allows layers to be replaced below a kept
# upper. Whiteouts are in trusted.* attributes, which no container can write, hence no userxattr.
_FEATURES = "redirect_dir=nofollow,metacopy=off,index=off,nfs_export=off,xino=off"


@dataclass(frozen=True)
class Overlay:
    """What to mount. ``layers`` lie lowest first and are each there once; empty maps mean ids as they are."""

    source: str
    layers: Tuple[str, ...]
    folder: str
    """The folder that holds ``upper`` and ``work``."""
    upper: str
    work: str
    target: str
    read_only: bool
    uidmap: Lines = ()
    gidmap: Lines = ()


def mount_overlay(overlay: Overlay) -> None:
    """Mount it on its target, on top of whatever is there. On failure nothing is mounted."""
    with ExitStack() as stack:
        target = os.open(overlay.target, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        stack.callback(os.close, target)
        trees = _trees(stack, [*reversed(overlay.layers), overlay.folder])
        if overlay.uidmap:
            _map_ids(trees, overlay.uidmap, overlay.gidmap)
        with private_mount_namespace():
            made = _assemble(overlay, [tree for _path, tree in trees])
            stack.callback(os.close, made)
        mountfd.attach(made, target, overlay.target)


def id_map_refusal(path: str) -> Optional[ContainersError]:
    """Why the ids of what lies at the path can't be mapped; None if they can. It is tried where nobody sees it."""
    with ExitStack() as stack:
        try:
            _map_ids(_trees(stack, [path]), _SOME_IDS, _SOME_IDS)
        except ContainersError as error:
            return error
        except OSError as error:
            return _unmappable(path, error)
    return None


def _trees(stack: ExitStack, paths: List[str]) -> List[Tuple[str, int]]:
    trees = []
    for path in paths:
        tree = mountfd.clone(path)
        stack.callback(os.close, tree)
        trees.append((path, tree))
    return trees


def _map_ids(trees: List[Tuple[str, int]], uidmap: Lines, gidmap: Lines) -> None:
    with step("make a user namespace"):
        namespace = user_namespace(uidmap, gidmap)
    try:
        for path, tree in trees:
            try:
                mountfd.map_ids(tree, namespace, False, path)
            except OSError as error:
                raise _unmappable(path, error) from error
    finally:
        os.close(namespace)


def _unmappable(path: str, error: OSError) -> ContainersError:
    with open("/proc/self/mountinfo", "rb") as file:
        fs_type = file_system_of(file.read(), os.path.realpath(path))
    reasons = {
        errno.EINVAL: f"file system {fs_type} can't be id-mapped by this kernel ({os.uname().release})",
        errno.ENOSYS: f"this kernel ({os.uname().release}) has no id-mapped mounts; Linux 5.19 has all it takes",
        errno.EPERM: f"the kernel forbids to id-map this mount of {fs_type}; maybe it is id-mapped already",
    }
    reason = reasons.get(error.errno or 0, os.strerror(error.errno or 0))
    hint = "Keep the store on ext4, xfs or btrfs and use Linux 5.19 or newer, or set userns: none"
    return ContainersError(f"map the ids of {path}: {reason}", hint)


def _assemble(overlay: Overlay, trees: List[int]) -> int:
    """Mount the overlay in this namespace, which is private; return it detached from here."""
    _enter_new_tmpfs()
    *layers, folder = trees
    names = [str(number) for number in range(len(layers))] or ["none"]
    for name in [*names, "upper", "merged"]:
        os.mkdir(name)
    for name, tree in zip(names, layers):
        _attach_at(tree, name)
    _attach_at(folder, "upper")
    options = f"lowerdir={':'.join(names)},upperdir=upper/{overlay.upper},workdir=upper/{overlay.work},{_FEATURES}"
    flags = _MS_NODEV | (_MS_RDONLY if overlay.read_only else 0)
    with step("mount overlay"), _acting_as_root_of(overlay):
        _mount(overlay.source, "merged", "overlay", flags, options)
    made = mountfd.clone("merged")
    if not overlay.read_only and os.statvfs(made).f_flag & os.ST_RDONLY:
        os.close(made)
        raise ContainersError(
            f"mount overlay: overlayfs can't write in {overlay.folder}/{overlay.work}", "The kernel log says why: dmesg"
        )
    return made


def _acting_as_root_of(overlay: Overlay) -> ContextManager[None]:
    """overlayfs makes files with the ids of whoever mounted it: they have to be mapped, so those of root inside."""
    if not overlay.uidmap:
        return nullcontext()
    return file_system_ids(_outside_of_root(overlay.uidmap), _outside_of_root(overlay.gidmap))


def _outside_of_root(lines: Lines) -> int:
    return next(outside for inside, outside, _length in lines if inside == 0)


def _enter_new_tmpfs() -> None:
    tmpfs = mountfd.create("tmpfs")
    try:
        _attach_at(tmpfs, "/")
        os.fchdir(tmpfs)
    finally:
        os.close(tmpfs)


def _attach_at(tree: int, path: str) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        mountfd.attach(tree, place, path)
    finally:
        os.close(place)


def _mount(source: str, target: str, fs_type: str, flags: int, options: str) -> None:
    words = [encoded(word) for word in (source, target, fs_type)]
    try:
        libc("mount", *words, ctypes.c_ulong(flags), encoded(options), path=fs_type)
    except OSError as error:
        if error.errno == errno.ENODEV:
            raise ContainersError("this kernel has no overlayfs", "Load it: modprobe overlay") from error
        if error.errno == errno.EINVAL:
            hint = "The kernel log says why: dmesg. Overlays of id-mapped layers need Linux 5.19 or newer"
            raise ContainersError(os.strerror(errno.EINVAL), hint) from error
        raise

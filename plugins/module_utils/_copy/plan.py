# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""(Wanted, Found) -> Plan for a copy into a container: which files and folders change, what is in the way. Pure."""

from __future__ import annotations

import posixpath
from typing import Any, Dict, List, Optional, Set, Tuple

from .._core.errors import ContainersError
from .._core.plan import Plan, Unmet
from .observe import Found, Target
from .ops import ABSENT, FILE, FOLDER, GIVE, LINK, MAKE, WRITE, Change, CopyInto
from .spec import Wanted

_NEW_FILE, _NEW_FOLDER = 0o644, 0o755


def plan(wanted: Wanted, found: Found) -> Plan:
    changes: List[Change] = []
    before: Dict[str, Any] = {}
    after: Dict[str, Any] = {}
    made: Set[str] = set()
    for target in found.targets:
        change = _change(wanted, found, target)
        if change is None:
            continue
        _refuse(wanted, found, target, made)
        changes.append(change)
        if change.act == MAKE:
            made.add(target.path)
        before[target.path], after[target.path] = _shown(target), _shown_after(target, change)
    return Plan(
        ops=(CopyInto(wanted.store, wanted.name, tuple(changes), found.bundle.descriptor),) if changes else (),
        before=before,
        after=after,
        predicted=_result(wanted, found, changes),
        unmet=() if found.surface is not None else (_unreachable(wanted),),
    )


def result(wanted: Wanted, found: Found) -> Dict[str, Any]:
    """What is there now."""
    return _result(wanted, found, ())


def _change(wanted: Wanted, found: Found, target: Target) -> Optional[Change]:
    """What has to be done at that path; None for nothing. Raises ContainersError where something else is there."""
    seen, piece = target.seen, target.piece
    if piece.folder:
        if seen.kind not in (ABSENT, FOLDER):
            raise _something_else(wanted, target, "where a folder is to be")
        mode = piece.mode if wanted.preserve else _or(wanted.directory_mode, _NEW_FOLDER)
        owner = (_or(found.uid, 0), _or(found.gid, 0))
        return None if seen.kind == FOLDER else Change(MAKE, target.path, mode, *owner)
    if seen.kind not in (ABSENT, FILE, LINK):
        raise _something_else(wanted, target, "where a file is to be")
    if not wanted.force and seen.kind != ABSENT:
        return None
    mode, uid, gid = _attributes(wanted, found, target)
    if seen.kind == FILE and (seen.size, seen.checksum) == (piece.size, piece.checksum):
        same = (seen.mode, seen.uid, seen.gid) == (mode, uid, gid)
        return None if same else Change(GIVE, target.path, mode, uid, gid, follow=wanted.follow)
    return Change(WRITE, target.path, mode, uid, gid, piece.offset, piece.size, wanted.follow)


def _attributes(wanted: Wanted, found: Found, target: Target) -> Tuple[int, int, int]:
    """Mode and owner that the file is to have: what isn't said is as it was."""
    seen = target.seen
    former = (seen.mode, seen.uid, seen.gid) if seen.kind == FILE else (_NEW_FILE, 0, 0)
    mode = target.piece.mode if wanted.preserve else _or(wanted.mode, former[0])
    return mode, _or(found.uid, former[1]), _or(found.gid, former[2])


def _refuse(wanted: Wanted, found: Found, target: Target, made: Set[str]) -> None:
    """Raise ContainersError where it is plain that nothing can be put there."""
    seen = target.seen
    where = f"{target.path} of container {wanted.name}"
    folder = posixpath.dirname(target.path)
    if not seen.parent and folder not in made:
        raise ContainersError(
            f"{where}: there is no folder {folder}",
            "A dest that ends with a slash is a folder that is made if it is missing",
        )
    if seen.obstacle:
        raise ContainersError(f"{where}: {seen.obstacle}")
    covered = found.surface.covered if found.surface is not None else ()
    for path in covered:
        if f"{seen.place}/".startswith(f"{path}/"):
            raise ContainersError(
                f"{where}: something else is mounted on {path} while the container runs",
                "Copy to what is mounted there, or start the container first",
            )


def _something_else(wanted: Wanted, target: Target, instead: str) -> ContainersError:
    kinds = {FOLDER: "a folder", FILE: "a file", LINK: "a link that leads to no folder"}
    kind = kinds.get(target.seen.kind, "neither file nor folder")
    return ContainersError(f"{target.path} of container {wanted.name} is {kind}, {instead}", "Remove it first")


def _unreachable(wanted: Wanted) -> Unmet:
    return Unmet(
        f"container {wanted.name} doesn't run and its root file system isn't mounted",
        "Module daemonless.containers.overlay_rootfs mounts it",
    )


def _shown(target: Target) -> Dict[str, Any]:
    seen = target.seen
    if seen.kind != FILE:
        return {"state": seen.kind}
    return _look_of(FILE, seen.mode, seen.uid, seen.gid, {"size": seen.size, "checksum": seen.checksum}, seen.text)


def _shown_after(target: Target, change: Change) -> Dict[str, Any]:
    if change.act == MAKE:
        return _look_of(FOLDER, change.mode, change.uid, change.gid, {}, None)
    content = {"size": target.piece.size, "checksum": target.piece.checksum}
    return _look_of(FILE, change.mode, change.uid, change.gid, content, target.text)


def _look_of(state: str, mode: int, uid: int, gid: int, content: Dict[str, Any], text: Optional[str]) -> Dict[str, Any]:
    lines = {} if text is None else {"content": text.splitlines()}
    return {"state": state, "mode": f"{mode:04o}", "uid": uid, "gid": gid, **content, **lines}


def _result(wanted: Wanted, found: Found, changes: Any) -> Dict[str, Any]:
    """Of what is copied itself, as it is or as it will be."""
    target = found.targets[found.above]
    aimed = {change.path: change for change in changes}.get(target.path)
    owner = aimed if aimed is not None else target.seen
    told = {"dest": target.path, "src": wanted.src, "mode": f"{owner.mode:04o}", "uid": owner.uid, "gid": owner.gid}
    if target.piece.folder:
        return {**told, "state": FOLDER, "size": None, "checksum": None}
    content = target.piece if aimed is not None else target.seen
    return {**told, "state": FILE, "size": content.size, "checksum": content.checksum or None}


def _or(value: Optional[int], default: int) -> int:
    return default if value is None else value

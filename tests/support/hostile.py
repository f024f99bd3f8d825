# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile and damaged images as a table: each case makes an archive, and says what has to come of it.

A case belongs to a numbered line of what the field tests or was bitten by. The cases are in the
modules ``hostile_*``, the test that runs each in both shapes and both kinds of store is
``test_hostile_lines``; the fuzzer starts from the same archives.
"""

from __future__ import annotations

import re
import resource
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple, Union

import imagebuild
from imagebuild import Image, Members
from rooms import SETTLING, unpack
from victim import Victim, snapshot

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

LINES = 67
SHAPES = ("docker-archive", "oci")
BASE = Image(layers=[imagebuild.layer("etc/passwd", b"of another image")], names=("base:1",))
"""What a store in use has already."""

Archive = Union[Members, bytes]
Layer = Union[bytes, Callable[[str], bytes]]
"""The tar of a layer; a function of the victim's path where it aims at that."""
Build = Callable[[str, str], Archive]
"""From a shape and the victim's path to an archive."""


@dataclass(frozen=True)
class Made:
    """What came of an image that was unpacked."""

    result: Mapping[str, Any]
    victim: str
    seconds: float
    """Time of a processor that the unpacking took."""

    @property
    def layers(self) -> List[Path]:
        return [Path(path) for path in self.result["image"]["layers"]]

    @property
    def layer(self) -> Path:
        """The topmost."""
        return self.layers[-1]

    @property
    def skipped(self) -> Dict[str, str]:
        return {entry["path"]: entry["reason"] for entry in self.result["skipped_entries"]}


@dataclass(frozen=True)
class Case:
    """``words`` (a pattern) are of the error that it has to be; ``check`` looks at what was unpacked instead."""

    line: int
    name: str
    build: Build
    words: Optional[str] = None
    check: Optional[Callable[[Made], None]] = None
    options: Mapping[str, Any] = field(default_factory=dict)
    in_folder: bool = False
    shapes: Tuple[str, ...] = SHAPES

    def __str__(self) -> str:
        return f"{self.line:02}-{self.name}"


def built(shape: str, *images: Image, compress: Callable[[bytes], bytes] = imagebuild.plain) -> Members:
    build = imagebuild.docker_archive if shape == "docker-archive" else imagebuild.oci_layout
    return build(*images, compress=compress)


def layered(*layers: Layer, compress: Callable[[bytes], bytes] = imagebuild.plain) -> Build:
    """Build an image of these layers."""

    def build(shape: str, victim: str) -> Archive:
        tars = [layer(victim) if callable(layer) else layer for layer in layers]
        return built(shape, Image(layers=tars), compress=compress)

    return build


def refused(line: int, name: str, layers: Union[Layer, Sequence[Layer]], words: str, **options: Any) -> Case:
    """An image with these layers is refused."""
    return Case(line, name, layered(*_several(layers)), words=words, options=options)


def unpacked(
    line: int, name: str, layers: Union[Layer, Sequence[Layer]], check: Callable[[Made], None], **options: Any
) -> Case:
    """An image with these layers is unpacked, and then looked at."""
    return Case(line, name, layered(*_several(layers)), check=check, options=options)


def _several(layers: Union[Layer, Sequence[Layer]]) -> Sequence[Layer]:
    return layers if isinstance(layers, (list, tuple)) else [layers]  # type: ignore[list-item]


def try_case(case: Case, shape: str, folder: Path, in_use: bool) -> None:
    """Unpack the case's image beside a victim, into a new store or one that is in use, and judge what came of it."""
    victim, store = Victim(folder / "victim"), folder / "store"
    if in_use:
        unpack(src=_written(folder / "base.tar", built(shape, BASE)), store=str(store))
    before = {} if not in_use else snapshot(store, SETTLING)
    archive = case.build(shape, str(victim.folder))
    src = folder / "image"
    if case.in_folder:
        assert isinstance(archive, dict)
        imagebuild.write_folder(src, archive)
    else:
        _written(src, archive)
    options = {"src": str(src), "store": str(store), **case.options}
    if case.words is not None:
        _expect_refusal(case.words, options)
        after = snapshot(store, SETTLING) if store.exists() else {}
        assert _lasting(after, files_only=not in_use) == _lasting(before)
    else:
        _expect_success(case, options, str(victim.folder))
        after = snapshot(store, SETTLING)
        assert {name: after.get(name) for name in _immutable(before)} == _immutable(before)
    victim.check()


def _written(path: Path, archive: Archive) -> str:
    path.write_bytes(archive if isinstance(archive, bytes) else imagebuild.archive(archive))
    return str(path)


def _expect_refusal(words: str, options: Mapping[str, Any]) -> None:
    """Check mode, which reads no layers, may not see it; but what it says is no other thing."""
    predicted, refusal = (_refusal({**options, "check_mode": check_mode}) for check_mode in (True, False))
    assert predicted is None or re.search(words, predicted), f"{words!r} isn't in {predicted!r}"
    assert refusal is not None
    assert re.search(words, refusal), f"{words!r} isn't in {refusal!r}"


def _refusal(options: Mapping[str, Any]) -> Optional[str]:
    try:
        unpack(**options)
    except ContainersError as error:
        return str(error)
    return None


def _expect_success(case: Case, options: Mapping[str, Any], victim: str) -> None:
    predicted = unpack(check_mode=True, **options)
    before = _spent()
    result = unpack(**options)
    seconds = _spent() - before
    assert result["changed"]
    assert predicted["changed"]
    assert predicted["ops"] == result["ops"]
    assert case.check is not None
    case.check(Made(result, victim, seconds))
    assert not unpack(**options)["changed"]


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _lasting(seen: Mapping[str, Any], files_only: bool = False) -> Dict[str, Any]:
    """Without times of folders, in which something was for a while."""
    found = {}
    for name, (mode, uid, gid, mtime, *rest) in seen.items():
        folder = mode & 0o170000 == 0o040000
        if not (folder and files_only):
            found[name] = (mode, uid, gid, None if folder else mtime, *rest)
    return found


def _immutable(before: Mapping[str, Any]) -> Dict[str, Any]:
    """What of a store in use no other image may change: its layers and records."""
    kept = [name for name in before if name.count("/") >= 2 or name.startswith("images/")]
    return {name: before[name] for name in kept}

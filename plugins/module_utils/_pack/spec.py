# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wanted of an archive: the options of ``image_pack``, checked. Pure."""

from __future__ import annotations

import os
import posixpath
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .._core.errors import ContainersError
from .._image.config import check_run_config
from .._image.platform import Platform, parse_platform
from .._image.reference import checked_image_name

DOCKER_ARCHIVE = "docker-archive"
FILE, DIRECTORY, LINK = "file", "directory", "link"
ID_MAX = 4294967294
MTIME_MAX = 253402300799
"""The last second of the year 9999: what the image's date of creation can tell."""


@dataclass(frozen=True)
class WantedFile:
    """One entry of the option ``files``. ``path`` is relative to the image's root; mode None: the source's."""

    path: str
    kind: str
    src: Optional[str]
    content: Optional[bytes]
    target: str
    mode: Optional[int]
    uid: int
    gid: int


@dataclass(frozen=True)
class Wanted:
    dest: str
    format: str
    tag: Optional[str]
    root: Optional[str]
    files: Tuple[WantedFile, ...]
    config: Mapping[str, Any]
    """In the words of the image's config document, empty parts left out."""
    platform: Optional[Platform]
    mtime: int


def spec(options: Mapping[str, Any]) -> Wanted:
    """Raises ContainersError for every option that can't be meant so."""
    files = tuple(_file(entry) for entry in options["files"] or ())
    root = options["root"]
    if not files and root is None:
        raise ContainersError("neither files nor root is given", "Say what is to be in the image")
    for option, path in (("dest", options["dest"]), ("root", root)):
        if path is not None and not os.path.isabs(path):
            raise ContainersError(f"{option} {path!r} is not an absolute path", "It is a path on the target")
    _refuse_conflicts(files)
    if not 0 <= options["mtime"] <= MTIME_MAX:
        raise ContainersError(f"mtime {options['mtime']} is not between 0 and {MTIME_MAX} seconds since 1970")
    return Wanted(
        dest=options["dest"],
        format=options["format"],
        tag=None if options["tag"] is None else checked_image_name(options["tag"], "tag"),
        root=root,
        files=files,
        config=_config(options["config"] or {}),
        platform=None if options["platform"] is None else parse_platform(options["platform"]),
        mtime=options["mtime"],
    )


def _file(entry: Mapping[str, Any]) -> WantedFile:
    path = _inner_path(entry["path"])
    what = f"files: {entry['path']}"
    kind, src, content, target = entry["type"], entry["src"], entry["content"], entry["target"]
    if kind == FILE and (src is None) == (content is None):
        raise ContainersError(f"{what}: a file needs either src or content")
    if kind != FILE and (src is not None or content is not None):
        raise ContainersError(f"{what}: src and content are for type=file")
    if (kind == LINK) != (target is not None):
        raise ContainersError(f"{what}: target is needed for type=link and for nothing else")
    if src is not None and not os.path.isabs(src):
        raise ContainersError(f"{what}: src {src!r} is not an absolute path", "It is a path on the target")
    if target is not None and (not target or "\0" in target):
        raise ContainersError(f"{what}: target {target!r} is not a path")
    data = None if content is None else content.encode("utf-8", "surrogateescape")
    uid, gid = (_id(entry[key], f"{what}: {key}") for key in ("uid", "gid"))
    return WantedFile(path, kind, src, data, target or "", _mode(entry["mode"], what), uid, gid)


def _inner_path(path: str) -> str:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or "\0" in path:
        raise ContainersError(f"files: path {path!r} is not a path inside the image")
    for part in parts:
        if part.startswith(".wh."):
            raise ContainersError(f"files: path {path!r}: names that begin with .wh. mean removed files in an image")
    return "/".join(parts)


def _mode(mode: Any, what: str) -> Optional[int]:
    if mode is None:
        return None
    if not isinstance(mode, str) or not re.fullmatch(r"0?[0-7]{3,4}", mode):
        raise ContainersError(f"{what}: mode {mode!r} is not valid", "Write it in quotes as octal digits: mode: '0755'")
    return int(mode, 8)


def _id(number: int, what: str) -> int:
    if not 0 <= number <= ID_MAX:
        raise ContainersError(f"{what} {number} is not between 0 and {ID_MAX}")
    return number


def _refuse_conflicts(files: Tuple[WantedFile, ...]) -> None:
    kinds: Dict[str, str] = {}
    for file in files:
        if file.path in kinds:
            raise ContainersError(f"files: path {file.path!r} occurs twice")
        kinds[file.path] = file.kind
    for path in kinds:
        parent = posixpath.dirname(path)
        while parent:
            if kinds.get(parent, DIRECTORY) != DIRECTORY:
                raise ContainersError(f"files: {parent!r} is a {kinds[parent]}, nothing can be in it ({path!r})")
            parent = posixpath.dirname(parent)


def _config(options: Mapping[str, Any]) -> Dict[str, Any]:
    config = {key: value for key, value in options.items() if value not in (None, [], {}, "")}
    for key in ("ExposedPorts", "Volumes"):
        if key in config:
            config[key] = {name: {} for name in _checked_keys(config[key], key)}
    if "Labels" in config:
        config["Labels"] = {str(name): str(value) for name, value in config["Labels"].items()}
    check_run_config(config, "config")
    return config


def _checked_keys(names: List[str], key: str) -> List[str]:
    grammar = r"[0-9]{1,5}(/(tcp|udp|sctp))?" if key == "ExposedPorts" else r"/.*"
    for name in names:
        if not re.fullmatch(grammar, name):
            raise ContainersError(f"config: {key}: {name!r} is not valid")
    return [name if "/" in name else f"{name}/tcp" for name in names]

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of image_pack: what can't be meant is refused, the rest is understood as its documentation says."""

from __future__ import annotations

from typing import Any, Dict

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image.platform import Platform
from ansible_collections.daemonless.containers.plugins.module_utils._pack.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._pack.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._pack.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.modules.image_pack import ARGUMENT_SPEC

FILE = {"path": "/etc/x", "content": "x"}


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"dest": "/a.tar", "files": [FILE], **options}))


def test_defaults() -> None:
    made = wanted(tag="docker.io/library/app")
    assert (made.tag, made.format, made.mtime, made.platform, made.config) == (
        "app:latest",
        "docker-archive",
        0,
        None,
        {},
    )
    assert made.files[0].path == "etc/x"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"files": None}, "neither files nor root"),
        ({"dest": "a.tar"}, "dest 'a.tar' is not an absolute path"),
        ({"root": "root"}, "root 'root' is not an absolute path"),
        ({"tag": "A"}, "tag 'A' is not a valid image name"),
        ({"mtime": -1}, "mtime -1 is not between"),
        ({"platform": "x"}, "platform 'x' is not valid"),
        ({"config": {"Env": ["NAME"]}}, "not NAME=VALUE"),
        ({"config": {"User": "4294967296"}}, "is not an id that Linux has"),
        ({"config": {"ExposedPorts": ["http"]}}, "ExposedPorts: 'http' is not valid"),
        ({"config": {"Volumes": ["data"]}}, "Volumes: 'data' is not valid"),
    ],
)
def test_wrong_options(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        wanted(**options)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"path": "x"}, "needs either src or content"),
        ({"path": "x", "src": "/x", "content": ""}, "needs either src or content"),
        ({"path": "x", "src": "x"}, "src 'x' is not an absolute path"),
        ({"path": "x", "type": "link"}, "target is needed for type=link"),
        ({"path": "x", "type": "link", "target": ""}, "target '' is not a path"),
        ({"path": "x", "type": "directory", "content": ""}, "src and content are for type=file"),
        ({"path": "x", "content": "", "target": "y"}, "target is needed for type=link and for nothing else"),
        ({"path": "../x", "content": ""}, "is not a path inside the image"),
        ({"path": "/", "type": "directory"}, "is not a path inside the image"),
        ({"path": "a\0b", "content": ""}, "is not a path inside the image"),
        ({"path": "a/.wh.b", "content": ""}, "mean removed files"),
        ({"path": "x", "content": "", "mode": 420}, "Write it in quotes"),
        ({"path": "x", "content": "", "mode": "u+x"}, "mode 'u\\+x' is not valid"),
        ({"path": "x", "content": "", "uid": 4294967295}, "uid 4294967295 is not between"),
        ({"path": "etc/x", "content": ""}, "path 'etc/x' occurs twice"),
        ({"path": "etc/x/y", "content": ""}, "'etc/x' is a file, nothing can be in it"),
    ],
)
def test_wrong_files(file: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        wanted(files=[FILE, file])


def test_no_secret_is_shown() -> None:
    made = wanted(files=[{"path": "key", "content": "hunter2"}], config={"Env": ["TOKEN=hunter2"]})
    shown = plan(made, Found(None, None, Platform("linux", "amd64"), ("/x",), False))
    assert "hunter2" not in repr((shown.before, shown.after, shown.predicted, shown.describe(), shown.unmet))

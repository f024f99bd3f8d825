# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of overlay_rootfs: what is accepted, and how each wrong one is named."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.record import IdMap
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.spec import Wanted, wanted


def options(**given: Any) -> Dict[str, Any]:
    defaults: Dict[str, Any] = {
        "name": "web",
        "image": None,
        "layers": None,
        "path": None,
        "userns": "auto",
        "uidmap": None,
        "gidmap": None,
        "read_only": False,
        "reset": False,
        "state": "mounted",
        "store": "/var/lib/daemonless",
    }
    return {**defaults, **given}


def spec(**given: Any) -> Wanted:
    return wanted(options(**{"image": "busybox", **given}))


def test_default_place_is_in_the_store() -> None:
    assert spec().path == "/var/lib/daemonless/containers/web/merged"


def test_paths_are_made_plain() -> None:
    found = spec(image=None, layers=["/a//b/./c/", "//d"], path="/srv/web/")
    assert (found.layers, found.path) == (("/a/b/c", "/d"), "/srv/web")


@pytest.mark.parametrize("text", ["0 100000 65536", "0:100000:65536", " 0\t100000  65536 "])
def test_a_line_of_a_map(text: str) -> None:
    found = spec(uidmap=[text])
    assert (found.userns, found.uidmap, found.gidmap) == ("given", (IdMap(0, 100000, 65536),), found.uidmap)


def test_lines_are_in_the_order_of_ids_inside() -> None:
    assert spec(uidmap=["5 50 1", "0 10 2"]).uidmap == (IdMap(0, 10, 2), IdMap(5, 50, 1))


def test_group_ids_of_their_own() -> None:
    assert spec(uidmap=["0 10 2"], gidmap=["0 20 2"]).gidmap == (IdMap(0, 20, 2),)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "../web"}, "name '../web' is not valid"),
        ({"image": None}, "made of nothing"),
        ({"image": None, "layers": []}, "made of nothing"),
        ({"layers": ["/a"]}, "image and layers exclude one another"),
        ({"path": "srv/web"}, "path: 'srv/web' is not absolute"),
        ({"path": "/srv/../web"}, r"path: '/srv/../web' has a part"),
        ({"path": "/srv\nweb"}, "line break"),
        ({"path": "//"}, "path: '//' is the root folder"),
        ({"image": None, "layers": ["a"]}, "layers: 'a' is not absolute"),
        ({"store": "store"}, "store: 'store' is not absolute"),
        ({"gidmap": ["0 1 1"]}, "gidmap is set and uidmap isn't"),
        ({"uidmap": ["0 1 1"], "userns": "none"}, "uidmap and userns: none exclude one another"),
        ({"uidmap": ["1 1 1"]}, "uidmap doesn't map id 0"),
        ({"uidmap": ["0 1 1"], "gidmap": ["1 1 1"]}, "gidmap doesn't map id 0"),
        ({"uidmap": ["0 1"]}, "'0 1' is not a line of a map"),
        ({"uidmap": ["0 -1 1"]}, "not a line of a map"),
        ({"uidmap": ["0 ١ 1"]}, "not a line of a map"),
        ({"uidmap": ["0 1 0"]}, "maps no id"),
        ({"uidmap": ["0 4294967295 1"]}, "beyond 4294967294"),
        ({"uidmap": ["0 0 4294967296"]}, "beyond 4294967294"),
        ({"uidmap": ["0 10 5", "4 100 1"]}, "'0 10 5' and '4 100 1' overlap"),
        ({"uidmap": ["0 10 5", "9 14 1"]}, "overlap"),
        ({"uidmap": [f"{number} {number} 1" for number in range(341)]}, "341 lines"),
    ],
)
def test_wrong_option(given: Dict[str, Any], message: str) -> None:
    with pytest.raises(ContainersError, match=message):
        spec(**given)


@pytest.mark.parametrize("state", ["unmounted", "absent"])
def test_taking_away_needs_a_name_only(state: str) -> None:
    assert spec(image=None, state=state).image is None

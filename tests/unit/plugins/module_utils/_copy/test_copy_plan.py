# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy into a container as options and plan; nothing is looked at and nothing is written."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._container.files import Surface
from ansible_collections.daemonless.containers.plugins.module_utils._copy.observe import Found, Target
from ansible_collections.daemonless.containers.plugins.module_utils._copy.ops import CopyInto
from ansible_collections.daemonless.containers.plugins.module_utils._copy.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._copy.spec import Wanted, spec
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.plan import Plan
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._sys.bundles import Bundle, Piece
from ansible_collections.daemonless.containers.plugins.module_utils._sys.insides import Reach
from ansible_collections.daemonless.containers.plugins.module_utils._sys.looking import (
    ABSENT,
    FILE,
    FOLDER,
    LINK,
    OTHER,
    Seen,
)
from ansible_collections.daemonless.containers.plugins.module_utils._sys.placing import GIVE, MAKE, WRITE, Change
from ansible_collections.daemonless.containers.plugins.modules.container_copy import ARGUMENT_SPEC

PIECE = Piece("", False, 0o755, 512, 5, "sum")
SAME = Seen(FILE, True, "/srv/file", 0o600, 7, 8, 5, "sum")
OTHERS = SAME._replace(size=6, checksum="")
RUNNING = Surface(Reach("/root"), "web", "", "", running=True)
RESTING = Surface(Reach("/root"), "web", "", "", running=False, covered=("/proc", "/srv"))


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"name": "web", "src": "a", "dest": "/srv/file", **options}))


def planned(
    seen: Seen,
    *,
    piece: Piece = PIECE,
    surface: Optional[Surface] = RUNNING,
    ids: Tuple[Optional[int], Optional[int]] = (None, None),
    **options: Any,
) -> Plan:
    target = Target("/srv/file", piece, seen, "text")
    return plan(wanted(**options), Found(surface, Bundle(9, (piece,)), "/srv/file", (target,), 0, *ids))


def changes(made: Plan) -> Tuple[Change, ...]:
    (op,) = made.ops
    assert isinstance(op, CopyInto)
    return op.changes


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"src": None}, "neither src nor content is given"),
        ({"src": "/"}, "src '/' is no file"),
        ({"src": None, "content": "x", "mode": "preserve"}, "mode preserve is for src"),
        ({"name": "../x"}, "name '../x' is not valid"),
        ({"dest": "srv"}, "dest 'srv' is not an absolute path"),
        ({"dest": "/srv/../etc"}, "dest '/srv/../etc' is not an absolute path without '..'"),
        ({"dest": ""}, "dest '' is not an absolute path"),
        ({"owner": ""}, "owner '' is not valid"),
        ({"group": "a:b"}, "group 'a:b' is not valid"),
        ({"mode": "u=rw"}, "mode 'u=rw' is not valid. Write it in quotes as octal digits: mode: '0644'"),
        ({"mode": "0999"}, "mode '0999' is not valid"),
        ({"mode": True}, "mode True is not valid"),
        ({"mode": 0o17777}, "is not valid"),
        ({"directory_mode": "preserve"}, "directory_mode 'preserve' is not valid"),
    ],
)
def test_what_can_not_be_meant(options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError) as raised:
        wanted(**options)
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("mode", "meant"), [("0644", 0o644), ("644", 0o644), ("4755", 0o4755), (0o644, 0o644), (None, None)]
)
def test_modes(mode: Any, meant: Optional[int]) -> None:
    assert wanted(mode=mode).mode == meant


@pytest.mark.parametrize(
    ("dest", "path", "into"), [("/srv//./file", "/srv/file", False), ("/srv/", "/srv", True), ("/", "/", True)]
)
def test_dest(dest: str, path: str, into: bool) -> None:
    assert (wanted(dest=dest).dest, wanted(dest=dest).into) == (path, into)


@pytest.mark.parametrize(
    ("seen", "options", "change"),
    [
        (Seen(ABSENT), {}, Change(WRITE, "/srv/file", 0o644, 0, 0, 512, 5)),
        (Seen(ABSENT), {"mode": "preserve"}, Change(WRITE, "/srv/file", 0o755, 0, 0, 512, 5)),
        (Seen(ABSENT), {"force": False}, Change(WRITE, "/srv/file", 0o644, 0, 0, 512, 5)),
        (OTHERS, {}, Change(WRITE, "/srv/file", 0o600, 7, 8, 512, 5)),
        (OTHERS, {"mode": "0640", "ids": (1, 2)}, Change(WRITE, "/srv/file", 0o640, 1, 2, 512, 5)),
        (SAME, {"mode": "0640"}, Change(GIVE, "/srv/file", 0o640, 7, 8)),
        (SAME, {"ids": (None, 0), "follow": True}, Change(GIVE, "/srv/file", 0o600, 7, 0, follow=True)),
        (SAME._replace(kind=LINK), {}, Change(WRITE, "/srv/file", 0o644, 0, 0, 512, 5)),
        (Seen(ABSENT), {"piece": Piece("", True, 0o711)}, Change(MAKE, "/srv/file", 0o755, 0, 0)),
        (Seen(ABSENT), {"piece": Piece("", True, 0o711), "mode": "preserve"}, Change(MAKE, "/srv/file", 0o711, 0, 0)),
    ],
)
def test_changes(seen: Seen, options: Dict[str, Any], change: Change) -> None:
    made = planned(seen, **options)
    assert changes(made) == (change,)
    assert made.before != made.after
    assert made.predicted["mode"] == f"{change.mode:04o}"


@pytest.mark.parametrize(
    ("seen", "options"),
    [
        (SAME, {}),
        (SAME, {"mode": "0600", "ids": (7, 8)}),
        (OTHERS, {"force": False, "mode": "0777"}),
        (SAME._replace(obstacle="read-only", parent=False), {}),
        (Seen(FOLDER, mode=0o700), {"piece": Piece("", True, 0o755), "directory_mode": "0777"}),
    ],
)
def test_nothing_to_do(seen: Seen, options: Dict[str, Any]) -> None:
    made = planned(seen, **options)
    assert (made.ops, made.before, made.after) == ((), {}, {})


@pytest.mark.parametrize(
    ("seen", "options", "words"),
    [
        (Seen(FOLDER), {}, "/srv/file of container web is a folder, where a file is to be. Remove it first"),
        (Seen(OTHER), {}, "is neither file nor folder, where a file is to be"),
        (SAME, {"piece": Piece("", True, 0o755)}, "is a file, where a folder is to be"),
        (Seen(LINK), {"piece": Piece("", True, 0o755)}, "is a link that leads to no folder"),
        (Seen(ABSENT, parent=False), {}, "/srv/file of container web: there is no folder /srv"),
        (Seen(ABSENT, obstacle="it is read-only"), {}, "/srv/file of container web: it is read-only"),
        (Seen(ABSENT, place="/srv/file"), {"surface": RESTING}, "something else is mounted on /srv while"),
        (Seen(ABSENT, place="/proc/x"), {"surface": RESTING}, "something else is mounted on /proc while"),
    ],
)
def test_refused(seen: Seen, options: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError) as raised:
        planned(seen, **options)
    assert words in str(raised.value)


def test_a_place_beside_what_is_covered() -> None:
    assert planned(Seen(ABSENT, place="/srv2/file"), surface=RESTING).ops


def test_a_container_that_is_not_there_yet() -> None:
    made = planned(Seen(ABSENT), surface=None)
    assert made.unmet[0].what == "container web doesn't run and its root file system isn't mounted"
    assert made.describe() == ("write /srv/file in container web",)


def test_words_for_many() -> None:
    some = tuple(Change(WRITE, f"/srv/{number}", 0o644, 0, 0) for number in range(4))
    folder = Change(MAKE, "/srv/new", 0o755, 0, 0)
    words = CopyInto(Store(), "web", (folder, *some), 9).describe()
    assert words == "make folder /srv/new; write 4 files, /srv/0 to /srv/3 in container web"


def test_content_is_in_no_description() -> None:
    assert "hush" not in repr(Target("/x", PIECE, SAME, "hush"))

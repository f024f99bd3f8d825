# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others made stays as it is: an error names it and nothing is changed at all, or the work is done beside it.

Each act is tried in check mode first, which says the same and changes nothing either way.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterator, Tuple

import pytest
from crashes import differences, go, settled, unlike
from fault_cases import Ground
from foreign import Act, Foreign, sh, up_to
from foreign_table import KINDS

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._sys.host import Host

CASES = [(kind, act) for kind in KINDS for act in kind.acts]


@pytest.fixture
def planted(ground: Ground, request: pytest.FixtureRequest) -> Iterator[Tuple[Foreign, Act]]:
    """The host with the thing in it, and what of ours the act begins with."""
    kind, act = request.param
    first, last = ([make(ground) for make in runs] for runs in (act.first, act.last))
    go(up_to(ground, act.level))
    go([] if act.planted_first else first)
    try:
        sh(kind.plant)
        go(first if act.planted_first else [])
        yield kind, act
    finally:
        go([] if act.says else last)  # what is in the way of one is in that of the other
        sh(kind.uproot)
        go(last if act.says else [])


def said(run: Any, check_mode: bool) -> str:
    """The error of the run; nothing where it does what it is asked for."""
    try:
        run.go(Host(), check_mode=check_mode)
    except (ContainersError, OSError) as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "planted", CASES, indirect=True, ids=[f"{kind.kind}: {act.module} {act.what}" for kind, act in CASES]
)
def test_it_stays_as_it_is(planted: Tuple[Foreign, Act], ground: Ground, counts: Dict[str, int]) -> None:
    kind, act = planted
    before, theirs = settled(), sh(kind.seen)
    assert theirs
    for check_mode in (True, False):
        words = said(act.run(ground), check_mode)
        assert re.search(act.says, words) if act.says else not words, words
        assert sh(kind.seen) == theirs
        if check_mode or (act.says and act.ours_too):
            assert differences(before, unlike(before)) == []
    counts["things of others, all as they were"] += 1

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may go of a store, and the plan for it, with plain data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, FrozenSet, Sequence

import pytest
from rooms import with_defaults

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._image.record import ImageRecord
from ansible_collections.daemonless.containers.plugins.module_utils._prune.argspec import ARGUMENT_SPEC
from ansible_collections.daemonless.containers.plugins.module_utils._prune.choice import Doomed, Inventory, choose
from ansible_collections.daemonless.containers.plugins.module_utils._prune.observe import Found
from ansible_collections.daemonless.containers.plugins.module_utils._prune.plan import plan
from ansible_collections.daemonless.containers.plugins.module_utils._prune.spec import Wanted, spec


def sha(digit: str) -> str:
    return "sha256:" + digit * 64


BASE, LOW, HIGH, ORPHAN = map(sha, "1234")
APP = ImageRecord(sha("a"), ("app:1",), (BASE, LOW), "linux", "amd64", {})
TOOL = ImageRecord(sha("b"), ("tool:1", "tool:2"), (BASE, LOW, HIGH), "linux", "amd64", {})
NAMELESS = ImageRecord(sha("c"), (), (BASE, HIGH), "linux", "amd64", {})


def wanted(**options: Any) -> Wanted:
    return spec(with_defaults(ARGUMENT_SPEC, {"images": "unused", **options}))


def doomed(
    made: Wanted, *images: ImageRecord, standing: Sequence[str] = (), used: Sequence[FrozenSet[str]] = (), age: int = 10
) -> Doomed:
    layers = (BASE, LOW, HIGH, ORPHAN)
    ages = tuple(float(age) for _image in images)
    return choose(made, Inventory(images, ages, layers, ("/left",), frozenset(standing), tuple(used)))


def test_a_layer_goes_with_the_last_image_that_has_it() -> None:
    assert doomed(wanted(), APP, TOOL).images == ((APP, ()), (TOOL, (BASE, LOW, HIGH)))


def test_layers_of_an_image_that_stays_stay() -> None:
    gone = doomed(wanted(), APP, TOOL, standing=[APP.id], used=[frozenset((BASE, LOW))])
    assert gone == Doomed(((TOOL, (HIGH,)),), (ORPHAN,), ("/left",))


def test_an_image_whose_layers_are_all_in_use_stays() -> None:
    assert doomed(wanted(), APP, TOOL, used=[frozenset((BASE, LOW))]).images == ((TOOL, (HIGH,)),)


def test_used_layers_stay_where_their_image_goes() -> None:
    gone = doomed(wanted(), NAMELESS, used=[frozenset((BASE, ORPHAN))])
    assert gone == Doomed(((NAMELESS, (HIGH,)),), (LOW,), ("/left",))


def test_dangling_ones_are_those_without_a_name() -> None:
    assert doomed(wanted(images="dangling"), APP, NAMELESS).images == ((NAMELESS, (HIGH,)),)


@pytest.mark.parametrize("keep", ["app:1", "docker.io/library/app:1", APP.id, APP.id[:11], "a" * 12])
def test_what_is_kept(keep: str) -> None:
    assert doomed(wanted(keep=[keep]), APP).images == ()
    assert doomed(wanted(keep=["other:1"]), APP).images != ()


@pytest.mark.parametrize(("until", "goes"), [("9s", True), ("10s", True), ("11s", False), ("1m", False)])
def test_what_is_young_stays(until: str, goes: bool) -> None:
    assert bool(doomed(wanted(until=until), APP).images) == goes


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("1h30m", 5400), ("2d", 172800), ("1w", 604800)])
def test_lengths_of_time(text: str, seconds: int) -> None:
    assert wanted(until=text).age == seconds


@pytest.mark.parametrize("options", [{"until": "7"}, {"until": ""}, {"until": "1h x"}, {"keep": [""]}, {"store": "x"}])
def test_options_that_cannot_be_meant_so(options: Any) -> None:
    with pytest.raises(ContainersError):
        wanted(**options)


def test_the_plan_tells_all_and_how_many_bytes() -> None:
    gone = Doomed(((TOOL, (HIGH,)),), (ORPHAN,), ("/left",))
    made = plan(wanted(), Found(gone, {TOOL.id: 1, HIGH: 20, ORPHAN: 300, "/left": 4000}))
    assert made.predicted == {
        "images": [{"id": TOOL.id, "names": ["tool:1", "tool:2"]}],
        "layers": [HIGH, ORPHAN],
        "leftovers": ["/left"],
        "space_reclaimed": 4321,
    }
    assert made.describe() == (
        f"remove image {TOOL.id} (tool:1, tool:2) and 1 layer that no other image uses",
        f"remove layer {ORPHAN}, which no image has",
        "remove /left, which a run left that was killed",
    )
    assert made.once
    nothing = plan(wanted(), replace(Found(Doomed((), (), ()), {})))
    assert (nothing.ops, nothing.before == nothing.after) == ((), True)

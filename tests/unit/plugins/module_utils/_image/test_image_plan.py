# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The planner of images, with plain data: which ops in which order, and what the diff says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Tuple

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._core.store import Store
from ansible_collections.daemonless.containers.plugins.module_utils._image.layer import layer_of
from ansible_collections.daemonless.containers.plugins.module_utils._image.limits import Limits
from ansible_collections.daemonless.containers.plugins.module_utils._image.observe import Found, Standing, Target
from ansible_collections.daemonless.containers.plugins.module_utils._image.ops import (
    RemoveImage,
    SaveDigests,
    SaveImage,
    TagImage,
    UnpackLayers,
    UntagImage,
)
from ansible_collections.daemonless.containers.plugins.module_utils._image.plan import plan, result
from ansible_collections.daemonless.containers.plugins.module_utils._image.platform import Platform
from ansible_collections.daemonless.containers.plugins.module_utils._image.record import Fetched, ImageRecord, Seen
from ansible_collections.daemonless.containers.plugins.module_utils._image.spec import Wanted
from ansible_collections.daemonless.containers.plugins.module_utils._image.unpack import Skipped

STORE = Store("/store")
HOST = Platform("linux", "amd64")


def sha(digit: str) -> str:
    return "sha256:" + digit * 64


LOW, HIGH, OTHER = sha("1"), sha("2"), sha("3")
APP, TOOL = sha("a"), sha("b")
WANTED = Wanted("present", "/app.tar", None, None, None, STORE, Limits())
TARGET = Target(APP, ("app:1",), (LOW, HIGH), HOST, {}, None)
RECORD = ImageRecord(APP, ("app:1",), (LOW, HIGH), "linux", "amd64", {})
TOOL_RECORD = ImageRecord(TOOL, ("tool:1",), (LOW, OTHER), "linux", "amd64", {})


def found(
    *images: ImageRecord, target: Any = TARGET, layers: Tuple[str, ...] = (), standing: Tuple[Standing, ...] = ()
) -> Found:
    return Found(target, images, frozenset(layers), (), standing, HOST)


def absent(**options: Any) -> Wanted:
    return replace(WANTED, **{"state": "absent", "src": None, **options})


def test_what_somebody_else_keeps_where_layers_go_stays_open_to_others() -> None:
    beside = replace(found(), stranger="/store/layers/notes")
    with pytest.raises(ContainersError, match=r"^/store/layers/notes is no image's"):
        plan(WANTED, beside)
    whole = replace(found(RECORD, layers=(LOW, HIGH)), stranger="/store/layers/notes")
    assert plan(WANTED, whole).ops == ()


def test_new_image() -> None:
    made = plan(WANTED, found())
    assert made.ops == (UnpackLayers(WANTED, "/app.tar", APP, (LOW, HIGH)), SaveImage(STORE, RECORD))
    assert made.before == {}
    assert made.after["layers"] == [LOW, HIGH]
    assert made.predicted["image"]["layers"] == [layer_of(STORE, LOW).path, layer_of(STORE, HIGH).path]


def test_only_missing_layers_and_each_once() -> None:
    target = replace(TARGET, diff_ids=(LOW, HIGH, LOW, HIGH))
    ops = plan(WANTED, found(target=target, layers=(LOW,))).ops
    assert ops[0] == UnpackLayers(WANTED, "/app.tar", APP, (HIGH,))


def test_nothing_to_do() -> None:
    made = plan(WANTED, found(RECORD, layers=(LOW, HIGH)))
    assert made.ops == ()
    assert made.before == made.after


def test_what_a_registry_calls_it_is_recorded_once() -> None:
    target = replace(TARGET, fetched=(Fetched(OTHER, "linux/amd64"),))
    after = replace(RECORD, fetched=target.fetched)
    assert plan(WANTED, found(target=target)).ops[-1] == SaveImage(STORE, after)
    made = plan(WANTED, found(RECORD, target=target, layers=(LOW, HIGH)))
    assert made.ops == (SaveDigests(STORE, RECORD, after),)
    assert made.before != made.after
    assert plan(WANTED, found(after, target=target, layers=(LOW, HIGH))).ops == ()
    assert plan(WANTED, found(after, layers=(LOW, HIGH))).ops == ()


@pytest.mark.parametrize("change", ["layer", "name", "holder"])
def test_diff_differs_where_there_are_ops(change: str) -> None:
    there = {
        "layer": found(RECORD, layers=(LOW,)),
        "name": found(replace(RECORD, names=("x:1",)), layers=(LOW, HIGH)),
        "holder": found(replace(RECORD, names=()), replace(TOOL_RECORD, names=("app:1",)), layers=(LOW, HIGH)),
    }[change]
    made = plan(WANTED, there)
    assert made.ops
    assert made.before != made.after


def test_name_moves() -> None:
    holder = replace(TOOL_RECORD, names=("tool:1", "app:1"))
    ops = plan(WANTED, found(holder, layers=(LOW, HIGH))).ops
    assert ops == (UntagImage(STORE, holder, "app:1"), SaveImage(STORE, RECORD))


def test_name_of_the_user_comes_first() -> None:
    wanted = replace(WANTED, name="mine:1")
    ops = plan(wanted, found(RECORD, layers=(LOW, HIGH))).ops
    after = replace(RECORD, names=("app:1", "mine:1"))
    assert ops == (TagImage(STORE, RECORD, after, "mine:1"),)


def test_image_without_a_name() -> None:
    made = plan(WANTED, found(target=replace(TARGET, names=())))
    assert made.ops[-1] == SaveImage(STORE, replace(RECORD, names=()))
    assert made.ops[-1].describe() == f"record image {APP}"


def test_newly_seen_archive_is_no_change() -> None:
    seen = Seen("/app.tar", (1, 2, 3, 4, 5), None, None, ("app:1",))
    there = found(RECORD, target=replace(TARGET, seen=seen), layers=(LOW, HIGH))
    assert plan(WANTED, there).ops == ()


def test_archive_that_is_not_there() -> None:
    made = plan(replace(WANTED, name="app:1"), found(target=None))
    assert [unmet.what for unmet in made.unmet] == ["archive /app.tar is not there"]
    assert [op.describe() for op in made.ops] == ["unpack the image in /app.tar"]
    assert made.predicted["image"]["names"] == ["app:1"]


def test_warning_for_another_platform() -> None:
    arm = replace(TARGET, platform=Platform("linux", "arm64"))
    assert plan(WANTED, found(target=arm)).warnings == (f"image {APP} is for linux/arm64, this host is linux/amd64",)
    asked = replace(WANTED, platform=Platform("linux", "arm64"))
    assert plan(asked, found(target=arm)).warnings == ()


def test_removal_spares_shared_layers() -> None:
    made = plan(absent(name="app:1"), found(RECORD, TOOL_RECORD, target=None, layers=(LOW, HIGH, OTHER)))
    assert made.ops == (RemoveImage(STORE, RECORD, (HIGH,)),)
    assert made.teardown


def test_removal_of_one_name_of_two() -> None:
    two = replace(RECORD, names=("app:1", "app:2"))
    made = plan(absent(name="app:1"), found(two, target=None))
    assert made.ops == (UntagImage(STORE, two, "app:1"),)
    assert plan(absent(image=APP), found(two, target=None)).ops == (RemoveImage(STORE, two, (LOW, HIGH)),)
    assert plan(absent(image="app:1"), found(two, target=None)).ops == (UntagImage(STORE, two, "app:1"),)
    assert plan(absent(src="/app.tar"), found(two)).ops == (RemoveImage(STORE, two, (LOW, HIGH)),)


def test_removal_of_what_is_not_there() -> None:
    for wanted in (absent(name="x:1"), absent(image="beef"), absent(src="/app.tar")):
        made = plan(wanted, found(TOOL_RECORD))
        assert (made.ops, made.before, made.after) == ((), {}, {})


@pytest.mark.parametrize(
    "standing", [Standing("web", APP, ()), Standing("web", None, (layer_of(STORE, HIGH).path,))], ids=["image", "layer"]
)
def test_removal_under_a_rootfs(standing: Standing) -> None:
    there = found(RECORD, TOOL_RECORD, target=None, standing=(standing,))
    with pytest.raises(ContainersError, match="rootfs web stands on it"):
        plan(absent(name="app:1"), there)
    elsewhere = replace(standing, image=TOOL, layers=(layer_of(STORE, LOW).path,))
    assert plan(absent(name="app:1"), replace(there, standing=(elsewhere,))).ops


def test_result_has_no_key_that_ansible_takes_for_itself() -> None:
    there = replace(found(RECORD), skipped=(Skipped(LOW, "dev/null", "device node"),))
    told = result(WANTED, there)
    assert told["skipped_entries"] == [{"layer": LOW, "path": "dev/null", "reason": "device node"}]
    assert not {"skipped", "failed", "changed", "msg", "rc"} & set(told)

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ids a rootfs gets: never those of another, of a user, or set aside for one."""

from __future__ import annotations

from typing import Dict

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError
from ansible_collections.daemonless.containers.plugins.module_utils._rootfs.ranges import (
    LENGTH,
    POOL_END,
    POOL_FIRST,
    Claim,
    free_range,
    refuse_overlap,
)


def chosen(first: int) -> Claim:
    return Claim(True, ((first, LENGTH),))


def test_first_of_the_pool() -> None:
    assert free_range("web", {}, []) == (POOL_FIRST, LENGTH)


def test_gap_between_others_is_used() -> None:
    claims = {"a": chosen(POOL_FIRST), "c": chosen(POOL_FIRST + 2 * LENGTH)}
    assert free_range("web", claims, []) == (POOL_FIRST + LENGTH, LENGTH)


def test_own_claim_is_no_obstacle() -> None:
    assert free_range("web", {"web": chosen(POOL_FIRST)}, []) == (POOL_FIRST, LENGTH)


@pytest.mark.parametrize(
    "taken", [(POOL_FIRST - 1, 2), (POOL_FIRST, 1), (POOL_FIRST + LENGTH - 1, 1), (0, POOL_FIRST + 1)]
)
def test_a_single_id_of_somebody_spoils_a_range(taken: tuple[int, int]) -> None:
    assert free_range("web", {}, [taken]) == (POOL_FIRST + LENGTH, LENGTH)


def test_ids_given_to_others_by_hand_are_avoided() -> None:
    claims = {"a": Claim(False, ((0, 1), (POOL_FIRST + 70000, 10)))}
    assert free_range("web", claims, []) == (POOL_FIRST, LENGTH)
    claims["b"] = Claim(False, ((POOL_FIRST, 1),))
    assert free_range("web", claims, []) == (POOL_FIRST + 2 * LENGTH, LENGTH)


def test_wish_is_granted_if_nobody_has_it() -> None:
    wish = (POOL_FIRST + 7 * LENGTH, LENGTH)
    assert free_range("web", {}, [], wish) == wish
    assert free_range("web", {"a": chosen(wish[0])}, [], wish) == (POOL_FIRST, LENGTH)


@pytest.mark.parametrize("wish", [(0, LENGTH), (POOL_FIRST + 1, LENGTH), (POOL_FIRST, 10), (POOL_END, LENGTH)])
def test_wish_outside_of_the_pool_is_not(wish: tuple[int, int]) -> None:
    assert free_range("web", {"a": chosen(POOL_FIRST)}, [], wish) == (POOL_FIRST + LENGTH, LENGTH)


def test_last_range_and_then_none() -> None:
    claims: Dict[str, Claim] = {"a": Claim(False, ((POOL_FIRST, POOL_END - POOL_FIRST - LENGTH),))}
    assert free_range("web", claims, []) == (POOL_END - LENGTH, LENGTH)
    claims["b"] = chosen(POOL_END - LENGTH)
    with pytest.raises(ContainersError, match="no 65536 ids are free"):
        free_range("web", claims, [])


@pytest.mark.parametrize(
    ("ids", "shared"),
    [
        ((POOL_FIRST, LENGTH), (POOL_FIRST, POOL_FIRST + LENGTH - 1)),
        ((POOL_FIRST + LENGTH - 1, 5), (POOL_FIRST + LENGTH - 1, POOL_FIRST + LENGTH - 1)),
        ((100000, 10), (100004, 100009)),
        ((0, 100005), (100004, 100004)),
    ],
)
def test_ids_of_another_are_refused(ids: tuple[int, int], shared: tuple[int, int]) -> None:
    claims = {"auto": chosen(POOL_FIRST), "given": Claim(False, ((0, 1), (100004, 100)))}
    with pytest.raises(ContainersError, match=f"ids {shared[0]} to {shared[1]} of the host belong to the rootfs in"):
        refuse_overlap("web", [(1, 1), ids], claims)


@pytest.mark.parametrize("ids", [(POOL_FIRST - 5, 5), (POOL_FIRST + LENGTH, 1), (0, 65536), (100104, 1)])
def test_ids_of_nobody_and_of_the_hosts_users_are_not(ids: tuple[int, int]) -> None:
    claims = {"auto": chosen(POOL_FIRST), "given": Claim(False, ((0, 65536), (100004, 100)))}
    refuse_overlap("web", [ids], claims)
    refuse_overlap("given", [(100000, 200)], claims)

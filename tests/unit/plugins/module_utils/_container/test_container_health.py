# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health checks: what option and image say together, and what of it is refused."""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional

import pytest

from ansible_collections.daemonless.containers.plugins.module_utils._container.argspec import HEALTHCHECK
from ansible_collections.daemonless.containers.plugins.module_utils._container.health import (
    Health,
    from_record,
    health,
    parsed,
    view,
)
from ansible_collections.daemonless.containers.plugins.module_utils._core.errors import ContainersError

OF_IMAGE = {"Test": ["CMD", "probe", "-x"], "Interval": 2_000_000_000, "Timeout": 1_500_000_000, "Retries": 5}


def said(image: Optional[Mapping[str, Any]] = None, **option: Any) -> Optional[Health]:
    return health(parsed({**dict.fromkeys(HEALTHCHECK), **option}) if option else None, image)


def times(**given: float) -> Dict[str, float]:
    return {"interval": 5.0, "timeout": 30.0, "start_period": 0.0, "start_interval": 5.0, **given}


def test_the_image_is_asked_first() -> None:
    assert said(OF_IMAGE) == Health(("probe", "-x"), **times(interval=2.0, timeout=1.5, start_interval=2.0), retries=5)


def test_each_part_that_is_given_takes_the_place_of_the_images() -> None:
    found = said(OF_IMAGE, test="true", start_period="1m30s", retries=1)
    given = times(interval=2.0, timeout=1.5, start_period=90.0, start_interval=2.0)
    assert found == Health(("/bin/sh", "-c", "true"), **given, retries=1)


@pytest.mark.parametrize(
    ("option", "image", "seconds"),
    [
        ({}, {"StartInterval": 1_000_000_000}, 1.0),
        ({"start_interval": "3s"}, {"StartInterval": 1_000_000_000}, 3.0),
        ({"start_interval": "9s"}, {"Interval": 2_000_000_000}, 9.0),
        ({"interval": "1m"}, {}, 5.0),
        ({"interval": "1s"}, {}, 1.0),
        ({}, {"Interval": 2_000_000_000}, 2.0),
    ],
)
def test_the_interval_of_the_start(option: Dict[str, str], image: Dict[str, int], seconds: float) -> None:
    found = said({"Test": ["CMD", "a"], **image}, **option)
    assert found is not None
    assert found.start_interval == seconds


def test_defaults() -> None:
    assert said(test=["CMD", "a"]) == Health(("a",), **times(), retries=3)


@pytest.mark.parametrize("image", [None, {}, {"Test": []}, {"Test": None}, {"Test": ["NONE"]}, {"Test": "NONE"}])
def test_nothing_to_ask(image: Optional[Mapping[str, Any]]) -> None:
    assert said(image) is None


@pytest.mark.parametrize("test", [["NONE"], [], "", "NONE"])
def test_the_images_check_is_switched_off(test: Any) -> None:
    assert said(OF_IMAGE, test=test) is None


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ({"test": {"a": 1}}, "test is neither a text nor a list of texts"),
        ({"test": ["CMD", 1]}, "test is neither a text nor a list of texts"),
        ({"test": ["curl", "localhost"]}, r"Give \[CMD, program"),
        ({"test": ["CMD"]}, "is not valid"),
        ({"test": ["CMD", ""]}, "is not valid"),
        ({"test": ["CMD-SHELL", "a", "b"]}, "is not valid"),
        ({"interval": "5"}, "interval '5' isn't a duration"),
        ({"interval": ""}, "isn't a duration"),
        ({"interval": "0s"}, "isn't above 0"),
        ({"timeout": "25h"}, "at most a day"),
        ({"retries": 0}, "retries 0 isn't above 0"),
    ],
)
def test_what_an_option_cant_mean(option: Dict[str, Any], words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        said(None, **option)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ("x", "Healthcheck isn't an object"),
        ({"Test": "x y", "Interval": -1}, "Interval is -1"),
        ({"Test": ["CMD", "a"], "Retries": True}, "Retries is True"),
        ({"Test": ["CMD", "a\0b"]}, "is not valid"),
        ({"Test": [["CMD"]]}, "neither a text nor a list"),
    ],
)
def test_nonsense_of_an_image_is_refused(image: Any, words: str) -> None:
    with pytest.raises(ContainersError, match=words):
        said(image)


def test_it_comes_back_from_the_record() -> None:
    kept = said(OF_IMAGE)
    assert from_record({**view(kept)}) == kept
    assert from_record(None) is None

# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a container is asked whether it does its work: what option ``healthcheck`` and the image say of it. Pure.

Nobody asks between runs, as nobody of ours is there; asking is for ``awaiting``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple

from .._core.durations import parse_duration
from .._core.errors import ContainersError

_SHELL = ("/bin/sh", "-c")
_NONE, _ARGUMENTS, _LINE = "NONE", "CMD", "CMD-SHELL"
_NANOSECOND = 1e-9
_TIMES = {"interval": 5.0, "timeout": 30.0, "start_period": 0.0, "start_interval": 5.0}
"""In seconds, where neither the option nor the image says anything. A shorter interval is one of the start, too."""
_OF_IMAGE = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}
_RETRIES = 3
_SECONDS_MAX = 86_400.0


@dataclass(frozen=True)
class Health:
    """Seconds; ``test`` is executed in the container, and exit code 0 means that it does its work."""

    test: Tuple[str, ...]
    interval: float
    """Between two tries."""
    timeout: float
    start_period: float
    """How long after its start a failure doesn't count."""
    start_interval: float
    """Between two tries of that time."""
    retries: int
    """How many failures one after the other make it unhealthy."""


@dataclass(frozen=True)
class Asked:
    """Option ``healthcheck``. None: not given, so the image's or the default is taken; an empty test is none."""

    test: Optional[Tuple[str, ...]]
    times: Tuple[Tuple[str, float], ...]
    retries: Optional[int]


def parsed(option: Optional[Mapping[str, Any]]) -> Optional[Asked]:
    """Raises ContainersError."""
    if option is None:
        return None
    test = None if option["test"] is None else _test(option["test"], "healthcheck: test")
    times = {name: _seconds(option[name], name) for name in _TIMES if option[name] is not None}
    if option["retries"] is not None and option["retries"] < 1:
        raise ContainersError(f"healthcheck: retries {option['retries']} isn't above 0")
    return Asked(test, tuple(times.items()), option["retries"])


def health(asked: Optional[Asked], image: Any) -> Optional[Health]:
    """What the two say together; None where nothing is to be asked. Raises ContainersError for an image's nonsense."""
    of_image = _of_image(image)
    test = of_image["test"] if asked is None or asked.test is None else asked.test
    if not test:
        return None
    retries = asked.retries if asked is not None else None
    given = {**of_image["times"], **dict(asked.times if asked is not None else ())}
    if "interval" in given:
        given.setdefault("start_interval", min(given["interval"], _TIMES["start_interval"]))
    return Health(test=test, **{**_TIMES, **given}, retries=retries or of_image["retries"] or _RETRIES)


def view(kept: Optional[Health]) -> Optional[Dict[str, Any]]:
    """As it is shown to users."""
    return None if kept is None else {**vars(kept), "test": list(kept.test)}


def from_record(record: Optional[Mapping[str, Any]]) -> Optional[Health]:
    return None if record is None else Health(**{**record, "test": tuple(record["test"])})


def _of_image(image: Any) -> Dict[str, Any]:
    """A number that is 0 means there, as in Docker, that nothing is said."""
    found: Dict[str, Any] = {"test": (), "times": {}, "retries": 0}
    if not image:
        return found
    if not isinstance(image, Mapping):
        raise ContainersError("the image's Healthcheck isn't an object")
    found["test"] = _test(image.get("Test") or [], "the image's Healthcheck: Test")
    for name, key in _OF_IMAGE.items():
        nanoseconds = _number(image, key)
        if nanoseconds:
            found["times"][name] = min(nanoseconds * _NANOSECOND, _SECONDS_MAX)
    found["retries"] = _number(image, "Retries")
    return found


def _number(image: Mapping[str, Any], key: str) -> int:
    value = image.get(key) or 0
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ContainersError(f"the image's Healthcheck: {key} is {value!r}, not a number above 0")
    return value


def _test(value: Any, what: str) -> Tuple[str, ...]:
    """As the field writes it: a text for the shell or NONE, or a list whose first word says what the others are."""
    if isinstance(value, str):
        return (*_SHELL, value) if value not in ("", _NONE) else ()
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ContainersError(f"{what} is neither a text nor a list of texts")
    kind, rest = (value[0], tuple(value[1:])) if value else (_NONE, ())
    if kind == _NONE:
        return ()
    if kind == _ARGUMENTS and rest and rest[0] and not any("\0" in word for word in rest):
        return rest
    if kind == _LINE and len(rest) == 1:
        return (*_SHELL, *rest)
    raise ContainersError(
        f"{what} {value!r} is not valid", "Give [CMD, program, argument ...], [CMD-SHELL, line] or [NONE]"
    )


def _seconds(text: str, name: str) -> float:
    seconds = parse_duration(text, f"healthcheck: {name}")
    if seconds > _SECONDS_MAX or (seconds <= 0 and name != "start_period"):
        raise ContainersError(f"healthcheck: {name} {text!r} isn't above 0 and at most a day")
    return seconds

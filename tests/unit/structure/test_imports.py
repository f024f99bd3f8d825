# SPDX-FileCopyrightText: 2026 The daemonless.containers authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports follow the flow: spec -> observe -> plan -> run -> result, rooms apart, the kernel behind _sys.

What each part may import is said once, here; docs/architecture.md says why.
"""

from __future__ import annotations

import ast
import importlib.util
import sysconfig
from pathlib import Path
from typing import Callable, Dict, List, Set

from project import MODULE_UTILS, imports, python_files, shown, tree

UTILS = "plugins.module_utils."
FRONT_DOORS: Dict[str, Set[str]] = {
    "_image": {
        *("record", "layer", "arrival", "departure", "partial"),  # what is in the store, and how it comes and goes
        *("platform", "config", "reference", "documents"),  # what an image is made of
    },
    "_rootfs": {"record", "identity"},
    "_container": {"record", "replay", "unit_name", "entrance", "files", "words", "overview", "awaiting"},
    "_nat": {"published"},
    "_veth": {"ops_end"},  # changes to any link of the host
}
"""The files of a room that others may import; ``record``, what it keeps, where nothing else is said."""
SERVICE = "_service"
"""What starts containers with no task; it isn't a room, it runs them."""
FLEET = "_fleet"
"""What does for many containers what the rooms do for one; it isn't a room, it joins their plans."""
FLEET_ENTERS: Dict[str, Set[str]] = {
    "_container": {"awaiting"},
    "_nat": {"joint", "observe", "ports", "spec"},
    "_veth": {"model", "ops", "target"},
    "_rootfs": {"identity"},
}
"""Besides each room's ``room``, ``argspec`` and ``record``."""
SENT = "_sent"
"""What the controller's plugins send to a target; it isn't a room. It runs rooms that only look, and enters."""
SENT_ENTERS = {"_container_info.room", "_container.entrance", "_container.settings", "_image.record"}
RUNTIME_SENDS_SERVICE = ("_runtime", "observe.py")
IMAGE_WORDS = {"_image.config", "_image.platform", "_image.reference"}
"""Pure vocabulary of images: what packs one and what unpacks one must mean the same by it."""
PURE = {
    *("__future__", "collections", "dataclasses", "enum", "functools", "hashlib", "ipaddress", "itertools"),
    *("json", "operator", "os", "posixpath", "re", "shlex", "string", "textwrap", "types", "typing"),
}
"""Of the standard library, what a planner may import; of ``os`` the next line only."""
PURE_PATH = {"basename", "commonpath", "dirname", "isabs", "join", "normpath", "relpath", "split"}
KERNEL = {"ctypes", "fcntl", "mmap", "resource", "select", "termios"}
NO_KERNEL_CALL = {"plugins/module_utils/_image/zstd.py: ctypes", "plugins/module_utils/_sent/call.py: fcntl"}
"""The one calls a library for arithmetic, the other is sent alone."""
SLOW = {"asyncio", "concurrent", "multiprocessing", "pyroute2", "nftables", "iptc", "subprocess", "urllib"}
LATER_PYTHONS = {"compression"}
"""Part of the standard library from some later version on."""

Rule = Callable[[str], bool]


def room_of(path: Path) -> str:
    return path.relative_to(MODULE_UTILS).parts[0]


def parts(*wanted: str) -> List[Path]:
    return [path for path in python_files("plugins/module_utils") if room_of(path) in wanted]


def rooms() -> List[Path]:
    return [path for path in python_files("plugins/module_utils") if room_of(path) not in {"_core", "_sys"}]


def planners() -> List[Path]:
    return [path for path in rooms() if path.name == "plan.py"]


def offenders(path: Path, forbidden: Rule, module: ast.Module | None = None) -> List[str]:
    found = {name for _line, name in imports(module or tree(path), path) if forbidden(name)}
    return [f"{shown(path)}: {name}" for name in sorted(found)]


def is_standard(name: str) -> bool:
    top = name.split(".", maxsplit=1)[0]
    spec = None if top in LATER_PYTHONS else importlib.util.find_spec(top)
    if spec is None:
        return top in LATER_PYTHONS
    origin = Path(spec.origin or "")
    library = Path(sysconfig.get_path("stdlib"))
    installed = {"site-packages", "dist-packages"}.intersection(origin.parts)
    return spec.origin in {"built-in", "frozen"} or (library in origin.parents and not installed)


def test_there_are_rooms() -> None:
    assert {"_image", "_rootfs", "_container", "_veth", "_nat"} <= {room_of(path) for path in planners()}


def test_core_and_kernel_parts_know_no_room() -> None:
    def forbidden(name: str) -> bool:
        return name.startswith(UTILS) and not name.startswith((UTILS + "_core.", UTILS + "_sys."))

    assert [found for path in parts("_core", "_sys") for found in offenders(path, forbidden)] == []


def test_rooms_enter_each_other_by_the_front_door() -> None:
    def forbidden_in(own: str) -> Rule:
        def forbidden(name: str) -> bool:
            if not name.startswith(UTILS) or name.startswith(
                tuple(f"{UTILS}{part}." for part in (own, "_core", "_sys"))
            ):
                return False
            room, file = name[len(UTILS) :].split(".")[:2]
            return file not in FRONT_DOORS.get(room, {"record"})

        return forbidden

    leaders = {SERVICE, FLEET, SENT}
    entering = [path for path in rooms() if room_of(path) not in leaders and path.parts[-2:] != RUNTIME_SENDS_SERVICE]
    assert [found for path in entering for found in offenders(path, forbidden_in(room_of(path)))] == []


def test_the_service_runs_rooms_whole() -> None:
    """All but a container, which it has to start in its own way."""

    def forbidden(name: str) -> bool:
        own = tuple(f"{UTILS}{part}." for part in (SERVICE, "_core", "_sys", "_container"))
        return name.startswith(UTILS) and not name.startswith(own) and not name.endswith((".room", ".again"))

    assert [found for path in parts(SERVICE) for found in offenders(path, forbidden)] == []


def test_the_fleet_takes_the_rooms_as_they_are() -> None:
    def forbidden(name: str) -> bool:
        if not name.startswith(UTILS) or name.startswith(tuple(f"{UTILS}{part}." for part in (FLEET, "_core", "_sys"))):
            return False
        room, file = name[len(UTILS) :].split(".")[:2]
        return file not in {"room", "argspec", "record", *FLEET_ENTERS.get(room, ())}

    assert [found for path in parts(FLEET) for found in offenders(path, forbidden)] == []


def test_what_is_sent_only_looks_and_enters() -> None:
    def forbidden(name: str) -> bool:
        own = tuple(f"{UTILS}{part}." for part in (SENT, "_core", "_sys"))
        entered = tuple(UTILS + part for part in SENT_ENTERS)
        return name.startswith(UTILS) and not name.startswith(own) and not name.startswith(entered)

    assert [found for path in parts(SENT) for found in offenders(path, forbidden)] == []


def test_no_room_knows_what_is_sent() -> None:
    """Nor any module: it is for plugins of the controller, and they take its source, not its functions."""

    def forbidden(name: str) -> bool:
        return name.startswith(f"{UTILS}{SENT}")

    others = [path for path in python_files("plugins") if SENT not in path.parts]
    assert [found for path in others for found in offenders(path, forbidden)] == []


def test_plugins_of_the_controller_import_their_helpers_and_ansible() -> None:
    """What runs on targets stays away from the controller, and nothing of module_utils is to know of Ansible."""

    def forbidden(name: str) -> bool:
        return name.startswith("plugins.") and not name.startswith("plugins.plugin_utils.")

    controllers = python_files("plugins/connection", "plugins/inventory", "plugins/plugin_utils")
    assert len(controllers) > 5
    assert [found for path in controllers for found in offenders(path, forbidden)] == []


def test_modules_know_nothing_of_the_controller() -> None:
    def forbidden(name: str) -> bool:
        return name.startswith(("plugins.plugin_utils.", "plugins.connection.", "plugins.inventory."))

    targets = python_files("plugins/module_utils", "plugins/modules")
    assert [found for path in targets for found in offenders(path, forbidden)] == []


def test_what_goes_to_the_target_needs_no_ansible() -> None:
    def forbidden(name: str) -> bool:
        return name.startswith(("ansible", f"{UTILS}_core.run"))

    sent = [path for path in python_files("plugins/module_utils") if path.parts[-2:] != ("_core", "run.py")]
    assert [found for path in sent for found in offenders(path, forbidden)] == []


def test_planners_import_nothing_that_looks_at_the_host() -> None:
    def forbidden_in(own: str) -> Rule:
        ours = (f"{UTILS}{own}.", f"{UTILS}_core.")
        return lambda name: not name.startswith(ours) and name.split(".", maxsplit=1)[0] not in PURE

    assert [found for path in planners() for found in offenders(path, forbidden_in(room_of(path)))] == []


def test_planners_ask_the_host_nothing() -> None:
    """Of os only the arithmetic of paths, and no file opened."""
    found = []
    for path in planners():
        for node in ast.walk(tree(path)):
            text = ast.unparse(node) if isinstance(node, (ast.Attribute, ast.Call)) else ""
            if text.startswith("open(") or (text.startswith("os.") and text.count(".") == 1 and text != "os.path"):
                found.append(f"{shown(path)}: {text}")
            if isinstance(node, ast.Attribute) and text.startswith("os.path.") and node.attr not in PURE_PATH:
                found.append(f"{shown(path)}: {text}")
    assert found == []


def test_only_the_kernel_part_calls_the_kernel() -> None:
    def forbidden(name: str) -> bool:
        return name.split(".", maxsplit=1)[0] in KERNEL

    found = {found for path in [*rooms(), *parts("_core")] for found in offenders(path, forbidden)}
    assert sorted(found) == sorted(NO_KERNEL_CALL)


def test_third_party_packages_come_through_deps() -> None:
    def forbidden(name: str) -> bool:
        return name.split(".", maxsplit=1)[0] not in {"ansible", "plugins"} and not is_standard(name)

    assert [found for path in python_files("plugins") for found in offenders(path, forbidden)] == []


def test_nothing_slow_is_imported_at_start() -> None:
    def forbidden(name: str) -> bool:
        return name.split(".", maxsplit=1)[0] in SLOW

    def at_start(path: Path) -> ast.Module:
        return ast.Module([node for node in tree(path).body if isinstance(node, (ast.Import, ast.ImportFrom))], [])

    targets = python_files("plugins/module_utils", "plugins/modules")
    assert [found for path in targets for found in offenders(path, forbidden, at_start(path))] == []


def test_modules_import_their_room_and_the_runner() -> None:
    def forbidden(name: str) -> bool:
        return (
            name.startswith(UTILS)
            and not name.startswith(UTILS + "_core.")
            and not name.endswith((".room", ".argspec", ".lead"))
        )

    assert [found for path in python_files("plugins/modules") for found in offenders(path, forbidden)] == []
